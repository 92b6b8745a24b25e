//! The log's pieces, event by event into the stream, wherever they come from.

use crate::{
    dump::{Chunk, Frame, Part, Piece},
    payload::{Payload, Step},
    stream::{Outcome, Stream, Within},
};
use std::ops::Range;
use tidegate_model::TableName;
use tidegate_mysql_binlog::EventType;
use tidegate_plugin::{PluginError, Result};

/// The stream, and what of the log has come and is not in it yet.
pub(crate) struct Feed {
    pub(crate) stream: Stream,
    chunk: Option<Chunk>,
    /// An event of the chunk that must be put in again.
    again: Option<Range<usize>>,
    payload: Option<Inner>,
    bytes: u64,
}

/// The compressed transaction that is being read.
struct Inner {
    payload: Payload,
    begin: u64,
    /// Whether its last event must be put in again.
    again: bool,
}

/// What a step has come to.
pub(crate) enum Progress {
    Moved,
    /// Everything that has come is used up; the chunk that it was in.
    Starved(Option<Chunk>),
    /// A table's schema is needed.
    Unknown(TableName),
}

impl Feed {
    pub(crate) fn new(stream: Stream) -> Self {
        Self { stream, chunk: None, again: None, payload: None, bytes: 0 }
    }

    /// Returns how many bytes of log were put in.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes a piece of the log. Everything that came before must be used up.
    pub(crate) fn take(&mut self, piece: Piece) -> Result<()> {
        match piece {
            Piece::Events(chunk) => {
                self.chunk = Some(chunk);
                Ok(())
            }
            Piece::Part(part) => self.take_part(&part),
        }
    }

    /// Gives up what has come and is not in the stream.
    pub(crate) fn forget(&mut self) {
        self.chunk = None;
        self.again = None;
        self.payload = None;
    }

    /// Takes a part of a compressed transaction.
    fn take_part(&mut self, part: &Part) -> Result<()> {
        self.bytes += part.bytes.len() as u64;
        if part.first {
            self.begin_payload(&part.bytes)?;
        }
        if let Some(inner) = &mut self.payload {
            inner.payload.push(&part.bytes);
        }
        Ok(())
    }

    fn begin_payload(&mut self, event: &[u8]) -> Result<()> {
        let frame =
            Frame::of(event).ok_or_else(|| PluginError::transient("an event is shorter than its header"))?;
        let payload = Payload::new(frame.length as usize, self.stream.has_checksums());
        let begin = self.stream.pass_payload(&frame);
        self.payload = Some(Inner { payload, begin, again: false });
        Ok(())
    }

    /// Puts the next event in.
    pub(crate) fn step(&mut self) -> Result<Progress> {
        if self.stream.replay()? {
            return Ok(Progress::Moved);
        }
        if self.payload.is_some() {
            return self.step_payload();
        }
        let Some(mut chunk) = self.chunk.take() else { return Ok(Progress::Starved(None)) };
        while !self.stream.is_ready() {
            let Some(range) = self.again.take().or_else(|| chunk.take()) else {
                return Ok(Progress::Starved(Some(chunk)));
            };
            let event = chunk.get(range.clone());
            if event.get(4) == Some(&EventType::TRANSACTION_PAYLOAD.0) {
                self.bytes += event.len() as u64;
                self.begin_payload(event)?;
                if let Some(inner) = &mut self.payload {
                    inner.payload.push(event);
                }
                break;
            }
            match self.stream.put(event, Within::Log)? {
                Outcome::Done => self.bytes += event.len() as u64,
                Outcome::Unknown(table) => {
                    self.again = Some(range);
                    self.chunk = Some(chunk);
                    return Ok(Progress::Unknown(table));
                }
            }
            if self.stream.is_replaying() {
                break;
            }
        }
        self.chunk = Some(chunk);
        Ok(Progress::Moved)
    }

    fn step_payload(&mut self) -> Result<Progress> {
        let Some(inner) = &mut self.payload else { return Ok(Progress::Starved(None)) };
        while !self.stream.is_ready() {
            if !std::mem::take(&mut inner.again) {
                match inner.payload.advance()? {
                    Step::Event => {}
                    Step::Starved => return Ok(Progress::Starved(None)),
                    Step::End => {
                        self.payload = None;
                        return Ok(Progress::Moved);
                    }
                }
            }
            if let Outcome::Unknown(table) =
                self.stream.put(inner.payload.event(), Within::Payload(inner.begin))?
            {
                inner.again = true;
                return Ok(Progress::Unknown(table));
            }
        }
        Ok(Progress::Moved)
    }
}

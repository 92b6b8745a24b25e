//! An open source: the link to the server, and the stream that its events become.

mod goal;
mod open;

use crate::{
    config::SourceConfig,
    dump::{Chunk, Frame, Part, Piece},
    link::{Input, Link},
    payload::{Payload, Step},
    schemas::{Current, Touched},
    stream::{Outcome, Stream, Within},
};
use std::{ops::Range, sync::Arc};
use tidegate_model::TableName;
use tidegate_mysql_binlog::EventType;
use tidegate_plugin::{
    BoxFuture, Change, Demand, ErrorKind, Observation, PluginError, Result, SourceContext,
};

/// An open source.
pub(crate) struct Reading {
    config: Arc<SourceConfig>,
    link: Link,
    stream: Stream,
    wants: crate::stream::Wants,
    chunk: Option<Chunk>,
    /// An event of the chunk that must be put in again.
    again: Option<Range<usize>>,
    payload: Option<Inner>,
    /// The server's current schemas are being learnt.
    learning: Option<BoxFuture<'static, Result<(Current, Touched)>>>,
    bytes: u64,
    idle: bool,
}

/// The compressed transaction that is being read.
struct Inner {
    payload: Payload,
    begin: u64,
    /// Whether its last event must be put in again.
    again: bool,
}

/// What a step has come to.
enum Progress {
    Moved,
    /// Everything that has come is used up.
    Starved,
    /// A table's schema is needed.
    Unknown(TableName),
}

impl Reading {
    /// Opens the source where the engine says.
    pub(crate) async fn open(
        config: Arc<SourceConfig>,
        folder: std::path::PathBuf,
        link: Link,
        context: SourceContext,
    ) -> Result<Self> {
        open::open(config, &folder, link, context).await
    }

    pub(crate) async fn next(&mut self, demand: &mut Demand) -> Result<Option<Change>> {
        loop {
            if let Some(change) = self.stream.take() {
                return Ok(Some(change));
            }
            if self.stream.is_ended() {
                return Ok(None);
            }
            if let Some(learning) = &mut self.learning {
                let learnt = learning.await;
                self.learning = None;
                let (current, touched) = learnt?;
                self.stream.schemas().adopt(&current, &touched);
            }
            match self.step()? {
                Progress::Moved => continue,
                Progress::Unknown(table) => {
                    self.learn(&table);
                    continue;
                }
                Progress::Starved => {}
            }
            if let Some(piece) = self.link.at_hand() {
                self.take(piece.map(Input::Piece))?;
                continue;
            }
            self.idle = true;
            // A stage that waits gets what there is, as soon as nothing is at hand.
            let input = if self.stream.has_news() {
                tokio::select! {
                    biased;
                    input = self.link.next() => Some(input),
                    () = demand.waiting() => None,
                }
            } else {
                Some(self.link.next().await)
            };
            match input {
                Some(input) => self.take(input)?,
                None => self.stream.close_if_any(),
            }
        }
    }

    pub(crate) fn stop(&mut self) {
        self.stream.stop();
    }

    pub(crate) fn observe(&self) -> Observation {
        Observation {
            position: Some(self.stream.position()),
            commit_time: self.stream.commit_time(),
            connected: self.link.is_up(),
            caught_up: self.idle && self.link.is_at_end(),
            bytes: self.bytes,
            reconnects: self.link.reconnects(),
        }
    }

    /// Takes what came over the link.
    fn take(&mut self, input: Result<Input>) -> Result<()> {
        match input {
            Ok(Input::Piece(Piece::Events(chunk))) => {
                self.idle = false;
                self.chunk = Some(chunk);
            }
            Ok(Input::Piece(Piece::Part(part))) => {
                self.idle = false;
                self.take_part(&part)?;
            }
            Ok(Input::Again(again)) => {
                let (beginning, checkpoint, source) = self.link.take(again);
                self.stream.attach(&beginning, checkpoint, source);
            }
            Err(error) if error.kind == ErrorKind::Transient => {
                self.chunk = None;
                self.again = None;
                self.payload = None;
                let checkpoint = self.stream.detach();
                self.link.again(checkpoint, &error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
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
    fn step(&mut self) -> Result<Progress> {
        if self.stream.replay()? {
            return Ok(Progress::Moved);
        }
        if self.payload.is_some() {
            return self.step_payload();
        }
        let Some(mut chunk) = self.chunk.take() else { return Ok(Progress::Starved) };
        while !self.stream.is_ready() {
            let Some(range) = self.again.take().or_else(|| chunk.take()) else {
                self.link.recycle(chunk);
                return Ok(Progress::Starved);
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
        let Some(inner) = &mut self.payload else { return Ok(Progress::Starved) };
        while !self.stream.is_ready() {
            if !std::mem::take(&mut inner.again) {
                match inner.payload.advance()? {
                    Step::Event => {}
                    Step::Starved => return Ok(Progress::Starved),
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

    /// Begins to learn the server's current schemas.
    fn learn(&mut self, table: &TableName) {
        tracing::info!(%table, "a table's schema is in neither log nor checkpoint; looking whether the current one holds");
        let from = self.stream.begins_at();
        let flavor = self.stream.schemas().flavor();
        let connection = self.link.identity().connection.clone();
        let (wants, assume) = (self.wants.clone(), self.config.assume_current_schema);
        self.learning =
            Some(Box::pin(async move { open::learn(&connection, flavor, &wants, &from, assume).await }));
    }
}

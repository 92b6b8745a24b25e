//! Compressed transactions, decompressed as they arrive: neither the compressed nor the decompressed one is held whole.
//!
//! Source: MySQL source documentation, `mysql::binlog::event::Transaction_payload_event`.

use std::{io, ops::Range};
use tidegate_plugin::{PluginError, Result};
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

const EVENT_HEADER: usize = 19;
const CHECKSUM: usize = 4;
/// How much is decompressed at once.
const STEP: usize = 64 << 10;

/// A compressed transaction on its way.
pub(crate) struct Payload {
    /// The length of the whole event without its checksum, and how much of it has been pushed.
    length: usize,
    pushed: usize,
    checksum: Option<Checksum>,
    /// What has been pushed and not been used.
    input: Vec<u8>,
    used: usize,
    body: Option<Body>,
    /// What has been decompressed; events before `at` have been taken.
    output: Vec<u8>,
    at: usize,
    last: Range<usize>,
}

struct Checksum {
    hasher: crc32fast::Hasher,
    stored: Vec<u8>,
}

enum Body {
    Plain,
    Zstd(Decoder<'static>),
}

/// What a payload has next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An event.
    Event,
    /// Nothing before more is pushed.
    Starved,
    /// Nothing any more.
    End,
}

impl Payload {
    /// Begins with an event of `length` bytes.
    pub(crate) fn new(length: usize, has_checksum: bool) -> Self {
        let checksum =
            has_checksum.then(|| Checksum { hasher: crc32fast::Hasher::new(), stored: Vec::new() });
        Self {
            length: length.saturating_sub(if has_checksum { CHECKSUM } else { 0 }),
            pushed: 0,
            checksum,
            input: Vec::new(),
            used: 0,
            body: None,
            output: Vec::new(),
            at: 0,
            last: 0..0,
        }
    }

    /// Takes the next bytes of the event, from its header on.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let (body, tail) = bytes.split_at(bytes.len().min(self.length - self.pushed));
        if let Some(checksum) = &mut self.checksum {
            checksum.hasher.update(body);
            checksum.stored.extend_from_slice(tail);
        }
        self.pushed += body.len();
        self.input.drain(..self.used);
        self.used = 0;
        self.input.extend_from_slice(body);
    }

    /// Goes to the next event inside.
    pub(crate) fn advance(&mut self) -> Result<Step> {
        if self.body.is_none() && !self.read_head()? {
            return self.starved();
        }
        loop {
            let rest = self.output.get(self.at..).unwrap_or_default();
            let length = match rest.get(9..13) {
                Some(&[a, b, c, d]) if rest.len() >= EVENT_HEADER => {
                    u32::from_le_bytes([a, b, c, d]) as usize
                }
                _ => 0,
            };
            if length > 0 && length < EVENT_HEADER {
                return Err(damaged("an event inside is shorter than its header"));
            }
            if length > 0 && rest.len() >= length {
                self.last = self.at..self.at + length;
                self.at += length;
                return Ok(Step::Event);
            }
            let wanted = length.saturating_sub(rest.len()).max(STEP);
            self.output.drain(..self.at);
            self.at = 0;
            if !self.decompress(wanted)? {
                return self.starved();
            }
        }
    }

    /// Returns the event that [`Self::advance`] went to.
    pub(crate) fn event(&self) -> &[u8] {
        self.output.get(self.last.clone()).unwrap_or_default()
    }

    fn starved(&self) -> Result<Step> {
        let unchecked = self.checksum.as_ref().is_some_and(|checksum| checksum.stored.len() < CHECKSUM);
        if self.pushed < self.length || unchecked {
            return Ok(Step::Starved);
        }
        if self.at < self.output.len() || self.body.is_none() {
            return Err(damaged("it ends within an event"));
        }
        if let Some(checksum) = &self.checksum {
            let computed = checksum.hasher.clone().finalize().to_le_bytes();
            if checksum.stored != computed {
                return Err(damaged(
                    "its checksum is not that of its bytes: the log or the transfer is damaged",
                ));
            }
        }
        Ok(Step::End)
    }

    /// Decompresses up to `wanted` bytes; `false` if there is nothing to decompress.
    fn decompress(&mut self, wanted: usize) -> Result<bool> {
        let input = self.input.get(self.used..).unwrap_or_default();
        let before = self.output.len();
        match &mut self.body {
            Some(Body::Zstd(decoder)) => {
                self.output.resize(before + wanted, 0);
                let mut from = InBuffer::around(input);
                let mut to = OutBuffer::around_pos(self.output.as_mut_slice(), before);
                let outcome = decoder.run(&mut from, &mut to);
                let (read, written) = (from.pos(), to.pos());
                outcome.map_err(|error: io::Error| damaged(&error.to_string()))?;
                self.used += read;
                self.output.truncate(written);
                Ok(written > before || read > 0)
            }
            _ => {
                let taken = input.get(..wanted.min(input.len())).unwrap_or_default();
                self.output.extend_from_slice(taken);
                self.used += taken.len();
                Ok(!taken.is_empty())
            }
        }
    }

    /// Reads the fields before the compressed bytes; `false` if they are not all there.
    fn read_head(&mut self) -> Result<bool> {
        const END: u64 = 0;
        const COMPRESSION: u64 = 2;
        const ZSTD: u64 = 0;
        const NONE: u64 = 255;
        let Some(mut rest) = self.input.get(EVENT_HEADER..) else { return Ok(false) };
        let mut compression = NONE;
        loop {
            let Some(field) = length_encoded(&mut rest) else { return Ok(false) };
            if field == END {
                break;
            }
            let Some(length) = length_encoded(&mut rest) else { return Ok(false) };
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let Some((mut value, tail)) = rest.split_at_checked(length) else { return Ok(false) };
            rest = tail;
            if field == COMPRESSION {
                compression = length_encoded(&mut value).unwrap_or(u64::MAX);
            }
        }
        self.used = self.input.len() - rest.len();
        self.body = Some(match compression {
            ZSTD => Body::Zstd(Decoder::new().map_err(|error| damaged(&error.to_string()))?),
            NONE => Body::Plain,
            other => {
                let message = format!("a TRANSACTION_PAYLOAD event is compressed in the unknown way {other}");
                return Err(PluginError::definite(message)
                    .hint("set binlog_transaction_compression = OFF at the source and start behind it"));
            }
        });
        Ok(true)
    }
}

/// Reads a number of the protocol's length encoding.
fn length_encoded(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    let length = match first {
        0..=250 => {
            *bytes = rest;
            return Some(u64::from(*first));
        }
        252 => 2,
        253 => 3,
        _ => 8,
    };
    let (number, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(number.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn damaged(what: &str) -> PluginError {
    PluginError::definite(format!("a TRANSACTION_PAYLOAD event cannot be read: {what}"))
        .hint("look at the log with mysqlbinlog; if it is whole there, the transfer is damaged: start again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(body: &[u8]) -> Vec<u8> {
        let mut event = vec![0; EVENT_HEADER];
        event[9..13].copy_from_slice(&(u32::try_from(EVENT_HEADER + body.len()).unwrap()).to_le_bytes());
        event.extend_from_slice(body);
        event
    }

    fn outer(events: &[Vec<u8>]) -> Vec<u8> {
        let compressed = zstd::encode_all(events.concat().as_slice(), 3).unwrap();
        let mut event = vec![0; EVENT_HEADER];
        event.extend([2, 1, 0, 3, 3, 252, 0x10, 0x27, 0]);
        event.extend(compressed);
        let checksum = crc32fast::hash(&event);
        event.extend(checksum.to_le_bytes());
        event
    }

    fn read(event: &[u8], piece: usize) -> Result<Vec<Vec<u8>>> {
        let mut payload = Payload::new(event.len(), true);
        let mut pieces = event.chunks(piece);
        let mut found = Vec::new();
        loop {
            match payload.advance()? {
                Step::Event => found.push(payload.event().to_vec()),
                Step::Starved => payload.push(pieces.next().unwrap()),
                Step::End => return Ok(found),
            }
        }
    }

    #[test]
    fn events_come_out_however_the_bytes_come_in() {
        let events = [inner(b"a"), inner(&[7; 300_000]), inner(b""), inner(&[9; 20_000])];
        let event = outer(&events);
        for piece in [1, 7, 4096, event.len()] {
            assert_eq!(read(&event, piece).unwrap(), events, "pieces of {piece}");
        }
    }

    #[test]
    fn damage_is_noticed() {
        let mut event = outer(&[inner(b"a")]);
        let last = event.len() - 1;
        event[last] ^= 1;
        assert!(read(&event, 64).unwrap_err().message.contains("checksum"));
        let mut event = outer(&[inner(b"abc")]);
        event[EVENT_HEADER + 2] = 9;
        assert!(read(&event, 64).unwrap_err().message.contains("unknown way 9"));
    }

    #[test]
    fn little_is_held_of_much() {
        let events: Vec<_> = (0..2000).map(|_| inner(&[1; 8000])).collect();
        let event = outer(&events);
        let mut payload = Payload::new(event.len(), true);
        payload.push(&event);
        let mut count = 0;
        while payload.advance().unwrap() == Step::Event {
            count += 1;
            assert!(payload.output.capacity() < 4 * STEP);
        }
        assert_eq!(count, 2000);
    }
}

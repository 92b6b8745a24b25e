//! The little of the MySQL protocol that the proxy reads and writes.

use std::io::{self, ErrorKind, Read};

const HEADER: usize = 4;

/// The length of a packet that another one continues.
const CONTINUED: usize = 0xff_ffff;

const QUERY: u8 = 0x03;
const STATEMENT_PREPARE: u8 = 0x16;
const STATEMENT_EXECUTE: u8 = 0x17;
const STATEMENT_CLOSE: u8 = 0x19;

/// Capabilities that would hide the statements: compression, encryption, zstd.
const HIDING: u32 = (1 << 5) | (1 << 11) | (1 << 26);

/// The capability with which query attributes stand before the text of a statement.
const QUERY_ATTRIBUTES: u32 = 1 << 27;

/// A message with all the packets that it takes, as it stands on the wire.
#[derive(Debug)]
pub(super) struct Message {
    bytes: Vec<u8>,
}

/// What a client's message means to the proxy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Query(String),
    Prepare(String),
    Execute(u32),
    Close(u32),
    Other,
}

impl Message {
    /// Reads the next message; `None` at the end of the stream between two messages.
    pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            if stream.take(HEADER as u64).read_to_end(&mut bytes)? < HEADER {
                let torn = !bytes.is_empty();
                return if torn { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(None) };
            }
            let length = match bytes.get(start..) {
                Some(&[low, middle, high, _]) => u32::from_le_bytes([low, middle, high, 0]) as usize,
                _ => return Err(ErrorKind::InvalidData.into()),
            };
            if stream.take(length as u64).read_to_end(&mut bytes)? < length {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if length < CONTINUED {
                return Ok(Some(Self { bytes }));
            }
        }
    }

    /// Returns an error of the server's, as the answer to a command.
    pub(super) fn error(code: u16, state: [u8; 5], message: &str) -> Self {
        let mut payload = vec![0xff];
        payload.extend(code.to_le_bytes());
        payload.push(b'#');
        payload.extend(state);
        payload.extend(message.bytes().take(512));
        let length = u32::try_from(payload.len()).unwrap_or_default().to_le_bytes();
        let [low, middle, high, _] = length;
        let mut bytes = vec![low, middle, high, 1];
        bytes.extend(payload);
        Self { bytes }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the position in the exchange: a command starts one, at zero.
    pub(super) fn sequence(&self) -> u8 {
        self.bytes.get(3).copied().unwrap_or_default()
    }

    /// Returns the content of the first packet, the only one that is looked into.
    fn payload(&self) -> &[u8] {
        let end = self.bytes.len().min(HEADER + CONTINUED);
        self.bytes.get(HEADER..end).unwrap_or_default()
    }

    fn number_at(&self, start: usize) -> Option<u32> {
        let bytes = self.payload().get(start..start + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Takes out of a server's greeting what would hide statements from the proxy.
    pub(super) fn keep_visible(&mut self) {
        const GREETING: u8 = 10;
        if self.payload().first() != Some(&GREETING) {
            return;
        }
        let Some(version_end) = self.payload().iter().position(|byte| *byte == 0) else { return };
        // The thread, half of the salt and a zero stand between.
        let low = HEADER + version_end + 1 + 4 + 8 + 1;
        // The character set and the status stand between.
        let high = low + 2 + 1 + 2;
        let hiding = HIDING.to_le_bytes();
        for (position, mask) in [low, low + 1, high, high + 1].into_iter().zip(hiding) {
            if let Some(byte) = self.bytes.get_mut(position) {
                *byte &= !mask;
            }
        }
    }

    /// Returns whether the client, whose answer to the greeting this is, sends query attributes.
    pub(super) fn announces_attributes(&self) -> bool {
        self.number_at(0).is_some_and(|capabilities| capabilities & QUERY_ATTRIBUTES != 0)
    }

    /// Returns the id that the server gave to a prepared statement, if this says so.
    pub(super) fn prepared_id(&self) -> Option<u32> {
        if self.payload().first() == Some(&0) { self.number_at(1) } else { None }
    }

    /// Returns what a client's command means.
    pub(super) fn command(&self, with_attributes: bool) -> Command {
        let Some((kind, rest)) = self.payload().split_first() else { return Command::Other };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let id = self.number_at(1).unwrap_or_default();
        match *kind {
            QUERY if with_attributes => Command::Query(text(after_attributes(rest))),
            QUERY => Command::Query(text(rest)),
            STATEMENT_PREPARE => Command::Prepare(text(rest)),
            STATEMENT_EXECUTE => Command::Execute(id),
            STATEMENT_CLOSE => Command::Close(id),
            _ => Command::Other,
        }
    }
}

/// Returns the text of a statement that attributes may stand before.
///
/// Without any there are their count, zero, and the count of their sets, one. With some, all
/// is returned: clients that send any are not tested here.
const fn after_attributes(rest: &[u8]) -> &[u8] {
    match rest {
        [0, 1, text @ ..] => text,
        all => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sequence: u8, payload: &[u8]) -> Message {
        let mut bytes = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        bytes[3] = sequence;
        bytes.extend(payload);
        Message { bytes }
    }

    #[test]
    fn commands_are_told_apart() {
        let query = message(0, b"\x03SELECT 1");
        assert_eq!(query.command(false), Command::Query("SELECT 1".to_owned()));
        let query = message(0, b"\x03\x00\x01SELECT 1");
        assert_eq!(query.command(true), Command::Query("SELECT 1".to_owned()));
        let prepare = message(0, b"\x16INSERT");
        assert_eq!(prepare.command(true), Command::Prepare("INSERT".to_owned()));
        assert_eq!(message(0, b"\x17\x02\x01\x00\x00\x00").command(true), Command::Execute(258));
        assert_eq!(message(0, b"\x0e").command(true), Command::Other);
        assert_eq!(message(0, b"").command(true), Command::Other);
    }

    /// A statement of more than 16 MiB takes several packets and is one message.
    #[test]
    fn a_message_holds_all_its_packets() {
        let mut wire = vec![0xff, 0xff, 0xff, 0];
        wire.extend(vec![b'x'; CONTINUED]);
        wire.extend(*b"\x02\x00\x00\x01yz");
        wire.extend(*b"\x01\x00\x00\x00\x0e");
        let mut stream = wire.as_slice();
        assert_eq!(Message::read(&mut stream).unwrap().unwrap().as_bytes().len(), CONTINUED + 10);
        assert_eq!(Message::read(&mut stream).unwrap().unwrap().command(false), Command::Other);
        assert!(Message::read(&mut stream).unwrap().is_none());
        let mut torn = b"\x05\x00\x00\x00\x03SE".as_slice();
        assert_eq!(Message::read(&mut torn).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn the_greeting_loses_encryption_and_compression_only() {
        let mut greeting =
            message(0, b"\x0a9.7\x00\x01\x00\x00\x0012345678\x00\xff\xff\xff\x02\x00\xff\xff\x15");
        greeting.keep_visible();
        let kept = b"\x0a9.7\x00\x01\x00\x00\x0012345678\x00\xdf\xf7\xff\x02\x00\xff\xfb\x15";
        assert_eq!(greeting.payload(), kept);
        let refusal = b"\xff\x10\x04Too many connections";
        let mut untouched = message(0, refusal);
        untouched.keep_visible();
        assert_eq!(untouched.payload(), refusal);
    }
}

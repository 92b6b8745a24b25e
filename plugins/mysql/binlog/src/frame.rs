//! The frame around each event: a header of 19 bytes, the body, and a checksum if the log has them.
//!
//! Source: MySQL source documentation, `mysql::binlog::event::Log_event_header` and `Log_event_footer`.

use crate::{Error, EventType, Problem, fields::Fields};

/// The length of an event's header, in bytes.
pub(crate) const HEADER_LENGTH: usize = 19;
/// The length of an event's checksum, in bytes.
pub(crate) const CHECKSUM_LENGTH: usize = 4;

/// Flags in an event's header.
pub mod flags {
    /// The file was not closed; set in format descriptions only.
    pub const IN_USE: u16 = 0x0001;
    /// The statement depends on its connection (temporary tables).
    pub const THREAD_SPECIFIC: u16 = 0x0004;
    /// A replica must not set the default schema for the statement.
    pub const SUPPRESS_USE: u16 = 0x0008;
    /// The server made the event for this connection; it lies in no file.
    pub const ARTIFICIAL: u16 = 0x0020;
    /// Whoever does not know the event's type may ignore it.
    pub const IGNORABLE: u16 = 0x0080;
    /// MariaDB: a session with `skip_replication = 1` wrote it.
    pub const SKIP_REPLICATION: u16 = 0x8000;
}

/// What stands before the body of each event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// When the statement began, in seconds since 1970 UTC.
    pub timestamp: u32,
    /// What the event is.
    pub event_type: EventType,
    /// The server that first wrote it.
    pub server_id: u32,
    /// The length of the whole event, in bytes.
    pub length: u32,
    /// The lower 32 bits of the offset behind the event in its file; 0 for events that lie in no file.
    pub end: u32,
    /// See [`flags`].
    pub flags: u16,
}

/// How events of a log are protected against damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// Not at all.
    None,
    /// By a CRC32 at the end of each event.
    Crc32,
}

impl Header {
    /// Reads the header of an event.
    ///
    /// # Errors
    /// If there are too few bytes, or the header contradicts their number.
    pub fn read(event: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields(event);
        let header = Self::fields(&mut fields).map_err(|problem| Error {
            event: EventType(event.get(4).copied().unwrap_or(0)),
            end: 0,
            problem,
        })?;
        if header.length as usize == event.len() {
            Ok(header)
        } else {
            let what = format!("its header says {} bytes, but it has {}", header.length, event.len());
            Err(Problem::invalid(what).of(&header))
        }
    }

    /// Tells whether a flag of [`flags`] is set.
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn fields(fields: &mut Fields<'_>) -> Result<Self, Problem> {
        const WHAT: &str = "its header";
        Ok(Self {
            timestamp: fields.u32(WHAT)?,
            event_type: EventType(fields.u8(WHAT)?),
            server_id: fields.u32(WHAT)?,
            length: fields.u32(WHAT)?,
            end: fields.u32(WHAT)?,
            flags: fields.u16(WHAT)?,
        })
    }
}

/// Returns the checksum that `event` carries and the one that its bytes have, if it is long enough to carry one.
///
/// The flag [`flags::IN_USE`] of a format description is cleared when the file is closed, after its checksum was made.
pub(crate) fn checksums(event: &[u8]) -> Option<(u32, u32)> {
    let (checked, stored) = event.split_last_chunk::<CHECKSUM_LENGTH>()?;
    let (header, body) = checked.split_first_chunk::<HEADER_LENGTH>()?;
    let computed = if EventType(header[4]) == EventType::FORMAT_DESCRIPTION {
        let mut header = *header;
        header[17] &= !(flags::IN_USE as u8);
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&header);
        hasher.update(body);
        hasher.finalize()
    } else {
        crc32fast::hash(checked)
    };
    Some((u32::from_le_bytes(*stored), computed))
}

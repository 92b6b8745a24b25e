//! The first event of each log file: who wrote it, and how the events are laid out.

use crate::{
    Checksum, EventType, Problem,
    fields::Fields,
    frame::{CHECKSUM_LENGTH, HEADER_LENGTH},
};

const VERSION_LENGTH: usize = 50;

/// How the events that follow are laid out.
///
/// Source: `mysql::binlog::event::Format_description_event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatDescription {
    /// The version of the server that wrote the log, as it writes it itself.
    pub server_version: Box<str>,
    /// Whether that server is a MariaDB.
    pub mariadb: bool,
    /// How the events that follow are protected.
    pub checksum: Checksum,
    /// The length of the fixed part of each type's body, from type 1 on.
    pub fixed_lengths: Box<[u8]>,
}

impl FormatDescription {
    /// Reads the body, without its checksum.
    pub(crate) fn read(mut body: Fields<'_>) -> Result<Self, Problem> {
        let version = body.u16("the version of the format")?;
        if version != 4 {
            return Err(Problem::stop(
                format!("the log is of format {version}, which only servers older than MySQL 5.0 write"),
                "start at a log that a newer server wrote",
            ));
        }
        let server_version = server_version(body.take(VERSION_LENGTH, "the server's version")?);
        body.u32("the time of creation")?;
        let header = body.u8("the length of headers")?;
        if usize::from(header) != HEADER_LENGTH {
            return Err(Problem::invalid(format!("it says that headers have {header} bytes")));
        }
        let mut fixed_lengths = body.0;
        let mut checksum = Checksum::None;
        if has_checksum_byte(&server_version)
            && let Some((last, rest)) = body.0.split_last()
        {
            fixed_lengths = rest;
            checksum = read_checksum(*last)?;
        }
        let mariadb = is_mariadb(&server_version);
        Ok(Self {
            server_version: server_version.into(),
            mariadb,
            checksum,
            fixed_lengths: fixed_lengths.into(),
        })
    }

    /// Returns the length of the fixed part of bodies of the type, 0 if it is not said.
    pub fn fixed_length(&self, event_type: EventType) -> u8 {
        let index = usize::from(event_type.0).wrapping_sub(1);
        self.fixed_lengths.get(index).copied().unwrap_or(0)
    }
}

/// Returns which checksum a format description announces, and whether it carries the four bytes of one itself: it does
/// wherever the server knows checksums, even if they are off.
pub(crate) fn checksum_byte(event: &[u8]) -> Result<Option<Checksum>, Problem> {
    let version = event.get(HEADER_LENGTH + 2..HEADER_LENGTH + 2 + VERSION_LENGTH);
    let version = version.ok_or(Problem::Truncated("the server's version"))?;
    if !has_checksum_byte(&server_version(version)) {
        return Ok(None);
    }
    let byte = event.len().checked_sub(CHECKSUM_LENGTH + 1).and_then(|at| event.get(at));
    read_checksum(*byte.ok_or(Problem::Truncated("the kind of checksum"))?).map(Some)
}

fn read_checksum(byte: u8) -> Result<Checksum, Problem> {
    match byte {
        0 | 255 => Ok(Checksum::None),
        1 => Ok(Checksum::Crc32),
        other => Err(Problem::invalid(format!("it announces an unknown kind of checksum, {other}"))),
    }
}

fn server_version(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

fn is_mariadb(server_version: &str) -> bool {
    server_version.to_ascii_lowercase().contains("mariadb")
}

/// MySQL knows checksums since 5.6.1, MariaDB since 5.3.
fn has_checksum_byte(server_version: &str) -> bool {
    let mut numbers =
        server_version.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().unwrap_or(0));
    let mut number = || numbers.next().unwrap_or(0_u32);
    let version = (number(), number(), number());
    version >= if is_mariadb(server_version) { (5, 3, 0) } else { (5, 6, 1) }
}

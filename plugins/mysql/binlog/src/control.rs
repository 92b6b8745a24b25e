//! Events that carry no rows: where the log goes on, transactions, statements.

mod format;
mod gtid;
mod gtid_list;
mod payload;
mod query;
mod status;
mod tagged;

pub use format::FormatDescription;
pub use gtid::{Gtid, GtidFlags};
pub use payload::{PayloadEvents, TransactionPayload};
pub use query::Query;

pub(crate) use format::checksum_byte;
pub(crate) use gtid_list::{gtid_list, previous_gtids};

use crate::{
    Header, Problem,
    fields::{Fields, text},
};

/// The log goes on in another file.
///
/// Source: `mysql::binlog::event::Rotate_event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotate<'a> {
    /// Where in that file the next event begins.
    pub position: u64,
    /// The file's name, without its folder.
    pub file: &'a str,
}

impl<'a> Rotate<'a> {
    pub(crate) fn read(mut body: Fields<'a>) -> Result<Self, Problem> {
        Ok(Self { position: body.u64("the position")?, file: text(body.0, "the name of the file")? })
    }
}

/// The server has nothing to send, or (without GTIDs of the reader's interest) passes over a part of the log.
///
/// Source: `mysql::binlog::event::Heartbeat_event` and `Heartbeat_event_v2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat<'a> {
    /// The file that the server is at.
    pub file: &'a str,
    /// The offset in that file; its lower 32 bits only if the event is of the first version.
    pub position: u64,
}

impl<'a> Heartbeat<'a> {
    pub(crate) fn read(header: &Header, body: Fields<'a>) -> Result<Self, Problem> {
        Ok(Self { file: text(body.0, "the name of the file")?, position: u64::from(header.end) })
    }

    pub(crate) fn read_v2(mut body: Fields<'a>) -> Result<Self, Problem> {
        const END: u64 = 0;
        const FILE: u64 = 1;
        const POSITION: u64 = 2;
        let mut heartbeat = Self { file: "", position: 0 };
        while !body.is_empty() {
            let field = body.length_encoded("the type of a field")?;
            if field == END {
                break;
            }
            let value = body.length_encoded_bytes("a field")?;
            match field {
                FILE => heartbeat.file = text(value, "the name of the file")?,
                POSITION => heartbeat.position = Fields(value).length_encoded("the position")?,
                other => return Err(Problem::invalid(format!("it has an unknown field {other}"))),
            }
        }
        Ok(heartbeat)
    }
}

/// The name of an XA transaction: what `XA START` was given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XaId {
    /// The format id, 1 if none was given.
    pub format: i32,
    /// The global part.
    pub global: Box<[u8]>,
    /// The branch qualifier.
    pub branch: Box<[u8]>,
}

/// The end of an XA transaction's rows.
///
/// Source: `mysql::binlog::event::XA_prepare_event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XaPrepare {
    /// Whether the transaction is committed by this event (XA COMMIT … ONE PHASE) rather than prepared.
    pub one_phase: bool,
    /// Its name.
    pub id: XaId,
}

impl XaPrepare {
    pub(crate) fn read(mut body: Fields<'_>) -> Result<Self, Problem> {
        const WHAT: &str = "the XID";
        let one_phase = body.u8("the kind of commit")? != 0;
        let format = i32::from_le_bytes(body.array(WHAT)?);
        let (global, branch) = (body.u32(WHAT)?, body.u32(WHAT)?);
        let global = body.take(global as usize, WHAT)?.into();
        Ok(Self { one_phase, id: XaId { format, global, branch: body.take(branch as usize, WHAT)?.into() } })
    }
}

/// Reads why the source says that changes are missing (`mysql::binlog::event::Incident_event`).
pub(crate) fn incident(mut body: Fields<'_>) -> Result<String, Problem> {
    let number = body.u16("the number of the incident")?;
    let message = String::from_utf8_lossy(body.short_bytes("the message")?);
    Ok(format!("incident {number}, `{message}`"))
}

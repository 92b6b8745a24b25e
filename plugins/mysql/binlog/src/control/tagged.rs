//! GTID events with tags (MySQL 8.4 and later), which are written by MySQL's serialization library.
//!
//! Source: MySQL source, `libs/mysql/binlog/event/control_events.h` (`Gtid_event::define_fields`) and
//! `libs/mysql/serialization/readme.md`: version, size of the message, number of the last field that must be understood;
//! then for each field its number and its value.

use super::gtid::{Gtid, plain};
use crate::{
    Header, Problem,
    fields::{Fields, text},
};
use std::sync::Arc;
use tidegate_model as model;
use tidegate_model::Uuid;

const VERSION: u64 = 1;

pub(super) fn read(header: &Header, mut body: Fields<'_>) -> Result<Gtid, Problem> {
    let whole = body.0.len();
    let version = body.varlen("the version of its format")?;
    if version != VERSION {
        return Err(Problem::invalid(format!("its format has the unknown version {version}")));
    }
    let size = body.varlen("its size")?;
    let last_needed = body.varlen("the last needed field")?;
    let read = whole - body.0.len();
    let length = usize::try_from(size).unwrap_or(usize::MAX).checked_sub(read);
    let mut message = Fields(body.take(length.unwrap_or(usize::MAX), "its message")?);
    let mut event = plain(header, None);
    let mut identity = Identity::default();
    let mut original_time = None;
    while !message.is_empty() {
        match message.varlen("the number of a field")? {
            0 => event.flags.may_have_statements = message.varlen("the flags")? & 1 != 0,
            1 => identity.uuid = uuid(&mut message)?,
            2 => identity.number = message.varlen_positive("the number")?,
            3 => identity.tag = tag(&mut message)?,
            4 => event.logical_clock.0 = message.varlen_positive("last_committed")?.cast_signed(),
            5 => event.logical_clock.1 = message.varlen_positive("sequence_number")?.cast_signed(),
            6 => event.immediate_commit_time = message.varlen("the commit time")?.cast_signed(),
            7 => original_time = Some(message.varlen("the original commit time")?.cast_signed()),
            8 => event.transaction_length = message.varlen("the length of the transaction")?,
            9 => event.immediate_server_version = message.varlen("the server's version")? as u32,
            10 => drop(message.varlen("the original server's version")?),
            11 => drop(message.varlen("the ticket of the group commit")?),
            unknown if unknown <= last_needed => {
                return Err(Problem::invalid(format!(
                    "it has the unknown field {unknown}, which must be understood"
                )));
            }
            // The length of an unknown field is not known; fields are in ascending order.
            _ => break,
        }
    }
    event.original_commit_time = original_time.unwrap_or(event.immediate_commit_time);
    event.gtid = Some(model::Gtid::MySql { uuid: identity.uuid, tag: identity.tag, number: identity.number });
    Ok(event)
}

struct Identity {
    uuid: Uuid,
    tag: Arc<str>,
    number: u64,
}

impl Default for Identity {
    fn default() -> Self {
        Self { uuid: Uuid([0; 16]), tag: "".into(), number: 0 }
    }
}

fn uuid(message: &mut Fields<'_>) -> Result<Uuid, Problem> {
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        let number = message.varlen("the UUID")?;
        *byte = u8::try_from(number).map_err(|_| Problem::invalid("a byte of the UUID is over 255"))?;
    }
    Ok(Uuid(bytes))
}

pub(super) fn tag(message: &mut Fields<'_>) -> Result<Arc<str>, Problem> {
    let length = message.varlen("the length of the tag")?;
    let bytes = message.take(usize::try_from(length).unwrap_or(usize::MAX), "the tag")?;
    text(bytes, "the tag").map(Arc::from)
}

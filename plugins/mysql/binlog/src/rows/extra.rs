//! The extra fields of rows events.

use crate::{Problem, fields::Fields};

/// The partition that the rows of an event lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Of the images before an update, else of all.
    pub before: u16,
    /// Of the images after an update.
    pub after: Option<u16>,
}

/// Reads the extra fields, which are preceded by their length, itself included.
///
/// Source: MySQL source, `libs/mysql/binlog/event/rows_event.cpp`, `Rows_event::Rows_event`.
pub(super) fn read(body: &mut Fields<'_>) -> Result<Option<Partition>, Problem> {
    const WHAT: &str = "the extra fields";
    let length = body.u16(WHAT)?;
    let length = length.checked_sub(2).ok_or(Problem::Truncated(WHAT))?;
    let _extra = body.take(usize::from(length), WHAT)?;
    Ok(None)
}

//! The extra fields of rows events.

use crate::{Problem, RowsKind, fields::Fields};

/// The partition that the rows of an event lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Of the after images, or of the before images of a delete.
    pub rows: u16,
    /// Of the before images of an update.
    pub before: Option<u16>,
}

/// Reads the extra fields, which are preceded by their length, itself included.
///
/// Source: MySQL source, `libs/mysql/binlog/event/rows_event.h`, `Rows_event::Extra_row_info`.
pub(super) fn read(kind: RowsKind, body: &mut Fields<'_>) -> Result<Option<Partition>, Problem> {
    const WHAT: &str = "the extra fields";
    const NDB: u8 = 0;
    const PARTITION: u8 = 1;
    let length = body.u16(WHAT)?;
    let Some(length) = length.checked_sub(2) else { return Err(Problem::Truncated(WHAT)) };
    let mut extra = Fields(body.take(usize::from(length), WHAT)?);
    let mut partition = None;
    while !extra.is_empty() {
        match extra.u8(WHAT)? {
            NDB => {
                // The length counts itself.
                let length = extra.u8(WHAT)?;
                extra.take(usize::from(length).saturating_sub(1), WHAT)?;
            }
            PARTITION => {
                let rows = extra.u16(WHAT)?;
                let has_before = matches!(kind, RowsKind::Update | RowsKind::PartialUpdate);
                partition =
                    Some(Partition { rows, before: if has_before { Some(extra.u16(WHAT)?) } else { None } });
            }
            // Nothing of it changes what the rows are; the length of an unknown field is not known.
            _ => break,
        }
    }
    Ok(partition)
}

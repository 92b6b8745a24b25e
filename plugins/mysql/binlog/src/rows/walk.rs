//! Walks over rows without reading their values: for tables that nobody wants, and for what lies before a position.

use super::{Rows, RowsKind, row_hash};
use crate::{
    Error, Problem, TableMap,
    column::old_temporal,
    fields::Fields,
    table_map::{WireType, bit},
};

impl Rows<'_> {
    /// Takes the next row without reading it, and returns its hash.
    pub(crate) fn walk(&mut self, map: &TableMap, seed: u64) -> Result<u64, Error> {
        let row = self.rest();
        let length = self.row_length(map, row).map_err(|problem| self.error(problem))?;
        let hash = row_hash(seed, row.get(..length).unwrap_or_default());
        self.advance(length);
        Ok(hash)
    }

    fn row_length(&self, map: &TableMap, row: &[u8]) -> Result<usize, Problem> {
        let mut fields = Fields(row);
        if self.kind.has_before() {
            image(map, self.before, &mut fields)?;
        }
        if self.kind == RowsKind::PartialUpdate {
            diffs(map, &mut fields)?;
        }
        if self.kind.has_after() {
            image(map, self.after, &mut fields)?;
        }
        let length = row.len() - fields.0.len();
        if length == 0 { Err(Problem::invalid("it has a row of no bytes")) } else { Ok(length) }
    }

    /// Returns which JSON columns of the next row's after image are diffs: a bitmap over the JSON columns of the table,
    /// empty if none is.
    pub(crate) fn next_diffs(&self, map: &TableMap) -> Result<&[u8], Error> {
        let mut fields = Fields(self.rest());
        image(map, self.before, &mut fields)
            .and_then(|()| diffs(map, &mut fields))
            .map_err(|problem| self.error(problem))
    }
}

/// Reads what stands before the after image in a PARTIAL_UPDATE_ROWS event: the value options, and if they say so, a
/// bitmap over all JSON columns of the table, present or not.
///
/// Source: MySQL source, `sql/log_event.cc`, `Rows_log_event::print_verbose_one_row`.
pub(crate) fn diffs<'a>(map: &TableMap, fields: &mut Fields<'a>) -> Result<&'a [u8], Problem> {
    const PARTIAL_JSON: u64 = 1;
    let options = fields.length_encoded("the value options")?;
    if options & !PARTIAL_JSON != 0 {
        return Err(Problem::stop(
            format!("it has rows with the unknown value options {options}"),
            "empty binlog_row_value_options at the source and start behind the transaction",
        ));
    }
    if options == 0 {
        return Ok(&[]);
    }
    let bits = fields.take(map.json_columns().div_ceil(8), "which JSON columns are diffs")?;
    Ok(if bits.iter().all(|byte| *byte == 0) { &[] } else { bits })
}

fn image(map: &TableMap, present: &[u8], fields: &mut Fields<'_>) -> Result<(), Problem> {
    let columns = || map.columns.iter().enumerate().filter(|(index, _)| bit(present, *index));
    let nulls = fields.take(columns().count().div_ceil(8), "which values are NULL")?;
    for (index, (_, column)) in columns().enumerate() {
        if !bit(nulls, index) {
            let length = column.wire.value_length(fields.0).ok_or_else(|| lost(map, column.wire))?;
            fields.take(length, "a value")?;
        }
    }
    Ok(())
}

/// Says why the end of a value cannot be found.
fn lost(map: &TableMap, wire: WireType) -> Problem {
    use WireType::{OldDateTime, OldTime, OldTimestamp};
    match wire {
        OldTime { fsp: None } | OldDateTime { fsp: None } | OldTimestamp { fsp: None } => Problem::stop(
            format!(
                "table {} has times in the format of MariaDB 5.3, whose fractional digits the log does not tell",
                map.name
            ),
            "give its schema, or rebuild it at the source with mysql56_temporal_format = ON and start behind that",
        ),
        _ => Problem::Truncated("a value"),
    }
}

impl WireType {
    /// Returns how many bytes the value at the beginning of `bytes` takes, the length before it included; `None` if
    /// there are too few bytes to tell.
    pub(crate) fn value_length(self, bytes: &[u8]) -> Option<usize> {
        let prefixed = |length_bytes: usize| {
            let length = bytes.get(..length_bytes)?;
            let length = length.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte));
            length_bytes.checked_add(length)
        };
        Some(match self {
            Self::Null => 0,
            Self::Tiny | Self::Year => 1,
            Self::Short => 2,
            Self::Int24 | Self::Date => 3,
            Self::Long | Self::Float => 4,
            Self::LongLong | Self::Double => 8,
            Self::NewDecimal { precision, scale } => tidegate_model::decimal::binary_size(precision, scale)?,
            Self::Bit { bits } => usize::from(bits.div_ceil(8)),
            Self::OldTime { fsp } => old_temporal::time_length(fsp?),
            Self::OldDateTime { fsp } => old_temporal::datetime_length(fsp?),
            Self::OldTimestamp { fsp } => old_temporal::timestamp_length(fsp?),
            Self::Time2 { fsp } => 3 + usize::from(fsp.div_ceil(2)),
            Self::DateTime2 { fsp } => 5 + usize::from(fsp.div_ceil(2)),
            Self::Timestamp2 { fsp } => 4 + usize::from(fsp.div_ceil(2)),
            Self::Enum { bytes } | Self::Set { bytes } => usize::from(bytes),
            _ => return prefixed(self.length_bytes()),
        })
    }

    /// Returns how many bytes the length before each value has; 0 for types without one.
    pub(crate) fn length_bytes(self) -> usize {
        match self {
            Self::String { length } | Self::Varchar { length } | Self::CompressedVarchar { length } => {
                if length < 256 {
                    1
                } else {
                    2
                }
            }
            Self::Blob { length_bytes }
            | Self::Geometry { length_bytes }
            | Self::Vector { length_bytes }
            | Self::CompressedBlob { length_bytes } => usize::from(length_bytes),
            Self::Json => 4,
            _ => 0,
        }
    }
}

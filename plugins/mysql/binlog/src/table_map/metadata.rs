//! The optional metadata of a table map (`binlog_row_metadata`).
//!
//! Source: `mysql::binlog::event::Table_map_event::Optional_metadata_field_type`. MINIMAL, the default of MySQL 8, holds
//! signedness, character sets and types of geometry; FULL adds the rest; MySQL 5.7 has none.

use super::{MappedColumn, TableMap, WireType, bit};
use crate::{
    Problem,
    fields::{Fields, text},
};
use tidegate_model::SpatialType;

const BINARY: u16 = 63;

pub(super) fn read(map: &mut TableMap, mut fields: Fields<'_>) -> Result<(), Problem> {
    while !fields.is_empty() {
        let kind = fields.u8("the type of a metadata field")?;
        let value = Fields(fields.length_encoded_bytes("a metadata field")?);
        let columns = &mut map.columns;
        match kind {
            1 => signedness(columns, value),
            2 => default_charset(columns, value, is_text)?,
            3 => charsets(columns, value, is_text)?,
            4 => names(columns, value)?,
            5 => members(columns, value, |wire| matches!(wire, WireType::Set { .. }))?,
            6 => members(columns, value, |wire| matches!(wire, WireType::Enum { .. }))?,
            7 => spatial(columns, value)?,
            8 => map.primary_key = primary_key(map.columns.len(), value, |_| Ok(None))?,
            9 => {
                map.primary_key = primary_key(map.columns.len(), value, |value| {
                    let prefix = value.length_encoded("a prefix of the primary key")?;
                    Ok(u32::try_from(prefix).ok().filter(|prefix| *prefix > 0))
                })?;
            }
            10 => default_charset(columns, value, is_list)?,
            11 => charsets(columns, value, is_list)?,
            12 => {
                for (index, column) in columns.iter_mut().enumerate() {
                    column.visible = Some(high_bit(value.0, index));
                }
            }
            13 => dimensions(columns, value)?,
            // Later versions may add fields; each has its length, and what is checked is checked without them.
            _ => {}
        }
    }
    Ok(())
}

fn is_text(wire: WireType) -> bool {
    use WireType::{Blob, CompressedBlob, CompressedVarchar, String, Varchar};
    matches!(
        wire,
        String { .. } | Varchar { .. } | Blob { .. } | CompressedBlob { .. } | CompressedVarchar { .. }
    )
}

fn is_list(wire: WireType) -> bool {
    matches!(wire, WireType::Enum { .. } | WireType::Set { .. })
}

fn is_number(wire: WireType) -> bool {
    use WireType::{Double, Float, Int24, Long, LongLong, NewDecimal, Short, Tiny, Year};
    matches!(wire, Tiny | Short | Int24 | Long | LongLong | Float | Double | NewDecimal { .. } | Year)
}

fn those(
    columns: &mut [MappedColumn],
    chosen: impl Fn(WireType) -> bool,
) -> impl Iterator<Item = &mut MappedColumn> {
    columns.iter_mut().filter(move |column| chosen(column.wire))
}

/// Returns bit `index` of a bitmap, highest bit of the first byte first.
fn high_bit(bitmap: &[u8], index: usize) -> bool {
    bit(bitmap, index / 8 * 8 + 7 - index % 8)
}

fn signedness(columns: &mut [MappedColumn], value: Fields<'_>) {
    for (index, column) in those(columns, is_number).enumerate() {
        column.unsigned = Some(high_bit(value.0, index));
    }
}

fn collation(value: &mut Fields<'_>) -> Result<u16, Problem> {
    let id = value.length_encoded("a collation")?;
    u16::try_from(id).map_err(|_| Problem::invalid(format!("it has a collation {id}")))
}

/// One collation for all, then pairs of a column's number among its like and its collation.
fn default_charset(
    columns: &mut [MappedColumn],
    mut value: Fields<'_>,
    chosen: fn(WireType) -> bool,
) -> Result<(), Problem> {
    let default = collation(&mut value)?;
    those(columns, chosen).for_each(|column| column.collation = Some(default));
    while !value.is_empty() {
        let number = value.length_encoded("the number of a column")?;
        let other = collation(&mut value)?;
        let column = usize::try_from(number).ok().and_then(|number| those(columns, chosen).nth(number));
        let column =
            column.ok_or_else(|| Problem::invalid("it has a collation for a column that is none"))?;
        column.collation = Some(other);
    }
    Ok(())
}

fn charsets(
    columns: &mut [MappedColumn],
    mut value: Fields<'_>,
    chosen: fn(WireType) -> bool,
) -> Result<(), Problem> {
    for column in those(columns, chosen) {
        column.collation = Some(collation(&mut value)?);
    }
    Ok(())
}

fn names(columns: &mut [MappedColumn], mut value: Fields<'_>) -> Result<(), Problem> {
    const WHAT: &str = "the name of a column";
    for column in columns {
        column.name = Some(text(value.length_encoded_bytes(WHAT)?, WHAT)?.into());
    }
    Ok(())
}

fn members(
    columns: &mut [MappedColumn],
    mut value: Fields<'_>,
    chosen: fn(WireType) -> bool,
) -> Result<(), Problem> {
    for column in those(columns, chosen) {
        let count = value.length_encoded("the number of members")?;
        let member = |value: &mut Fields<'_>| value.length_encoded_bytes("a member").map(Box::from);
        column.members = Some((0..count).map(|_| member(&mut value)).collect::<Result<_, _>>()?);
    }
    Ok(())
}

fn spatial(columns: &mut [MappedColumn], mut value: Fields<'_>) -> Result<(), Problem> {
    for column in those(columns, |wire| matches!(wire, WireType::Geometry { .. })) {
        column.spatial = Some(match value.length_encoded("a type of geometry")? {
            0 => SpatialType::Geometry,
            1 => SpatialType::Point,
            2 => SpatialType::LineString,
            3 => SpatialType::Polygon,
            4 => SpatialType::MultiPoint,
            5 => SpatialType::MultiLineString,
            6 => SpatialType::MultiPolygon,
            7 => SpatialType::GeometryCollection,
            other => return Err(Problem::invalid(format!("it has the unknown type of geometry {other}"))),
        });
    }
    Ok(())
}

fn primary_key(
    columns: usize,
    mut value: Fields<'_>,
    prefix: impl Fn(&mut Fields<'_>) -> Result<Option<u32>, Problem>,
) -> Result<Vec<(usize, Option<u32>)>, Problem> {
    let mut parts = Vec::new();
    while !value.is_empty() {
        let number = value.length_encoded("a column of the primary key")?;
        let column = usize::try_from(number).ok().filter(|column| *column < columns);
        let column = column.ok_or_else(|| Problem::invalid("its primary key has a column that is none"))?;
        parts.push((column, prefix(&mut value)?));
    }
    Ok(parts)
}

fn dimensions(columns: &mut [MappedColumn], mut value: Fields<'_>) -> Result<(), Problem> {
    for column in those(columns, |wire| matches!(wire, WireType::Vector { .. })) {
        let count = value.length_encoded("the dimensions of a vector")?;
        column.dimensions = u32::try_from(count).ok();
    }
    Ok(())
}

impl MappedColumn {
    /// Tells whether the column holds bytes without a character set; `None` if it is not said.
    pub(super) fn is_binary(&self) -> Option<bool> {
        self.collation.map(|collation| collation == BINARY)
    }
}

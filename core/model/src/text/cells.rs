//! One column of a row set, ready to be written cell by cell.

use super::{FloatText, write_f32, write_f32_exact, write_f32_shown, write_f64, write_i64, write_u64};
use crate::charset::{BadText, Charset};
use crate::json::{self, Malformed};
use crate::temporal::{write_date, write_datetime, write_time, write_year};
use crate::{ColumnKind, FixedType, IntWidth, decimal};
use arrow_array::{
    Array, BinaryArray, Date32Array, Decimal128Array, Decimal256Array, DurationMicrosecondArray,
    Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::DataType;
use std::sync::Arc;

/// Why a column cannot be written at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// Its array is not of the Arrow type that its kind has.
    #[error("the column's values are {actual}, not {expected}")]
    Type {
        /// What its kind has.
        expected: DataType,
        /// What its array is.
        actual: DataType,
    },
    /// Its character set is not known.
    #[error("the collation {0} is not known, nor then the column's character set")]
    Collation(u16),
}

/// Why a cell cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// Its bytes are no text in the column's character set.
    #[error(transparent)]
    Text(#[from] BadText),
    /// Its bytes are no JSON document.
    #[error(transparent)]
    Json(#[from] Malformed),
    /// The ENUM or SET has no member for it.
    #[error("the value {0} names a member that the column does not have")]
    Member(u64),
    /// It has another length than its type.
    #[error("the value has another length than its type")]
    Length,
}

/// One column of a row set, ready to be written cell by cell.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    values: &'a dyn Array,
    typed: Typed<'a>,
}

/// The column's array and what else its cells need.
#[derive(Clone, Copy, Debug)]
enum Typed<'a> {
    Int8(&'a Int8Array),
    Int16(&'a Int16Array),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    Uint8(&'a UInt8Array),
    Uint16(&'a UInt16Array),
    Uint32(&'a UInt32Array),
    Uint64(&'a UInt64Array),
    Year(&'a UInt16Array),
    Decimal128(&'a Decimal128Array, u8),
    Decimal256(&'a Decimal256Array, u8),
    Float(&'a Float32Array, FloatText),
    Double(&'a Float64Array),
    Date(&'a Date32Array),
    DateTime(&'a TimestampMicrosecondArray, u8),
    Time(&'a DurationMicrosecondArray, u8),
    Text(&'a BinaryArray, Charset),
    Bytes(&'a BinaryArray),
    Fixed(&'a BinaryArray, FixedType),
    Json(&'a BinaryArray),
    Enum(&'a UInt16Array, &'a [Arc<str>]),
    Set(&'a UInt64Array, &'a [Arc<str>]),
}

impl<'a> Cells<'a> {
    /// Takes a column's values (not diffs); a FLOAT is written by [`FloatText::Shortest`].
    ///
    /// # Errors
    /// If the array is none of this kind, or the column's character set is not known.
    pub fn new(kind: &'a ColumnKind, values: &'a dyn Array) -> Result<Self, ColumnError> {
        Self::with_floats(kind, values, FloatText::default())
    }

    /// As [`new`](Self::new), with the digits of a FLOAT chosen.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_floats(
        kind: &'a ColumnKind,
        values: &'a dyn Array,
        floats: FloatText,
    ) -> Result<Self, ColumnError> {
        let typed = match kind {
            ColumnKind::Int { width, unsigned } => int(kind, *width, *unsigned, values)?,
            ColumnKind::Bit { .. } => Typed::Uint64(cast(kind, values)?),
            ColumnKind::Year => Typed::Year(cast(kind, values)?),
            ColumnKind::Decimal { precision, scale, .. } if *precision <= decimal::PRECISION_MAX_I128 => {
                Typed::Decimal128(cast(kind, values)?, *scale)
            }
            ColumnKind::Decimal { scale, .. } => Typed::Decimal256(cast(kind, values)?, *scale),
            ColumnKind::Float { .. } => Typed::Float(cast(kind, values)?, floats),
            ColumnKind::Double { .. } => Typed::Double(cast(kind, values)?),
            ColumnKind::Date => Typed::Date(cast(kind, values)?),
            ColumnKind::DateTime { fsp } | ColumnKind::Timestamp { fsp } => {
                Typed::DateTime(cast(kind, values)?, *fsp)
            }
            ColumnKind::Time { fsp } => Typed::Time(cast(kind, values)?, *fsp),
            ColumnKind::Char { collation, .. }
            | ColumnKind::Varchar { collation, .. }
            | ColumnKind::Text { collation, .. } => {
                let charset = Charset::of_collation(*collation);
                let charset = charset.ok_or(ColumnError::Collation(*collation))?;
                Typed::Text(cast(kind, values)?, charset)
            }
            ColumnKind::Binary { .. }
            | ColumnKind::Varbinary { .. }
            | ColumnKind::Blob { .. }
            | ColumnKind::Geometry { .. }
            | ColumnKind::Vector { .. } => Typed::Bytes(cast(kind, values)?),
            ColumnKind::Fixed { fixed } => Typed::Fixed(cast(kind, values)?, *fixed),
            ColumnKind::Enum { members, .. } => Typed::Enum(cast(kind, values)?, members),
            ColumnKind::Set { members, .. } => Typed::Set(cast(kind, values)?, members),
            ColumnKind::Json => Typed::Json(cast(kind, values)?),
        };
        Ok(Self { values, typed })
    }

    /// Tells whether the cell is NULL.
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        self.values.is_null(row)
    }

    /// Appends the cell's text; of NULL nothing (see [`is_null`](Self::is_null)). `row` is less than the array's length.
    ///
    /// # Errors
    /// If the cell's value is none of its column; then a part of its text may have been appended.
    #[inline]
    pub fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<(), CellError> {
        if self.is_null(row) {
            return Ok(());
        }
        match self.typed {
            Typed::Int8(values) => write_i64(out, values.value(row).into()),
            Typed::Int16(values) => write_i64(out, values.value(row).into()),
            Typed::Int32(values) => write_i64(out, values.value(row).into()),
            Typed::Int64(values) => write_i64(out, values.value(row)),
            Typed::Uint8(values) => write_u64(out, values.value(row).into()),
            Typed::Uint16(values) => write_u64(out, values.value(row).into()),
            Typed::Uint32(values) => write_u64(out, values.value(row).into()),
            Typed::Uint64(values) => write_u64(out, values.value(row)),
            Typed::Year(values) => write_year(out, values.value(row)),
            Typed::Decimal128(values, scale) => decimal::write_i128(out, values.value(row), scale),
            Typed::Decimal256(values, scale) => decimal::write_i256(out, values.value(row), scale),
            Typed::Float(values, FloatText::Shortest) => write_f32(out, values.value(row)),
            Typed::Float(values, FloatText::Exact) => write_f32_exact(out, values.value(row)),
            Typed::Float(values, FloatText::Shown) => write_f32_shown(out, values.value(row)),
            Typed::Double(values) => write_f64(out, values.value(row)),
            Typed::Date(values) => write_date(out, values.value(row)),
            Typed::DateTime(values, fsp) => write_datetime(out, values.value(row), fsp),
            Typed::Time(values, fsp) => write_time(out, values.value(row), fsp),
            Typed::Text(values, charset) => charset.decode_into(values.value(row), out)?,
            Typed::Bytes(values) => out.extend_from_slice(values.value(row)),
            Typed::Fixed(values, fixed) => {
                if !fixed.write(values.value(row), out) {
                    return Err(CellError::Length);
                }
            }
            Typed::Json(values) => json::write_text(values.value(row), out)?,
            Typed::Enum(values, members) => write_member(out, values.value(row), members)?,
            Typed::Set(values, members) => write_members(out, values.value(row), members)?,
        }
        Ok(())
    }
}

fn int<'a>(
    kind: &ColumnKind,
    width: IntWidth,
    unsigned: bool,
    values: &'a dyn Array,
) -> Result<Typed<'a>, ColumnError> {
    use IntWidth::{W8, W16, W24, W32, W64};
    Ok(match (width, unsigned) {
        (W8, false) => Typed::Int8(cast(kind, values)?),
        (W16, false) => Typed::Int16(cast(kind, values)?),
        (W24 | W32, false) => Typed::Int32(cast(kind, values)?),
        (W64, false) => Typed::Int64(cast(kind, values)?),
        (W8, true) => Typed::Uint8(cast(kind, values)?),
        (W16, true) => Typed::Uint16(cast(kind, values)?),
        (W24 | W32, true) => Typed::Uint32(cast(kind, values)?),
        (W64, true) => Typed::Uint64(cast(kind, values)?),
    })
}

fn cast<'a, A: Array + 'static>(kind: &ColumnKind, values: &'a dyn Array) -> Result<&'a A, ColumnError> {
    values
        .as_any()
        .downcast_ref()
        .ok_or_else(|| ColumnError::Type { expected: kind.data_type(), actual: values.data_type().clone() })
}

fn write_member(out: &mut Vec<u8>, index: u16, members: &[Arc<str>]) -> Result<(), CellError> {
    let Some(index) = usize::from(index).checked_sub(1) else {
        return Ok(());
    };
    let member = members.get(index).ok_or(CellError::Member(index as u64 + 1))?;
    out.extend_from_slice(member.as_bytes());
    Ok(())
}

fn write_members(out: &mut Vec<u8>, mask: u64, members: &[Arc<str>]) -> Result<(), CellError> {
    let mut rest = mask;
    while rest != 0 {
        let member = members.get(rest.trailing_zeros() as usize).ok_or(CellError::Member(mask))?;
        if rest != mask {
            out.push(b',');
        }
        out.extend_from_slice(member.as_bytes());
        rest &= rest - 1;
    }
    Ok(())
}

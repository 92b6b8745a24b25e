//! From Arrow to the contract.

use super::spans;
use crate::{bindings::types, calendar};
use arrow_array::{
    Array, ArrowPrimitiveType, PrimitiveArray,
    cast::AsArray,
    types::{
        Date32Type, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type,
        Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_schema::DataType;
use tidegate_model::{
    ColumnKind,
    temporal::{self, DateTime},
    text::Cells,
};
use types::Values;

/// The digits of a DECIMAL that fit into 64 bits.
pub(super) const NARROW_DIGITS: u8 = 18;

/// Returns a column's values, without loss.
///
/// # Errors
/// If the array is none of the kind.
pub(crate) fn give(kind: &ColumnKind, values: &dyn Array) -> Result<types::Cells, String> {
    let given = if let ColumnKind::Decimal { precision, .. } = kind {
        decimals(*precision, values)
    } else {
        by_type(values)
    };
    let values_given = given.ok_or_else(|| format!("values of the Arrow type {}", values.data_type()))?;
    Ok(types::Cells { validity: spans::validity(values), values: values_given })
}

fn by_type(values: &dyn Array) -> Option<Values> {
    Some(match values.data_type() {
        DataType::Int8 => signed::<Int8Type>(values)?,
        DataType::Int16 => signed::<Int16Type>(values)?,
        DataType::Int32 => signed::<Int32Type>(values)?,
        DataType::Int64 => signed::<Int64Type>(values)?,
        DataType::Duration(_) => signed::<DurationMicrosecondType>(values)?,
        DataType::UInt8 => unsigned::<UInt8Type>(values)?,
        DataType::UInt16 => unsigned::<UInt16Type>(values)?,
        DataType::UInt32 => unsigned::<UInt32Type>(values)?,
        DataType::UInt64 => unsigned::<UInt64Type>(values)?,
        DataType::Float32 => Values::F64s(
            values.as_primitive_opt::<Float32Type>()?.values().iter().map(|v| f64::from(*v)).collect(),
        ),
        DataType::Float64 => Values::F64s(values.as_primitive_opt::<Float64Type>()?.values().to_vec()),
        DataType::Date32 => {
            let packed = |days: &i32| {
                calendar::pack(&DateTime { date: temporal::days_to_date(*days), ..DateTime::default() })
            };
            Values::U64s(values.as_primitive_opt::<Date32Type>()?.values().iter().map(packed).collect())
        }
        DataType::Timestamp(..) => {
            let packed = |micros: &i64| calendar::pack(&temporal::micros_to_datetime(*micros));
            Values::U64s(
                values.as_primitive_opt::<TimestampMicrosecondType>()?.values().iter().map(packed).collect(),
            )
        }
        DataType::Binary => Values::Spans(spans::of(values.as_binary_opt::<i32>()?)),
        _ => return None,
    })
}

fn signed<T: ArrowPrimitiveType<Native: Into<i64>>>(values: &dyn Array) -> Option<Values> {
    let values: &PrimitiveArray<T> = values.as_primitive_opt()?;
    Some(Values::S64s(values.values().iter().map(|value| (*value).into()).collect()))
}

fn unsigned<T: ArrowPrimitiveType<Native: Into<u64>>>(values: &dyn Array) -> Option<Values> {
    let values: &PrimitiveArray<T> = values.as_primitive_opt()?;
    Some(Values::U64s(values.values().iter().map(|value| (*value).into()).collect()))
}

fn decimals(precision: u8, values: &dyn Array) -> Option<Values> {
    if let Some(values) = values.as_primitive_opt::<Decimal128Type>() {
        let values = values.values().iter();
        if precision <= NARROW_DIGITS {
            // At most 18 digits.
            return Some(Values::S64s(values.map(|value| *value as i64).collect()));
        }
        let words = |value: &i128| {
            let sign = if *value < 0 { u64::MAX } else { 0 };
            [*value as u64, (*value >> 64) as u64, sign, sign]
        };
        return Some(Values::S256s(values.flat_map(words).collect()));
    }
    let words = |value: &arrow_buffer::i256| {
        let (low, high) = value.to_parts();
        [low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64]
    };
    Some(Values::S256s(
        values.as_primitive_opt::<Decimal256Type>()?.values().iter().flat_map(words).collect(),
    ))
}

/// Returns a column's values as text.
///
/// # Errors
/// If the column's character set is not known, or a value is none of its column.
pub(crate) fn give_text(kind: &ColumnKind, values: &dyn Array) -> Result<types::Cells, String> {
    let cells = Cells::new(kind, values).map_err(|error| error.to_string())?;
    let mut offsets = Vec::with_capacity(values.len() + 1);
    let mut data = Vec::new();
    offsets.push(0);
    for row in 0..values.len() {
        cells.write(row, &mut data).map_err(|error| format!("row {row} of the row set: {error}"))?;
        offsets.push(u32::try_from(data.len()).map_err(|_| "text of more than 4 GiB".to_owned())?);
    }
    let values_given = Values::Utf8(types::Spans { offsets, data });
    Ok(types::Cells { validity: spans::validity(values), values: values_given })
}

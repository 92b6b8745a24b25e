//! One value of a column, as JSON.

use crate::text::{write_base64, write_number, write_string};
use arrow_array::{
    Array, BinaryArray, Date32Array, Decimal128Array, Decimal256Array, DurationMicrosecondArray,
    Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use std::sync::Arc;
use tidegate_model::{
    ColumnKind, Encoding, FixedType, ImageColumn, charset::Charset, decimal, json, temporal,
};

/// The values of one column: its array under the type that it has, resolved once a row set.
pub(crate) enum Values<'a> {
    Int8(&'a Int8Array),
    Int16(&'a Int16Array),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    UInt8(&'a UInt8Array),
    UInt16(&'a UInt16Array),
    UInt32(&'a UInt32Array),
    UInt64(&'a UInt64Array),
    Float(&'a Float32Array),
    Double(&'a Float64Array),
    Decimal128(&'a Decimal128Array, u8),
    Decimal256(&'a Decimal256Array, u8),
    Date(&'a Date32Array),
    DateTime(&'a TimestampMicrosecondArray, u8),
    Time(&'a DurationMicrosecondArray, u8),
    Text(&'a BinaryArray, Charset),
    Bytes(&'a BinaryArray),
    Enum(&'a UInt16Array, Vec<Vec<u8>>),
    Set(&'a UInt64Array, Vec<Vec<u8>>),
    Vector(&'a BinaryArray),
    Fixed(&'a BinaryArray, FixedType),
    Json(&'a BinaryArray),
    Diffs(&'a BinaryArray),
}

impl<'a> Values<'a> {
    /// Returns the column's values, or `None` if they are not of the type that its kind says.
    pub(crate) fn of(column: &'a ImageColumn) -> Option<Self> {
        if column.encoding == Encoding::JsonDiff {
            return of(&column.values).map(Self::Diffs);
        }
        let values = &*column.values;
        Some(match &column.column.kind {
            ColumnKind::Int { .. } | ColumnKind::Bit { .. } | ColumnKind::Year => integers(values)?,
            ColumnKind::Decimal { scale, .. } => match of(values) {
                Some(values) => Self::Decimal128(values, *scale),
                None => Self::Decimal256(of(values)?, *scale),
            },
            ColumnKind::Float { .. } => Self::Float(of(values)?),
            ColumnKind::Double { .. } => Self::Double(of(values)?),
            ColumnKind::Date => Self::Date(of(values)?),
            ColumnKind::DateTime { fsp } | ColumnKind::Timestamp { fsp } => Self::DateTime(of(values)?, *fsp),
            ColumnKind::Time { fsp } => Self::Time(of(values)?, *fsp),
            ColumnKind::Char { collation, .. }
            | ColumnKind::Varchar { collation, .. }
            | ColumnKind::Text { collation, .. } => match Charset::of_collation(*collation) {
                None | Some(Charset::Binary) => Self::Bytes(of(values)?),
                Some(charset) => Self::Text(of(values)?, charset),
            },
            ColumnKind::Binary { .. }
            | ColumnKind::Varbinary { .. }
            | ColumnKind::Blob { .. }
            | ColumnKind::Geometry { .. } => Self::Bytes(of(values)?),
            ColumnKind::Json => Self::Json(of(values)?),
            ColumnKind::Enum { members, .. } => Self::Enum(of(values)?, labels(members)),
            ColumnKind::Set { members, .. } => Self::Set(of(values)?, labels(members)),
            ColumnKind::Vector { .. } => Self::Vector(of(values)?),
            ColumnKind::Fixed { fixed } => Self::Fixed(of(values)?, *fixed),
        })
    }

    /// Appends the value in `row`. `scratch` is for text that is not UTF-8.
    pub(crate) fn write(&self, out: &mut Vec<u8>, row: usize, scratch: &mut Vec<u8>) {
        if self.array().is_null(row) {
            out.extend_from_slice(b"null");
            return;
        }
        match self {
            Self::Int8(values) => write_number(out, values.value(row)),
            Self::Int16(values) => write_number(out, values.value(row)),
            Self::Int32(values) => write_number(out, values.value(row)),
            Self::Int64(values) => write_number(out, values.value(row)),
            Self::UInt8(values) => write_number(out, values.value(row)),
            Self::UInt16(values) => write_number(out, values.value(row)),
            Self::UInt32(values) => write_number(out, values.value(row)),
            Self::UInt64(values) => write_number(out, values.value(row)),
            Self::Float(values) => write_number(out, values.value(row)),
            Self::Double(values) => write_number(out, values.value(row)),
            Self::Decimal128(values, scale) => {
                quoted(out, |out| decimal::write_i128(out, values.value(row), *scale));
            }
            Self::Decimal256(values, scale) => {
                quoted(out, |out| decimal::write_i256(out, values.value(row), *scale));
            }
            Self::Date(values) => quoted(out, |out| temporal::write_date(out, values.value(row))),
            Self::DateTime(values, fsp) => {
                quoted(out, |out| temporal::write_datetime(out, values.value(row), *fsp));
            }
            Self::Time(values, fsp) => quoted(out, |out| temporal::write_time(out, values.value(row), *fsp)),
            Self::Text(values, charset) => write_text(out, values.value(row), *charset, scratch),
            Self::Bytes(values) => write_base64(out, values.value(row)),
            Self::Enum(values, labels) => write_enum(out, values.value(row), labels),
            Self::Set(values, labels) => write_set(out, values.value(row), labels),
            Self::Vector(values) => write_vector(out, values.value(row)),
            Self::Fixed(values, fixed) => write_fixed(out, values.value(row), *fixed),
            Self::Json(values) => write_document(out, values.value(row)),
            Self::Diffs(values) => write_diffs(out, values.value(row)),
        }
    }

    /// Returns the document in `row` as MySQL stores it, if its text does not say everything.
    pub(crate) fn inexact_document(&self, row: usize) -> Option<&'a [u8]> {
        match self {
            Self::Json(values) if values.is_valid(row) => {
                let document = values.value(row);
                let is_null = json::parse(document) == Ok(json::Value::Null);
                (is_null || json::has_opaque(document).unwrap_or(true)).then_some(document)
            }
            _ => None,
        }
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Int8(values) => values,
            Self::Int16(values) => values,
            Self::Int32(values) => values,
            Self::Int64(values) => values,
            Self::UInt8(values) => values,
            Self::UInt16(values) | Self::Enum(values, _) => values,
            Self::UInt32(values) => values,
            Self::UInt64(values) | Self::Set(values, _) => values,
            Self::Float(values) => values,
            Self::Double(values) => values,
            Self::Decimal128(values, _) => values,
            Self::Decimal256(values, _) => values,
            Self::Date(values) => values,
            Self::DateTime(values, _) => values,
            Self::Time(values, _) => values,
            Self::Text(values, _)
            | Self::Bytes(values)
            | Self::Vector(values)
            | Self::Fixed(values, _)
            | Self::Json(values)
            | Self::Diffs(values) => values,
        }
    }
}

fn of<T: 'static>(values: &dyn Array) -> Option<&T> {
    values.as_any().downcast_ref()
}

fn integers(values: &dyn Array) -> Option<Values<'_>> {
    None.or_else(|| of(values).map(Values::Int8))
        .or_else(|| of(values).map(Values::Int16))
        .or_else(|| of(values).map(Values::Int32))
        .or_else(|| of(values).map(Values::Int64))
        .or_else(|| of(values).map(Values::UInt8))
        .or_else(|| of(values).map(Values::UInt16))
        .or_else(|| of(values).map(Values::UInt32))
        .or_else(|| of(values).map(Values::UInt64))
}

/// Returns the labels as JSON strings.
fn labels(members: &[Arc<str>]) -> Vec<Vec<u8>> {
    let label = |member: &Arc<str>| {
        let mut label = Vec::new();
        write_string(&mut label, member);
        label
    };
    members.iter().map(label).collect()
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn write_text(out: &mut Vec<u8>, bytes: &[u8], charset: Charset, scratch: &mut Vec<u8>) {
    if charset == Charset::Utf8mb4
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return write_string(out, text);
    }
    scratch.clear();
    match charset.decode_into(bytes, scratch).map(|()| std::str::from_utf8(scratch)) {
        Ok(Ok(text)) => write_string(out, text),
        _ => write_base64(out, bytes),
    }
}

fn write_enum(out: &mut Vec<u8>, value: u16, labels: &[Vec<u8>]) {
    let label = usize::from(value).checked_sub(1).and_then(|index| labels.get(index));
    match label {
        Some(label) => out.extend_from_slice(label),
        None => write_number(out, value),
    }
}

fn write_set(out: &mut Vec<u8>, value: u64, labels: &[Vec<u8>]) {
    let known = if labels.len() >= 64 { u64::MAX } else { (1 << labels.len()) - 1 };
    if value & !known != 0 {
        return write_number(out, value);
    }
    out.push(b'[');
    let mut rest = value;
    while rest != 0 {
        if rest != value {
            out.push(b',');
        }
        out.extend_from_slice(labels.get(rest.trailing_zeros() as usize).map_or(&[], Vec::as_slice));
        rest &= rest - 1;
    }
    out.push(b']');
}

fn write_vector(out: &mut Vec<u8>, bytes: &[u8]) {
    let (floats, rest) = bytes.as_chunks::<4>();
    let float = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes);
    if !rest.is_empty() || !floats.iter().all(|bytes| float(bytes).is_finite()) {
        return write_base64(out, bytes);
    }
    out.push(b'[');
    for (index, bytes) in floats.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_number(out, float(bytes));
    }
    out.push(b']');
}

fn write_fixed(out: &mut Vec<u8>, bytes: &[u8], fixed: FixedType) {
    let start = out.len();
    out.push(b'"');
    if fixed.write(bytes, out) {
        out.push(b'"');
    } else {
        out.truncate(start);
        write_base64(out, bytes);
    }
}

fn write_document(out: &mut Vec<u8>, document: &[u8]) {
    let start = out.len();
    if json::write_text(document, out).is_err() {
        out.truncate(start);
        write_base64(out, document);
    }
}

/// Appends the changes of a document one by one, or their bytes where text would not say everything.
fn write_diffs(out: &mut Vec<u8>, diffs: &[u8]) {
    let start = out.len();
    out.push(b'[');
    for (index, diff) in json::Diffs::new(diffs).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if !diff.is_ok_and(|diff| write_diff(out, &diff)) {
            out.truncate(start);
            return write_base64(out, diffs);
        }
    }
    out.push(b']');
}

/// Returns whether the text says everything.
fn write_diff(out: &mut Vec<u8>, diff: &json::Diff<'_>) -> bool {
    let name = match diff.operation {
        json::Operation::Replace => "replace",
        json::Operation::Insert => "insert",
        json::Operation::Remove => "remove",
    };
    out.extend_from_slice(b"{\"op\":");
    write_string(out, name);
    out.extend_from_slice(b",\"path\":");
    write_string(out, diff.path);
    if let Some(value) = diff.value {
        out.extend_from_slice(b",\"value\":");
        if json::has_opaque(value).unwrap_or(true) || json::write_text(value, out).is_err() {
            return false;
        }
    }
    out.push(b'}');
    true
}

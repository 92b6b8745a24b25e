//! One value of a column, from JSON: the other direction of `crate::value`.

use super::cells::{Cells, Read, base64, bytes, numbers};
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use serde_json::Value;
use std::{borrow::Cow, fmt::Display, ops::RangeInclusive, str::FromStr, sync::Arc};
use tidegate_model::{ColumnKind, FixedType, IntWidth, charset::Charset, decimal, json, temporal};

/// Returns an empty column of a kind.
pub(super) fn of_kind(kind: &ColumnKind) -> Box<dyn Cells> {
    match kind {
        ColumnKind::Int { width, unsigned } => integers(*width, *unsigned),
        ColumnKind::Bit { bits } => whole::<UInt64Type>(0..=(1_i128 << bits.min(&64)) - 1),
        ColumnKind::Year => numbers::<UInt16Type>(year),
        ColumnKind::Decimal { precision, scale, .. } => decimals(*precision, *scale),
        ColumnKind::Float { .. } => numbers::<Float32Type>(|value| float(value, f32::is_finite)),
        ColumnKind::Double { .. } => numbers::<Float64Type>(|value| float(value, f64::is_finite)),
        ColumnKind::Date => numbers::<Date32Type>(|value| {
            text(value)
                .and_then(temporal::parse_date)
                .ok_or_else(|| expected("a date such as `\"2024-02-29\"`"))
        }),
        ColumnKind::DateTime { fsp } | ColumnKind::Timestamp { fsp } => {
            let fsp = *fsp;
            numbers::<TimestampMicrosecondType>(move |value| {
                let read = text(value).and_then(|text| temporal::parse_datetime(text, fsp));
                read.ok_or_else(|| with_fraction("a date and time such as `\"2024-02-29 12:00:00\"`", fsp))
            })
        }
        ColumnKind::Time { fsp } => {
            let fsp = *fsp;
            numbers::<DurationMicrosecondType>(move |value| {
                let read = text(value).and_then(|text| temporal::parse_time(text, fsp));
                read.ok_or_else(|| with_fraction("a time such as `\"-838:59:59\"`", fsp))
            })
        }
        ColumnKind::Char { collation, length } | ColumnKind::Varchar { collation, length } => {
            characters(*collation, *length)
        }
        ColumnKind::Text { collation, length_bytes } => {
            let (collation, longest) = (*collation, longest(*length_bytes));
            bytes(move |value| fitting(encoded(value, Charset::of_collation(collation))?, &longest))
        }
        ColumnKind::Binary { length } => binary(*length, *length),
        ColumnKind::Varbinary { length } => binary(0, *length),
        ColumnKind::Blob { length_bytes } => {
            let longest = longest(*length_bytes);
            bytes(move |value| fitting(only_bytes(value)?, &longest))
        }
        ColumnKind::Geometry { .. } => bytes(only_bytes),
        ColumnKind::Enum { members, .. } => {
            let members = members.clone();
            numbers::<UInt16Type>(move |value| label(value, &members))
        }
        ColumnKind::Set { members, .. } => {
            let members = members.clone();
            numbers::<UInt64Type>(move |value| labels(value, &members))
        }
        ColumnKind::Vector { dimensions } => {
            let dimensions = *dimensions;
            bytes(move |value| vector(value, dimensions))
        }
        ColumnKind::Fixed { fixed } => {
            let fixed = *fixed;
            bytes(move |value| of_fixed(value, fixed))
        }
        ColumnKind::Json => bytes(document),
    }
}

/// Returns an empty column of changes of documents.
pub(super) fn of_diffs() -> Box<dyn Cells> {
    bytes(|value| base64(value).unwrap_or_else(|| diffs(value)))
}

fn integers(width: IntWidth, unsigned: bool) -> Box<dyn Cells> {
    use IntWidth::{W8, W16, W24, W32, W64};
    let bits = match width {
        W8 => 8,
        W16 => 16,
        W24 => 24,
        W32 => 32,
        W64 => 64,
    };
    let range = if unsigned { 0..=(1 << bits) - 1 } else { -(1 << (bits - 1))..=(1 << (bits - 1)) - 1 };
    match (width, unsigned) {
        (W8, false) => whole::<Int8Type>(range),
        (W8, true) => whole::<UInt8Type>(range),
        (W16, false) => whole::<Int16Type>(range),
        (W16, true) => whole::<UInt16Type>(range),
        (W24 | W32, false) => whole::<Int32Type>(range),
        (W24 | W32, true) => whole::<UInt32Type>(range),
        (W64, false) => whole::<Int64Type>(range),
        (W64, true) => whole::<UInt64Type>(range),
    }
}

/// Returns a column of whole numbers of a range, which its type holds.
fn whole<T: ArrowPrimitiveType>(range: RangeInclusive<i128>) -> Box<dyn Cells>
where
    T::Native: TryFrom<i128>,
{
    numbers::<T>(move |value| {
        let number = integer(value).filter(|number| range.contains(number));
        let number = number.and_then(|number| T::Native::try_from(number).ok());
        number.ok_or_else(|| expected(format!("a whole number from {} to {}", range.start(), range.end())))
    })
}

fn integer(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

fn year(value: &Value) -> Read<u16> {
    let year = integer(value).and_then(|year| u16::try_from(year).ok());
    year.filter(|year| *year == 0 || (1901..=2155).contains(year))
        .ok_or_else(|| expected("a year from 1901 to 2155, or 0"))
}

fn decimals(precision: u8, scale: u8) -> Box<dyn Cells> {
    let read = move |value: &Value| {
        let read = text(value).and_then(|text| decimal::parse(text, precision, scale));
        let digits =
            format!("{} digits before the point and {scale} behind it", precision.saturating_sub(scale));
        read.ok_or_else(|| expected(format!("a number in quotes of at most {digits}")))
    };
    if precision > decimal::PRECISION_MAX_I128 {
        return numbers::<Decimal256Type>(read);
    }
    numbers::<Decimal128Type>(move |value| {
        read(value)?.to_i128().ok_or_else(|| expected("a number of at most 38 digits"))
    })
}

/// Reads the text of a number anew: of the double that JSON's numbers are held as a FLOAT is not always the nearest.
fn float<T: FromStr + Copy>(value: &Value, is_finite: impl Fn(T) -> bool) -> Read<T> {
    let number = value.as_number().and_then(|number| number.to_string().parse().ok());
    number.filter(|number| is_finite(*number)).ok_or_else(|| expected("a number that the type can hold"))
}

fn characters(collation: u16, length: u32) -> Box<dyn Cells> {
    let charset = Charset::of_collation(collation);
    bytes(move |value| {
        let text = encoded(value, charset)?;
        let count = charset.map_or(text.len(), |charset| charset.count_chars(&text));
        if length > 0 && count > length as usize {
            return Err(format!("expected at most {length} characters, found {count}"));
        }
        Ok(text)
    })
}

/// Returns the bytes of a text in a character set, or those that stand in the place of a text.
fn encoded(value: &Value, charset: Option<Charset>) -> Read<Vec<u8>> {
    let charset = charset.filter(|charset| *charset != Charset::Binary);
    match (base64(value), text(value), charset) {
        (Some(bytes), ..) => bytes,
        (None, Some(text), Some(charset)) => {
            let lacks = |_| format!("{} has not all characters of the text", charset.name());
            charset.encode(text).map(Cow::into_owned).map_err(lacks)
        }
        (None, _, Some(_)) => Err(expected("text, or `{\"base64\": …}` of bytes that are none")),
        (None, _, None) => only_bytes(value),
    }
}

fn only_bytes(value: &Value) -> Read<Vec<u8>> {
    base64(value).unwrap_or_else(|| Err(expected("`{\"base64\": …}`")))
}

/// Returns a column of `least` to `most` bytes each; 0 for `most`: any number.
fn binary(least: u32, most: u32) -> Box<dyn Cells> {
    let wanted = if least == most { format!("{most} bytes") } else { format!("at most {most} bytes") };
    bytes(move |value| {
        let bytes = only_bytes(value)?;
        if most > 0 && !(least as usize..=most as usize).contains(&bytes.len()) {
            return Err(format!("expected {wanted}, found {}", bytes.len()));
        }
        Ok(bytes)
    })
}

/// Returns the most bytes of a TEXT or BLOB whose length takes so many bytes.
fn longest(length_bytes: u8) -> u64 {
    (1 << (8 * u32::from(length_bytes.clamp(1, 4)))) - 1
}

fn fitting(bytes: Vec<u8>, longest: &u64) -> Read<Vec<u8>> {
    if bytes.len() as u64 > *longest {
        return Err(format!("expected at most {longest} bytes, found {}", bytes.len()));
    }
    Ok(bytes)
}

/// Reads a member of an ENUM: its label, or its number where the list lacks it.
fn label(value: &Value, members: &[Arc<str>]) -> Read<u16> {
    let labelled = text(value).and_then(|label| members.iter().position(|member| **member == *label));
    let number = labelled.map(|index| index as i128 + 1).or_else(|| integer(value));
    number.and_then(|number| u16::try_from(number).ok()).ok_or_else(|| one_of(members))
}

/// Reads a SET: its labels, or its number where the list lacks one.
fn labels(value: &Value, members: &[Arc<str>]) -> Read<u64> {
    if let Some(number) = value.as_u64() {
        return Ok(number);
    }
    let bit = |label: &Value| {
        let index = text(label).and_then(|label| members.iter().position(|member| **member == *label))?;
        1_u64.checked_shl(u32::try_from(index).ok()?)
    };
    let bits = value.as_array().and_then(|labels| labels.iter().map(bit).collect::<Option<Vec<_>>>());
    let bits = bits.ok_or_else(|| format!("{}, in a list", one_of(members)))?;
    Ok(bits.into_iter().fold(0, |set, bit| set | bit))
}

fn one_of(members: &[Arc<str>]) -> String {
    let members: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
    expected(format!("one of {}", members.join(", ")))
}

fn vector(value: &Value, dimensions: u32) -> Read<Vec<u8>> {
    if let Some(bytes) = base64(value) {
        return bytes;
    }
    let wanted = || expected(format!("a list of {dimensions} numbers"));
    let numbers = value.as_array().ok_or_else(wanted)?;
    if dimensions > 0 && numbers.len() > dimensions as usize {
        return Err(wanted());
    }
    let mut bytes = Vec::with_capacity(4 * numbers.len());
    for number in numbers {
        bytes.extend_from_slice(&float(number, f32::is_finite)?.to_le_bytes());
    }
    Ok(bytes)
}

fn of_fixed(value: &Value, fixed: FixedType) -> Read<Vec<u8>> {
    let read = || text(value).and_then(|text| fixed.parse(text));
    base64(value).unwrap_or_else(|| read().ok_or_else(|| expected(format!("an {} in quotes", fixed.name()))))
}

fn document(value: &Value) -> Read<Vec<u8>> {
    let mut document = Vec::new();
    json::encode(value, &mut document).map_err(|error| error.to_string())?;
    Ok(document)
}

/// Reads the changes of a document, one by one.
fn diffs(value: &Value) -> Read<Vec<u8>> {
    let wanted = || expected("a list of `{\"op\": …, \"path\": …, \"value\": …}`");
    let mut out = Vec::new();
    for change in value.as_array().ok_or_else(wanted)? {
        let field = |name| change.get(name);
        let operation = match field("op").and_then(text) {
            Some("replace") => json::Operation::Replace,
            Some("insert") => json::Operation::Insert,
            Some("remove") => json::Operation::Remove,
            _ => return Err(expected("`replace`, `insert` or `remove` as `op`")),
        };
        let path = field("path").and_then(text).ok_or_else(wanted)?;
        if field("value").is_some() == (operation == json::Operation::Remove) {
            return Err(expected("a `value`, but for `remove`"));
        }
        let value = field("value").map(document).transpose()?;
        json::Diff { operation, path, value: value.as_deref() }.write(&mut out);
    }
    Ok(out)
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn expected(what: impl Display) -> String {
    format!("expected {what}")
}

fn with_fraction(what: &str, fsp: u8) -> String {
    match fsp {
        0 => expected(format!("{what}, without a fraction of the second")),
        _ => expected(format!("{what}, with at most {fsp} digits behind the second")),
    }
}

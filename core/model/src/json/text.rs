//! The text of a document, byte for byte what `CAST(document AS CHAR)` gives.
//!
//! Source: MySQL source, `Json_wrapper::to_string`; compared with the server by `tests/it/json.rs`.

use super::opaque::{Opaque, OpaqueValue};
use super::value::{Raw, Value};
use super::walk::Steps;
use super::{DEPTH_MAX, Malformed};
use crate::decimal;
use crate::temporal::{write_date, write_datetime, write_time};
use crate::text::{write_f64, write_i64, write_u64};

/// Appends the text of a document: `{"a": 1, "b": [1.0, "x"]}`.
///
/// Doubles have a `.0` where they would look like integers; an opaque DECIMAL is a number with all digits of its scale;
/// dates and times are strings, with six digits of fraction; other opaque values are strings
/// `base64:type<number of the type>:<base64 in lines of 76 characters>`.
///
/// # Errors
/// If the document is malformed; then a part of its text may have been appended.
pub fn write_text(document: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut steps = Steps { left: document.len() + 1 };
    write_part(Raw::of_document(document)?.value()?, DEPTH_MAX, &mut steps, out)
}

/// Appends the text of a value inside a document, as [`write_text`] does that of the whole.
///
/// # Errors
/// As [`write_text`].
pub fn write_value(value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let bytes = match value {
        Value::Array(array) => array.bytes(),
        Value::Object(object) => object.bytes(),
        _ => 0,
    };
    write_part(value, DEPTH_MAX, &mut Steps { left: bytes + 1 }, out)
}

fn write_part(
    value: Value<'_>,
    depth_left: usize,
    steps: &mut Steps,
    out: &mut Vec<u8>,
) -> Result<(), Malformed> {
    steps.take()?;
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(value) => write_i64(out, value),
        Value::Uint(value) => write_u64(out, value),
        Value::Double(value) => write_double(value, out),
        Value::String(value) => write_string(value, out),
        Value::Opaque(value) => write_opaque(value, out),
        Value::Array(array) => {
            let depth = depth_left.checked_sub(1).ok_or(Malformed::Depth)?;
            out.push(b'[');
            for index in 0..array.len() {
                separate(index, out);
                write_part(array.get(index)?, depth, steps, out)?;
            }
            out.push(b']');
        }
        Value::Object(object) => {
            let depth = depth_left.checked_sub(1).ok_or(Malformed::Depth)?;
            out.push(b'{');
            for index in 0..object.len() {
                separate(index, out);
                write_string(object.key(index)?, out);
                out.extend_from_slice(b": ");
                write_part(object.raw(index)?.value()?, depth, steps, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn separate(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.extend_from_slice(b", ");
    }
}

/// Appends a string as JSON, in quotes: `"`, `\` and the control characters below U+0020 escaped, all else as it is.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(plain) = rest.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\')) {
        out.extend_from_slice(&rest[..plain]);
        let byte = rest[plain];
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0a => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x0d => out.extend_from_slice(b"\\r"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
        }
        rest = &rest[plain + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn write_double(value: f64, out: &mut Vec<u8>) {
    let start = out.len();
    write_f64(out, value);
    if !out[start..].iter().any(|byte| matches!(byte, b'.' | b'e')) {
        out.extend_from_slice(b".0");
    }
}

fn write_opaque(opaque: Opaque<'_>, out: &mut Vec<u8>) {
    let quote = |out: &mut Vec<u8>| out.push(b'"');
    match opaque.value() {
        OpaqueValue::Decimal { scale, value } => return decimal::write_i256(out, value, scale),
        OpaqueValue::Date(days) => {
            quote(out);
            write_date(out, days);
        }
        OpaqueValue::DateTime(micros) | OpaqueValue::Timestamp(micros) => {
            quote(out);
            write_datetime(out, micros, 6);
        }
        OpaqueValue::Time(micros) => {
            quote(out);
            write_time(out, micros, 6);
        }
        OpaqueValue::Bytes(data) => {
            out.extend_from_slice(b"\"base64:type");
            write_u64(out, opaque.field_type.into());
            out.push(b':');
            write_base64(data, out);
        }
    }
    quote(out);
}

/// Appends base64 as MySQL writes it: a line break, here escaped, after each 76 characters but the last.
fn write_base64(data: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const LINE: usize = 76 / 4;
    for (index, triple) in data.chunks(3).enumerate() {
        if index > 0 && index.is_multiple_of(LINE) {
            out.extend_from_slice(b"\\n");
        }
        let byte = |at: usize| u32::from(triple.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |shift: u32| DIGITS[(bits >> shift & 63) as usize];
        let third = if triple.len() > 1 { digit(6) } else { b'=' };
        let fourth = if triple.len() > 2 { digit(0) } else { b'=' };
        out.extend_from_slice(&[digit(18), digit(12), third, fourth]);
    }
}

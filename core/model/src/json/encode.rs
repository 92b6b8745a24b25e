//! From text to a document.

use super::edit::Node;
use super::value::{DOUBLE, INT16, INT32, INT64, LITERAL, Raw, STRING, UINT64};
use super::{DEPTH_MAX, Malformed};
use serde_json::Value;
use std::{borrow::Cow, ops::Range};

/// Text that cannot become a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadJson {
    /// It is no JSON.
    #[error("the text is no JSON (line {line}, column {column})")]
    Text {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It cannot be laid out: it nests too deeply, or has a key of more than 65,535 bytes.
    #[error(
        "the text cannot be stored: it nests deeper than {DEPTH_MAX} levels or has a key of over 65,535 bytes"
    )]
    Layout,
}

/// Appends the document that MySQL makes of a JSON text (manual: "The JSON Data Type"): of members with one key the last
/// one stays, and integers beyond 64 bits become doubles.
///
/// # Errors
/// If the text is none that MySQL would take; then a part of the document may have been appended.
pub fn encode_text(text: &str, out: &mut Vec<u8>) -> Result<(), BadJson> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| BadJson::Text { line: error.line(), column: error.column() })?;
    encode(&value, out)
}

/// Appends the document that MySQL makes of a value; see [`encode_text`].
///
/// # Errors
/// [`BadJson::Layout`]; then a part of the document may have been appended.
pub fn encode(value: &Value, out: &mut Vec<u8>) -> Result<(), BadJson> {
    let mut scalars = Scalars::default();
    scalars.collect(value);
    let mut next = scalars.places.iter().map(|(kind, range)| Raw {
        kind: *kind,
        bytes: scalars.bytes.get(range.clone()).unwrap_or_default(),
    });
    let node = build(value, &mut next);
    node.write_document(out).map_err(|_: Malformed| BadJson::Layout)
}

/// The scalars of a document in the order in which they stand in it, as bytes.
#[derive(Default)]
struct Scalars {
    bytes: Vec<u8>,
    places: Vec<(u8, Range<usize>)>,
}

impl Scalars {
    fn collect(&mut self, value: &Value) {
        match value {
            Value::Null => self.add(LITERAL, &[0]),
            Value::Bool(true) => self.add(LITERAL, &[1]),
            Value::Bool(false) => self.add(LITERAL, &[2]),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            Value::Array(elements) => elements.iter().for_each(|element| self.collect(element)),
            Value::Object(members) => members.values().for_each(|member| self.collect(member)),
        }
    }

    fn add(&mut self, kind: u8, bytes: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.places.push((kind, start..self.bytes.len()));
    }

    fn number(&mut self, number: &serde_json::Number) {
        if let Some(value) = number.as_i64() {
            if let Ok(value) = i16::try_from(value) {
                self.add(INT16, &value.to_le_bytes());
            } else if let Ok(value) = i32::try_from(value) {
                self.add(INT32, &value.to_le_bytes());
            } else {
                self.add(INT64, &value.to_le_bytes());
            }
        } else if let Some(value) = number.as_u64() {
            self.add(UINT64, &value.to_le_bytes());
        } else {
            self.add(DOUBLE, &number.as_f64().unwrap_or_default().to_le_bytes());
        }
    }

    /// A string's length stands before it, seven bits a byte, the lowest first.
    fn string(&mut self, text: &str) {
        let start = self.bytes.len();
        let mut left = text.len();
        loop {
            let bits = (left & 0x7f) as u8;
            left >>= 7;
            self.bytes.push(if left > 0 { bits | 0x80 } else { bits });
            if left == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.places.push((STRING, start..self.bytes.len()));
    }
}

fn build<'a>(value: &'a Value, scalars: &mut impl Iterator<Item = Raw<'a>>) -> Node<'a> {
    match value {
        Value::Array(elements) => {
            Node::Array(elements.iter().map(|element| build(element, scalars)).collect())
        }
        Value::Object(members) => {
            let mut built: Vec<(Cow<'a, str>, Node<'a>)> = members
                .iter()
                .map(|(key, value)| (Cow::Borrowed(key.as_str()), build(value, scalars)))
                .collect();
            built
                .sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.as_bytes().cmp(b.as_bytes())));
            Node::Object(built)
        }
        _ => Node::Raw(scalars.next().unwrap_or(Raw { kind: LITERAL, bytes: &[0] })),
    }
}

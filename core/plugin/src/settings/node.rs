//! The located value tree: YAML's values, each with the place it was written at.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::path::{Path, Segment};

/// A range of bytes of the pipeline file, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its place in the file; none where it did not come from a file.
    pub span: Option<Span>,
}

/// A YAML value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    String(Text),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the file; no key twice.
    Mapping(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was written.
    pub key_span: Option<Span>,
    /// The value.
    pub value: Node,
}

/// Text, which remembers whether it holds a secret.
///
/// Everything that prints it prints the reference (`${env:NAME}`) in place of a secret value.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    value: String,
    reference: Option<String>,
}

impl Text {
    /// Returns text that stands in the file as it is.
    pub fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), reference: None }
    }

    /// Returns text that was put in for `reference`, the text as written in the file.
    pub fn secret(value: impl Into<String>, reference: impl Into<String>) -> Self {
        Self { value: value.into(), reference: Some(reference.into()) }
    }

    /// Returns the real value, also of a secret. Never print it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// Returns what may be printed: the reference of a secret, else the text.
    #[must_use]
    pub fn display(&self) -> &str {
        self.reference.as_deref().unwrap_or(&self.value)
    }

    /// Returns the reference that the value was put in for, if it is a secret.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.display(), f)
    }
}

impl Node {
    /// Returns the tree of a JSON value, without places.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        let value = match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => number_of(number),
            serde_json::Value::String(text) => Value::String(Text::plain(text)),
            serde_json::Value::Array(items) => Value::Sequence(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(entries) => Value::Mapping(
                entries
                    .iter()
                    .map(|(key, value)| Entry {
                        key: key.clone(),
                        key_span: None,
                        value: Self::from_json(value),
                    })
                    .collect(),
            ),
        };
        Self { value, span: None }
    }

    /// Returns the tree as JSON **with the secret values**, to hand it to a plugin across a boundary.
    ///
    /// For everything else serialise the tree: that writes references.
    #[must_use]
    pub fn expose_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => json_integer(*value),
            Value::Float(value) => (*value).into(),
            Value::String(text) => text.expose().into(),
            Value::Sequence(items) => items.iter().map(Self::expose_json).collect(),
            Value::Mapping(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.expose_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// Returns the value of `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns the entry of `key`, if this is a mapping that has it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Returns the node at `path`, if there is one.
    #[must_use]
    pub fn at(&self, path: &Path) -> Option<&Self> {
        path.segments().iter().try_fold(self, |node, segment| match (segment, &node.value) {
            (Segment::Key(key), _) => node.get(key),
            (Segment::Index(index), Value::Sequence(items)) => items.get(*index),
            (Segment::Index(_), _) => None,
        })
    }

    /// Returns where `path` stands: its key if that is meant, else its value; the nearest that exists around it.
    #[must_use]
    pub fn place(&self, path: &Path, on_key: bool) -> Option<Span> {
        if on_key
            && let (Some(Segment::Key(key)), Some(outer)) = (path.segments().last(), path.parent())
            && let Some(entry) = self.at(&outer).and_then(|outer| outer.entry(key))
            && entry.key_span.is_some()
        {
            return entry.key_span;
        }
        match self.at(path).and_then(|node| node.span) {
            Some(span) => Some(span),
            None => self.place(&path.parent()?, true),
        }
    }

    /// Returns the text, if this is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Calls `visit` with every text of the tree, secrets included, and its place.
    pub fn for_each_text<'a>(&'a self, visit: &mut impl FnMut(&'a Text, Option<Span>)) {
        match &self.value {
            Value::String(text) => visit(text, self.span),
            Value::Sequence(items) => items.iter().for_each(|item| item.for_each_text(visit)),
            Value::Mapping(entries) => entries.iter().for_each(|entry| entry.value.for_each_text(visit)),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
        }
    }
}

/// Writes secrets as their references.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(value) => json_integer(*value).serialize(serializer),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text.display()),
            Value::Sequence(items) => serializer.collect_seq(items),
            Value::Mapping(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for entry in entries {
                    map.serialize_entry(&entry.key, &entry.value)?;
                }
                map.end()
            }
        }
    }
}

fn number_of(number: &serde_json::Number) -> Value {
    match number.as_i128() {
        Some(value) => Value::Integer(value),
        None => number.as_f64().map_or(Value::Null, Value::Float),
    }
}

/// JSON has no integers beyond 64 bits that anyone reads back exactly; those become floats.
fn json_integer(value: i128) -> serde_json::Value {
    serde_json::Number::from_i128(value).map_or(serde_json::Value::Null, serde_json::Value::Number)
}

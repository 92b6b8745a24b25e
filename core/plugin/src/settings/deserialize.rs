//! Deserialises a plugin's settings from the located tree.
//!
//! The check against the schema comes first and finds all mistakes of shape; what fails here is what only the
//! plugin's own types can know, and it is reported with the place of the value that failed.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::node::{Entry, Node, Text, Value};
use super::path::{Path, Segment};
use super::problem::Problem;
use super::secret::SECRET;

/// The first value that a type refused.
#[derive(Debug)]
pub(super) struct Refused {
    message: String,
    /// Innermost first, while the error travels outwards.
    steps: Vec<Segment>,
}

impl Refused {
    /// Returns the problem at its place in `root`.
    ///
    /// A type may quote the text that it refuses, so no message about a secret is passed on as it is.
    pub(super) fn into_problem(self, root: &Node) -> Problem {
        let path: Path = self.steps.into_iter().rev().collect();
        let mut message = self.message;
        let node = root.at(&path);
        if let Some(reference) = node.and_then(Node::as_text).and_then(Text::reference) {
            message = format!("the value of `{reference}` is not valid here");
        } else if let Some(node) = node {
            node.for_each_text(&mut |text, _| {
                if text.reference().is_some() && !text.expose().is_empty() {
                    message = message.replace(text.expose(), text.display());
                }
            });
        }
        Problem::at(path, message)
    }

    fn within(mut self, segment: impl Into<Segment>) -> Self {
        self.steps.push(segment.into());
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

impl serde::de::Error for Refused {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), steps: Vec::new() }
    }
}

/// Reads one node.
pub(super) struct Reader<'a>(pub(super) &'a Node);

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match &self.0.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visit_integer(*value, visitor),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_str(text.expose()),
            Value::Sequence(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            Value::Mapping(entries) => visitor.visit_map(Entries { entries: entries.iter(), current: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match &self.0.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match (&self.0.value, name) {
            (Value::String(text), SECRET) => {
                let parts = [Some(text.expose()), text.reference()];
                visitor.visit_seq(serde::de::value::SeqDeserializer::new(parts.into_iter().flatten()))
            }
            // A number or a list must not reach the visitor, which could quote it.
            (_, SECRET) => Err(Refused::custom("expected text")),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match &self.0.value {
            Value::String(text) => visitor.visit_enum(text.expose().into_deserializer()),
            Value::Mapping(entries) => match entries.as_slice() {
                [entry] => visitor.visit_enum(Variant { entry }),
                _ => Err(Refused::custom("expected exactly one key")),
            },
            _ => Err(Refused::custom("expected one of the known words")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// Small numbers go the narrow way: few visitors take 128 bits.
fn visit_integer<'de, V: Visitor<'de>>(value: i128, visitor: V) -> Result<V::Value, Refused> {
    if let Ok(value) = u64::try_from(value) {
        visitor.visit_u64(value)
    } else if let Ok(value) = i64::try_from(value) {
        visitor.visit_i64(value)
    } else {
        visitor.visit_i128(value)
    }
}

struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refused> {
        match self.items.next() {
            Some((index, node)) => {
                seed.deserialize(Reader(node)).map(Some).map_err(|error| error.within(index))
            }
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'a> {
    entries: std::slice::Iter<'a, Entry>,
    current: Option<&'a Entry>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refused> {
        self.current = self.entries.next();
        match self.current {
            Some(entry) => {
                let key: StringDeserializer<Refused> = entry.key.clone().into_deserializer();
                seed.deserialize(key).map(Some).map_err(|error| error.within(&entry.key))
            }
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Refused> {
        match self.current {
            Some(entry) => seed.deserialize(Reader(&entry.value)).map_err(|error| error.within(&entry.key)),
            None => Err(Refused::custom("a value was asked for before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

struct Variant<'a> {
    entry: &'a Entry,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Refused> {
        let key: StringDeserializer<Refused> = self.entry.key.clone().into_deserializer();
        let variant = seed.deserialize(key).map_err(|error| error.within(&self.entry.key))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        Err(Refused::custom("expected the word alone").within(&self.entry.key))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refused> {
        seed.deserialize(Reader(&self.entry.value)).map_err(|error| error.within(&self.entry.key))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        Reader(&self.entry.value).deserialize_any(visitor).map_err(|error| error.within(&self.entry.key))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        Reader(&self.entry.value).deserialize_any(visitor).map_err(|error| error.within(&self.entry.key))
    }
}

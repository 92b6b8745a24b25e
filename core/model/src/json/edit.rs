//! A document that can be changed, and the writer of documents.
//!
//! Only the arrays and objects on the way to a change are taken apart; what they hold stays the bytes that it was.

use super::path::Leg;
use super::value::{LARGE_ARRAY, LARGE_OBJECT, Raw, SMALL_ARRAY, SMALL_OBJECT, Value, is_inlined};
use super::{DEPTH_MAX, Malformed};
use std::borrow::Cow;

/// A value that may be taken apart.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// As it was read.
    Raw(Raw<'a>),
    /// An array of elements.
    Array(Vec<Node<'a>>),
    /// Members in the order of their keys: by length, then by bytes.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// What a value takes, without its type.
struct Extent {
    /// In bytes.
    size: usize,
    /// Whether it is an array or object with offsets of four bytes.
    large: bool,
}

impl<'a> Node<'a> {
    pub(super) fn of_document(document: &'a [u8]) -> Result<Self, Malformed> {
        Raw::of_document(document).map(Self::Raw)
    }

    /// Takes the value apart by one level, if it is an array or object.
    pub(super) fn open(&mut self) -> Result<(), Malformed> {
        let Self::Raw(raw) = self else {
            return Ok(());
        };
        match raw.value()? {
            Value::Array(array) => {
                let elements = (0..array.len()).map(|index| array.raw(index).map(Self::Raw));
                *self = Self::Array(elements.collect::<Result<_, _>>()?);
            }
            Value::Object(object) => {
                let members = (0..object.len())
                    .map(|index| Ok((Cow::Borrowed(object.key(index)?), Self::Raw(object.raw(index)?))));
                *self = Self::Object(members.collect::<Result<_, Malformed>>()?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the value at the end of a path; `None` if there is none.
    pub(super) fn find(&mut self, legs: &[Leg<'_>]) -> Result<Option<&mut Self>, Malformed> {
        let mut node = self;
        for leg in legs {
            node.open()?;
            let next = match (node, leg) {
                (Self::Object(members), Leg::Member(key)) => {
                    position(members, key).ok().and_then(|at| members.get_mut(at)).map(|(_, value)| value)
                }
                (Self::Array(elements), leg) => {
                    index(leg, elements.len()).and_then(|index| elements.get_mut(index))
                }
                // A single value is its own first and last element.
                (other, Leg::Element(0) | Leg::FromLast(0)) => Some(other),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    /// Puts a new element or member into this array or object; returns false, with nothing done, if it cannot be.
    pub(super) fn insert(&mut self, leg: &Leg<'a>, value: Self) -> Result<bool, Malformed> {
        self.open()?;
        match (self, leg) {
            (Self::Object(members), Leg::Member(key)) => match position(members, key) {
                Ok(_) => return Ok(false),
                Err(at) => members.insert(at, (key.clone(), value)),
            },
            (Self::Array(elements), leg @ (Leg::Element(_) | Leg::FromLast(_))) => {
                let at = match leg {
                    Leg::Element(index) => (*index).min(elements.len()),
                    _ => index(leg, elements.len()).unwrap_or(0),
                };
                elements.insert(at, value);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes an element or member out of this array or object; returns false if there is none.
    pub(super) fn remove(&mut self, leg: &Leg<'_>) -> Result<bool, Malformed> {
        self.open()?;
        let removed = match (self, leg) {
            (Self::Object(members), Leg::Member(key)) => {
                position(members, key).ok().map(|at| members.remove(at)).is_some()
            }
            (Self::Array(elements), leg) => {
                let index = index(leg, elements.len()).filter(|index| *index < elements.len());
                index.map(|index| elements.remove(index)).is_some()
            }
            _ => false,
        };
        Ok(removed)
    }

    /// Appends the value as a document, laid out as MySQL does.
    pub(super) fn write_document(&self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        out.push(self.kind());
        self.write(DEPTH_MAX, out)
    }

    fn kind(&self) -> u8 {
        match (self, self.extent().large) {
            (Self::Raw(raw), _) => raw.kind,
            (Self::Array(_), true) => LARGE_ARRAY,
            (Self::Array(_), false) => SMALL_ARRAY,
            (Self::Object(_), true) => LARGE_OBJECT,
            (Self::Object(_), false) => SMALL_OBJECT,
        }
    }

    /// Source: MySQL source, `json_binary.cc`, `serialize_json_value`: small, unless an offset or the size takes more
    /// than two bytes; the size is the largest of them.
    fn extent(&self) -> Extent {
        // In the small and in the large form; what is inside has its extent in either.
        let (mut small, mut large) = (2 * 2, 2 * 4);
        let mut count = |value: &Self, key: Option<usize>| {
            let size = value.extent().size;
            let outside = |form: bool| if value.is_inlined(form) { 0 } else { size };
            small += 2 + 1 + outside(false) + key.map_or(0, |length| 2 + 2 + length);
            large += 4 + 1 + outside(true) + key.map_or(0, |length| 4 + 2 + length);
        };
        match self {
            Self::Raw(raw) => return Extent { size: raw.bytes.len(), large: false },
            Self::Array(elements) => elements.iter().for_each(|value| count(value, None)),
            Self::Object(members) => members.iter().for_each(|(key, value)| count(value, Some(key.len()))),
        }
        if small <= usize::from(u16::MAX) {
            Extent { size: small, large: false }
        } else {
            Extent { size: large, large: true }
        }
    }

    fn is_inlined(&self, large: bool) -> bool {
        matches!(self, Self::Raw(raw) if is_inlined(raw.kind, large))
    }

    fn write(&self, depth_left: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let Extent { size, large } = self.extent();
        let width = if large { 4 } else { 2 };
        let (keys, values): (Vec<&str>, Vec<&Self>) = match self {
            Self::Raw(raw) => {
                out.extend_from_slice(raw.bytes);
                return Ok(());
            }
            Self::Array(elements) => (Vec::new(), elements.iter().collect()),
            Self::Object(members) => members.iter().map(|(key, value)| (key.as_ref(), value)).unzip(),
        };
        let depth = depth_left.checked_sub(1).ok_or(Malformed::Depth)?;
        let number = |out: &mut Vec<u8>, number: usize| out.extend_from_slice(&number.to_le_bytes()[..width]);
        number(out, values.len());
        number(out, size);
        let mut offset = 2 * width + keys.len() * (width + 2) + values.len() * (width + 1);
        for key in &keys {
            number(out, offset);
            let length = u16::try_from(key.len()).map_err(|_| Malformed::Truncated)?;
            out.extend_from_slice(&length.to_le_bytes());
            offset += key.len();
        }
        for value in &values {
            out.push(value.kind());
            match value {
                Self::Raw(raw) if is_inlined(raw.kind, large) => {
                    let mut inlined = [0; 4];
                    let length = raw.bytes.len().min(4);
                    inlined[..length].copy_from_slice(&raw.bytes[..length]);
                    out.extend_from_slice(&inlined[..width]);
                }
                _ => {
                    number(out, offset);
                    offset += value.extent().size;
                }
            }
        }
        keys.iter().for_each(|key| out.extend_from_slice(key.as_bytes()));
        for value in values.iter().filter(|value| !value.is_inlined(large)) {
            value.write(depth, out)?;
        }
        Ok(())
    }
}

/// Returns where a key is among the members, or where it belongs.
fn position(members: &[(Cow<'_, str>, Node<'_>)], key: &str) -> Result<usize, usize> {
    members.binary_search_by(|(other, _)| {
        other.len().cmp(&key.len()).then_with(|| other.as_bytes().cmp(key.as_bytes()))
    })
}

fn index(leg: &Leg<'_>, length: usize) -> Option<usize> {
    match leg {
        Leg::Element(index) => Some(*index),
        Leg::FromLast(back) => length.checked_sub(1)?.checked_sub(*back),
        Leg::Member(_) => None,
    }
}

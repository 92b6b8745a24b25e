//! One level of a document, borrowed from its bytes.

use super::{Malformed, Opaque};

pub(super) const SMALL_OBJECT: u8 = 0x00;
pub(super) const LARGE_OBJECT: u8 = 0x01;
pub(super) const SMALL_ARRAY: u8 = 0x02;
pub(super) const LARGE_ARRAY: u8 = 0x03;
pub(super) const LITERAL: u8 = 0x04;
pub(super) const INT16: u8 = 0x05;
pub(super) const UINT16: u8 = 0x06;
pub(super) const INT32: u8 = 0x07;
pub(super) const UINT32: u8 = 0x08;
pub(super) const INT64: u8 = 0x09;
pub(super) const UINT64: u8 = 0x0a;
pub(super) const DOUBLE: u8 = 0x0b;
pub(super) const STRING: u8 = 0x0c;
pub(super) const OPAQUE: u8 = 0x0f;

/// A value of a document; arrays and objects are not yet read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number that MySQL holds as a signed integer.
    Int(i64),
    /// A number that MySQL holds as an unsigned integer.
    Uint(u64),
    /// A number that MySQL holds as a double.
    Double(f64),
    /// A string.
    String(&'a str),
    /// A value of an SQL type.
    Opaque(Opaque<'a>),
    /// An array.
    Array(Array<'a>),
    /// An object.
    Object(Object<'a>),
}

/// An array of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Array<'a>(Table<'a>);

/// An object of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Object<'a>(Table<'a>);

/// Reads the outermost level of a document.
///
/// # Errors
/// If that level is malformed; deeper ones are not looked at.
#[inline]
pub fn parse(document: &[u8]) -> Result<Value<'_>, Malformed> {
    Raw::of_document(document)?.value()
}

/// A value's type and its bytes, which are no more and no fewer than it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Raw<'a> {
    pub(super) kind: u8,
    pub(super) bytes: &'a [u8],
}

impl<'a> Raw<'a> {
    pub(super) fn of_document(document: &'a [u8]) -> Result<Self, Malformed> {
        match document.split_first() {
            None => Ok(Self { kind: LITERAL, bytes: &[0] }),
            Some((kind, rest)) => Self::at_start(*kind, rest),
        }
    }

    /// Cuts the value of this type off the start of `bytes`.
    #[inline]
    fn at_start(kind: u8, bytes: &'a [u8]) -> Result<Self, Malformed> {
        let length = match kind {
            SMALL_OBJECT | SMALL_ARRAY => usize::from(u16_at(bytes, 2)?),
            LARGE_OBJECT | LARGE_ARRAY => u32_at(bytes, 4)? as usize,
            LITERAL => 1,
            INT16 | UINT16 => 2,
            INT32 | UINT32 => 4,
            INT64 | UINT64 | DOUBLE => 8,
            STRING => {
                let (length, prefix) = variable_length(bytes)?;
                length + prefix
            }
            OPAQUE => {
                let (length, prefix) = variable_length(bytes.get(1..).ok_or(Malformed::Truncated)?)?;
                length + prefix + 1
            }
            other => return Err(Malformed::Type(other)),
        };
        Ok(Self { kind, bytes: bytes.get(..length).ok_or(Malformed::Truncated)? })
    }

    #[inline]
    pub(super) fn value(self) -> Result<Value<'a>, Malformed> {
        let bytes = self.bytes;
        Ok(match self.kind {
            SMALL_OBJECT => Value::Object(Object(Table::new(bytes, false, true)?)),
            LARGE_OBJECT => Value::Object(Object(Table::new(bytes, true, true)?)),
            SMALL_ARRAY => Value::Array(Array(Table::new(bytes, false, false)?)),
            LARGE_ARRAY => Value::Array(Array(Table::new(bytes, true, false)?)),
            LITERAL => match bytes.first() {
                Some(0) => Value::Null,
                Some(1) => Value::Bool(true),
                Some(2) => Value::Bool(false),
                other => return Err(Malformed::Type(other.copied().unwrap_or(LITERAL))),
            },
            INT16 => Value::Int(i16::from_le_bytes(chunk(bytes)?).into()),
            UINT16 => Value::Uint(u16::from_le_bytes(chunk(bytes)?).into()),
            INT32 => Value::Int(i32::from_le_bytes(chunk(bytes)?).into()),
            UINT32 => Value::Uint(u32::from_le_bytes(chunk(bytes)?).into()),
            INT64 => Value::Int(i64::from_le_bytes(chunk(bytes)?)),
            UINT64 => Value::Uint(u64::from_le_bytes(chunk(bytes)?)),
            DOUBLE => Value::Double(f64::from_le_bytes(chunk(bytes)?)),
            STRING => {
                let (_, prefix) = variable_length(bytes)?;
                let text = bytes.get(prefix..).unwrap_or_default();
                Value::String(std::str::from_utf8(text).map_err(|_| Malformed::Text)?)
            }
            OPAQUE => {
                let (&field_type, rest) = bytes.split_first().ok_or(Malformed::Truncated)?;
                let (_, prefix) = variable_length(rest)?;
                Value::Opaque(Opaque { field_type, data: rest.get(prefix..).unwrap_or_default() })
            }
            other => return Err(Malformed::Type(other)),
        })
    }
}

impl<'a> Array<'a> {
    /// Returns how many bytes it takes with all that is in it.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes.len()
    }

    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        self.0.count
    }

    /// Tells whether it has no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the element at `index`, from 0.
    ///
    /// # Errors
    /// If it is malformed, or there is none.
    pub fn get(&self, index: usize) -> Result<Value<'a>, Malformed> {
        self.raw(index)?.value()
    }

    /// Returns the elements in order.
    pub fn iter(&self) -> impl Iterator<Item = Result<Value<'a>, Malformed>> + use<'a> {
        let array = *self;
        (0..array.len()).map(move |index| array.get(index))
    }

    pub(super) fn raw(&self, index: usize) -> Result<Raw<'a>, Malformed> {
        self.0.element(index)
    }
}

impl<'a> Object<'a> {
    /// Returns how many bytes it takes with all that is in it.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes.len()
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.0.count
    }

    /// Tells whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the key and value of the member at `index`, from 0, in the order of the keys.
    ///
    /// # Errors
    /// If they are malformed, or there are none.
    pub fn get(&self, index: usize) -> Result<(&'a str, Value<'a>), Malformed> {
        Ok((self.key(index)?, self.raw(index)?.value()?))
    }

    /// Returns the members in the order of the keys: by length, then by bytes.
    pub fn iter(&self) -> impl Iterator<Item = Result<(&'a str, Value<'a>), Malformed>> + use<'a> {
        let object = *self;
        (0..object.len()).map(move |index| object.get(index))
    }

    pub(super) fn key(&self, index: usize) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.0.key(index)?).map_err(|_| Malformed::Text)
    }

    pub(super) fn raw(&self, index: usize) -> Result<Raw<'a>, Malformed> {
        self.0.element(index)
    }
}

/// The table of entries of an array or object, and all that they point to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Table<'a> {
    bytes: &'a [u8],
    count: usize,
    large: bool,
    has_keys: bool,
}

impl<'a> Table<'a> {
    #[inline]
    fn new(bytes: &'a [u8], large: bool, has_keys: bool) -> Result<Self, Malformed> {
        let count = if large { u32_at(bytes, 0)? as usize } else { usize::from(u16_at(bytes, 0)?) };
        let table = Self { bytes, count, large, has_keys };
        if table.value_entry(count) > bytes.len() {
            return Err(Malformed::Truncated);
        }
        Ok(table)
    }

    /// The width of an offset, in bytes.
    fn width(&self) -> usize {
        if self.large { 4 } else { 2 }
    }

    fn key_entry(&self, index: usize) -> usize {
        2 * self.width() + index.saturating_mul(self.width() + 2)
    }

    fn value_entry(&self, index: usize) -> usize {
        let keys = if self.has_keys { self.count } else { 0 };
        self.key_entry(keys).saturating_add(index.saturating_mul(self.width() + 1))
    }

    fn offset(&self, at: usize) -> Result<usize, Malformed> {
        Ok(if self.large { u32_at(self.bytes, at)? as usize } else { usize::from(u16_at(self.bytes, at)?) })
    }

    fn key(&self, index: usize) -> Result<&'a [u8], Malformed> {
        let entry = self.key_entry(index);
        let start = self.offset(entry)?;
        let length = usize::from(u16_at(self.bytes, entry + self.width())?);
        self.bytes.get(start..start + length).ok_or(Malformed::Truncated)
    }

    #[inline]
    fn element(&self, index: usize) -> Result<Raw<'a>, Malformed> {
        if index >= self.count {
            return Err(Malformed::Truncated);
        }
        let entry = self.value_entry(index);
        let kind = *self.bytes.get(entry).ok_or(Malformed::Truncated)?;
        let start = if is_inlined(kind, self.large) {
            entry + 1
        } else {
            let offset = self.offset(entry + 1)?;
            // Behind the table: so what is inside is always smaller than what it is in.
            if offset < self.value_entry(self.count) {
                return Err(Malformed::Truncated);
            }
            offset
        };
        Raw::at_start(kind, self.bytes.get(start..).ok_or(Malformed::Truncated)?)
    }
}

/// Tells whether a value of this type stands in the table of entries itself.
pub(super) fn is_inlined(kind: u8, large: bool) -> bool {
    match kind {
        LITERAL | INT16 | UINT16 => true,
        INT32 | UINT32 => large,
        _ => false,
    }
}

fn chunk<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Malformed> {
    bytes.first_chunk().copied().ok_or(Malformed::Truncated)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Malformed> {
    Ok(u16::from_le_bytes(chunk(bytes.get(at..).ok_or(Malformed::Truncated)?)?))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Malformed> {
    Ok(u32::from_le_bytes(chunk(bytes.get(at..).ok_or(Malformed::Truncated)?)?))
}

/// Reads a length of one to five bytes, seven bits in each, the lowest first; returns it and its own length.
pub(super) fn variable_length(bytes: &[u8]) -> Result<(usize, usize), Malformed> {
    let mut length = 0_u64;
    for (index, &byte) in bytes.iter().take(5).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let fits = u32::try_from(length).map_err(|_| Malformed::Truncated)?;
            return Ok((fits as usize, index + 1));
        }
    }
    Err(Malformed::Truncated)
}

//! Reads the values of row images.

use super::{Budget, old_temporal, temporal, values::Values};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::Read;
use tidegate_model::FixedType;
use tidegate_model::decimal::{read_binary_i128, read_binary_i256};

/// Why a value cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The batch has no memory left for it.
    Full,
    /// The event ends within it.
    Truncated,
    /// It means nothing.
    Bad(&'static str),
}

/// How the values of a column are read: what the log writes, put into what the column's kind holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    I8,
    U8,
    I16,
    U16,
    I24,
    U24,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    Decimal128 {
        precision: u8,
        scale: u8,
        bytes: u8,
    },
    Decimal256 {
        precision: u8,
        scale: u8,
        bytes: u8,
    },
    /// Big-endian, as BIT is written.
    Bit {
        bytes: u8,
    },
    /// Little-endian, as SET is written.
    Set {
        bytes: u8,
    },
    Enum {
        bytes: u8,
    },
    Year,
    Date,
    OldTime {
        fsp: u8,
    },
    Time2 {
        fsp: u8,
    },
    OldDateTime {
        fsp: u8,
    },
    DateTime2 {
        fsp: u8,
    },
    OldTimestamp {
        fsp: u8,
    },
    Timestamp2 {
        fsp: u8,
    },
    /// Bytes behind their length.
    Bytes {
        length_bytes: u8,
    },
    /// As [`Self::Bytes`], filled up with zero bytes.
    Padded {
        length_bytes: u8,
        length: u32,
    },
    /// As [`Self::Bytes`], compressed by MariaDB.
    Compressed {
        length_bytes: u8,
    },
    /// As [`Self::Padded`], in the order that MariaDB stores.
    Fixed {
        fixed: FixedType,
    },
}

#[inline]
fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8], Fault> {
    let (head, tail) = input.split_at_checked(length).ok_or(Fault::Truncated)?;
    *input = tail;
    Ok(head)
}

#[inline]
pub(super) fn array<const N: usize>(input: &mut &[u8]) -> Result<[u8; N], Fault> {
    let (head, tail) = input.split_first_chunk().ok_or(Fault::Truncated)?;
    *input = tail;
    Ok(*head)
}

#[inline]
pub(super) fn little_endian(input: &mut &[u8], bytes: u8) -> Result<u64, Fault> {
    let bytes = take(input, usize::from(bytes))?;
    Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[inline]
pub(super) fn big_endian(input: &mut &[u8], bytes: u8) -> Result<u64, Fault> {
    let bytes = take(input, usize::from(bytes))?;
    Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[inline]
fn prefixed<'a>(input: &mut &'a [u8], length_bytes: u8) -> Result<&'a [u8], Fault> {
    let length = match length_bytes {
        1 => usize::from(u8::from_le_bytes(array(input)?)),
        2 => usize::from(u16::from_le_bytes(array(input)?)),
        // At most 4 bytes.
        more => little_endian(input, more)? as usize,
    };
    take(input, length)
}

#[inline]
fn unsigned24(input: &mut &[u8]) -> Result<u32, Fault> {
    let [a, b, c] = array(input)?;
    Ok(u32::from_le_bytes([a, b, c, 0]))
}

#[inline]
pub(super) fn signed24(input: &mut &[u8]) -> Result<i32, Fault> {
    let [a, b, c] = array(input)?;
    Ok(i32::from_le_bytes([0, a, b, c]) >> 8)
}

impl Reader {
    /// Reads the value at the beginning of `input` and appends it to `values`.
    #[inline]
    pub(super) fn read(
        self,
        input: &mut &[u8],
        values: &mut Values,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        match (self, values) {
            (Self::I32, Values::I32(values)) => values.push(i32::from_le_bytes(array(input)?)),
            (Self::Bytes { length_bytes }, Values::Bytes(values)) => {
                return values.push(prefixed(input, length_bytes)?, budget);
            }
            (Self::I64, Values::I64(values)) => values.push(i64::from_le_bytes(array(input)?)),
            (Self::I8, Values::I8(values)) => values.push(i8::from_le_bytes(array(input)?)),
            (Self::U8, Values::U8(values)) => values.push(u8::from_le_bytes(array(input)?)),
            (Self::I16, Values::I16(values)) => values.push(i16::from_le_bytes(array(input)?)),
            (Self::U16, Values::U16(values)) => values.push(u16::from_le_bytes(array(input)?)),
            (Self::I24, Values::I32(values)) => values.push(signed24(input)?),
            (Self::U24, Values::U32(values)) => values.push(unsigned24(input)?),
            (Self::U32, Values::U32(values)) => values.push(u32::from_le_bytes(array(input)?)),
            (Self::U64, Values::U64(values)) => values.push(u64::from_le_bytes(array(input)?)),
            (Self::F32, Values::F32(values)) => values.push(f32::from_le_bytes(array(input)?)),
            (Self::F64, Values::F64(values)) => values.push(f64::from_le_bytes(array(input)?)),
            (Self::Date, Values::I32(values)) => values.push(temporal::date(input)?),
            (Self::Decimal128 { precision, scale, bytes }, Values::I128(values)) => {
                let number = read_binary_i128(take(input, usize::from(bytes))?, precision, scale);
                values.push(number.ok_or(Fault::Bad("the DECIMAL has digits over 9"))?);
            }
            (Self::Decimal256 { precision, scale, bytes }, Values::I256(values)) => {
                let number = read_binary_i256(take(input, usize::from(bytes))?, precision, scale);
                values.push(number.ok_or(Fault::Bad("the DECIMAL has digits over 9"))?);
            }
            (Self::Bit { bytes }, Values::U64(values)) => values.push(big_endian(input, bytes)?),
            (Self::Set { bytes }, Values::U64(values)) => values.push(little_endian(input, bytes)?),
            // One or two bytes.
            (Self::Enum { bytes }, Values::U16(values)) => values.push(little_endian(input, bytes)? as u16),
            (Self::Year, Values::U16(values)) => values.push(match u8::from_le_bytes(array(input)?) {
                0 => 0,
                year => 1900 + u16::from(year),
            }),
            (Self::Padded { length_bytes, length }, Values::Bytes(values)) => {
                return values.push_padded(prefixed(input, length_bytes)?, length as usize, budget);
            }
            (Self::Fixed { fixed }, Values::Bytes(values)) => {
                return values.push(&in_order(prefixed(input, 1)?, fixed)?[..fixed.bytes()], budget);
            }
            (Self::Compressed { length_bytes }, Values::Bytes(values)) => {
                return values.push(&decompressed(prefixed(input, length_bytes)?)?, budget);
            }
            (_, Values::I64(values)) => values.push(self.micros(input)?),
            _ => return Err(Fault::Bad("the column is held in another type than the log writes")),
        }
        Ok(())
    }

    /// Reads a value of a type that is held in microseconds.
    #[inline]
    fn micros(self, input: &mut &[u8]) -> Result<i64, Fault> {
        match self {
            Self::DateTime2 { fsp } => temporal::datetime2(input, fsp),
            Self::Timestamp2 { fsp } => temporal::timestamp2(input, fsp),
            Self::Time2 { fsp } => temporal::time2(input, fsp),
            Self::OldDateTime { fsp } => old_temporal::datetime(input, fsp),
            Self::OldTimestamp { fsp } => old_temporal::timestamp(input, fsp),
            Self::OldTime { fsp } => old_temporal::time(input, fsp),
            _ => Err(Fault::Bad("the column is held in another type than the log writes")),
        }
    }
}

/// Decompresses a value of a column that MariaDB compresses: an empty value is itself; else the first byte is 0 and the
/// value follows, or it holds 8 (zlib) in its high bits, in bit 3 whether there is no zlib header, and in bits 0 to 2 the
/// number of bytes of the length that follows, big-endian.
///
/// Source: MariaDB source, `sql/field_comp.cc`.
fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    const ZLIB: u8 = 8;
    let Some((first, rest)) = bytes.split_first() else {
        return Ok(Vec::new());
    };
    if *first == 0 {
        return Ok(rest.to_vec());
    }
    if first >> 4 != ZLIB {
        return Err(Fault::Bad("the value is compressed in an unknown way"));
    }
    let mut rest = rest;
    let length = big_endian(&mut rest, first & 7)?;
    let mut plain = Vec::new();
    let read = if first & 8 != 0 {
        DeflateDecoder::new(rest).take(length).read_to_end(&mut plain)
    } else {
        ZlibDecoder::new(rest).take(length).read_to_end(&mut plain)
    };
    match read {
        Ok(read) if read as u64 == length => Ok(plain),
        _ => Err(Fault::Bad("the value cannot be decompressed")),
    }
}

/// Returns a value's bytes in the order of its text, filled up with zero bytes. MariaDB stores most UUIDs with their last
/// part first, and tells by the bits of version and variant which.
///
/// Source: MariaDB source, `plugin/type_uuid/sql_type_uuid.h`.
fn in_order(stored: &[u8], fixed: FixedType) -> Result<[u8; 16], Fault> {
    const TOO_LONG: Fault = Fault::Bad("the value is longer than its type");
    let mut bytes = [0; 16];
    let room = bytes.get_mut(..stored.len().min(fixed.bytes())).filter(|room| room.len() == stored.len());
    room.ok_or(TOO_LONG)?.copy_from_slice(stored);
    if fixed != FixedType::Uuid || bytes[6] & 0x80 == 0 || !matches!(bytes[8], 1..=0x80) {
        return Ok(bytes);
    }
    let [n0, n1, n2, n3, n4, n5, s0, s1, h0, h1, m0, m1, l0, l1, l2, l3] = bytes;
    Ok([l0, l1, l2, l3, m0, m1, h0, h1, s0, s1, n0, n1, n2, n3, n4, n5])
}

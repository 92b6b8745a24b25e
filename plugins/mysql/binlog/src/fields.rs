//! Reads the fields of an event's body one after the other.

use crate::Problem;

/// The unread rest of an event's body. Every method names what it reads, for the error of a truncated event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Problem> {
        let Some((head, tail)) = self.0.split_at_checked(length) else {
            return Err(Problem::Truncated(what));
        };
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Problem> {
        let Some((head, tail)) = self.0.split_first_chunk() else { return Err(Problem::Truncated(what)) };
        self.0 = tail;
        Ok(*head)
    }

    /// Reads a little-endian number of `length` bytes, at most 8.
    pub(crate) fn uint(&mut self, length: usize, what: &'static str) -> Result<u64, Problem> {
        let bytes = self.take(length, what)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Problem> {
        self.array(what).map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Problem> {
        self.array(what).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Problem> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, Problem> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// Reads a length-encoded integer (MySQL source documentation, "Protocol::LengthEncodedInteger").
    pub(crate) fn length_encoded(&mut self, what: &'static str) -> Result<u64, Problem> {
        match self.u8(what)? {
            first @ 0..=250 => Ok(u64::from(first)),
            252 => self.uint(2, what),
            253 => self.uint(3, what),
            254 => self.uint(8, what),
            _ => Err(Problem::invalid(format!("{what} begins with a byte that begins no number"))),
        }
    }

    /// Reads a length-encoded integer as a number of bytes, then so many bytes.
    pub(crate) fn length_encoded_bytes(&mut self, what: &'static str) -> Result<&'a [u8], Problem> {
        let length = self.length_encoded(what)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX), what)
    }

    /// Reads a length byte, then so many bytes.
    pub(crate) fn short_bytes(&mut self, what: &'static str) -> Result<&'a [u8], Problem> {
        let length = self.u8(what)?;
        self.take(usize::from(length), what)
    }

    /// Reads a number of MySQL's serialization library: as many low bits of the first byte are set as bytes follow it,
    /// and the number is in the bits above, little-endian (MySQL source, `variable_length_integers.h`).
    pub(crate) fn varlen(&mut self, what: &'static str) -> Result<u64, Problem> {
        let Some(first) = self.0.first() else { return Err(Problem::Truncated(what)) };
        let more = first.trailing_ones();
        if more == 8 {
            self.u8(what)?;
            return self.u64(what);
        }
        let number = self.uint(more as usize + 1, what)?;
        Ok(number >> (more + 1))
    }

    /// Reads a signed number of MySQL's serialization library, which must not be negative.
    pub(crate) fn varlen_positive(&mut self, what: &'static str) -> Result<u64, Problem> {
        let number = self.varlen(what)?;
        if number & 1 == 1 { Err(Problem::invalid(format!("{what} is negative"))) } else { Ok(number >> 1) }
    }
}

/// Reads `bytes` as UTF-8, in which the servers write all names.
pub(crate) fn text<'a>(bytes: &'a [u8], what: &'static str) -> Result<&'a str, Problem> {
    std::str::from_utf8(bytes).map_err(|_| Problem::invalid(format!("{what} is not UTF-8")))
}

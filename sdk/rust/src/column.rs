//! A column's values, read.

use crate::{Calendar, Cells, Kind, Spans, Values};

/// A column's values in one image of the rows at hand: whole, and row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    kind: Kind,
    cells: Cells,
}

/// One value. Which of them a column has tells its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// NULL
    Null,
    /// Signed integers.
    Int(i64),
    /// Unsigned integers, BIT, YEAR; the number of an ENUM's member; the bits of a SET.
    Uint(u64),
    /// FLOAT, DOUBLE.
    Double(f64),
    /// DECIMAL.
    Decimal(Decimal),
    /// DATE, DATETIME, TIMESTAMP (in UTC).
    Calendar(Calendar),
    /// TIME, in microseconds.
    Time(i64),
    /// Bytes: text in the column's character set, binary strings, binary JSON, geometries, vectors, addresses.
    Bytes(&'a [u8]),
    /// Text, of a column that was read as text.
    Text(&'a str),
}

/// A DECIMAL: a whole number, of which the last `scale` digits stand behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// A 256-bit two's complement, lowest first.
    pub unscaled: [u64; 4],
    /// The digits behind the point.
    pub scale: u8,
}

impl Decimal {
    /// Returns the whole number, if it has at most 38 digits or so.
    pub const fn unscaled_i128(self) -> Option<i128> {
        let [a, b, c, d] = self.unscaled;
        let low = ((b as u128) << 64 | a as u128) as i128;
        let sign = if low < 0 { u64::MAX } else { 0 };
        if c == sign && d == sign { Some(low) } else { None }
    }
}

impl Column {
    pub(crate) const fn new(kind: Kind, cells: Cells) -> Self {
        Self { kind, cells }
    }

    /// Returns MySQL's type.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Tells whether a row is NULL.
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        let validity = &self.cells.validity;
        validity.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 0)
    }

    /// Returns all values, if the column has signed ones (see the contract's `kind`).
    pub fn s64s(&self) -> Option<&[i64]> {
        if let Values::S64s(values) = &self.cells.values { Some(values) } else { None }
    }

    /// Returns all values, if the column has unsigned ones.
    pub fn u64s(&self) -> Option<&[u64]> {
        if let Values::U64s(values) = &self.cells.values { Some(values) } else { None }
    }

    /// Returns all values, if the column has floating ones.
    pub fn f64s(&self) -> Option<&[f64]> {
        if let Values::F64s(values) = &self.cells.values { Some(values) } else { None }
    }

    /// Returns all values as offsets and bytes, if the column has such.
    pub fn spans(&self) -> Option<&Spans> {
        match &self.cells.values {
            Values::Spans(spans) | Values::Utf8(spans) => Some(spans),
            _ => None,
        }
    }

    /// Returns a row's number; `None` if it is NULL or none that fits.
    #[inline]
    pub fn i64(&self, row: usize) -> Option<i64> {
        if self.is_null(row) {
            return None;
        }
        match &self.cells.values {
            Values::S64s(values) => values.get(row).copied(),
            Values::U64s(values) => values.get(row).and_then(|value| i64::try_from(*value).ok()),
            _ => None,
        }
    }

    /// Returns a row's bytes; `None` if it is NULL or has none.
    #[inline]
    pub fn bytes(&self, row: usize) -> Option<&[u8]> {
        if self.is_null(row) {
            return None;
        }
        let Spans { offsets, data } = self.spans()?;
        data.get(*offsets.get(row)? as usize..*offsets.get(row + 1)? as usize)
    }

    /// Returns a row's text; `None` if it is NULL or not UTF-8. Whoever reads the column as text always gets UTF-8.
    #[inline]
    pub fn str(&self, row: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(row)?).ok()
    }

    /// Returns a row's value.
    pub fn value(&self, row: usize) -> Value<'_> {
        if self.is_null(row) {
            return Value::Null;
        }
        let value = match &self.cells.values {
            Values::S64s(values) => values.get(row).map(|value| self.signed(*value)),
            Values::U64s(values) => values.get(row).map(|value| match self.kind {
                Kind::Date | Kind::Datetime(_) | Kind::Timestamp(_) => {
                    Value::Calendar(Calendar::unpack(*value))
                }
                _ => Value::Uint(*value),
            }),
            Values::F64s(values) => values.get(row).map(|value| Value::Double(*value)),
            Values::S256s(values) => values.get(4 * row..4 * row + 4).and_then(|words| self.decimal(words)),
            Values::Spans(_) => self.bytes(row).map(Value::Bytes),
            Values::Utf8(_) => self.str(row).map(Value::Text),
        };
        value.unwrap_or(Value::Null)
    }

    fn signed(&self, value: i64) -> Value<'_> {
        match &self.kind {
            Kind::Time(_) => Value::Time(value),
            Kind::Decimal(kind) => {
                let sign = if value < 0 { u64::MAX } else { 0 };
                Value::Decimal(Decimal { unscaled: [value as u64, sign, sign, sign], scale: kind.scale })
            }
            _ => Value::Int(value),
        }
    }

    fn decimal(&self, words: &[u64]) -> Option<Value<'_>> {
        let Kind::Decimal(kind) = &self.kind else { return None };
        Some(Value::Decimal(Decimal { unscaled: words.try_into().ok()?, scale: kind.scale }))
    }

    /// Returns the values as they crossed, to hand them back.
    pub fn into_cells(self) -> Cells {
        self.cells
    }
}

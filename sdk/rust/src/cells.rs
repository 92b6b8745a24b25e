//! Columns' values, written.

use crate::{Cells, Kind, Spans, Value, Values};

/// The digits of a DECIMAL that fit into 64 bits.
const NARROW_DIGITS: u8 = 18;

impl Cells {
    /// Returns a column of the given kind, of values as [`Column::value`](crate::Column::value) gives them.
    ///
    /// # Errors
    /// If a value is none of the kind.
    pub fn of<'a>(kind: &Kind, values: impl IntoIterator<Item = Value<'a>>) -> Result<Self, String> {
        let values: Vec<Value<'a>> = values.into_iter().collect();
        let each = || values.iter().enumerate();
        let unfit = |row: usize| format!("the value in row {row} is none of its column's type");
        Ok(match kind {
            Kind::Int(int) if !int.unsigned => Self::s64s(collect(each(), Value::signed, unfit)?),
            Kind::Time(_) => Self::s64s(collect(each(), Value::signed, unfit)?),
            Kind::Decimal(decimal) if decimal.precision <= NARROW_DIGITS => {
                Self::s64s(collect(each(), |value| value.narrow(decimal.scale), unfit)?)
            }
            Kind::Decimal(decimal) => Self::s256s(collect(each(), |value| value.wide(decimal.scale), unfit)?),
            Kind::Float(_) | Kind::Double(_) => Self::f64s(collect(each(), Value::double, unfit)?),
            kind if has_numbers(kind) => Self::u64s(collect(each(), Value::unsigned, unfit)?),
            _ if values.iter().any(|value| matches!(value, Value::Text(_))) => {
                Self::texts(collect(each(), Value::text, unfit)?)
            }
            _ => Self::bytes(collect(each(), Value::bytes, unfit)?),
        })
    }

    /// Returns numbers of 256 bits, lowest first; for DECIMALs of more than 18 digits.
    pub fn s256s(values: impl IntoIterator<Item = Option<[u64; 4]>>) -> Self {
        let (validity, values) = numbers(values);
        Self { validity, values: Values::S256s(values.into_flattened()) }
    }

    /// Returns texts; for columns of text and JSON.
    pub fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>) -> Self {
        let (validity, spans) = spans(values.into_iter().map(|value| value.map(Text)));
        Self { validity, values: Values::Utf8(spans) }
    }

    /// Returns bytes; for every column that has `spans`.
    pub fn bytes<T: AsRef<[u8]>>(values: impl IntoIterator<Item = Option<T>>) -> Self {
        let (validity, spans) = spans(values);
        Self { validity, values: Values::Spans(spans) }
    }

    /// Returns signed numbers.
    pub fn s64s(values: impl IntoIterator<Item = Option<i64>>) -> Self {
        let (validity, values) = numbers(values);
        Self { validity, values: Values::S64s(values) }
    }

    /// Returns unsigned numbers, packed dates among them.
    pub fn u64s(values: impl IntoIterator<Item = Option<u64>>) -> Self {
        let (validity, values) = numbers(values);
        Self { validity, values: Values::U64s(values) }
    }

    /// Returns floating numbers.
    pub fn f64s(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let (validity, values) = numbers(values);
        Self { validity, values: Values::F64s(values) }
    }
}

/// Tells whether values of a kind are unsigned numbers.
const fn has_numbers(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Int(_)
            | Kind::Bit(_)
            | Kind::Year
            | Kind::Date
            | Kind::Datetime(_)
            | Kind::Timestamp(_)
            | Kind::Enumeration(_)
            | Kind::Set(_)
    )
}

/// Converts each value that is not NULL.
fn collect<'v, 'a: 'v, T>(
    values: impl Iterator<Item = (usize, &'v Value<'a>)>,
    convert: impl Fn(&'v Value<'a>) -> Option<T>,
    unfit: impl Fn(usize) -> String,
) -> Result<Vec<Option<T>>, String> {
    let convert = |(row, value): (usize, &'v Value<'a>)| match value {
        Value::Null => Ok(None),
        value => convert(value).map(Some).ok_or_else(|| unfit(row)),
    };
    values.map(convert).collect()
}

impl<'a> Value<'a> {
    fn signed(&self) -> Option<i64> {
        if let Self::Int(value) | Self::Time(value) = self { Some(*value) } else { None }
    }

    fn unsigned(&self) -> Option<u64> {
        match self {
            Self::Uint(value) => Some(*value),
            Self::Calendar(value) => Some(value.pack()),
            _ => None,
        }
    }

    fn double(&self) -> Option<f64> {
        if let Self::Double(value) = self { Some(*value) } else { None }
    }

    fn wide(&self, scale: u8) -> Option<[u64; 4]> {
        let Self::Decimal(value) = self else { return None };
        (value.scale == scale).then_some(value.unscaled)
    }

    fn narrow(&self, scale: u8) -> Option<i64> {
        let Self::Decimal(value) = self else { return None };
        value.unscaled_i128().filter(|_| value.scale == scale).and_then(|unscaled| unscaled.try_into().ok())
    }

    fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(value) = self { Some(value) } else { None }
    }

    fn text(&self) -> Option<&'a str> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }
}

struct Text<T>(T);

impl<T: AsRef<str>> AsRef<[u8]> for Text<T> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().as_bytes()
    }
}

/// Which rows are not NULL, as bits; nothing if none is.
#[derive(Default)]
struct Validity {
    bits: Vec<u8>,
    rows: usize,
    nulls: bool,
}

impl Validity {
    fn push(&mut self, valid: bool) {
        if self.rows.is_multiple_of(8) {
            self.bits.push(0);
        }
        if let Some(last) = self.bits.last_mut() {
            *last |= u8::from(valid) << (self.rows % 8);
        }
        self.rows += 1;
        self.nulls |= !valid;
    }

    fn finish(self) -> Vec<u8> {
        if self.nulls { self.bits } else { Vec::new() }
    }
}

fn numbers<T: Default>(values: impl IntoIterator<Item = Option<T>>) -> (Vec<u8>, Vec<T>) {
    let mut validity = Validity::default();
    let numbers = values.into_iter().map(|value| {
        validity.push(value.is_some());
        value.unwrap_or_default()
    });
    let numbers = numbers.collect();
    (validity.finish(), numbers)
}

fn spans<T: AsRef<[u8]>>(values: impl IntoIterator<Item = Option<T>>) -> (Vec<u8>, Spans) {
    let mut validity = Validity::default();
    let (mut offsets, mut data) = (vec![0], Vec::new());
    for value in values {
        validity.push(value.is_some());
        if let Some(value) = value {
            data.extend_from_slice(value.as_ref());
        }
        // Columns end long before 4 GiB: the host refuses them.
        offsets.push(data.len() as u32);
    }
    (validity.finish(), Spans { offsets, data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decimal, DecimalKind};

    #[test]
    fn a_value_of_another_type_is_refused() {
        let kind = Kind::Decimal(DecimalKind { precision: 65, scale: 2, unsigned: false });
        let decimal = |scale| Value::Decimal(Decimal { unscaled: [1, 2, 3, 4], scale });
        let cells = Cells::of(&kind, [Value::Null, decimal(2)]).unwrap();
        let expected = Values::S256s(vec![0, 0, 0, 0, 1, 2, 3, 4]);
        assert_eq!(cells, Cells { validity: vec![0b10], values: expected });
        assert!(Cells::of(&kind, [decimal(2), decimal(3)]).unwrap_err().contains("row 1"));
        assert!(Cells::of(&Kind::Year, [Value::Int(2024)]).unwrap_err().contains("row 0"));
    }

    #[test]
    fn nulls_have_bits_only_where_there_are_any() {
        let cells = Cells::texts([Some("a"), None, Some("bc")]);
        let spans = Spans { offsets: vec![0, 1, 1, 3], data: b"abc".to_vec() };
        assert_eq!(cells, Cells { validity: vec![0b101], values: Values::Utf8(spans) });
        assert_eq!(Cells::s64s((0..9).map(Some)).validity, [0; 0]);
        assert_eq!(Cells::u64s((0..9).map(|n| (n < 8).then_some(n))).validity, [0xff, 0]);
    }
}

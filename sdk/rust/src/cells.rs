//! Columns' values, written.

use crate::{Cells, Spans, Values};

impl Cells {
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

    #[test]
    fn nulls_have_bits_only_where_there_are_any() {
        let cells = Cells::texts([Some("a"), None, Some("bc")]);
        let spans = Spans { offsets: vec![0, 1, 1, 3], data: b"abc".to_vec() };
        assert_eq!(cells, Cells { validity: vec![0b101], values: Values::Utf8(spans) });
        assert_eq!(Cells::s64s((0..9).map(Some)).validity, [0; 0]);
        assert_eq!(Cells::u64s((0..9).map(|n| (n < 8).then_some(n))).validity, [0xff, 0]);
    }
}

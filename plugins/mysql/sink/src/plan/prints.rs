//! Fingerprints of key values: 128 bits that stand for the value of a unique key in one image of a row.
//!
//! *Coarse* ones decide who conflicts: values that the target may take for equal have equal fingerprints. *Exact* ones
//! decide which row is which: they differ as soon as a byte of the key differs.

use super::{
    binding::{Binding, Side},
    rule::{Class, PartRule},
    values::{Values, nulls},
};
use crate::target::{Part, UniqueKey};
use tidegate_model::{ImageColumn, Operation, RowSet};
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// The fingerprints of one key in one image of all rows of a set.
#[derive(Clone, Debug)]
pub(crate) struct Prints {
    coarse: Vec<u128>,
    /// Rows where some part is NULL: they conflict with nobody.
    null: Option<Vec<bool>>,
    /// `None`: the same as the coarse ones, which then stand for NULL, too.
    exact: Option<Vec<u128>>,
}

/// What can be said of a key in an image.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Its fingerprints.
    Prints(Prints),
    /// A value occurred that we cannot compare as the target does: this part must be left out, for all rows.
    LeaveOut(usize),
}

impl Prints {
    /// Returns the coarse fingerprint of a row; `None` if a part is NULL.
    pub(crate) fn coarse(&self, row: usize) -> Option<u128> {
        match &self.null {
            Some(null) if null[row] => None,
            _ => Some(self.coarse[row]),
        }
    }

    /// Returns the exact fingerprint of a row.
    pub(crate) fn exact(&self, row: usize) -> u128 {
        self.exact.as_ref().map_or_else(|| self.coarse[row], |exact| exact[row])
    }
}

/// Finds the column of an image that holds a target column. What an update's after image lacks did not change.
pub(crate) fn key_column<'a>(
    set: &'a RowSet,
    binding: &Binding,
    side: Side,
    column: usize,
) -> Option<&'a ImageColumn> {
    let of = |side: Side| {
        let image = if side == Side::Before { &set.before } else { &set.after };
        binding.side(side)[column].and_then(|index| image.columns.get(index))
    };
    match side {
        Side::After if set.operation == Operation::Update => of(Side::After).or_else(|| of(Side::Before)),
        _ => of(side),
    }
}

/// Computes the fingerprints of a key; `None` if the image lacks a column of it. `seed` keeps exact fingerprints
/// unpredictable; coarse ones are the same in every process.
pub(crate) fn prints(
    set: &RowSet,
    binding: &Binding,
    key: &UniqueKey,
    rules: &[Option<PartRule>],
    side: Side,
    seed: u64,
) -> Option<Outcome> {
    let mut parts = Vec::with_capacity(key.parts.len());
    for (index, part) in key.parts.iter().enumerate() {
        let Part::Column { column, .. } = part else { continue };
        let column = key_column(set, binding, side, *column)?;
        let values = Values::of(&column.values)?;
        let rule = rules.get(index).copied().flatten();
        parts.push(KeyPart { index, values, nulls: nulls(&column.values), rule });
    }
    Some(if let Some(prints) = single_integer(&parts) {
        Outcome::Prints(prints)
    } else {
        hashed(&parts, set.rows(), seed)
    })
}

struct KeyPart<'a> {
    index: usize,
    values: Values<'a>,
    nulls: Option<&'a arrow_buffer::NullBuffer>,
    rule: Option<PartRule>,
}

/// What stands for NULL where numbers stand for themselves.
const NULL: u128 = 1 << 100;

/// The usual key is one number, which needs no hash. All sets of a table must take this way, or none: so it depends on the
/// rules alone.
fn single_integer(parts: &[KeyPart<'_>]) -> Option<Prints> {
    let [KeyPart { values: Values::Integers(values), nulls, rule: Some(rule), .. }] = parts else {
        return None;
    };
    if !rule.class.is_exact() {
        return None;
    }
    let mut coarse = Vec::new();
    values.for_each(|_, value| coarse.push(value.cast_unsigned()));
    let null = nulls.map(|nulls| {
        let null: Vec<bool> = (0..coarse.len()).map(|row| nulls.is_null(row)).collect();
        null.iter().zip(&mut coarse).filter(|(null, _)| **null).for_each(|(_, print)| *print = NULL);
        null
    });
    Some(Prints { coarse, null, exact: None })
}

fn hashed(parts: &[KeyPart<'_>], rows: usize, seed: u64) -> Outcome {
    let mut coarse = Vec::with_capacity(rows);
    let mut exact = Vec::with_capacity(rows);
    let mut null: Option<Vec<bool>> = None;
    let same = parts.iter().all(|part| part.rule.is_some_and(|rule| rule.class.is_exact()));
    let (mut loose, mut bytes) = (Vec::new(), Vec::new());
    for row in 0..rows {
        loose.clear();
        bytes.clear();
        for part in parts {
            let is_null = part.nulls.is_some_and(|nulls| nulls.is_null(row));
            if is_null {
                bytes.extend_from_slice(&u64::MAX.to_le_bytes());
                loose.extend_from_slice(&u64::MAX.to_le_bytes());
            } else if !same {
                let from = bytes.len();
                part.values.write_exact(row, &mut bytes);
                let length = (bytes.len() - from) as u64;
                bytes.extend_from_slice(&length.to_le_bytes());
            }
            let Some(rule) = part.rule else { continue };
            if is_null {
                null.get_or_insert_with(|| vec![false; rows])[row] = true;
            } else if !fold(&part.values, row, rule, &mut loose) {
                return Outcome::LeaveOut(part.index);
            }
        }
        coarse.push(xxh3_128_with_seed(&loose, 0));
        if !same {
            exact.push(xxh3_128_with_seed(&bytes, seed));
        }
    }
    Outcome::Prints(Prints { coarse, null, exact: (!same).then_some(exact) })
}

/// Appends what counts of a value, with a mark at its end; `false` if the value cannot be compared as the target does.
fn fold(values: &Values<'_>, row: usize, rule: PartRule, out: &mut Vec<u8>) -> bool {
    let from = out.len();
    match (rule.class, values) {
        (Class::Folded { utf8 }, Values::Bytes(values)) => {
            if !fold_text(values.value(row), rule.prefix, utf8, out) {
                return false;
            }
            strip_spaces(out, from);
        }
        (Class::Text { utf8 }, Values::Bytes(values)) => {
            out.extend_from_slice(first_characters(values.value(row), rule.prefix, utf8));
            strip_spaces(out, from);
        }
        (Class::Bytes, Values::Bytes(values)) => {
            let value = values.value(row);
            let length = rule.prefix.map_or(value.len(), |prefix| value.len().min(prefix as usize));
            out.extend_from_slice(&value[..length]);
        }
        (Class::Float, Values::Float32(values)) => put_float(f64::from(values.value(row)), out),
        (Class::Float, Values::Float64(values)) => put_float(values.value(row), out),
        (Class::Decimal, Values::Decimal128(values, scale)) => {
            put_decimal(arrow_buffer::i256::from_i128(values.value(row)), *scale, out);
        }
        (Class::Decimal, Values::Decimal256(values, scale)) => put_decimal(values.value(row), *scale, out),
        (Class::Integer | Class::Moment, values) => values.write_exact(row, out),
        _ => return false,
    }
    let length = (out.len() - from) as u64;
    out.extend_from_slice(&length.to_le_bytes());
    true
}

fn put_float(value: f64, out: &mut Vec<u8>) {
    let value = if value == 0.0 { 0.0_f64 } else { value };
    out.extend_from_slice(&value.to_bits().to_le_bytes());
}

/// Writes a number without the zeros at the end of its fraction.
fn put_decimal(mut value: arrow_buffer::i256, mut scale: i8, out: &mut Vec<u8>) {
    let ten = arrow_buffer::i256::from_i128(10);
    while scale > 0 && value.checked_rem(ten) == Some(arrow_buffer::i256::ZERO) {
        value = value.wrapping_div(ten);
        scale -= 1;
    }
    out.extend_from_slice(&value.to_le_bytes());
    out.extend_from_slice(&scale.to_le_bytes());
}

fn strip_spaces(out: &mut Vec<u8>, from: usize) {
    while out.len() > from && out.last() == Some(&b' ') {
        out.pop();
    }
}

/// The first characters of UTF-8 or of a single-byte character set.
fn first_characters(value: &[u8], prefix: Option<u32>, utf8: bool) -> &[u8] {
    let Some(prefix) = prefix else { return value };
    let is_start = |byte: &u8| !utf8 || !matches!(byte, 0x80..=0xbf);
    let mut starts = value.iter().enumerate().filter(|(_, byte)| is_start(byte)).map(|(at, _)| at);
    starts.nth(prefix as usize).map_or(value, |end| &value[..end])
}

/// Printable ASCII without case, Han characters as they are; `false` at any other character.
fn fold_text(value: &[u8], prefix: Option<u32>, utf8: bool, out: &mut Vec<u8>) -> bool {
    let mut rest = value;
    let mut left = prefix.unwrap_or(u32::MAX);
    while left > 0 {
        match rest {
            [] => break,
            [byte @ 0x20..=0x7e, tail @ ..] => {
                out.push(byte.to_ascii_lowercase());
                rest = tail;
            }
            [a @ 0xe4..=0xe9, b, c, tail @ ..] if utf8 && is_han(*a, *b) => {
                out.extend_from_slice(&[*a, *b, *c]);
                rest = tail;
            }
            _ => return false,
        }
        left -= 1;
    }
    true
}

/// Tells whether a character of three bytes is one of U+4E00 to U+9F7F: unified ideographs, which no collation of ours
/// takes for anything else.
fn is_han(first: u8, second: u8) -> bool {
    match first {
        0xe4 => second >= 0xb8,
        0xe9 => second <= 0xbd,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, prefix: Option<u32>) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        fold_text(text.as_bytes(), prefix, true, &mut out).then_some(out)
    }

    #[test]
    fn text_is_folded_without_case_up_to_its_prefix() {
        assert_eq!(folded("AbC d", None).unwrap(), b"abc d");
        assert_eq!(folded("AbCé", Some(3)).unwrap(), b"abc");
        assert_eq!(folded("AbCé", None), None);
        assert_eq!(folded("北京", Some(1)), folded("北海", Some(1)));
        assert_ne!(folded("北京", None), folded("北海", None));
        assert_eq!(folded("a\tb", None), None);
    }

    #[test]
    fn a_prefix_counts_characters() {
        assert_eq!(first_characters("éàü".as_bytes(), Some(2), true), "éà".as_bytes());
        assert_eq!(first_characters(b"ab", Some(9), true), b"ab");
        assert_eq!(first_characters(b"\xe9\x80\x81", Some(2), false), b"\xe9\x80");
    }

    #[test]
    fn decimals_of_one_value_are_equal_whatever_their_scale() {
        let of = |value: i128, scale| {
            let mut out = Vec::new();
            put_decimal(arrow_buffer::i256::from_i128(value), scale, &mut out);
            out
        };
        assert_eq!(of(150, 2), of(15, 1));
        assert_eq!(of(0, 4), of(0, 0));
        assert_ne!(of(15, 1), of(15, 0));
    }
}

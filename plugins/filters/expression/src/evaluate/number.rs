//! Numbers: whole ones, exact ones and doubles, and what is computed with them.

use super::{Evaluated, Truth, Vector};
use crate::{syntax::Arithmetic, typed::Form};
use arrow_array::{Array, ArrayRef, cast::AsArray, types};
use arrow_buffer::{BooleanBuffer, NullBuffer, i256};
use std::cmp::Ordering;
use tidegate_model::decimal;

/// Numbers of one form.
pub(crate) enum Numbers {
    /// Those of BIGINT, signed or not.
    Integers(Vector<i128>),
    /// The numbers × 10^scale.
    Decimals(Vector<i256>, u8),
    Doubles(Vector<f64>),
}

impl Numbers {
    /// Takes a column's numbers; nothing if it has none.
    pub(super) fn of_array(array: &ArrayRef) -> Option<Self> {
        let nulls = array.nulls().cloned();
        macro_rules! widened {
            ($form:ident, $to:ty, $($type:ty),*) => {
                $(if let Some(array) = array.as_primitive_opt::<$type>() {
                    let values = array.values().iter().map(|value| <$to>::from(*value)).collect();
                    return Some(Self::$form(Vector { values, nulls }));
                })*
            };
        }
        widened!(Integers, i128, types::Int8Type, types::Int16Type, types::Int32Type, types::Int64Type);
        widened!(Integers, i128, types::UInt8Type, types::UInt16Type, types::UInt32Type, types::UInt64Type);
        widened!(Doubles, f64, types::Float32Type, types::Float64Type);
        if let Some(array) = array.as_primitive_opt::<types::Decimal128Type>() {
            let values = array.values().iter().map(|value| i256::from_i128(*value)).collect();
            return Some(Self::Decimals(Vector { values, nulls }, u8::try_from(array.scale()).ok()?));
        }
        let array = array.as_primitive_opt::<types::Decimal256Type>()?;
        Some(Self::Decimals(
            Vector { values: array.values().to_vec(), nulls },
            u8::try_from(array.scale()).ok()?,
        ))
    }

    pub(super) fn nulls(&self) -> Option<&NullBuffer> {
        match self {
            Self::Integers(vector) => vector.nulls.as_ref(),
            Self::Decimals(vector, _) => vector.nulls.as_ref(),
            Self::Doubles(vector) => vector.nulls.as_ref(),
        }
    }

    pub(super) fn is_not_zero(&self) -> Truth {
        let (bits, nulls) = match self {
            Self::Integers(Vector { values, nulls }) => {
                (values.iter().map(|value| *value != 0).collect(), nulls)
            }
            Self::Decimals(Vector { values, nulls }, _) => {
                (values.iter().map(|value| *value != i256::ZERO).collect(), nulls)
            }
            Self::Doubles(Vector { values, nulls }) => {
                (values.iter().map(|value| *value != 0.0).collect(), nulls)
            }
        };
        Truth::new(&bits, nulls.as_ref())
    }

    pub(super) fn negated(self) -> Evaluated<Self> {
        Ok(match self {
            Self::Integers(Vector { values, nulls }) => {
                let values: Vec<i128> = values.into_iter().map(|value| -value).collect();
                let vector = Vector { values, nulls };
                in_range(&vector, false)?;
                Self::Integers(vector)
            }
            Self::Decimals(Vector { values, nulls }, scale) => {
                let values = values.into_iter().map(i256::wrapping_neg).collect();
                Self::Decimals(Vector { values, nulls }, scale)
            }
            Self::Doubles(Vector { values, nulls }) => {
                Self::Doubles(Vector { values: values.into_iter().map(|value| -value).collect(), nulls })
            }
        })
    }

    fn into_doubles(self) -> Vector<f64> {
        match self {
            Self::Doubles(vector) => vector,
            Self::Integers(Vector { values, nulls }) => {
                Vector { values: values.into_iter().map(|value| value as f64).collect(), nulls }
            }
            Self::Decimals(Vector { values, nulls }, scale) => {
                let mut text = Vec::new();
                let double = |value| {
                    text.clear();
                    decimal::write_i256(&mut text, value, scale);
                    std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
                };
                Vector { values: values.into_iter().map(double).collect(), nulls }
            }
        }
    }

    fn into_decimals(self) -> (Vector<i256>, u8) {
        match self {
            Self::Decimals(vector, scale) => (vector, scale),
            Self::Integers(Vector { values, nulls }) => {
                (Vector { values: values.into_iter().map(i256::from_i128).collect(), nulls }, 0)
            }
            // Doubles meet doubles only.
            Self::Doubles(Vector { values, nulls }) => {
                (Vector { values: vec![i256::ZERO; values.len()], nulls }, 0)
            }
        }
    }
}

/// Compares number by number: exactly, or as doubles where one is a double.
pub(super) fn compare(left: Numbers, right: Numbers, rows: usize, holds: impl Fn(Ordering) -> bool) -> Truth {
    match (left, right) {
        (Numbers::Integers(left), Numbers::Integers(right)) => compare_integers(&left, &right, rows, holds),
        (left @ Numbers::Doubles(_), right) | (left, right @ Numbers::Doubles(_)) => {
            let (left, right) = (left.into_doubles(), right.into_doubles());
            let order = |one: &f64, other: &f64| one.partial_cmp(other).unwrap_or(Ordering::Equal);
            compare_by(&left, &right, rows, |one, other| holds(order(one, other)))
        }
        (left, right) => {
            let ((left, left_scale), (right, right_scale)) = (left.into_decimals(), right.into_decimals());
            compare_by(&left, &right, rows, |one, other| {
                holds(compare_decimals((*one, left_scale), (*other, right_scale)))
            })
        }
    }
}

pub(super) fn compare_integers(
    left: &Vector<i128>,
    right: &Vector<i128>,
    rows: usize,
    holds: impl Fn(Ordering) -> bool,
) -> Truth {
    compare_by(left, right, rows, |one, other| holds(one.cmp(other)))
}

fn compare_by<T>(left: &Vector<T>, right: &Vector<T>, rows: usize, holds: impl Fn(&T, &T) -> bool) -> Truth {
    let nulls = NullBuffer::union(left.nulls.as_ref(), right.nulls.as_ref());
    let bits: BooleanBuffer =
        left.values.iter().zip(&right.values).map(|(one, other)| holds(one, other)).collect();
    debug_assert_eq!(bits.len(), rows);
    Truth::new(&bits, nulls.as_ref())
}

/// Compares two exact numbers, whatever their scales.
pub(crate) fn compare_decimals((one, one_scale): (i256, u8), (other, other_scale): (i256, u8)) -> Ordering {
    let scale = one_scale.max(other_scale);
    match (scaled(one, scale - one_scale), scaled(other, scale - other_scale)) {
        (Some(one), Some(other)) => one.cmp(&other),
        // What has no room is larger than all that has.
        (None, _) => one.cmp(&i256::ZERO),
        (_, None) => i256::ZERO.cmp(&other),
    }
}

fn scaled(value: i256, digits: u8) -> Option<i256> {
    if digits == 0 { Some(value) } else { value.checked_mul(i256::from_i128(10).checked_pow(digits.into())?) }
}

/// An operation on two numbers.
pub(super) struct Operation {
    pub(super) operation: Arithmetic,
    pub(super) left: Form,
    pub(super) right: Form,
}

impl Operation {
    pub(super) fn compute(&self, left: Numbers, right: Numbers) -> Evaluated<Numbers> {
        match (left, right) {
            (Numbers::Integers(left), Numbers::Integers(right)) => {
                let vector = combine(left, right, |one, other| self.integer(*one, *other))?;
                let unsigned = [self.left, self.right].contains(&Form::Integer { unsigned: true });
                // A remainder is as large as its operands at most, and has the sign of the first.
                if self.operation != Arithmetic::Remainder {
                    in_range(&vector, unsigned)?;
                }
                Ok(Numbers::Integers(vector))
            }
            (left @ Numbers::Doubles(_), right) | (left, right @ Numbers::Doubles(_)) => {
                let (left, right) = (left.into_doubles(), right.into_doubles());
                combine(left, right, |one, other| self.double(*one, *other)).map(Numbers::Doubles)
            }
            (left, right) => {
                let ((left, left_scale), (right, right_scale)) =
                    (left.into_decimals(), right.into_decimals());
                let scale = left_scale.max(right_scale);
                if self.operation == Arithmetic::Multiply {
                    let product = |one: &i256, other: &i256| one.checked_mul(*other).map(Some);
                    return Ok(Numbers::Decimals(combine(left, right, product)?, left_scale + right_scale));
                }
                let vector = combine(left, right, |one, other| {
                    let (one, other) =
                        (scaled(*one, scale - left_scale)?, scaled(*other, scale - right_scale)?);
                    match self.operation {
                        Arithmetic::Add => one.checked_add(other).map(Some),
                        Arithmetic::Subtract => one.checked_sub(other).map(Some),
                        _ => None,
                    }
                })?;
                Ok(Numbers::Decimals(vector, scale))
            }
        }
    }

    fn integer(&self, one: i128, other: i128) -> Option<Option<i128>> {
        Some(match self.operation {
            Arithmetic::Add => Some(one.checked_add(other)?),
            Arithmetic::Subtract => Some(one.checked_sub(other)?),
            Arithmetic::Multiply => Some(one.checked_mul(other)?),
            Arithmetic::DivideWhole => one.checked_div(other),
            Arithmetic::Remainder => one.checked_rem(other),
            Arithmetic::Divide => return None,
        })
    }

    fn double(&self, one: f64, other: f64) -> Option<Option<f64>> {
        let result = match self.operation {
            Arithmetic::Add => one + other,
            Arithmetic::Subtract => one - other,
            Arithmetic::Multiply => one * other,
            Arithmetic::Divide | Arithmetic::Remainder if other == 0.0 => return Some(None),
            Arithmetic::Divide => one / other,
            Arithmetic::Remainder => one % other,
            Arithmetic::DivideWhole => return None,
        };
        result.is_finite().then_some(Some(result))
    }
}

fn out_of_range() -> String {
    "a result is out of range, which MySQL refuses too".to_owned()
}

/// Combines number by number; `None` inside is NULL, outside there is no result.
fn combine<T: Clone + Default>(
    left: Vector<T>,
    right: Vector<T>,
    combine: impl Fn(&T, &T) -> Option<Option<T>>,
) -> Evaluated<Vector<T>> {
    let nulls = NullBuffer::union(left.nulls.as_ref(), right.nulls.as_ref());
    let mut values = Vec::with_capacity(left.values.len());
    let mut valid = Vec::with_capacity(left.values.len());
    for (row, (one, other)) in left.values.iter().zip(&right.values).enumerate() {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let result = if is_null { None } else { combine(one, other).ok_or_else(out_of_range)? };
        valid.push(result.is_some());
        values.push(result.unwrap_or_default());
    }
    Ok(Vector { values, nulls: Some(valid.into()) })
}

fn in_range(vector: &Vector<i128>, unsigned: bool) -> Evaluated<()> {
    let range = if unsigned { 0..=u64::MAX.into() } else { i64::MIN.into()..=i64::MAX.into() };
    let is_valid = |row: usize| vector.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    let mut values = vector.values.iter().enumerate();
    if values.all(|(row, value)| range.contains(value) || !is_valid(row)) {
        Ok(())
    } else {
        Err(out_of_range())
    }
}

/// Returns the number that a text begins with, 0 if with none.
pub(super) fn leading(text: &[u8]) -> f64 {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let text = text.get(start..).unwrap_or_default();
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let digits_from = |mut index: usize| {
        while at(index).is_ascii_digit() {
            index += 1;
        }
        index
    };
    let sign = usize::from(matches!(at(0), b'+' | b'-'));
    let mut end = digits_from(sign);
    let mut has_digits = end > sign;
    if at(end) == b'.' {
        let behind = digits_from(end + 1);
        has_digits |= behind > end + 1;
        end = behind;
    }
    if !has_digits {
        return 0.0;
    }
    if matches!(at(end), b'e' | b'E') {
        let exponent = end + 1 + usize::from(matches!(at(end + 1), b'+' | b'-'));
        let behind = digits_from(exponent);
        end = if behind > exponent { behind } else { end };
    }
    let number = text.get(..end).and_then(|number| std::str::from_utf8(number).ok());
    let value: f64 = number.and_then(|number| number.parse().ok()).unwrap_or(0.0);
    value.clamp(f64::MIN, f64::MAX)
}

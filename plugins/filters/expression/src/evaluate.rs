//! Evaluates conditions on the columns of an image, all rows at once.

mod cells;
mod number;
mod truth;

pub(crate) use number::compare_decimals;
pub(crate) use truth::Truth;

use crate::{
    document, moment,
    typed::{Condition, JsonConstant, Moment, Number, Operand, Other, Path, Text},
};
use arrow_array::{Array, ArrayRef, BinaryArray, cast::AsArray, types};
use arrow_buffer::NullBuffer;
use cells::Failure;
use number::Numbers;
use std::{borrow::Cow, cmp::Ordering};
use tidegate_model::{charset::Charset, json::Value};

/// What stops an evaluation: why, as half a sentence, without a value.
pub(crate) type Evaluated<T> = Result<T, String>;

/// The columns of an image that a table's expressions read, by their index among the table's.
pub(crate) struct Rows<'a> {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Option<&'a ArrayRef>>,
}

/// One value a row, and which are NULL.
pub(crate) struct Vector<T> {
    pub(crate) values: Vec<T>,
    pub(crate) nulls: Option<NullBuffer>,
}

impl Rows<'_> {
    /// Tells of each row whether the condition is true, false or NULL.
    pub(crate) fn judge(&self, condition: &Condition) -> Evaluated<Truth> {
        let rows = self.rows;
        Ok(match condition {
            Condition::Constant(value) => Truth::constant(*value, rows),
            Condition::And(left, right) => self.judge(left)?.and(&self.judge(right)?),
            Condition::Or(left, right) => self.judge(left)?.or(&self.judge(right)?),
            Condition::Not(inner) => self.judge(inner)?.not(),
            Condition::Is(inner, wanted) => self.judge(inner)?.is(*wanted),
            Condition::IsNull(operand) => Truth::is_null(self.nulls(operand)?.as_ref(), rows),
            Condition::IsNotZero(number) => self.numbers(number)?.is_not_zero(),
            Condition::Numbers(comparison, left, right) => {
                let (left, right) = (self.numbers(left)?, self.numbers(right)?);
                number::compare(left, right, rows, |order| comparison.holds(order))
            }
            Condition::Texts(comparison, left, right, collating) => {
                let left = self.texts(left)?;
                let compare = |one: &[u8], other: &[u8]| {
                    let order = if comparison.is_of_order() {
                        collating.compare(one, other)
                    } else {
                        let unequal = |equal| if equal { Ordering::Equal } else { Ordering::Less };
                        collating.equal(one, other).map(unequal)
                    };
                    order.map(|order| comparison.holds(order)).ok_or(Failure::Collation(collating.name))
                };
                match right {
                    Other::Constant(constant) => {
                        cells::each(left.nulls(), rows, |row| compare(left.value(row), constant))?
                    }
                    Other::Rows(right) => {
                        let right = self.texts(right)?;
                        let nulls = NullBuffer::union(left.nulls(), right.nulls());
                        cells::each(nulls.as_ref(), rows, |row| compare(left.value(row), right.value(row)))?
                    }
                }
            }
            Condition::Bytes(comparison, left, right) => {
                let left = self.binary(*left)?;
                let holds = |one: &[u8], other: &[u8]| Ok(comparison.holds(one.cmp(other)));
                match right {
                    Other::Constant(constant) => {
                        cells::each(left.nulls(), rows, |row| holds(left.value(row), constant))?
                    }
                    Other::Rows(right) => {
                        let right = self.binary(*right)?;
                        let nulls = NullBuffer::union(left.nulls(), right.nulls());
                        cells::each(nulls.as_ref(), rows, |row| holds(left.value(row), right.value(row)))?
                    }
                }
            }
            Condition::Moments(comparison, left, right) => {
                let (left, right) = (self.moments(*left)?, self.moments(*right)?);
                number::compare_integers(&left, &right, rows, |order| comparison.holds(order))
            }
            Condition::Json(comparison, path, constant) => {
                self.json(path, |value| comparison.holds(compare_json(value, constant)))?
            }
            Condition::Like(text, like) => {
                self.matches(text, |text| like.matches(text).ok_or(Failure::Pattern))?
            }
            Condition::Regexp(text, regex) => self.matches(text, |text| Ok(regex.is_match(text)))?,
        })
    }

    fn array(&self, column: usize) -> Evaluated<&ArrayRef> {
        self.columns.get(column).copied().flatten().ok_or_else(|| "a column is not in the image".to_owned())
    }

    fn binary(&self, column: usize) -> Evaluated<&BinaryArray> {
        self.array(column)?
            .as_binary_opt::<i32>()
            .ok_or_else(|| "a column has another type than its table".to_owned())
    }

    /// Tells which rows of an operand are NULL.
    fn nulls(&self, operand: &Operand) -> Evaluated<Option<NullBuffer>> {
        let of_column = |column: usize| self.array(column).map(|array| array.nulls().cloned());
        match operand {
            Operand::Truth(condition) => Ok(self.judge(condition)?.nulls()),
            Operand::Number(number) => Ok(self.numbers(number)?.nulls().cloned()),
            Operand::Text(Text::Path(path), _) | Operand::Json(path) if !path.legs.is_empty() => {
                Ok(self.json(path, |_| true)?.nulls())
            }
            Operand::Text(text, _) | Operand::Labels(text, ..) => of_column(text.column()),
            Operand::Json(path) => of_column(path.column),
            Operand::Unknown(column, _) | Operand::Foreign(column, _) | Operand::Bytes(column) => {
                of_column(*column)
            }
            Operand::Moment(moment) => Ok(self.moments(*moment)?.nulls),
            Operand::Null | Operand::TextConstant(_) | Operand::BytesConstant(_) => Ok(None),
        }
    }

    fn numbers(&self, number: &Number) -> Evaluated<Numbers> {
        let rows = self.rows;
        Ok(match number {
            Number::Integer(value) => Numbers::Integers(Vector::constant(*value, rows)),
            Number::Decimal { value, scale, .. } => Numbers::Decimals(Vector::constant(*value, rows), *scale),
            Number::Double(value) => Numbers::Doubles(Vector::constant(*value, rows)),
            Number::Column { column, .. } => Numbers::of_array(self.array(*column)?)
                .ok_or_else(|| "a column has another type than its table".to_owned())?,
            Number::Truth(condition) => self.judge(condition)?.numbers(),
            Number::OfText(text) => {
                let texts = self.texts(text)?;
                let values = (0..rows).map(|row| number::leading(texts.value(row))).collect();
                Numbers::Doubles(Vector { values, nulls: texts.nulls().cloned() })
            }
            Number::Negate(inner) => self.numbers(inner)?.negated()?,
            Number::Arithmetic(operation, left, right) => {
                let (left_form, right_form) = (left.form(), right.form());
                let result = number::Operation { operation: *operation, left: left_form, right: right_form };
                result.compute(self.numbers(left)?, self.numbers(right)?)?
            }
        })
    }

    fn moments(&self, moment: Moment) -> Evaluated<Vector<i128>> {
        let wrong = || "a column has another type than its table".to_owned();
        let keys = |column: usize, key: &dyn Fn(i64) -> i64| {
            let array = self.array(column)?;
            let micros = array.as_primitive_opt::<types::TimestampMicrosecondType>().ok_or_else(wrong)?;
            let values = micros.values().iter().map(|micros| key(*micros).into()).collect();
            Ok(Vector { values, nulls: array.nulls().cloned() })
        };
        match moment {
            Moment::Date(column) => {
                let array = self.array(column)?;
                let days = array.as_primitive_opt::<types::Date32Type>().ok_or_else(wrong)?;
                let values = days.values().iter().map(|days| moment::key_of_days(*days).into()).collect();
                Ok(Vector { values, nulls: array.nulls().cloned() })
            }
            Moment::DateTime(column) => keys(column, &|micros| moment::key_of_micros(micros, 0)),
            Moment::Timestamp(column, zone) => keys(column, &|micros| moment::key_of_micros(micros, zone)),
            Moment::Time(column, _) => {
                let array = self.array(column)?;
                let micros = array.as_primitive_opt::<types::DurationMicrosecondType>().ok_or_else(wrong)?;
                let values = micros.values().iter().map(|micros| (*micros).into()).collect();
                Ok(Vector { values, nulls: array.nulls().cloned() })
            }
            Moment::DateTimeConstant(key) | Moment::TimeConstant(key, _) => {
                Ok(Vector::constant(key.into(), self.rows))
            }
        }
    }

    /// Returns texts in the bytes of their character set; what is taken out of documents is UTF-8.
    fn texts(&self, text: &Text) -> Evaluated<Cow<'_, BinaryArray>> {
        match text {
            Text::Column { column, .. } => self.binary(*column).map(Cow::Borrowed),
            Text::Member { column, members } => cells::members(self.array(*column)?, members).map(Cow::Owned),
            Text::Members { column, members } => cells::sets(self.array(*column)?, members).map(Cow::Owned),
            Text::Path(path) => cells::unquoted(self.binary(path.column)?, &path.legs).map(Cow::Owned),
        }
    }

    /// Asks `matches` about each text, as UTF-8.
    fn matches(&self, text: &Text, matches: impl Fn(&str) -> Result<bool, Failure>) -> Evaluated<Truth> {
        let charset = match text {
            Text::Column { charset, .. } => *charset,
            _ => Charset::Utf8mb4,
        };
        let texts = self.texts(text)?;
        let is_utf8 = matches!(charset, Charset::Utf8mb4 | Charset::Utf8mb3 | Charset::Ascii);
        let mut decoded = Vec::new();
        cells::each(texts.nulls(), self.rows, |row| {
            let mut bytes = texts.value(row);
            if !is_utf8 {
                decoded.clear();
                charset.decode_into(bytes, &mut decoded).map_err(|_| Failure::Text(charset.name()))?;
                bytes = &decoded;
            }
            matches(std::str::from_utf8(bytes).map_err(|_| Failure::Text(charset.name()))?)
        })
    }

    /// Asks `holds` about what stands at the end of a path; NULL where there is nothing.
    fn json(&self, path: &Path, holds: impl Fn(Value<'_>) -> bool) -> Evaluated<Truth> {
        let documents = self.binary(path.column)?;
        cells::each_or_null(documents.nulls(), self.rows, |row| {
            let found = document::find(documents.value(row), &path.legs);
            Ok(found.map_err(Failure::Json)?.map(&holds))
        })
    }
}

impl<T: Clone> Vector<T> {
    fn constant(value: T, rows: usize) -> Self {
        Self { values: vec![value; rows], nulls: None }
    }
}

impl Text {
    fn column(&self) -> usize {
        match self {
            Self::Column { column, .. } | Self::Member { column, .. } | Self::Members { column, .. } => {
                *column
            }
            Self::Path(path) => path.column,
        }
    }
}

fn compare_json(value: Value<'_>, constant: &JsonConstant) -> Ordering {
    match constant {
        JsonConstant::Integer(constant) => document::compare_integer(value, *constant),
        JsonConstant::Text(constant) => document::compare_text(value, constant),
        JsonConstant::Bool(constant) => document::compare_bool(value, *constant),
    }
}

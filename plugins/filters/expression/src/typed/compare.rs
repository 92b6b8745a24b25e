//! Comparisons: which two types meet, and what MySQL makes of them (manual: "Type Conversion in Expression
//! Evaluation"; source: `sql/item_cmpfunc.cc`, `Arg_comparator::set_cmp_func`).

use super::{
    Condition, Form, Moment, Number, NumberSource, Operand, Other, Text,
    bind::{Binder, Bound, Refusal, beyond_ascii, json_constant, unknown},
};
use crate::{
    collation::Collating,
    moment,
    syntax::{Comparison, Node},
};

/// Doubles hold every whole number up to this one.
const WHOLE_MAX: i128 = 1 << 53;

impl Binder<'_> {
    pub(super) fn compare(
        &self,
        at: usize,
        comparison: Comparison,
        left: &Node,
        right: &Node,
    ) -> Bound<Condition> {
        let (one, other) = (self.operand(left)?, self.operand(right)?);
        let meet = Meeting { at, comparison };
        match (one, other) {
            (Operand::Foreign(_, name), _) | (_, Operand::Foreign(_, name)) => {
                Err(Refusal::new(at, format!("{name} is not compared; only IS NULL takes it")))
            }
            (Operand::Null, _) | (_, Operand::Null) => Ok(Condition::Constant(None)),
            (Operand::Unknown(_, name), _) | (_, Operand::Unknown(_, name)) => Err(unknown(at, &name)),
            // Constants to the right.
            (one @ (Operand::TextConstant(_) | Operand::BytesConstant(_)), other) => {
                Meeting { comparison: comparison.mirrored(), ..meet }.of(other, one)
            }
            (one, other @ (Operand::Json(_) | Operand::Labels(..) | Operand::Text(..)))
                if !matches!(one, Operand::Json(_) | Operand::Labels(..) | Operand::Text(..)) =>
            {
                Meeting { comparison: comparison.mirrored(), ..meet }.of(other, one)
            }
            (one, other) => meet.of(one, other),
        }
    }
}

/// Two operands that meet in a comparison.
#[derive(Clone, Copy)]
struct Meeting {
    at: usize,
    comparison: Comparison,
}

impl Meeting {
    fn of(self, one: Operand, other: Operand) -> Bound<Condition> {
        let (one, other) = match (one, other) {
            (one @ Operand::Json(_), other) => (one, other),
            (one, other) => (number_of(one), number_of(other)),
        };
        match (one, other) {
            (Operand::Number(one), Operand::Number(other)) => self.numbers(one, other),
            (Operand::Number(one), Operand::TextConstant(text)) => self.number_and_text(one, &text),
            (Operand::Text(one, collating), other) => self.text(one, collating, other),
            (Operand::Labels(text, collating, column), other) => match other {
                Operand::Number(number) => self.numbers(Number::of_labels(column), number),
                other => match collating {
                    Some(collating) => self.text(text, collating, other),
                    None => self.refuse("how the column's collation compares is not known here"),
                },
            },
            (Operand::Bytes(column), other) => {
                let other = match other {
                    Operand::TextConstant(text) => Other::Constant(text.into_bytes()),
                    Operand::BytesConstant(bytes) => Other::Constant(bytes),
                    Operand::Bytes(other) => Other::Rows(other),
                    _ => return self.refuse("binary strings compare with texts, x'…' and binary strings only"),
                };
                Ok(Condition::Bytes(self.comparison, column, other))
            }
            (Operand::Moment(one), Operand::Moment(other)) => self.moments(one, other),
            (Operand::Moment(one), Operand::TextConstant(text)) => self.moments(one, self.read(one, &text)?),
            (Operand::Json(path), other) => match json_constant(other) {
                Some(constant) => Ok(Condition::Json(self.comparison, path, constant)),
                None => self.refuse(
                    "JSON compares with whole numbers, texts, TRUE and FALSE only; `->>` takes a value out as text",
                ),
            },
            (Operand::TextConstant(_) | Operand::BytesConstant(_), _) => {
                self.refuse("two constants are compared, or a constant with nothing that gives it a meaning")
            }
            _ => self.refuse("two types meet that are not compared here"),
        }
    }

    fn refuse<T>(self, message: &str) -> Bound<T> {
        Err(Refusal::new(self.at, message))
    }

    fn numbers(self, one: Number, other: Number) -> Bound<Condition> {
        for (column, other) in [(&one, &other), (&other, &one)] {
            let Number::Column { source, form, .. } = column else { continue };
            match other {
                Number::Integer(1..=99) if *source == NumberSource::Year => {
                    return self
                        .refuse("MySQL takes a YEAR's constant of two digits for 1970 to 2069: write four");
                }
                Number::Decimal { .. } | Number::Double(_)
                    if matches!(source, NumberSource::Year | NumberSource::Bit) =>
                {
                    return self.refuse("YEAR and BIT compare with whole numbers only");
                }
                Number::Double(value)
                    if (value.fract() != 0.0 || value.abs() >= WHOLE_MAX as f64)
                        && matches!(form, Form::Integer { .. }) =>
                {
                    return self.refuse(
                        "MySQL turns a constant such as 1.5e0 into a whole number beside one: write it without an \
                         exponent",
                    );
                }
                _ => {}
            }
        }
        Ok(Condition::Numbers(self.comparison, one, other))
    }

    /// Compares with a number in quotes: as doubles, unless both are whole.
    fn number_and_text(self, number: Number, text: &str) -> Bound<Condition> {
        if let Number::Column { source: NumberSource::Year | NumberSource::Bit, .. } = number {
            return self.refuse("YEAR and BIT compare with numbers only: leave out the quotes");
        }
        let is_number =
            text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
        let Some(value) = text.parse::<f64>().ok().filter(|value| is_number && value.is_finite()) else {
            return self.refuse("a number is compared with a text that is none");
        };
        match text.parse::<i128>() {
            Ok(whole) if matches!(number.form(), Form::Integer { .. }) => {
                if whole.abs() > WHOLE_MAX {
                    return self.refuse("so large a number is written without quotes");
                }
                Ok(Condition::Numbers(self.comparison, number, Number::Integer(whole)))
            }
            _ => Ok(Condition::Numbers(self.comparison, number, Number::Double(value))),
        }
    }

    fn text(self, text: Text, collating: Collating, other: Operand) -> Bound<Condition> {
        let other = match other {
            Operand::Number(number) if matches!(text, Text::Column { .. } | Text::Path(_)) => {
                return Ok(Condition::Numbers(self.comparison, Number::OfText(text.into()), number));
            }
            Operand::TextConstant(constant) => {
                let bytes = match &text {
                    Text::Column { charset, .. } => charset.encode(&constant).map(|bytes| bytes.into_owned()),
                    _ => Ok(constant.into_bytes()),
                };
                let bytes = bytes.map_err(|error| Refusal::new(self.at, error.to_string()))?;
                if !collating.knows(&bytes) {
                    return Err(beyond_ascii(self.at, collating));
                }
                Other::Constant(bytes)
            }
            Operand::Text(other, its) if same_charset(&text, &other) && its == collating => {
                Other::Rows(other)
            }
            Operand::Text(..) | Operand::Labels(..) => {
                return self.refuse("texts of two collations are not compared: give both one with COLLATE");
            }
            _ => return self.refuse("text compares with texts and numbers only"),
        };
        if self.comparison.is_of_order() && !collating.orders {
            let name = collating.name;
            return self.refuse(&format!(
                "which of two texts comes first under {name} is not known here; name a binary collation: `column \
                 COLLATE …_bin`"
            ));
        }
        Ok(Condition::Texts(self.comparison, text, other, collating))
    }

    fn moments(self, one: Moment, other: Moment) -> Bound<Condition> {
        if one.is_time() != other.is_time() {
            return self.refuse("a time of day and a date are not compared");
        }
        for pair in [(one, other), (other, one)] {
            if let (Moment::Time(_, digits), Moment::TimeConstant(_, needed)) = pair
                && needed > digits
            {
                return self.refuse(
                    "the constant has more digits behind the second than the column: MySQL would round it",
                );
            }
        }
        Ok(Condition::Moments(self.comparison, one, other))
    }

    /// Reads a text as what it is compared with.
    fn read(self, moment: Moment, text: &str) -> Bound<Moment> {
        let found = if moment.is_time() {
            moment::read_time(text).map(|(micros, digits)| Moment::TimeConstant(micros, digits))
        } else {
            moment::read_datetime(text).map(Moment::DateTimeConstant)
        };
        let wanted =
            if moment.is_time() { "time, '10:00:00'" } else { "date, '2024-02-29' or '2024-02-29 10:00:00'" };
        found.ok_or_else(|| Refusal::new(self.at, format!("the constant is no {wanted}")))
    }
}

fn same_charset(one: &Text, other: &Text) -> bool {
    match (one, other) {
        (Text::Column { charset: one, .. }, Text::Column { charset: other, .. }) => one == other,
        (Text::Path(_), Text::Path(_)) => true,
        _ => false,
    }
}

/// What is true or false is 1 or 0 beside a number.
fn number_of(operand: Operand) -> Operand {
    match operand {
        Operand::Truth(condition) => Operand::Number(Number::Truth(condition)),
        other => other,
    }
}

//! The types of numbers, by MySQL's rules for results.

use super::{Form, Number, NumberSource, bind::Refusal};
use crate::syntax::Arithmetic;
use tidegate_model::ColumnKind;

/// DECIMAL's limits.
const PRECISION_MAX: u8 = 65;
const SCALE_MAX: u8 = 30;

/// Returns the number that a column holds, if it holds one.
pub(super) fn of_column(column: usize, kind: &ColumnKind) -> Option<Number> {
    let (form, source) = match kind {
        ColumnKind::Int { unsigned, .. } => (Form::Integer { unsigned: *unsigned }, NumberSource::Plain),
        ColumnKind::Bit { .. } => (Form::Integer { unsigned: true }, NumberSource::Bit),
        ColumnKind::Year => (Form::Integer { unsigned: true }, NumberSource::Year),
        ColumnKind::Decimal { precision, scale, .. } => {
            (Form::Decimal { precision: *precision, scale: *scale }, NumberSource::Plain)
        }
        ColumnKind::Float { .. } | ColumnKind::Double { .. } => (Form::Double, NumberSource::Plain),
        _ => return None,
    };
    Some(Number::Column { column, form, source })
}

impl Number {
    /// Returns the number that stands for an ENUM's or SET's labels.
    pub(super) fn of_labels(column: usize) -> Self {
        Self::Column { column, form: Form::Integer { unsigned: true }, source: NumberSource::Plain }
    }

    /// Tells whether it may be a whole number below zero.
    pub(super) fn may_be_negative(&self) -> bool {
        match self {
            Self::Integer(value) => *value < 0,
            Self::Truth(_) => false,
            other => other.form() == Form::Integer { unsigned: false },
        }
    }

    pub(crate) fn form(&self) -> Form {
        match self {
            Self::Integer(value) => Form::Integer { unsigned: *value > i128::from(i64::MAX) },
            Self::Decimal { precision, scale, .. } => Form::Decimal { precision: *precision, scale: *scale },
            Self::Double(_) | Self::OfText(_) => Form::Double,
            Self::Column { form, .. } => *form,
            Self::Truth(_) => Form::Integer { unsigned: false },
            Self::Negate(inner) => match inner.form() {
                Form::Integer { .. } => Form::Integer { unsigned: false },
                other => other,
            },
            Self::Arithmetic(operation, left, right) => match (left.form(), right.form()) {
                (Form::Integer { unsigned }, Form::Integer { .. }) if *operation == Arithmetic::Remainder => {
                    Form::Integer { unsigned }
                }
                (Form::Integer { unsigned: one }, Form::Integer { unsigned: other }) => {
                    Form::Integer { unsigned: one || other }
                }
                (Form::Double, _) | (_, Form::Double) => Form::Double,
                (one, other) => exact(*operation, one, other),
            },
        }
    }

    /// Returns the negative number.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Integer(value) => Self::Integer(-value),
            Self::Double(value) => Self::Double(-value),
            Self::Decimal { value, precision, scale } => {
                Self::Decimal { value: value.wrapping_neg(), precision, scale }
            }
            other => Self::Negate(other.into()),
        }
    }

    /// Puts an operation together, if its results are exactly MySQL's.
    pub(super) fn operation(
        at: usize,
        operation: Arithmetic,
        left: Self,
        right: Self,
    ) -> Result<Self, Refusal> {
        let refuse = |what: &str| Err(Refusal::new(at, what));
        let forms = (left.form(), right.form());
        let double = matches!(forms, (Form::Double, _) | (_, Form::Double));
        let whole = matches!(forms, (Form::Integer { .. }, Form::Integer { .. }));
        match operation {
            Arithmetic::Divide if !double => {
                return refuse(
                    "`/` of exact numbers is not taken: how many digits MySQL keeps inside a comparison is not its \
                     documented result; compare with a product instead, or divide by a double (`2e0`)",
                );
            }
            Arithmetic::DivideWhole if !whole => return refuse("DIV takes whole numbers only"),
            Arithmetic::Remainder if !whole && !double => {
                return refuse("`%` takes whole numbers or doubles only");
            }
            _ => {}
        }
        let number = Self::Arithmetic(operation, left.into(), right.into());
        if let Form::Decimal { precision, scale } = number.form()
            && (precision > PRECISION_MAX || scale > SCALE_MAX)
        {
            return refuse("the result has more digits than a DECIMAL holds exactly");
        }
        Ok(number)
    }
}

/// The digits of an exact result that is not whole.
fn exact(operation: Arithmetic, one: Form, other: Form) -> Form {
    let digits = |form: Form| match form {
        Form::Decimal { precision, scale } => (precision - scale.min(precision), scale),
        _ => (20, 0),
    };
    let ((one_whole, one_scale), (other_whole, other_scale)) = (digits(one), digits(other));
    let (whole, scale) = if operation == Arithmetic::Multiply {
        (one_whole.saturating_add(other_whole), one_scale.saturating_add(other_scale))
    } else {
        (one_whole.max(other_whole) + 1, one_scale.max(other_scale))
    };
    Form::Decimal { precision: whole.saturating_add(scale), scale }
}

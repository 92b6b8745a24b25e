//! True, false and NULL, for all rows at once.

use super::{Vector, number::Numbers};
use arrow_buffer::{BooleanBuffer, NullBuffer};

/// What is known of each row: a row that is in neither set is NULL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Truth {
    is_true: BooleanBuffer,
    is_false: BooleanBuffer,
}

impl Truth {
    /// Takes the rows that are true; the others are false, or NULL where `nulls` says so.
    pub(crate) fn new(is_true: &BooleanBuffer, nulls: Option<&NullBuffer>) -> Self {
        match nulls {
            None => Self { is_true: is_true.clone(), is_false: !is_true },
            Some(nulls) => Self { is_true: is_true & nulls.inner(), is_false: &!is_true & nulls.inner() },
        }
    }

    pub(super) fn constant(value: Option<bool>, rows: usize) -> Self {
        let all = |wanted| {
            if value == Some(wanted) { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) }
        };
        Self { is_true: all(true), is_false: all(false) }
    }

    pub(super) fn is_null(nulls: Option<&NullBuffer>, rows: usize) -> Self {
        let valid = nulls.map_or_else(|| BooleanBuffer::new_set(rows), |nulls| nulls.inner().clone());
        Self { is_true: !&valid, is_false: valid }
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self { is_true: &self.is_true & &other.is_true, is_false: &self.is_false | &other.is_false }
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        Self { is_true: &self.is_true | &other.is_true, is_false: &self.is_false & &other.is_false }
    }

    pub(crate) fn not(self) -> Self {
        Self { is_true: self.is_false, is_false: self.is_true }
    }

    /// IS TRUE and IS FALSE, which are never NULL.
    pub(super) fn is(&self, wanted: bool) -> Self {
        Self::new(if wanted { &self.is_true } else { &self.is_false }, None)
    }

    pub(super) fn nulls(&self) -> Option<NullBuffer> {
        Some(NullBuffer::new(&self.is_true | &self.is_false))
    }

    /// 1 and 0.
    pub(super) fn numbers(&self) -> Numbers {
        let values = self.is_true.iter().map(i128::from).collect();
        Numbers::Integers(Vector { values, nulls: self.nulls() })
    }

    /// Tells of each row whether it is true; NULL counts as false.
    pub(crate) fn trues(&self) -> &BooleanBuffer {
        &self.is_true
    }
}

//! Walks over the values of a column.

use super::{Evaluated, Truth};
use crate::document::{self, Leg};
use arrow_array::{Array, ArrayRef, BinaryArray, builder::BinaryBuilder, cast::AsArray, types};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer};
use std::sync::Arc;
use tidegate_model::json::Malformed;

/// Why a value cannot be judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    /// A collation's tables decide about it.
    Collation(&'static str),
    /// The same, in a pattern.
    Pattern,
    /// It is no text of its character set.
    Text(&'static str),
    /// It is no document.
    Json(Malformed),
    /// It names a member that the column does not have.
    Member,
}

impl Failure {
    fn message(self) -> String {
        let remedy = "name a binary collation in the expression: `column COLLATE …_bin`";
        match self {
            Self::Collation(name) => format!(
                "a value has characters beyond printable ASCII, and how {name} compares them is not known here; {remedy}"
            ),
            Self::Pattern => format!(
                "a value has characters beyond printable ASCII where a pattern looks for a letter, and how the \
                 column's collation compares them is not known here; {remedy}"
            ),
            Self::Text(charset) => format!("a value is no text of {charset}"),
            Self::Json(malformed) => malformed.to_string(),
            Self::Member => "a value names a member that the column does not have".to_owned(),
        }
    }
}

/// Asks `holds` about each row that is not NULL.
pub(super) fn each(
    nulls: Option<&NullBuffer>,
    rows: usize,
    mut holds: impl FnMut(usize) -> Result<bool, Failure>,
) -> Evaluated<Truth> {
    let mut failure = None;
    let bits = BooleanBuffer::collect_bool(rows, |row| {
        if failure.is_some() || nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return false;
        }
        holds(row).unwrap_or_else(|failed| {
            failure = Some(failed);
            false
        })
    });
    match failure {
        None => Ok(Truth::new(&bits, nulls)),
        Some(failure) => Err(failure.message()),
    }
}

/// As [`each`], where an answer may be NULL.
pub(super) fn each_or_null(
    nulls: Option<&NullBuffer>,
    rows: usize,
    mut holds: impl FnMut(usize) -> Result<Option<bool>, Failure>,
) -> Evaluated<Truth> {
    let mut bits = BooleanBufferBuilder::new(rows);
    let mut valid = BooleanBufferBuilder::new(rows);
    for row in 0..rows {
        let is_null = nulls.is_some_and(|nulls| nulls.is_null(row));
        let answer = if is_null { None } else { holds(row).map_err(Failure::message)? };
        bits.append(answer == Some(true));
        valid.append(answer.is_some());
    }
    Ok(Truth::new(&bits.finish(), Some(&NullBuffer::new(valid.finish()))))
}

/// Returns the labels of an ENUM's values; of the error value the empty text.
pub(super) fn members(array: &ArrayRef, members: &[Arc<str>]) -> Evaluated<BinaryArray> {
    let Some(indexes) = array.as_primitive_opt::<types::UInt16Type>() else {
        return Err("a column has another type than its table".to_owned());
    };
    let mut labels = BinaryBuilder::with_capacity(indexes.len(), 8 * indexes.len());
    for index in indexes {
        match index {
            None => labels.append_null(),
            Some(0) => labels.append_value(b""),
            Some(index) => {
                let label = members.get(usize::from(index) - 1).ok_or_else(|| Failure::Member.message())?;
                labels.append_value(label.as_bytes());
            }
        }
    }
    Ok(labels.finish())
}

/// Returns the labels of a SET's values, with commas between.
pub(super) fn sets(array: &ArrayRef, members: &[Arc<str>]) -> Evaluated<BinaryArray> {
    let Some(masks) = array.as_primitive_opt::<types::UInt64Type>() else {
        return Err("a column has another type than its table".to_owned());
    };
    let mut labels = BinaryBuilder::with_capacity(masks.len(), 8 * masks.len());
    let mut text = Vec::new();
    for mask in masks {
        let Some(mask) = mask else {
            labels.append_null();
            continue;
        };
        text.clear();
        let mut rest = mask;
        while rest != 0 {
            let label =
                members.get(rest.trailing_zeros() as usize).ok_or_else(|| Failure::Member.message())?;
            if rest != mask {
                text.push(b',');
            }
            text.extend_from_slice(label.as_bytes());
            rest &= rest - 1;
        }
        labels.append_value(&text);
    }
    Ok(labels.finish())
}

/// Returns what `->>` finds in documents.
pub(super) fn unquoted(documents: &BinaryArray, legs: &[Leg]) -> Evaluated<BinaryArray> {
    let failed = |malformed| Failure::Json(malformed).message();
    let mut found = BinaryBuilder::with_capacity(documents.len(), 16 * documents.len());
    let mut text = Vec::new();
    for document in documents {
        let value = match document {
            Some(document) => document::find(document, legs).map_err(failed)?,
            None => None,
        };
        let Some(value) = value else {
            found.append_null();
            continue;
        };
        text.clear();
        document::write_unquoted(value, &mut text).map_err(failed)?;
        found.append_value(&text);
    }
    Ok(found.finish())
}

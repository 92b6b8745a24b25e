//! The rows of two batches side by side: a batch and what left the filters of it, or what left two lists of filters.
//!
//! Filters never renumber rows, so a row is found by its ordinal; values are compared column by column.

use arrow_array::{Array, ArrayRef, ArrowNativeTypeOp, BinaryArray, downcast_primitive_array};
use arrow_schema::DataType;
use std::collections::BTreeMap;
use tidegate_model::{Batch, Image, ImageColumn, RowSet};
use tidegate_plugin::{PluginError, Result};

/// Where a row of a batch lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The row set, as an index into the batch's.
    pub set: usize,
    /// The row in it.
    pub row: usize,
}

/// The rows of a batch by ordinal.
#[derive(Clone, Debug, Default)]
pub struct Places(Vec<[Option<Place>; 2]>);

impl Places {
    /// Looks at a batch.
    pub fn of(batch: &Batch) -> Self {
        let read = usize::try_from(batch.rows_read).unwrap_or(0);
        let mut places = vec![[None; 2]; read];
        for (set, rows) in batch.row_sets.iter().enumerate() {
            for (row, ordinal) in rows.ordinals.iter().enumerate() {
                let Some([first, second]) = places.get_mut(*ordinal as usize) else { continue };
                let free = if first.is_none() { first } else { second };
                *free = Some(Place { set, row });
            }
        }
        Self(places)
    }

    /// Returns where the rows of an ordinal lie: none, one, or the two that an update was divided into.
    pub fn at(&self, ordinal: usize) -> [Option<Place>; 2] {
        self.0.get(ordinal).copied().unwrap_or_default()
    }

    /// Returns the number of ordinals.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells whether there are no ordinals.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Tells of pairs of rows, one of each batch, whether they differ in a value or in what columns they have.
///
/// # Errors
/// If an array is of a type that no column has.
pub fn differing(one: &Batch, other: &Batch, pairs: &[(Place, Place)]) -> Result<Vec<bool>> {
    let mut differ = vec![false; pairs.len()];
    let mut by_sets: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, (left, right)) in pairs.iter().enumerate() {
        by_sets.entry((left.set, right.set)).or_default().push(index);
    }
    for ((left, right), indexes) in by_sets {
        let (Some(left), Some(right)) = (one.row_sets.get(left), other.row_sets.get(right)) else { continue };
        let rows = indexes.iter().filter_map(|index| Some((*index, pairs.get(*index)?)));
        let rows: Vec<Pair> =
            rows.map(|(index, (left, right))| Pair { index, left: left.row, right: right.row }).collect();
        compare_sets(left, right, &rows, &mut differ)?;
    }
    Ok(differ)
}

/// The rows of a pair, and the pair's index.
struct Pair {
    index: usize,
    left: usize,
    right: usize,
}

fn compare_sets(left: &RowSet, right: &RowSet, rows: &[Pair], differ: &mut [bool]) -> Result<()> {
    for (left, right) in [(&left.before, &right.before), (&left.after, &right.after)] {
        if !has_same_columns(left, right) {
            rows.iter().for_each(|pair| mark(differ, pair));
            continue;
        }
        for (left, right) in left.columns.iter().zip(&right.columns) {
            compare_columns(left, right, rows, differ)?;
        }
    }
    Ok(())
}

fn has_same_columns(left: &Image, right: &Image) -> bool {
    let same = |left: &ImageColumn, right: &ImageColumn| {
        (&left.column.name, &left.column.kind, left.encoding)
            == (&right.column.name, &right.column.kind, right.encoding)
            && left.values.data_type() == right.values.data_type()
    };
    left.columns.len() == right.columns.len()
        && left.columns.iter().zip(&right.columns).all(|(left, right)| same(left, right))
}

fn compare_columns(
    left: &ImageColumn,
    right: &ImageColumn,
    rows: &[Pair],
    differ: &mut [bool],
) -> Result<()> {
    let (left, right): (&ArrayRef, &ArrayRef) = (&left.values, &right.values);
    downcast_primitive_array! {
        (left, right) => each(left, right, rows, differ, |l, r| left.value(l).is_eq(right.value(r))),
        (DataType::Binary, DataType::Binary) => {
            let binary = |array: &ArrayRef| array.as_any().downcast_ref::<BinaryArray>().cloned();
            let (Some(left), Some(right)) = (binary(left), binary(right)) else { return Err(unknown(left)) };
            each(&left, &right, rows, differ, |l, r| left.value(l) == right.value(r));
        },
        _ => return Err(unknown(left)),
    }
    Ok(())
}

/// Marks the pairs whose values are not `equal`; NULL is equal to NULL only.
fn each(
    left: &dyn Array,
    right: &dyn Array,
    rows: &[Pair],
    differ: &mut [bool],
    equal: impl Fn(usize, usize) -> bool,
) {
    for pair in rows {
        let same = match (left.is_null(pair.left), right.is_null(pair.right)) {
            (false, false) => equal(pair.left, pair.right),
            (left, right) => left == right,
        };
        if !same {
            mark(differ, pair);
        }
    }
}

fn mark(differ: &mut [bool], pair: &Pair) {
    if let Some(differs) = differ.get_mut(pair.index) {
        *differs = true;
    }
}

fn unknown(values: &ArrayRef) -> PluginError {
    PluginError::definite(format!(
        "values of the type {} cannot be compared: a bug in tidegate",
        values.data_type()
    ))
}

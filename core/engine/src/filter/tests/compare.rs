//! Rows of two batches side by side.

use super::doubles::{checkpoint, four, transaction};
use crate::filter::{Place, Places, differing};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, UInt64Array};
use std::sync::Arc;
use tidegate_model::{Batch, Operation};

/// Four updates with the ordinals 0 to 3 whose first column has these values after them.
fn updates(values: ArrayRef) -> Batch {
    let mut rows = four(Operation::Update);
    rows.ordinals = vec![0, 1, 2, 3];
    rows.after.columns[0].values = values;
    let transactions = vec![transaction()];
    Batch { row_sets: vec![rows], transactions, rows_read: 5, schemas: Vec::new(), end: checkpoint() }
}

fn pairs(one: &Batch, other: &Batch) -> Vec<(Place, Place)> {
    let (one, other) = (Places::of(one), Places::of(other));
    (0..one.len()).filter_map(|ordinal| Some((one.at(ordinal)[0]?, other.at(ordinal)[0]?))).collect()
}

fn compare(one: &Batch, other: &Batch) -> Vec<bool> {
    differing(one, other, &pairs(one, other)).unwrap()
}

#[test]
fn rows_are_found_by_their_ordinals_and_compared_by_value() {
    let one = updates(Arc::new(UInt64Array::from(vec![Some(1), None, Some(3), Some(4)])));
    let mut other = updates(Arc::new(UInt64Array::from(vec![Some(1), Some(0), Some(3), None])));
    assert_eq!(compare(&one, &one), [false; 4]);
    assert_eq!(compare(&one, &other), [false, true, false, true]);
    let rows = &other.row_sets[0];
    let (first, rest) = (
        BooleanArray::from(vec![false, true, false, false]),
        BooleanArray::from(vec![true, false, false, true]),
    );
    other.row_sets = vec![rows.filter(&first).unwrap(), rows.filter(&rest).unwrap()];
    let places = Places::of(&other);
    assert_eq!(places.at(1)[0], Some(Place { set: 0, row: 0 }));
    assert_eq!((places.at(2), places.at(4), places.len()), ([None; 2], [None; 2], 5));
    assert_eq!(compare(&one, &other), [false, true, true]);
}

#[test]
fn an_update_that_was_divided_has_two_places() {
    let mut one = updates(Arc::new(UInt64Array::from(vec![1, 2, 3, 4])));
    one.row_sets.push(one.row_sets[0].clone());
    assert_eq!(Places::of(&one).at(3), [Some(Place { set: 0, row: 3 }), Some(Place { set: 1, row: 3 })]);
}

#[test]
fn other_columns_are_a_difference_and_every_bit_of_a_number_counts() {
    let one = updates(Arc::new(Float64Array::from(vec![0.0, f64::NAN, 1.0, 2.0])));
    let other = updates(Arc::new(Float64Array::from(vec![-0.0, f64::NAN, 1.0, 2.0])));
    assert_eq!(compare(&one, &other), [true, false, false, false]);
    let mut fewer = one.clone();
    fewer.row_sets[0].before.columns.pop();
    assert_eq!(compare(&one, &fewer), [true; 4]);
}

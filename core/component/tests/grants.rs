//! The clock and random numbers that a component sees.

mod support;

use arrow_array::{Array, ArrayRef, BinaryArray};
use std::{path::Path, sync::Arc, time::SystemTime};
use support::{LIMITS, column, filter, image, input};
use tidegate_component::{Grants, Loader};
use tidegate_model::{ColumnKind, TableName, TableSchema};
use tidegate_test_guests::guest;

const STAMP: &str = "tests/guests/go/stamp";

/// What a filter writes into three rows: milliseconds since 1970, nanoseconds that passed, a random number.
fn stamps(file: &Path, grants: Grants) -> Vec<(u64, u64, String)> {
    let compiled = file.with_file_name("compiled");
    let plugin = Loader::new(Some(&compiled)).unwrap().load(file, None, LIMITS).unwrap();
    let filter = filter(plugin.granting(grants).unwrap(), serde_json::json!({})).unwrap();
    let schema = Arc::new(TableSchema {
        name: TableName::new("s", "t"),
        columns: vec![column("stamp", ColumnKind::Varchar { collation: 255, length: 80 })],
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    });
    let plan = filter.table(&input(&schema)).unwrap();
    let rows: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b""; 3]));
    let mapped = filter.map(&plan, &image(&schema, vec![rows]), 3).unwrap();
    let texts = mapped[0].as_ref().unwrap().as_any().downcast_ref::<BinaryArray>().unwrap();
    let read = |text: Option<&[u8]>| {
        let text = std::str::from_utf8(text.unwrap()).unwrap();
        let parts: Vec<&str> = text.split(' ').collect();
        (parts[0].parse().unwrap(), parts[1].parse().unwrap(), parts[2].to_owned())
    };
    texts.iter().map(read).collect()
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64
}

#[test]
fn without_a_grant_every_instance_sees_the_same() {
    let Some(file) = guest(STAMP).unwrap() else { return };
    let first = stamps(&file, Grants::default());
    assert_eq!(first, stamps(&file, Grants::default()));
    assert!(first[2].0 < 60_000, "the clock counts from 0: {first:?}");
    assert!(first[0].1 > 0, "and goes on: {first:?}");
    assert!(
        first[0].2 != first[1].2 && first[1].2 != first[2].2,
        "numbers differ from one another: {first:?}"
    );
}

#[test]
fn a_granted_clock_shows_the_time_and_nothing_else_changes() {
    let Some(file) = guest(STAMP).unwrap() else { return };
    let fixed = stamps(&file, Grants::default());
    let before = now();
    let shown = stamps(&file, Grants { clock: true, randomness: false });
    let after = now();
    for ((time, passed, number), (_, _, same)) in shown.iter().zip(&fixed) {
        assert!((before..=after).contains(time), "{before} {time} {after}");
        assert!(*passed < 1_000_000_000, "a clock that never goes back");
        assert_eq!(number, same);
    }
}

#[test]
fn granted_random_numbers_come_from_the_operating_system_and_nothing_else_changes() {
    let Some(file) = guest(STAMP).unwrap() else { return };
    let granted = || stamps(&file, Grants { clock: false, randomness: true });
    let (first, second) = (granted(), granted());
    let mut numbers: Vec<&String> = first.iter().chain(&second).map(|(_, _, number)| number).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 6, "{first:?} {second:?}");
    assert!(first.iter().chain(&second).all(|(time, _, _)| *time < 60_000), "{first:?}");
}

#[test]
fn nothing_is_granted_to_a_component_that_could_not_see_it() {
    let Some(file) = guest("examples/filters/rust/mask-pii").unwrap() else { return };
    let plugin = || Loader::new(None).unwrap().load(&file, None, LIMITS).unwrap();
    assert!(plugin().granting(Grants::default()).is_ok());
    let error = plugin().granting(Grants { clock: true, randomness: false }).err().unwrap();
    assert!(error.message.contains("can see neither a clock nor random numbers"), "{error}");
    assert!(error.hint.unwrap().contains("leave `grants` out"));
}

//! Every value of every type goes through the SDK of every language and comes back unchanged: each guest here maps all
//! columns of its table to themselves, whole or by decoding and encoding each value.

#[path = "support/edges.rs"]
mod edges;
mod support;

use edges::Values;
use proptest::test_runner::{Config, TestRunner};
use std::sync::Arc;
use support::{column, filter, image, input, load_kept};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::Filter;

/// The random tables of each guest and way.
const CASES: u32 = 100;

/// Sends a table through; what does not come back as it was is an error that names its kind.
fn send(filter: &dyn Filter, columns: &[Values]) -> Result<(), String> {
    let (kinds, values): (Vec<_>, Vec<_>) = columns.iter().cloned().unzip();
    let rows = values.first().map_or(0, |values| values.len());
    let named = kinds.iter().enumerate().map(|(index, kind)| column(&format!("c{index}"), kind.clone()));
    let schema = Arc::new(TableSchema {
        name: TableName::new("every", "type"),
        columns: named.collect(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    });
    let failed = |error: tidegate_plugin::PluginError| format!("{kinds:?}: {error}");
    let plan = filter.table(&input(&schema)).map_err(failed)?;
    let mapped = filter.map(&plan, &image(&schema, values.clone()), rows).map_err(failed)?;
    for ((kind, sent), back) in kinds.iter().zip(&values).zip(&mapped) {
        if back.as_ref() != Some(sent) {
            return Err(format!("values of {kind:?} come back as others"));
        }
    }
    if mapped.len() == values.len() { Ok(()) } else { Err(format!("{} columns come back", mapped.len())) }
}

/// Sends everything through the guest in a folder.
fn comes_back_unchanged(source: &str) {
    let Some(guest) = tidegate_test_guests::guest(source).unwrap() else { return };
    for through in ["columns", "rows"] {
        let filter = filter(load_kept(&guest), serde_json::json!({"through": through})).unwrap();
        for edge in edges::edges() {
            send(filter.as_ref(), &[edge]).unwrap();
        }
        let mut runner =
            TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        let sent = runner.run(&edges::random_table(), |columns| {
            send(filter.as_ref(), &columns).map_err(proptest::test_runner::TestCaseError::fail)
        });
        sent.unwrap_or_else(|error| panic!("through {through}: {error}"));
    }
}

#[test]
fn through_rust() {
    comes_back_unchanged("tests/guests/rust/echo");
}

#[test]
fn through_python() {
    comes_back_unchanged("tests/guests/python/echo");
}

#[test]
fn through_typescript() {
    comes_back_unchanged("tests/guests/js/echo");
}

#[test]
fn through_go() {
    comes_back_unchanged("tests/guests/go/echo");
}

#[test]
fn through_c() {
    comes_back_unchanged("tests/guests/c/echo");
}

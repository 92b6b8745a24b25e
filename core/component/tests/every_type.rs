//! Every value of every type goes through the SDK of every language and comes back unchanged: each guest here maps all
//! columns of its table to themselves, whole or by decoding and encoding each value.

#[path = "support/edges.rs"]
mod edges;
mod support;

use edges::Values;
use proptest::test_runner::{Config, TestRunner};
use std::{path::Path, sync::Arc, time::Duration};
use support::{column, filter, image, input};
use tidegate_component::{Limits, Loader};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::Filter;
use tidegate_test_guests::{go, or_skip, rust};

/// Room for values of 16 MB in languages that copy them several times.
const LIMITS: Limits = Limits { memory: 256 << 20, call_time: Duration::from_secs(60), answer: 64 << 20 };
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

/// Sends everything through a guest.
fn comes_back_unchanged(guest: &Path) {
    let compiled = guest.with_file_name("compiled");
    std::fs::create_dir_all(&compiled).unwrap();
    for through in ["columns", "rows"] {
        let plugin = Loader::new(Some(&compiled)).unwrap().load(guest, None, LIMITS).unwrap();
        let filter = filter(plugin, serde_json::json!({"through": through})).unwrap();
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
    let Some(file) = or_skip(rust("tests/guests/rust", "echo")).unwrap() else { return };
    comes_back_unchanged(&file);
}

#[test]
fn through_go() {
    let Some(file) = or_skip(go("tests/guests/go", "echo")).unwrap() else { return };
    comes_back_unchanged(&file);
}

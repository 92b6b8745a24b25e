//! What filters get to see of the source's tables before a run.

use super::doubles::{Scripted, filters, name, table};
use std::sync::Arc;
use tidegate_model::TableSchema;

/// A rule that is ambiguous for a table that another filter blocks is none, and one that blocks it is not useless.
#[test]
fn a_filter_is_shown_what_the_others_want() {
    let tables = ["s.a", "s.b", "mysql.user"]
        .map(|text| Arc::new(TableSchema { name: name(text), ..TableSchema::clone(&table()) }));
    let blocking = |unwanted| Scripted { unwanted, ..Scripted::default() };
    let found = filters(vec![blocking(&["s.a"]), blocking(&[]), blocking(&["s.b"])]).check(&tables);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(plugin, finding)| (&**plugin, &*finding.message)).collect();
    assert_eq!(found, [("f0", "s.a"), ("f2", "s.b")]);
    assert_eq!(filters(vec![blocking(&[])]).check(&tables).len(), 2);
}

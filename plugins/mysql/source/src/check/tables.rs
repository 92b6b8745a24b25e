//! What of the tables themselves needs to be known.

use crate::schemas::Current;
use tidegate_model::TableSchema;
use tidegate_mysql_connection::ServerFacts;
use tidegate_plugin::Finding;

/// How many tables a message names.
const NAMED_MAX: usize = 5;

pub(super) fn findings(facts: &ServerFacts, current: &Current) -> Vec<Finding> {
    let mut findings = Vec::new();
    let cascading =
        named(current, |table| table.foreign_keys.iter().any(tidegate_model::ForeignKey::cascades));
    if let Some(tables) = cascading {
        findings.push(if facts.logs_cascades() {
            Finding::ok("foreign-keys", format!("the log holds what foreign keys change in {tables}"))
        } else {
            Finding::warning(
                "foreign-keys",
                format!("what foreign keys change in {tables} is not in the log: the target must have the same keys"),
            )
        });
    }
    let keyless =
        named(current, |table| !table.keys.iter().any(|key| key.kind != tidegate_model::KeyKind::Index));
    if let Some(tables) = keyless {
        let message = format!("no primary or unique key in {tables}: their rows go one by one");
        findings.push(Finding::warning("keys", message).remedy("add a primary key"));
    }
    findings
}

/// Names the tables that `is` picks.
fn named(current: &Current, is: impl Fn(&TableSchema) -> bool) -> Option<String> {
    let names: Vec<String> =
        current.tables.iter().filter(|table| is(table)).map(|table| table.name.to_string()).collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    let list = names.get(..names.len().min(NAMED_MAX)).unwrap_or_default().join(", ");
    match (names.len(), more) {
        (0, _) => None,
        (_, 0) => Some(list),
        (_, more) => Some(format!("{list} and {more} more")),
    }
}

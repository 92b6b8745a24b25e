//! `explain`: how a table is applied, and why.

use crate::{
    plan::is_comparable,
    settings::{Consistency, SinkSettings},
    sink::target,
    target::{Catalog, Part, TargetTable},
};
use tidegate_plugin::{Result, RoutedTable};

/// Connects and says how a table is applied.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn explain(settings: &SinkSettings, routed: &RoutedTable) -> Result<Vec<String>> {
    let (mut conn, facts) = target(settings).await?;
    let mut catalog = Catalog::new(facts.flavor());
    let mut lines = Vec::new();
    for name in &routed.targets {
        match catalog.load(&mut conn, name).await {
            Ok(()) => lines.extend(lines_of(catalog.tables().get(name)?, settings, routed)),
            Err(error) => lines.push(format!("{name}: {error}")),
        }
    }
    let _ = conn.disconnect().await;
    Ok(lines)
}

fn lines_of(table: &TargetTable, settings: &SinkSettings, routed: &RoutedTable) -> Vec<String> {
    let name = &table.name;
    let mut lines = vec![match table.finding_key() {
        Some(key) => format!("{name}: a row is found by the key {}", key_text(table, key)),
        None => format!("{name}: it has no key, so a row is found by the bytes of all its columns"),
    }];
    lines.push(format!("{name}: {}", lanes(table, settings, routed)));
    let narrower = table.written().filter(|(_, column)| {
        !routed.columns.iter().any(|own| own.name.to_lowercase() == column.name.to_lowercase())
    });
    let extra: Vec<&str> = narrower.map(|(_, column)| &*column.name).collect();
    if !extra.is_empty() {
        lines.push(format!(
            "{name}: rows that meet others through a key go one by one, since the source lacks {}",
            extra.join(", ")
        ));
    }
    lines
}

fn key_text(table: &TargetTable, key: usize) -> String {
    let key = &table.keys[key];
    let parts = key.parts.iter().map(|part| match part {
        Part::Column { column, .. } => &*table.columns[*column].name,
        Part::Opaque => "an expression",
    });
    format!("{} ({})", key.name, parts.collect::<Vec<_>>().join(", "))
}

/// Over how many lanes the rows are spread, and why not over more.
fn lanes(table: &TargetTable, settings: &SinkSettings, routed: &RoutedTable) -> String {
    if settings.consistency == Consistency::Transaction {
        return "one lane, for `consistency: transaction`".to_owned();
    }
    if settings.impure {
        return "one lane, for a filter is granted a clock or randomness".to_owned();
    }
    if let Some(family) = &table.family {
        return format!(
            "one lane in the order of the source where the log does not tell what foreign keys change, since cascading ones \
             link it with {family}"
        );
    }
    if table.finding_key().is_none() {
        return "one lane in the order of the source, since it has no key".to_owned();
    }
    for (index, key) in table.keys.iter().enumerate() {
        let known = key.parts.iter().any(|part| match part {
            Part::Column { column, prefix } => {
                let target = &table.columns[*column];
                let source =
                    routed.columns.iter().find(|own| own.name.to_lowercase() == target.name.to_lowercase());
                source.is_some_and(|source| is_comparable(&target.kind, *prefix, &source.kind))
            }
            Part::Opaque => false,
        });
        if !known {
            return format!(
                "one lane, since it is not known how the target compares any part of the key {}",
                key_text(table, index)
            );
        }
    }
    let keys: Vec<String> = (0..table.keys.len()).map(|key| key_text(table, key)).collect();
    format!(
        "up to {} lanes; rows that share a value of {} stay together",
        settings.lanes(),
        keys.join(" or of ")
    )
}

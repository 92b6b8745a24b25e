//! Several source tables with one target: which statements of one of them the others can bear.

use super::{
    intent::{Intent, Step},
    statement::Act,
};
use crate::statement::quoted;
use mysql_async::{Conn, prelude::Queryable};
use std::collections::HashSet;
use tidegate_model::TableName;
use tidegate_mysql_connection::error::explain;
use tidegate_plugin::{PluginError, Result};

/// The statement that remembers that rows or DDL of `source` go to `target`.
pub(crate) fn remember(pipeline: &str, target: &TableName, source: &TableName) -> String {
    format!(
        "INSERT IGNORE INTO tidegate.route (pipeline, target, source) VALUES ({}, {}, {})",
        quoted(pipeline),
        quoted(key(target)),
        quoted(key(source))
    )
}

/// Reads what is remembered: pairs of target and source table.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn read_routes(conn: &mut Conn, pipeline: &str) -> Result<HashSet<(TableName, TableName)>> {
    let query = format!("SELECT target, source FROM tidegate.route WHERE pipeline = {}", quoted(pipeline));
    let pairs: Vec<(Vec<u8>, Vec<u8>)> = conn
        .query(query)
        .await
        .map_err(|error| explain(&error, "the sources of the target's tables cannot be read"))?;
    let name = |key: Vec<u8>| {
        let key = String::from_utf8(key).ok()?;
        let (schema, table) = key.split_once('\0')?;
        Some(TableName::new(schema, table))
    };
    Ok(pairs.into_iter().filter_map(|(target, source)| Some((name(target)?, name(source)?))).collect())
}

/// The statements by which a DDL changes who goes where.
pub(crate) fn statements(pipeline: &str, intent: &Intent) -> Vec<String> {
    let tables = intent.steps.iter().flat_map(|step| &step.tables);
    let tables = tables.filter(|(target, _)| !target.is_schema());
    tables.map(|(target, source)| remember(pipeline, target, source)).collect()
}

/// Stops a statement that takes away what rows of another source table may need.
///
/// # Errors
/// If it does.
pub(crate) async fn admit(
    conn: &mut Conn,
    pipeline: &str,
    step: &Step,
    act: &Act,
    place: &str,
) -> Result<()> {
    if !act.takes_away() {
        return Ok(());
    }
    for (target, source) in &step.tables {
        let refused = |whose: &str| {
            PluginError::definite(format!(
                "{} of {source} would take away what other source tables {whose} {target}",
                act.name()
            ))
            .at(place)
        };
        if has_others(conn, pipeline, target, source).await? {
            return Err(refused("have in").hint(
                "leave the statement out with a filter, and make the change by hand when every source has made it",
            ));
        }
        if step.merged.contains(target) {
            return Err(refused("may have in").hint(
                "leave the statement out with a filter, and make the change by hand when every source has made it; if no \
                 other table is to go there, name the source in the route without wildcards, and leave a table of the \
                 target's own name out with a block-allow list",
            ));
        }
    }
    Ok(())
}

/// Tells whether rows or DDL of another source table went to a table, or of another schema's tables to a schema.
async fn has_others(conn: &mut Conn, pipeline: &str, target: &TableName, source: &TableName) -> Result<bool> {
    let others = if target.is_schema() {
        let begins = |column: &str, name: &TableName| {
            let key = key(name);
            format!("LEFT({column}, {}) = {}", key.len(), quoted(&key))
        };
        format!("{} AND NOT ({})", begins("target", target), begins("source", source))
    } else {
        format!("target = {} AND source <> {}", quoted(key(target)), quoted(key(source)))
    };
    let query =
        format!("SELECT COUNT(*) FROM tidegate.route WHERE pipeline = {} AND {others}", quoted(pipeline));
    let count: Option<u64> = conn
        .query_first(query)
        .await
        .map_err(|error| explain(&error, "the sources of a target table cannot be read"))?;
    Ok(count.unwrap_or(0) > 0)
}

fn key(name: &TableName) -> String {
    format!("{}\0{}", name.schema, name.table)
}

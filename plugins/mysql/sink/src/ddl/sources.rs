//! Several source tables with one target: which statements of one of them the others can bear.

use super::{
    intent::{Intent, Step},
    statement::Act,
};
use crate::statement::quoted;
use mysql_async::{Conn, prelude::Queryable};
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
        let query = format!(
            "SELECT COUNT(*) FROM tidegate.route WHERE pipeline = {} AND target = {} AND source <> {}",
            quoted(pipeline),
            quoted(key(target)),
            quoted(key(source))
        );
        let others: Option<u64> = conn
            .query_first(query)
            .await
            .map_err(|error| explain(&error, "the sources of a target table cannot be read"))?;
        if others.unwrap_or(0) > 0 {
            return Err(PluginError::definite(format!(
                "{} of {source} would take away what other source tables have in {target}",
                act.name()
            ))
            .at(place)
            .hint("leave the statement out with a filter, and make the change by hand when every source has made it"));
        }
    }
    Ok(())
}

fn key(name: &TableName) -> String {
    format!("{}\0{}", name.schema, name.table)
}

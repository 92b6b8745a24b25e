//! Whether an interrupted statement happened.

use super::{
    intent::{DID_NOT_HAPPEN, HAPPENED, Intent},
    observe::{Observed, look},
    statement::{Act, marker_tables},
};
use crate::statement::quoted;
use mysql_async::{Conn, prelude::Queryable};
use std::time::Duration;
use tidegate_mysql_connection::{Flavor, Version, error::explain};
use tidegate_plugin::{PluginError, Result};

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It was executed.
    Happened,
    /// It was not, or executing it again is harmless.
    DidNot,
}

/// Decides about the statement of an intent. The connection that sent it is gone.
///
/// # Errors
/// If it cannot be decided: with both choices.
pub(crate) async fn decide(conn: &mut Conn, intent: &Intent, version: Version) -> Result<Decision> {
    let Some(step) = intent.steps.get(intent.at) else { return Ok(Decision::Happened) };
    let act = Act::of(&step.sql, &intent.session, version);
    if act == Act::Truncate {
        // Nothing was sent since: the lanes are settled.
        return Ok(Decision::DidNot);
    }
    if version.flavor == Flavor::TiDb {
        return by_job(conn, intent, version).await;
    }
    if act == Act::Rename {
        return by_marker(conn, intent, version).await;
    }
    let mut now = Vec::with_capacity(intent.before.len());
    for before in &intent.before {
        now.push(look(conn, &before.name, version).await?);
    }
    let atomic = version.at_least(Flavor::MySql, (8, 0, 0))
        || (version.at_least(Flavor::MariaDb, (10, 6, 0)) && is_atomic_there(&act, intent));
    match by_definition(&act, &intent.before, &now, atomic) {
        Some(decision) => Ok(decision),
        None => Err(undecided(intent, version)),
    }
}

/// What MariaDB does whole or not at all.
fn is_atomic_there(act: &Act, intent: &Intent) -> bool {
    match act {
        Act::Create { or_replace } | Act::CreateSchema { or_replace } => !or_replace,
        Act::DropTables => intent.before.len() == 1,
        Act::AlterSchema => true,
        _ => false,
    }
}

/// Decides by definitions and ids before and now; `None` if they do not tell.
fn by_definition(act: &Act, before: &[Observed], now: &[Observed], atomic: bool) -> Option<Decision> {
    // These are repeated with IF EXISTS.
    if matches!(act, Act::DropTables | Act::DropSchema) {
        let left = now.iter().any(|table| table.definition.is_some());
        return Some(if left { Decision::DidNot } else { Decision::Happened });
    }
    if !atomic {
        return None;
    }
    if before.iter().zip(now).any(|(before, now)| before.definition != now.definition) {
        return Some(Decision::Happened);
    }
    let told = before.iter().zip(now).all(|(before, now)| before.ids.is_some() && now.ids.is_some());
    match act {
        // Rows change places without a trace in the definitions.
        Act::Exchange if !told => None,
        _ if told && before.iter().zip(now).any(|(before, now)| before.ids != now.ids) => {
            Some(Decision::Happened)
        }
        // What leaves neither definition nor ids changed does no harm twice.
        _ => Some(Decision::DidNot),
    }
}

/// TiDB keeps the statement, its marker included, with the job; each table of a DROP TABLE is a job of its own.
///
/// # Errors
/// If the jobs cannot be read, or one does not end.
pub(crate) async fn by_job(conn: &mut Conn, intent: &Intent, version: Version) -> Result<Decision> {
    let told = last_job(conn, intent).await?;
    let several = intent.before.len() > 1;
    let drops = intent.steps.get(intent.at).map(|step| Act::of(&step.sql, &intent.session, version));
    if told == Decision::Happened && several && drops == Some(Act::DropTables) {
        for before in &intent.before {
            if look(conn, &before.name, version).await?.definition.is_some() {
                return Ok(Decision::DidNot);
            }
        }
    }
    Ok(told)
}

/// Waits until no job of the statement is at work, and returns what became of the last one.
async fn last_job(conn: &mut Conn, intent: &Intent) -> Result<Decision> {
    let pattern = quoted(format!("%{}%", intent.marker().replace('_', "\\_")));
    let query = format!(
        "SELECT STATE FROM information_schema.DDL_JOBS WHERE QUERY LIKE {pattern} ORDER BY JOB_ID DESC"
    );
    for _ in 0..600 {
        let states: Vec<String> =
            conn.query(&*query).await.map_err(|error| explain(&error, "the jobs of TiDB cannot be read"))?;
        let is_over =
            |state: &String| matches!(state.as_str(), "cancelled" | "rollback done" | "synced" | "done");
        if states.iter().all(is_over) {
            let happened = states.first().is_some_and(|state| matches!(state.as_str(), "synced" | "done"));
            return Ok(if happened { Decision::Happened } else { Decision::DidNot });
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(PluginError::transient("TiDB still works on an interrupted DDL").at(intent.place()))
}

/// A RENAME moved a table of ours in the same statement: a repeated swap would swap the data back.
async fn by_marker(conn: &mut Conn, intent: &Intent, version: Version) -> Result<Decision> {
    let (old, new) = marker_tables(intent);
    let old = look(conn, &old, version).await?;
    let new = look(conn, &new, version).await?;
    match (old.definition.is_some(), new.definition.is_some()) {
        (_, true) => Ok(Decision::Happened),
        (true, false) => Ok(Decision::DidNot),
        (false, false) => Err(undecided(intent, version)),
    }
}

fn undecided(intent: &Intent, version: Version) -> PluginError {
    let tables: Vec<String> = intent.before.iter().map(|before| before.name.to_string()).collect();
    PluginError::world(format!(
        "a DDL about {} was interrupted, and {version} does not tell whether it was executed",
        tables.join(", ")
    ))
    .at(intent.place())
    .hint(format!(
        "look at the tables; then `UPDATE tidegate.ddl SET done = {HAPPENED}` if it was executed, \
         or `SET done = {DID_NOT_HAPPEN}` if it is to be executed, for this pipeline, and start again"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::TableName;

    fn table(definition: Option<&str>, ids: Option<Vec<u64>>) -> Vec<Observed> {
        vec![Observed { name: TableName::new("s", "t"), definition: definition.map(str::to_owned), ids }]
    }

    #[test]
    fn an_atomic_server_tells_by_definition_and_ids() {
        let old = table(Some("a"), Some(vec![1]));
        let changed = by_definition(&Act::Alter, &old, &table(Some("b"), Some(vec![1])), true);
        assert_eq!(changed, Some(Decision::Happened));
        let rebuilt = by_definition(&Act::Alter, &old, &table(Some("a"), Some(vec![2])), true);
        assert_eq!(rebuilt, Some(Decision::Happened));
        assert_eq!(by_definition(&Act::Alter, &old, &old, true), Some(Decision::DidNot));
        assert_eq!(by_definition(&Act::Alter, &old, &old, false), None);
    }

    #[test]
    fn an_exchange_without_ids_is_not_decided() {
        let blind = table(Some("a"), None);
        assert_eq!(by_definition(&Act::Exchange, &blind, &blind, true), None);
    }

    #[test]
    fn a_drop_is_repeated_as_long_as_anything_is_left() {
        let old = table(Some("a"), None);
        assert_eq!(
            by_definition(&Act::DropTables, &old, &table(None, None), false),
            Some(Decision::Happened)
        );
        assert_eq!(by_definition(&Act::DropTables, &old, &old, false), Some(Decision::DidNot));
    }
}

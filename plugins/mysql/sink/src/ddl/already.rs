//! A statement that makes what is there already: done if what is there stands for the source's table.

use super::{
    intent::{Intent, Step},
    session,
};
use crate::target::Catalog;
use mysql_async::Conn;
use tidegate_model::{SchemaChange, TableName, TableSchema, TableState};
use tidegate_mysql_connection::Version;
use tidegate_plugin::{PluginError, Result};
use tracing::info;

/// Tells whether an error says that something is there already: a schema, a table, a column, a key, a foreign key.
pub(crate) fn is_there(code: u16) -> bool {
    matches!(code, 1007 | 1050 | 1060 | 1061 | 1068 | 1826)
}

/// Compares the target's tables with what the statement would have made of them.
///
/// # Errors
/// If one lacks something of it.
pub(crate) async fn compare(conn: &mut Conn, step: &Step, intent: &Intent, version: Version) -> Result<()> {
    session::leave(conn, version).await?;
    for (target, source) in &step.tables {
        if target.is_schema() {
            continue;
        }
        let Some(expected) = schema(intent, source) else {
            return Err(differs(target, intent, "what it should look like is not known"));
        };
        let mut catalog = Catalog::new(version.flavor);
        catalog.load(conn, target).await?;
        let table = catalog.tables().get(target)?;
        if let Some(lack) = table.lacks(expected, version.flavor) {
            return Err(differs(target, intent, &lack));
        }
        info!(table = %target, position = intent.place(), "the target has it already, and it holds the source's rows");
    }
    Ok(())
}

fn schema<'a>(intent: &'a Intent, source: &TableName) -> Option<&'a TableSchema> {
    intent.schemas.iter().find_map(|change| match change {
        SchemaChange::Table { name, state: TableState::Known(schema) } if name == source => Some(&**schema),
        _ => None,
    })
}

fn differs(target: &TableName, intent: &Intent, how: &str) -> PluginError {
    PluginError::definite(format!(
        "a DDL would make what the target table {target} has already, but differently: {how}"
    ))
    .at(intent.place())
    .hint("make the target table like the source's, or leave the statement out with a filter")
}

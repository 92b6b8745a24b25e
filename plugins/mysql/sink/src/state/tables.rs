//! The tables of the schema `tidegate`.

use crate::statement::quoted;
use mysql_async::{Conn, prelude::Queryable};
use tidegate_model::{SchemaChange, TableName};
use tidegate_mysql_connection::error::explain;
use tidegate_plugin::{PluginError, Result, Resume};

const TABLES: &[&str] = &[
    "CREATE DATABASE IF NOT EXISTS tidegate DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "CREATE TABLE IF NOT EXISTS tidegate.pipeline (
        name VARBINARY(255) NOT NULL PRIMARY KEY,
        format INT UNSIGNED NOT NULL,
        epoch BIGINT UNSIGNED NOT NULL
    )",
    "CREATE TABLE IF NOT EXISTS tidegate.lane (
        pipeline VARBINARY(255) NOT NULL,
        lane INT UNSIGNED NOT NULL,
        epoch BIGINT UNSIGNED NOT NULL,
        `window` BIGINT UNSIGNED NOT NULL,
        connection BIGINT UNSIGNED NOT NULL,
        record LONGTEXT,
        PRIMARY KEY (pipeline, lane)
    )",
    "CREATE TABLE IF NOT EXISTS tidegate.`schemas` (
        pipeline VARBINARY(255) NOT NULL,
        name VARBINARY(600) NOT NULL,
        `window` BIGINT UNSIGNED NOT NULL,
        state LONGTEXT NOT NULL,
        PRIMARY KEY (pipeline, name, `window`)
    )",
    "CREATE TABLE IF NOT EXISTS tidegate.ddl (
        pipeline VARBINARY(255) NOT NULL PRIMARY KEY,
        intent BIGINT UNSIGNED NOT NULL,
        done TINYINT NOT NULL,
        connection BIGINT UNSIGNED NOT NULL,
        record LONGTEXT NOT NULL
    )",
    "CREATE TABLE IF NOT EXISTS tidegate.route (
        pipeline VARBINARY(255) NOT NULL,
        target VARBINARY(600) NOT NULL,
        source VARBINARY(600) NOT NULL,
        PRIMARY KEY (pipeline, target, source)
    )",
];

const TABLES_COUNT: u64 = 5;

/// Makes the schema and its tables where they are missing.
///
/// # Errors
/// If the account may not, or the connection fails.
pub(crate) async fn create(conn: &mut Conn) -> Result<()> {
    let query = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'tidegate' \
         AND TABLE_NAME IN ('pipeline', 'lane', 'schemas', 'ddl', 'route')";
    let failed = |error| explain(&error, "cannot prepare the schema `tidegate` on the target");
    let found: Option<u64> = conn.query_first(query).await.map_err(failed)?;
    if found == Some(TABLES_COUNT) {
        return Ok(());
    }
    for statement in TABLES {
        conn.query_drop(*statement).await.map_err(failed)?;
    }
    Ok(())
}

/// Returns the statements that store schema changes as of a window. Older versions stay until a start or a DDL finds the
/// window settled: a window that a crash leaves uneven is read again under the schemas before it.
///
/// # Errors
/// If one has no JSON form.
pub(crate) fn schema_statements(
    pipeline: &str,
    window: u64,
    changes: &[SchemaChange],
    settled: bool,
) -> Result<Vec<String>> {
    let mut statements = Vec::new();
    for change in Resume::fold(changes.iter().cloned()) {
        let name = match &change {
            SchemaChange::Table { name, .. } => name.clone(),
            SchemaChange::Schema { name, .. } => TableName::of_schema(name.clone()),
        };
        let state = serde_json::to_string(&change)
            .map_err(|error| PluginError::definite("a table schema cannot be stored").because(error))?;
        let (pipeline, name) = (quoted(pipeline), quoted(key(&name)));
        if settled {
            statements.push(format!(
                "DELETE FROM tidegate.`schemas` WHERE pipeline = {pipeline} AND name = {name}"
            ));
        }
        statements.push(format!(
            "REPLACE INTO tidegate.`schemas` (pipeline, name, `window`, state) \
             VALUES ({pipeline}, {name}, {window}, {})",
            quoted(state)
        ));
    }
    Ok(statements)
}

/// Reads the schemas as of a window, each table once.
///
/// # Errors
/// If the connection fails or another version of Tidegate wrote them.
pub(crate) async fn read_schemas(conn: &mut Conn, pipeline: &str, window: u64) -> Result<Vec<SchemaChange>> {
    let query = format!(
        "SELECT state FROM tidegate.`schemas` WHERE pipeline = {} AND `window` <= {window} ORDER BY name, `window`",
        quoted(pipeline)
    );
    let states: Vec<Vec<u8>> =
        conn.query(query).await.map_err(|error| explain(&error, "cannot read the stored table schemas"))?;
    let read = |state: &Vec<u8>| {
        serde_json::from_slice::<SchemaChange>(state).map_err(|error| {
            PluginError::world("a table schema in `tidegate.schemas` cannot be read")
                .hint("it was written by another version of Tidegate; start with --reset")
                .because(error)
        })
    };
    Ok(Resume::fold(states.iter().map(read).collect::<Result<Vec<_>>>()?))
}

/// Schema and table with a byte between them that no name has.
fn key(name: &TableName) -> String {
    format!("{}\0{}", name.schema, name.table)
}

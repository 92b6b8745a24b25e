//! The tables of the schema `tidegate`.

use crate::{statement::quoted, target::is_transactional};
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
    ) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS tidegate.lane (
        pipeline VARBINARY(255) NOT NULL,
        lane INT UNSIGNED NOT NULL,
        epoch BIGINT UNSIGNED NOT NULL,
        `window` BIGINT UNSIGNED NOT NULL,
        connection BIGINT UNSIGNED NOT NULL,
        record LONGTEXT,
        PRIMARY KEY (pipeline, lane)
    ) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS tidegate.`schemas` (
        pipeline VARBINARY(255) NOT NULL,
        name VARBINARY(600) NOT NULL,
        `window` BIGINT UNSIGNED NOT NULL,
        state LONGTEXT NOT NULL,
        PRIMARY KEY (pipeline, name, `window`)
    ) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS tidegate.ddl (
        pipeline VARBINARY(255) NOT NULL PRIMARY KEY,
        intent BIGINT UNSIGNED NOT NULL,
        done TINYINT NOT NULL,
        connection BIGINT UNSIGNED NOT NULL,
        record LONGTEXT NOT NULL
    ) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS tidegate.route (
        pipeline VARBINARY(255) NOT NULL,
        target VARBINARY(600) NOT NULL,
        source VARBINARY(600) NOT NULL,
        PRIMARY KEY (pipeline, target, source)
    ) ENGINE=InnoDB",
];

const TABLES_COUNT: usize = 5;

/// Makes the schema and its tables where they are missing.
///
/// # Errors
/// If the account may not, one is in an engine without transactions, or the connection fails.
pub(crate) async fn create(conn: &mut Conn) -> Result<()> {
    let failed = |error| explain(&error, "cannot prepare the schema `tidegate` on the target");
    let mut engines = engines(conn).await.map_err(failed)?;
    if engines.len() != TABLES_COUNT {
        for statement in TABLES {
            conn.query_drop(*statement).await.map_err(failed)?;
        }
        engines = self::engines(conn).await.map_err(failed)?;
    }
    match engines.into_iter().find(|(_, engine)| !is_transactional(engine)) {
        None => Ok(()),
        Some((table, engine)) => Err(PluginError::world(format!(
            "the table tidegate.{table} on the target is in the engine {engine}, which has no transactions: the checkpoint \
             would not go with the rows"
        ))
        .hint(format!("ALTER TABLE tidegate.`{table}` ENGINE=InnoDB"))),
    }
}

/// The tables that there are, and their engines.
async fn engines(conn: &mut Conn) -> Result<Vec<(String, String)>, mysql_async::Error> {
    let query = "SELECT TABLE_NAME, COALESCE(ENGINE, '') FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = 'tidegate' AND TABLE_NAME IN ('pipeline', 'lane', 'schemas', 'ddl', 'route')";
    conn.query(query).await
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

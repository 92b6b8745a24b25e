//! The session under which the source ran a DDL, made again at the target.

use mysql_async::{Conn, prelude::Queryable};
use tidegate_model::{Session, charset::Collation};
use tidegate_mysql_connection::{Flavor, Version, error::explain};
use tidegate_plugin::Result;
use tracing::debug;

/// The SQL modes by bit that change what a DDL means. Source: MySQL source, `Q_SQL_MODE_CODE`, `sql/system_variables.h`.
const MODES: &[(u32, &str)] = &[
    (0, "REAL_AS_FLOAT"),
    (1, "PIPES_AS_CONCAT"),
    (2, "ANSI_QUOTES"),
    (3, "IGNORE_SPACE"),
    (6, "NO_UNSIGNED_SUBTRACTION"),
    (19, "NO_AUTO_VALUE_ON_ZERO"),
    (20, "NO_BACKSLASH_ESCAPES"),
    (21, "STRICT_TRANS_TABLES"),
    (22, "STRICT_ALL_TABLES"),
    (23, "NO_ZERO_IN_DATE"),
    (24, "NO_ZERO_DATE"),
    (25, "ALLOW_INVALID_DATES"),
    (26, "ERROR_FOR_DIVISION_BY_ZERO"),
    (29, "HIGH_NOT_PRECEDENCE"),
    (30, "NO_ENGINE_SUBSTITUTION"),
    (31, "PAD_CHAR_TO_FULL_LENGTH"),
];

/// Sets the source's session.
///
/// # Errors
/// If the target does not take what decides the meaning of a statement.
pub(crate) async fn enter(conn: &mut Conn, session: &Session, version: Version) -> Result<()> {
    let failed = |error| explain(&error, "the session of a DDL cannot be set");
    for statement in needed(session) {
        conn.query_drop(statement).await.map_err(failed)?;
    }
    for statement in wanted(session, version) {
        // Where a default would differ, it stands in the statement; a server may lack the variable.
        if let Err(error) = conn.query_drop(&*statement).await {
            debug!(statement, error = %explain(&error, "setting it"), "the target does not take a part of the session");
        }
    }
    if let Some(schema) = &session.default_schema {
        // Every table in the statement is qualified, and the target need not have the schema.
        let _ = conn
            .query_drop(format!("USE {}", tidegate_model::TableName::of_schema(schema.clone()).quoted()))
            .await;
    }
    Ok(())
}

fn needed(session: &Session) -> Vec<String> {
    let on = |flag: bool| u8::from(flag);
    let mut statements = vec![format!(
        "SET timestamp={}.{:06}, foreign_key_checks={}, unique_checks={}",
        session.timestamp.div_euclid(1_000_000),
        session.timestamp.rem_euclid(1_000_000),
        on(session.foreign_key_checks),
        on(session.unique_checks)
    )];
    if let Some(mode) = session.sql_mode {
        let names: Vec<&str> =
            MODES.iter().filter(|(bit, _)| mode >> bit & 1 == 1).map(|(_, name)| *name).collect();
        statements.push(format!("SET sql_mode='{}'", names.join(",")));
    }
    if let Some(zone) = &session.time_zone {
        statements.push(format!("SET time_zone={}", crate::statement::quoted(&**zone)));
    }
    statements
}

fn wanted(session: &Session, version: Version) -> Vec<String> {
    let name = |id: u16| Collation::by_id(id).map(|collation| collation.name);
    let mut statements = Vec::new();
    let mut set = |variable: &str, collation: Option<u16>| {
        if let Some(name) = collation.and_then(name) {
            statements.push(format!("SET {variable}={name}"));
        }
    };
    set("collation_connection", session.connection_collation);
    set("collation_server", session.server_collation);
    if version.at_least(Flavor::MySql, (8, 0, 0)) {
        set("default_collation_for_utf8mb4", session.utf8mb4_collation);
    }
    if let (Some(explicit), true) = (session.explicit_defaults_for_timestamp, version.flavor != Flavor::TiDb)
    {
        statements.push(format!("SET explicit_defaults_for_timestamp={}", u8::from(explicit)));
    }
    statements
}

/// Sets the session back to ours.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn leave(conn: &mut Conn, version: Version) -> Result<()> {
    let failed = |error| explain(&error, "the session of a DDL cannot be left");
    conn.query_drop("SET NAMES utf8mb4").await.map_err(failed)?;
    conn.query_drop(crate::statement::STRICT).await.map_err(failed)?;
    let clock = if version.flavor == Flavor::TiDb { "timestamp=0" } else { "timestamp=DEFAULT" };
    conn.query_drop(format!("SET {clock}, foreign_key_checks=0, unique_checks=1, time_zone='+00:00'"))
        .await
        .map_err(failed)
}

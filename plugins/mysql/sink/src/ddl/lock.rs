//! The lock under which DDL is executed.

use crate::{
    connections::{is_own, kill},
    statement::quoted,
};
use mysql_async::{Conn, prelude::Queryable};
use tidegate_mysql_connection::{Flavor, error::explain};
use tidegate_plugin::{PluginError, Result};
use tracing::info;
use xxhash_rust::xxh3::xxh3_64;

const WAIT_S: u32 = 30;

fn name(pipeline: &str) -> String {
    quoted(format!("tidegate:{:016x}", xxh3_64(pipeline.as_bytes())))
}

/// Takes the lock for this connection.
///
/// # Errors
/// If another connection has it.
pub(crate) async fn take(conn: &mut Conn, pipeline: &str) -> Result<()> {
    let query = format!("SELECT GET_LOCK({}, {WAIT_S})", name(pipeline));
    let taken: Option<Option<i64>> =
        conn.query_first(query).await.map_err(|error| explain(&error, "the lock for DDL cannot be taken"))?;
    match taken.flatten() {
        Some(1) => Ok(()),
        _ => Err(PluginError::transient("another connection holds the lock under which DDL is executed")),
    }
}

/// Ends the connection of a process that crashed, idle or not, and takes its lock: whatever it had sent is over then, or
/// known to the target.
///
/// # Errors
/// If the lock cannot be had.
pub(crate) async fn take_over(conn: &mut Conn, pipeline: &str, recorded: u64, flavor: Flavor) -> Result<()> {
    let failed = |error| explain(&error, "the connection of an interrupted DDL cannot be found");
    let holder: Option<u64> = match flavor {
        Flavor::TiDb => Some(recorded),
        Flavor::MySql | Flavor::MariaDb => {
            let query = format!("SELECT IS_USED_LOCK({})", name(pipeline));
            conn.query_first::<Option<u64>, _>(query).await.map_err(failed)?.flatten()
        }
    };
    if let Some(holder) = holder
        && is_own(conn, holder, flavor).await.map_err(failed)?
    {
        info!(recovery = "kill-ddl", connection = holder, "ending the connection of an interrupted DDL");
        // It may end by itself meanwhile; the lock tells.
        let _ = kill(conn, holder, flavor).await;
    }
    take(conn, pipeline).await
}

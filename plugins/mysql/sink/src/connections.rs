//! Other connections of this account at the target: finding them and ending them.

use mysql_async::{Conn, Error, prelude::Queryable};
use tidegate_mysql_connection::{Flavor, error::explain};
use tracing::info;

/// Tells whether another connection of this account has the id. On TiDB it may be one of another server of the cluster.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn is_own(conn: &mut Conn, id: u64, flavor: Flavor) -> Result<bool, Error> {
    if is_listed(conn, "PROCESSLIST", id).await? {
        return Ok(true);
    }
    if flavor != Flavor::TiDb || !has_several_servers(conn).await {
        return Ok(false);
    }
    let listed = is_listed(conn, "CLUSTER_PROCESSLIST", id).await;
    Ok(listed.unwrap_or_else(|error| {
        unseen(&error);
        false
    }))
}

/// Ends a connection. TiDB passes this on to the server that has it, as long as its `enable-global-kill` is on (the
/// default): ids are then those of the whole cluster.
///
/// # Errors
/// If the server refuses, or there is no such connection any more.
pub(crate) async fn kill(conn: &mut Conn, id: u64, flavor: Flavor) -> Result<(), Error> {
    let kill = if flavor == Flavor::TiDb { "KILL TIDB" } else { "KILL" };
    conn.query_drop(format!("{kill} {id}")).await
}

async fn is_listed(conn: &mut Conn, list: &str, id: u64) -> Result<bool, Error> {
    let query = format!(
        "SELECT ID FROM information_schema.{list} WHERE ID = {id} AND ID <> CONNECTION_ID() \
         AND USER = SUBSTRING_INDEX(USER(), '@', 1)"
    );
    Ok(conn.query_first::<u64, _>(query).await?.is_some())
}

/// Asking all servers of a cluster costs time where one does not answer: a single one is not asked.
async fn has_several_servers(conn: &mut Conn) -> bool {
    let query = "SELECT COUNT(*) FROM information_schema.CLUSTER_INFO WHERE TYPE = 'tidb'";
    match conn.query_first::<u64, _>(query).await {
        Ok(count) => count.unwrap_or(0) > 1,
        Err(error) => {
            unseen(&error);
            false
        }
    }
}

fn unseen(error: &Error) {
    info!(
        error = %explain(error, "asking the cluster"),
        "connections at other TiDB servers cannot be seen; the PROCESS privilege shows them"
    );
}

//! The start of a pipeline on the target: raising the epoch, which fences every other process, and reading where the
//! pipeline stands.

use super::Record;
use crate::{
    connections::{is_own, kill},
    crash::{Point, reach},
    lane::fenced,
    statement::quoted,
};
use mysql_async::{Conn, prelude::Queryable};
use std::time::{Duration, Instant};
use tidegate_mysql_connection::{
    Flavor,
    error::{explain, kind},
};
use tidegate_plugin::{ErrorKind, PluginError, Result};
use tracing::{info, warn};

/// The version of the tables in the schema `tidegate`.
const FORMAT: u32 = 1;
/// After this long the connections that hold lane rows are killed.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(300);

/// What a start asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    /// The pipeline.
    pub(crate) pipeline: &'a str,
    /// How many lanes it is to have.
    pub(crate) lanes: usize,
    /// Whether to forget everything.
    pub(crate) reset: bool,
    /// The target's family.
    pub(crate) flavor: Flavor,
    /// The epoch of a process that starts anew what it owns already: it must still own it.
    pub(crate) held: Option<u64>,
}

/// A pipeline that is ours.
#[derive(Debug)]
pub(crate) struct Started {
    /// The epoch that every lane row now has.
    pub(crate) epoch: u64,
    /// Where the pipeline stands.
    pub(crate) standing: Standing,
}

/// Where a pipeline stands.
#[derive(Debug)]
pub(crate) enum Standing {
    /// Nothing was applied yet.
    New,
    /// The last window is whole at the target.
    Even {
        /// The window.
        window: u64,
        /// What is recorded of it.
        record: Record,
    },
    /// Some lanes have not committed their shares of the last window.
    Uneven {
        /// The window.
        window: u64,
        /// What is recorded of it.
        record: Record,
        /// The last window of each lane.
        lanes: Vec<u64>,
    },
}

/// A row of `tidegate.lane`.
#[derive(Clone, Debug)]
struct LaneRow {
    lane: u32,
    window: u64,
    connection: u64,
    record: Option<Vec<u8>>,
}

/// Runs the start transaction until it succeeds.
///
/// # Errors
/// If the connection fails, or the tables are of another version.
pub(crate) async fn start(conn: &mut Conn, claim: Claim<'_>) -> Result<Started> {
    let begun = Instant::now();
    let mut killed = false;
    loop {
        let failed = match attempt(conn, claim).await {
            Ok(started) => return Ok(started),
            Err(Failure::Plugin(error)) => return Err(error),
            Err(Failure::Server(error)) => error,
        };
        if conn.query_drop("ROLLBACK").await.is_err() || kind(&failed) != ErrorKind::Transient {
            return Err(explain(&failed, "cannot start the pipeline on the target"));
        }
        if begun.elapsed() > PATIENCE && !killed {
            killed = true;
            kill_lanes(conn, claim.pipeline, claim.flavor).await;
        } else if begun.elapsed() > 3 * PATIENCE {
            return Err(explain(&failed, "cannot start the pipeline on the target"));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

enum Failure {
    Server(mysql_async::Error),
    Plugin(PluginError),
}

impl From<mysql_async::Error> for Failure {
    fn from(error: mysql_async::Error) -> Self {
        Self::Server(error)
    }
}

impl From<PluginError> for Failure {
    fn from(error: PluginError) -> Self {
        Self::Plugin(error)
    }
}

async fn attempt(conn: &mut Conn, claim: Claim<'_>) -> Result<Started, Failure> {
    let name = quoted(claim.pipeline);
    conn.query_drop(format!(
        "INSERT IGNORE INTO tidegate.pipeline (name, format, epoch) VALUES ({name}, {FORMAT}, 0)"
    ))
    .await?;
    conn.query_drop(begin(claim.flavor)).await?;
    let row: Option<(u64, u32)> = conn
        .query_first(format!("SELECT epoch, format FROM tidegate.pipeline WHERE name = {name} FOR UPDATE"))
        .await?;
    let Some((epoch, format)) = row else {
        return Err(PluginError::transient("the pipeline's row vanished from `tidegate.pipeline`").into());
    };
    if format != FORMAT {
        let error = PluginError::world(format!(
            "the schema `tidegate` on the target has version {format}, this is version {FORMAT}"
        ));
        return Err(error.hint("use the version of Tidegate that wrote it").into());
    }
    if let Some(held) = claim.held.filter(|held| *held != epoch) {
        let lost =
            format!("the target has epoch {epoch}, although epoch {held} was committed: it has lost commits");
        let error =
            if held < epoch { fenced(claim.pipeline, Some(epoch)) } else { PluginError::transient(lost) };
        return Err(error.into());
    }
    let epoch = epoch + 1;
    conn.query_drop(format!("UPDATE tidegate.pipeline SET epoch = {epoch} WHERE name = {name}")).await?;
    let rows = lane_rows(conn, claim.pipeline, " FOR UPDATE").await?;
    let standing = if claim.reset { Standing::New } else { standing(&rows)? };
    for statement in rewrite(&name, epoch, claim, &standing, rows.len())? {
        conn.query_drop(statement).await?;
    }
    reach(Point::BeforeStartCommit);
    conn.query_drop("COMMIT").await?;
    reach(Point::AfterStartCommit);
    Ok(Started { epoch, standing })
}

/// Tells whether the pipeline has a checkpoint on the target; changes nothing.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn is_begun(conn: &mut Conn, pipeline: &str) -> Result<bool> {
    const TABLE: &str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'tidegate' AND table_name = 'lane'";
    let failed = |error| explain(&error, "cannot read the checkpoint on the target");
    let tables: Option<u64> = conn.query_first(TABLE).await.map_err(failed)?;
    if tables.unwrap_or(0) == 0 {
        return Ok(false);
    }
    let rows = lane_rows(conn, pipeline, "").await.map_err(failed)?;
    Ok(rows.iter().any(|row| row.record.is_some()))
}

/// Returns the statement that begins a transaction which locks what it reads.
pub(crate) fn begin(flavor: Flavor) -> &'static str {
    if flavor == Flavor::TiDb { "BEGIN PESSIMISTIC" } else { "START TRANSACTION" }
}

async fn lane_rows(conn: &mut Conn, pipeline: &str, lock: &str) -> Result<Vec<LaneRow>, mysql_async::Error> {
    let query = format!(
        "SELECT lane, `window`, connection, record FROM tidegate.lane WHERE pipeline = {} ORDER BY lane{lock}",
        quoted(pipeline)
    );
    let rows: Vec<(u32, u64, u64, Option<Vec<u8>>)> = conn.query(query).await?;
    let row = |(lane, window, connection, record)| LaneRow { lane, window, connection, record };
    Ok(rows.into_iter().map(row).collect())
}

fn standing(rows: &[LaneRow]) -> Result<Standing> {
    let Some(top) = rows.iter().max_by_key(|row| row.window) else { return Ok(Standing::New) };
    let Some(record) = &top.record else { return Ok(Standing::New) };
    let (window, record) = (top.window, Record::read(record)?);
    let at = |lane: u32| rows.iter().find(|row| row.lane == lane).map_or(0, |row| row.window);
    if record.shares.iter().all(|lane| at(*lane) == window) {
        return Ok(Standing::Even { window, record });
    }
    let lanes = (0..record.layout.lanes).map(at).collect();
    Ok(Standing::Uneven { window, record, lanes })
}

/// The statements that give every lane row the epoch. Where the last window is whole, there are as many lane rows as
/// lanes from here on, all at that window.
fn rewrite(
    name: &str,
    epoch: u64,
    claim: Claim<'_>,
    standing: &Standing,
    rows: usize,
) -> Result<Vec<String>> {
    let mut statements = Vec::new();
    let (window, record) = match standing {
        Standing::Uneven { .. } => {
            statements.push(format!("UPDATE tidegate.lane SET epoch = {epoch} WHERE pipeline = {name}"));
            return Ok(statements);
        }
        Standing::New => (0, "NULL".to_owned()),
        Standing::Even { window, record } => {
            // The rows of lanes that there are no longer must not be missed at the next start.
            let mut record = record.clone();
            record.shares.retain(|lane| (*lane as usize) < claim.lanes);
            (*window, quoted(record.text()?))
        }
    };
    if claim.reset {
        statements.push(format!("DELETE FROM tidegate.`schemas` WHERE pipeline = {name}"));
        statements.push(format!("DELETE FROM tidegate.ddl WHERE pipeline = {name}"));
        statements.push(format!("DELETE FROM tidegate.route WHERE pipeline = {name}"));
    }
    // Of each table's schema only the newest as of the last window is still of use.
    statements.push(format!(
        "DELETE FROM tidegate.`schemas` WHERE pipeline = {name} AND (name, `window`) NOT IN (SELECT name, newest FROM \
         (SELECT name, MAX(`window`) AS newest FROM tidegate.`schemas` \
         WHERE pipeline = {name} AND `window` <= {window} GROUP BY name) AS kept)"
    ));
    statements.push(format!("DELETE FROM tidegate.lane WHERE pipeline = {name} AND lane >= {}", claim.lanes));
    let set = format!("epoch = {epoch}, `window` = {window}, record = {record}");
    statements.push(format!("UPDATE tidegate.lane SET {set} WHERE pipeline = {name}"));
    for lane in rows..claim.lanes {
        statements.push(format!(
            "INSERT INTO tidegate.lane SET pipeline = {name}, lane = {lane}, connection = 0, {set}"
        ));
    }
    Ok(statements)
}

/// Ends the connections of another process of this pipeline that holds its lane rows and does not let go.
async fn kill_lanes(conn: &mut Conn, pipeline: &str, flavor: Flavor) {
    let rows = match lane_rows(conn, pipeline, "").await {
        Ok(rows) => rows,
        Err(error) => {
            warn!(error = %explain(&error, "reading the lanes"), "cannot see who holds the lane rows");
            return;
        }
    };
    for connection in rows.iter().map(|row| row.connection).filter(|connection| *connection > 0) {
        // A server that was restarted counts its connections anew: make sure that it is one of this account.
        if !matches!(is_own(conn, connection, flavor).await, Ok(true)) {
            continue;
        }
        info!(recovery = "kill-lane", connection, "ending a connection that holds a lane row");
        if let Err(error) = kill(conn, connection, flavor).await {
            info!(connection, error = %explain(&error, "ending it"), "the connection was not ended");
        }
    }
}

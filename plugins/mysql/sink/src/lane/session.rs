//! A lane's connection: its session, its claim to its row, and where that row stands.

use super::{
    acknowledged::{Acknowledged, LaneStand, Lanes},
    setback::Setback,
};
use crate::{
    state::begin,
    statement::{STRICT, quoted},
};
use mysql_async::{Conn, prelude::Queryable};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tidegate_mysql_connection::{ConnectionConfig, Flavor, Session, Version, connect};
use tidegate_plugin::{ErrorKind, Health, PluginError, Result};
use tracing::info;

/// Seconds after which a server ends a silent session, so that a paused process loses its locks.
const WAIT_TIMEOUT_S: u64 = 60;

/// What all lanes of a pipeline share.
#[derive(Clone, Debug)]
pub(crate) struct LaneSetup {
    /// Where the server is.
    pub(crate) connection: ConnectionConfig,
    /// The pipeline.
    pub(crate) pipeline: Arc<str>,
    /// What the target has acknowledged of all lanes.
    pub(crate) acknowledged: Arc<Acknowledged>,
    /// The target's version.
    pub(crate) version: Version,
    /// Where lanes say how they are.
    pub(crate) health: Health,
}

/// A lane.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(super) setup: LaneSetup,
    pub(super) index: usize,
    /// The last window that this lane has committed.
    pub(super) last: u64,
    pub(super) conn: Option<Conn>,
    used: Instant,
    /// How often any lane had connected when this one last compared the lanes' rows on a connection that it had.
    compared: u64,
}

/// What a lane finds after it connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// The share is still to be applied.
    Apply,
    /// An earlier attempt, whose answer was lost, has applied it.
    Done,
}

/// Returns the session in which rows are applied; without a flavor, what every server takes of it.
pub(crate) fn applying(role: String, flavor: Option<Flavor>) -> Session {
    let session = Session::new(role)
        .found_rows()
        .setup("SET NAMES utf8mb4")
        .setup("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        .setup(STRICT)
        .setup("SET time_zone='+00:00'")
        .setup("SET unique_checks=1, foreign_key_checks=0, innodb_lock_wait_timeout=20")
        .setup(format!("SET wait_timeout={WAIT_TIMEOUT_S}, net_write_timeout=120, net_read_timeout=120"));
    match flavor {
        Some(Flavor::TiDb) => session
            .setup("SET tidb_txn_mode='pessimistic', tidb_disable_txn_auto_retry=1, tidb_dml_type='standard'")
            .setup("SET allow_auto_random_explicit_insert=1"),
        Some(Flavor::MySql | Flavor::MariaDb) => session.setup("SET lock_wait_timeout=60"),
        None => session,
    }
}

impl Lane {
    /// Returns a lane that is not connected yet; `last` is the last window that it has committed.
    pub(crate) fn new(setup: LaneSetup, index: usize, last: u64) -> Self {
        Self { setup, index, last, conn: None, used: Instant::now(), compared: 0 }
    }

    /// Makes sure that there is a connection and that the target has all that it acknowledged; after a new connection
    /// also looks whether the share of `window` is done already.
    ///
    /// # Errors
    /// If another process has taken the pipeline over, if the target has lost commits, or if there is no connection.
    pub(super) async fn ready(&mut self, window: u64) -> Result<Ready, Setback> {
        if self.used.elapsed() > Duration::from_secs(WAIT_TIMEOUT_S / 2) {
            self.conn = None;
        }
        self.used = Instant::now();
        let acknowledged = self.setup.acknowledged.clone();
        let (known, connects) = (acknowledged.windows(), acknowledged.connects());
        let doing = format!("lane {} cannot read where the lanes stand", self.index);
        if let Some(conn) = &mut self.conn {
            // An answer of the server before may have come behind the look at the new one: so all look once more.
            if self.compared != connects {
                let rows = acknowledged.read(conn).await.map_err(|error| Setback::of(&error, &doing))?;
                acknowledged.compare(&known, &rows, Lanes::AtWork).map_err(Setback::Stop)?;
                self.compared = connects;
            }
            return Ok(Ready::Apply);
        }
        let flavor = self.setup.version.flavor;
        let session = applying(format!("lane {}", self.index), Some(flavor));
        let connected = connect(&self.setup.connection, &session).await;
        let mut conn = connected.map_err(|error| match error.kind {
            ErrorKind::Transient => Setback::Unknown(error),
            _ => Setback::Stop(error),
        })?;
        acknowledged.connected();
        let rows = self.claim(&mut conn, flavor).await.map_err(|error| Setback::of(&error, &doing))?;
        acknowledged.compare(&known, &rows, Lanes::AtWork).map_err(Setback::Stop)?;
        self.conn = Some(conn);
        let own = rows.iter().find(|row| row.lane as usize == self.index);
        if own.is_some_and(|own| own.window == window) && window != self.last {
            info!(
                recovery = "share-was-committed",
                lane = self.index,
                window,
                "an unanswered COMMIT had succeeded"
            );
            return Ok(Ready::Done);
        }
        Ok(Ready::Apply)
    }

    /// Reads the lane's row under a lock, so that an earlier attempt that still runs has ended, and names the connection
    /// in it; returns where the rows of all lanes stand.
    async fn claim(&self, conn: &mut Conn, flavor: Flavor) -> Result<Vec<LaneStand>, mysql_async::Error> {
        let own = self.own_row();
        let acknowledged = &self.setup.acknowledged;
        conn.query_drop(begin(flavor)).await?;
        conn.query_drop(format!("SELECT epoch, `window` FROM tidegate.lane WHERE {own} FOR UPDATE")).await?;
        let rows = acknowledged.read(conn).await?;
        conn.query_drop(format!(
            "UPDATE tidegate.lane SET connection = CONNECTION_ID() WHERE {own} AND epoch = {}",
            acknowledged.epoch()
        ))
        .await?;
        conn.query_drop("COMMIT").await?;
        Ok(rows)
    }

    /// Says that the target has acknowledged a window in the lane's row.
    pub(super) fn acknowledge(&mut self, window: u64) {
        self.last = window;
        self.setup.acknowledged.set(self.index, window);
    }

    /// Says that the lane's row was moved to another window by somebody else of this process.
    pub(crate) fn moved_to(&mut self, window: u64) {
        self.acknowledge(window);
    }

    /// The condition that finds the lane's row.
    pub(super) fn own_row(&self) -> String {
        format!("pipeline = {} AND lane = {}", quoted(&*self.setup.pipeline), self.index)
    }
}

/// The error of a process that was fenced off.
pub(crate) fn fenced(pipeline: &str, epoch: Option<u64>) -> PluginError {
    let why = match epoch {
        Some(_) => "another process has taken it over",
        None => "its rows have gone from `tidegate.lane`",
    };
    PluginError::definite(format!("the pipeline `{pipeline}` is not this process's any more: {why}"))
        .hint("run each pipeline in one process only")
}

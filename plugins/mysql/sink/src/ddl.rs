//! Executing DDL: a barrier with an intent.
//!
//! All lanes are settled. What is to be executed is written down first, with the tables' definitions and ids as they
//! are; after the statement one transaction marks it done, moves the checkpoint behind it and stores the changed table
//! schemas. One connection does it all under a lock, and never reconnects in between: so a process that wakes up late
//! cannot send an old statement. After a crash the next start ends that connection, takes the lock, decides whether the
//! statement happened, and completes the rest.

mod already;
mod decide;
mod intent;
mod lock;
mod observe;
mod session;
mod sources;
mod statement;

use crate::{
    crash::{Point, is_chosen, reach},
    lane::{Acknowledged, Lanes, applying, fenced},
    settings::SinkSettings,
    state::{Record, Standing, Started, begin, schema_statements},
    statement::quoted,
};
use decide::{Decision, by_job};
use intent::{Intent, Step};
use mysql_async::{Conn, prelude::Queryable};
use observe::observe;
pub(crate) use sources::{read_routes, remember};
use statement::Act;
use std::sync::Arc;
use tidegate_model::Ddl;
use tidegate_mysql_connection::{
    Flavor, Version, connect,
    error::{explain, is_disconnected, server_code},
};
use tidegate_plugin::{ErrorKind, PluginError, Result};
use tracing::info;

/// TiDB's answer to DROP TABLE where one is not there.
const NO_SUCH_TABLE_TO_DROP: u16 = 1051;

/// Runs DDL.
#[derive(Debug)]
pub(crate) struct DdlRunner {
    settings: Arc<SinkSettings>,
    pipeline: Arc<str>,
    version: Version,
}

/// A DDL that was interrupted and is complete now.
#[derive(Debug)]
pub(crate) struct Mended {
    /// The window that it is; the first lane's row stands there.
    pub(crate) window: u64,
    /// What is recorded of it.
    pub(crate) record: Record,
    /// Where the other lanes' rows stand.
    pub(crate) last: u64,
}

impl DdlRunner {
    /// Returns a runner for a pipeline.
    pub(crate) fn new(settings: &Arc<SinkSettings>, pipeline: &Arc<str>, version: Version) -> Self {
        Self { settings: settings.clone(), pipeline: pipeline.clone(), version }
    }

    /// Runs a DDL and moves the checkpoint behind it.
    ///
    /// # Errors
    /// If the target has lost what it acknowledged of the lanes, or refuses the DDL, or its outcome is not known: then
    /// the next start decides.
    pub(crate) async fn run(
        &mut self,
        ddl: &Ddl,
        number: u64,
        lanes: &Acknowledged,
        record: &Record,
    ) -> Result<()> {
        reach(Point::DdlSettled);
        let last = lanes.windows().first().copied().unwrap_or(0);
        let mut conn = self.connect().await?;
        let mut intent = Intent::of(ddl, number, last, record);
        if !intent.steps.is_empty() {
            lock::take(&mut conn, &self.pipeline).await?;
            self.complete(&mut conn, &mut intent, 0, lanes).await?;
        }
        self.finish(&mut conn, &intent, lanes).await?;
        let _ = conn.disconnect().await;
        Ok(())
    }

    /// Looks for an open intent and completes it.
    ///
    /// # Errors
    /// If nobody can tell whether the statement happened, or the target refuses it now.
    pub(crate) async fn recover(&mut self, conn: &mut Conn, started: &Started) -> Result<Option<Mended>> {
        let Some((mut intent, connection, verdict)) = Intent::read(conn, &self.pipeline).await? else {
            return Ok(None);
        };
        let last = match &started.standing {
            Standing::New => 0,
            Standing::Even { window, .. } if *window >= intent.number => return Ok(None),
            Standing::Even { window, .. } => *window,
            Standing::Uneven { .. } => {
                return Err(PluginError::definite("a DDL was begun while lanes were not settled")
                    .hint("the rows in the schema `tidegate` were changed by hand; start with --reset"));
            }
        };
        info!(
            recovery = "open-ddl", window = intent.number, position = %intent.record.to.applied,
            "a DDL was interrupted"
        );
        // A window that the DDL came behind is missing, or one was applied that the DDL should have come before.
        if last + 1 != intent.number {
            return Err(PluginError::definite(format!(
                "a DDL was begun behind window {}, and the target is at window {last}: it has lost commits",
                intent.number.saturating_sub(1)
            ))
            .at(intent.place())
            .hint("compare the tables, then start with --reset"));
        }
        // The start has moved all lanes' rows there.
        intent.last = last;
        let lanes = vec![last; self.settings.lanes()];
        let lanes = Acknowledged::new(self.pipeline.clone(), started.epoch, lanes);
        let mut own = self.connect().await?;
        lock::take_over(&mut own, &self.pipeline, connection, self.version.flavor).await?;
        let at = intent.at;
        let decision = match verdict {
            Some(decision) => decision,
            None => decide::decide(&mut own, &intent, self.version).await?,
        };
        info!(
            recovery = "ddl-decided",
            happened = decision == Decision::Happened,
            "decided whether it was executed"
        );
        intent.repeated = true;
        let next = if decision == Decision::Happened { at + 1 } else { at };
        self.complete(&mut own, &mut intent, next, &lanes).await?;
        self.finish(&mut own, &intent, &lanes).await?;
        let _ = own.disconnect().await;
        Ok(Some(Mended { window: intent.number, record: intent.record, last }))
    }

    async fn connect(&self) -> Result<Conn> {
        let session = applying("ddl".to_owned(), Some(self.version.flavor)).setup("SET wait_timeout=28800");
        connect(&self.settings.connection(), &session).await
    }

    /// Executes the statements of an intent from one on.
    async fn complete(
        &self,
        conn: &mut Conn,
        intent: &mut Intent,
        from: usize,
        lanes: &Acknowledged,
    ) -> Result<()> {
        for at in from..intent.steps.len() {
            intent.at = at;
            self.step(conn, intent, lanes).await?;
        }
        Ok(())
    }

    async fn step(&self, conn: &mut Conn, intent: &mut Intent, lanes: &Acknowledged) -> Result<()> {
        let Some(step) = intent.steps.get(intent.at).cloned() else { return Ok(()) };
        let place = intent.place();
        let act = Act::of(&step.sql, &intent.session, self.version);
        if let (Act::Unsafe { why, .. }, false) = (&act, self.settings.allow_different_backfill) {
            return Err(PluginError::definite(*why)
                .at(place)
                .hint("leave the statement out with a filter and make the change by hand, or set `allow-different-backfill`"));
        }
        sources::admit(conn, &self.pipeline, &step, &act, &place).await?;
        let before = intent.clone();
        intent.renew();
        act.prepare(conn, intent).await?;
        intent.before = observe(conn, &step, self.version).await?;
        intent.write(conn, &self.pipeline, lanes, self.version.flavor).await?;
        // Until the new intent stands, the markers of the attempt before tell what became of it.
        statement::clean(conn, &before).await;
        reach(Point::DdlIntent);
        let sql = act.text(&step.sql, intent);
        if let Err(error) = session::enter(conn, &intent.session, self.version).await {
            // Nothing was sent: a filter may leave the statement out.
            intent.withdraw(conn, &self.pipeline).await;
            return Err(error.at(place));
        }
        info!(position = %intent.record.to.applied, statement = act.name(), "executing a DDL");
        self.execute(conn, &sql, &step, intent).await?;
        session::leave(conn, self.version).await
    }

    async fn execute(&self, conn: &mut Conn, sql: &str, step: &Step, intent: &Intent) -> Result<()> {
        if is_chosen(Point::DdlUnanswered) {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), conn.query_drop(sql)).await;
            std::process::abort();
        }
        let outcome = conn.query_drop(sql).await;
        reach(Point::DdlExecuted);
        let Err(error) = outcome else { return Ok(()) };
        let place = intent.place();
        if is_disconnected(&error) {
            let error = explain(&error, "it is not known whether a DDL was executed").at(place);
            info!(recovery = "unknown-ddl", error = %error, "the outcome of a DDL is unknown");
            return Err(PluginError { kind: ErrorKind::Transient, ..error });
        }
        if server_code(&error).is_some_and(already::is_there) {
            let compared = already::compare(conn, step, intent, self.version).await;
            if compared.is_err() {
                // Nothing was changed: whoever mends the table must not have that taken for the statement's work.
                intent.withdraw(conn, &self.pipeline).await;
            }
            return compared;
        }
        if self.happened_all_the_same(conn, &error, intent).await? {
            return Ok(());
        }
        intent.withdraw(conn, &self.pipeline).await;
        Err(explain(&error, "the target refuses a DDL").at(place))
    }

    /// Tells whether a statement that was answered with an error is done: a TiDB server that stops gives up waiting for
    /// the statement's job, and another one does the job.
    async fn happened_all_the_same(
        &self,
        conn: &mut Conn,
        error: &mysql_async::Error,
        intent: &Intent,
    ) -> Result<bool> {
        // Of several tables those that are there have been dropped by jobs of their own.
        if self.version.flavor != Flavor::TiDb || server_code(error) == Some(NO_SUCH_TABLE_TO_DROP) {
            return Ok(false);
        }
        let decision = by_job(conn, intent, self.version).await;
        let decision = decision
            .map_err(|error| PluginError { kind: ErrorKind::Transient, ..error }.at(intent.place()))?;
        let happened = decision == Decision::Happened;
        let error = explain(error, "the answer");
        info!(recovery = "refused-ddl", error = %error, happened, "a DDL was answered with an error");
        Ok(happened)
    }

    /// Marks the intent done and moves the checkpoint behind it, in one transaction.
    async fn finish(&self, conn: &mut Conn, intent: &Intent, lanes: &Acknowledged) -> Result<()> {
        let failed = |error| {
            let error = explain(&error, "the checkpoint cannot be moved behind a DDL").at(intent.place());
            PluginError { kind: ErrorKind::Transient, ..error }
        };
        let pipeline = quoted(&*self.pipeline);
        conn.query_drop(begin(self.version.flavor)).await.map_err(failed)?;
        let rows = lanes.read(conn).await.map_err(failed)?;
        lanes.compare(&lanes.windows(), &rows, Lanes::Settled).map_err(|error| error.at(intent.place()))?;
        conn.query_drop(format!(
            "UPDATE tidegate.lane SET `window` = {}, record = {}, connection = CONNECTION_ID() \
             WHERE pipeline = {pipeline} AND lane = 0 AND epoch = {} AND `window` = {}",
            intent.number,
            quoted(intent.record.text()?),
            lanes.epoch(),
            intent.last
        ))
        .await
        .map_err(failed)?;
        if conn.affected_rows() != 1 {
            return Err(fenced(&self.pipeline, Some(0)));
        }
        for statement in schema_statements(&self.pipeline, intent.number, &intent.schemas, true)? {
            conn.query_drop(statement).await.map_err(failed)?;
        }
        for statement in sources::statements(&self.pipeline, intent) {
            conn.query_drop(statement).await.map_err(failed)?;
        }
        let done = format!("UPDATE tidegate.ddl SET done = 1 WHERE pipeline = {pipeline}");
        conn.query_drop(done).await.map_err(failed)?;
        conn.query_drop("COMMIT").await.map_err(failed)?;
        reach(Point::DdlDone);
        statement::clean(conn, intent).await;
        Ok(())
    }
}

//! Applying a lane's share of a window: one target transaction, repeated whole until its outcome is known.

use super::{
    answer::{Answer, Judgement, judge},
    session::{Lane, Ready, fenced},
    setback::Setback,
};
use crate::{
    crash::{Point, is_chosen, reach},
    plan::{Plan, Window},
    settings::OnMissing,
    state::begin,
    statement::{CHECKED, Expected, Limits, Packet, Renderer, STRICT, Verb},
};
use mysql_async::{Conn, Row, prelude::Queryable};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tidegate_mysql_connection::{
    Flavor, Version,
    error::{explain, is_disconnected, kind},
};
use tidegate_plugin::{ErrorKind, PluginError, Result};
use tracing::{info, warn};

/// After this long a share is given up, and the engine starts the sink again.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE_MAX: Duration = Duration::from_secs(3);

/// A lane's part of a window.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The window's number.
    pub(crate) number: u64,
    /// The window.
    pub(crate) window: Arc<Window>,
    /// Its plan.
    pub(crate) plan: Arc<Plan>,
    /// Which share of it.
    pub(crate) share: usize,
    /// The record for the lane's row, as a literal.
    pub(crate) record: Arc<str>,
    /// Statements about the state that belong to the window; one of its lanes runs them.
    pub(crate) state: Arc<[String]>,
    /// What happens to missing rows.
    pub(crate) on_missing: OnMissing,
    /// How large statements become.
    pub(crate) limits: Limits,
    /// Which part of the target's transaction it is.
    pub(crate) part: Part,
}

/// Which part of a target transaction a job is: a source transaction that is larger than a window comes in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// Its beginning.
    First,
    /// Neither its beginning nor its end.
    Middle,
    /// Its end.
    Last,
}

/// A share that is durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// How many rows were to be changed or deleted and were not there.
    pub(crate) missing: u64,
    /// How often the share was repeated.
    pub(crate) retries: u32,
}

impl Lane {
    /// Applies a share.
    ///
    /// # Errors
    /// If the rows cannot be applied, if another process took over, or if the target stays away.
    pub(crate) async fn apply(&mut self, job: &Job) -> Result<Applied> {
        let begun = Instant::now();
        let mut applied = Applied::default();
        let mut upserts = true;
        let mut refused = None;
        let mut outage = None;
        loop {
            let setback = match self.try_once(job, upserts, &mut refused).await {
                Ok(missing) => return Ok(Applied { missing, ..applied }),
                Err(setback) => setback,
            };
            let reason = match setback {
                // The parts before are not at hand any more.
                Setback::Again(error) | Setback::Unknown(error) if job.part != Part::Whole => {
                    self.conn = None;
                    return Err(PluginError { kind: ErrorKind::Transient, ..error });
                }
                Setback::Stop(error) => {
                    self.conn = None;
                    return Err(error);
                }
                Setback::Refused(error) => {
                    self.conn = None;
                    refused = Some(error);
                    continue;
                }
                Setback::PlainUpdates => {
                    upserts = false;
                    self.roll_back().await;
                    continue;
                }
                Setback::Again(error) => {
                    outage = None;
                    self.roll_back().await;
                    error
                }
                Setback::Unknown(error) => {
                    self.conn = None;
                    outage.get_or_insert_with(|| self.setup.health.outage());
                    error
                }
            };
            if begun.elapsed() > PATIENCE {
                return Err(reason);
            }
            applied.retries += 1;
            self.setup.health.retried();
            warn!(
                recovery = "repeat-share", lane = self.index, window = job.number, attempt = applied.retries,
                error = %reason, "share was not applied, repeating it"
            );
            tokio::time::sleep(pause(applied.retries, self.index)).await;
        }
    }

    /// `refused` is what the server answered to a COMMIT of the share.
    async fn try_once(
        &mut self,
        job: &Job,
        upserts: bool,
        refused: &mut Option<PluginError>,
    ) -> Result<u64, Setback> {
        let begins = matches!(job.part, Part::Whole | Part::First);
        if (begins || refused.is_some()) && self.ready(job.number).await? == Ready::Done {
            self.acknowledge(job.number);
            return Ok(0);
        }
        if let Some(error) = refused.take() {
            // The row says that nothing was committed, so the answer was true.
            return Err(Setback::Stop(error));
        }
        let missing = self.attempt(job, upserts && job.part == Part::Whole).await?;
        if matches!(job.part, Part::Whole | Part::Last) {
            self.acknowledge(job.number);
        }
        Ok(missing)
    }

    /// Ends the transaction and undoes what a packet may have set around a statement.
    async fn roll_back(&mut self) {
        let mut undo = format!("ROLLBACK; {STRICT}; SET foreign_key_checks=0");
        if self.setup.version.flavor == Flavor::TiDb {
            undo.push_str("; ");
            undo.push_str(CHECKED);
        }
        if let Some(conn) = &mut self.conn
            && conn.query_drop(undo).await.is_err()
        {
            self.conn = None;
        }
    }

    async fn attempt(&mut self, job: &Job, upserts: bool) -> Result<u64, Setback> {
        let (index, version) = (self.index, self.setup.version);
        let fence = self.fence(job);
        let pipeline = self.setup.pipeline.clone();
        let Some(conn) = &mut self.conn else {
            return Err(Setback::Unknown(PluginError::transient("the lane has no connection")));
        };
        let doing = format!("lane {index} cannot begin its share");
        if matches!(job.part, Part::Whole | Part::First) {
            conn.query_drop(begin(version.flavor)).await.map_err(|error| Setback::of(&error, &doing))?;
        }
        conn.query_drop(fence).await.map_err(|error| Setback::of(&error, &doing))?;
        if conn.affected_rows() != 1 {
            return Err(Setback::Stop(fenced(&pipeline, Some(0))));
        }
        reach(Point::AfterFence(index));
        for statement in job.state.iter() {
            conn.query_drop(statement.as_str()).await.map_err(|error| Setback::of(&error, &doing))?;
        }
        let missing = rows(conn, job, version, upserts).await?;
        reach(Point::BeforeCommit(index));
        if matches!(job.part, Part::Whole | Part::Last) {
            commit(conn, index).await?;
            reach(Point::AfterCommit(index));
        }
        Ok(missing)
    }

    /// The statement that carries the checkpoint, and matches only if this process still owns the lane.
    fn fence(&self, job: &Job) -> String {
        let last = if matches!(job.part, Part::Whole | Part::First) { self.last } else { job.number };
        format!(
            "UPDATE tidegate.lane SET `window` = {}, record = {}, connection = CONNECTION_ID() \
             WHERE {} AND epoch = {} AND `window` = {last}",
            job.number,
            job.record,
            self.own_row(),
            self.setup.acknowledged.epoch(),
        )
    }
}

/// Sends the rows of a share; returns how many were missing.
async fn rows(conn: &mut Conn, job: &Job, version: Version, upserts: bool) -> Result<u64, Setback> {
    let Some(share) = job.plan.shares.get(job.share) else { return Ok(0) };
    let mut limits = job.limits;
    if job.on_missing == OnMissing::Upsert {
        // A row that is missing must be there before the next statement looks for it.
        limits.packet_statements = 1;
    }
    let mut renderer = Renderer::new(&job.window, &job.plan, share, version, limits, upserts);
    let mut packet = Packet::default();
    let mut missing = 0;
    loop {
        renderer.next(&mut packet).map_err(Setback::Stop)?;
        if packet.expected.is_empty() {
            return Ok(missing);
        }
        missing += send(conn, job, &packet, &mut renderer).await?;
    }
}

async fn commit(conn: &mut Conn, index: usize) -> Result<(), Setback> {
    if is_chosen(Point::CommitUnanswered(index)) {
        let _ = tokio::time::timeout(Duration::from_millis(100), conn.query_drop("COMMIT")).await;
        std::process::abort();
    }
    conn.query_drop("COMMIT").await.map_err(|error| {
        // Whatever the answer, only the lane's row tells.
        if !is_disconnected(&error) && kind(&error) != ErrorKind::Transient {
            return Setback::Refused(explain(&error, format_args!("lane {index} cannot commit its share")));
        }
        let error = explain(&error, format_args!("lane {index} does not know whether its share was committed"));
        info!(recovery = "unknown-commit", lane = index, error = %error, "the outcome of a COMMIT is unknown");
        Setback::Unknown(PluginError { kind: ErrorKind::Transient, ..error })
    })
}

/// Sends a packet and judges every answer; returns how many rows were missing.
async fn send(
    conn: &mut Conn,
    job: &Job,
    packet: &Packet,
    renderer: &mut Renderer<'_>,
) -> Result<u64, Setback> {
    let answers = query(conn, packet).await.map_err(|(at, error)| {
        let expected = packet.expected.get(at);
        let place = expected.and_then(|expected| expected.first).map(|row| job.window.place(row));
        Setback::of(&error, "rows cannot be applied").at(place)
    })?;
    let mut missing = 0;
    for (expected, answer) in packet.expected.iter().zip(&answers) {
        match judge(expected, answer) {
            Judgement::Fine => {}
            Judgement::Wrong(reason) => return Err(Setback::Stop(wrong(job, expected, reason))),
            Judgement::Missing(count) => {
                missing += count;
                match (job.on_missing, expected.verb) {
                    (OnMissing::Stop, _) => return Err(Setback::Stop(absent(job, expected, count))),
                    (OnMissing::Count, Verb::Upsert) => return Err(Setback::PlainUpdates),
                    (OnMissing::Upsert, Verb::Update) => {
                        if let Some(row) = expected.first {
                            let mut insert = Packet::default();
                            renderer.insert_after(row, &mut insert).map_err(Setback::Stop)?;
                            let failed = |(_, error)| Setback::of(&error, "a missing row cannot be inserted");
                            query(conn, &insert).await.map_err(failed)?;
                        }
                    }
                    (OnMissing::Count | OnMissing::Upsert, _) => {}
                }
            }
        }
    }
    Ok(missing)
}

/// Runs the statements of a packet; an error comes with the index of the statement that failed.
async fn query(conn: &mut Conn, packet: &Packet) -> Result<Vec<Answer>, (usize, mysql_async::Error)> {
    let mut answers = Vec::with_capacity(packet.expected.len());
    let mut result = conn.query_iter(&*packet.sql).await.map_err(|error| (0, error))?;
    loop {
        answers.push(Answer {
            affected: result.affected_rows(),
            info: result.info().into_owned(),
            warnings: result.warnings(),
        });
        let at = answers.len();
        if result.is_empty() {
            // The error of any statement but the first one counts as an empty answer until it is asked for.
            result.drop_result().await.map_err(|error| (at - 1, error))?;
            return Ok(answers);
        }
        result.for_each(|_: Row| {}).await.map_err(|error| (at, error))?;
    }
}

/// Later and later, and not all lanes at once.
fn pause(retries: u32, lane: usize) -> Duration {
    let steps = 10 * 2_u64.saturating_pow(retries.min(9)) + 7 * (lane as u64 + 1);
    Duration::from_millis(steps).min(PAUSE_MAX)
}

fn absent(job: &Job, expected: &Expected, count: u64) -> PluginError {
    let verb = if expected.verb == Verb::Delete { "deleted" } else { "changed" };
    let what = match (expected.rows, count) {
        (1, _) => format!("a row that is to be {verb} is not there"),
        (rows, count) => format!("{count} of {rows} rows that are to be {verb} are not there"),
    };
    let error = PluginError::definite(format!("{what}: the target differs from the source"))
        .hint("compare the table with the source's; `on-missing: count` or `upsert` goes on");
    match expected.first {
        Some(row) => error.at(job.window.place(row)),
        None => error,
    }
}

fn wrong(job: &Job, expected: &Expected, reason: String) -> PluginError {
    let error = PluginError::definite(reason);
    match expected.first {
        Some(row) => error.at(job.window.place(row)),
        None => error,
    }
}

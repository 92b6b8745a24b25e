//! Sources.

use crate::{BoxFuture, Change, Demand, Finding, Result, TableNames};
use std::{path::PathBuf, sync::Arc};
use tidegate_model::{Checkpoint, Position, SchemaChange, TableName, TableSchema};

/// Reads one ordered stream of changes.
///
/// The engine calls `open` once, then `next` again and again with `release` in between, then `close`. After a transient
/// error it drops the source, builds a new one and opens it at the sink's checkpoint.
pub trait Source: Send {
    /// Connects and goes to where the stream begins. Detects a position that the log no longer or never held.
    fn open(&mut self, context: SourceContext) -> BoxFuture<'_, Result<()>>;

    /// Returns the next change, or `None` when the goal is reached or the source was asked to stop.
    ///
    /// A batch is closed when it is full, before a DDL, at the resume's `cut`, and when nothing is at hand and `demand`
    /// says that the next stage waits; never by time. Cancel-safe: a dropped call loses no change.
    fn next<'a>(&'a mut self, demand: &'a mut Demand) -> BoxFuture<'a, Result<Option<Change>>>;

    /// Asks the source to end the stream at the next transaction boundary.
    fn stop(&mut self);

    /// Learns that the sink holds everything before `checkpoint` durably.
    fn release<'a>(&'a mut self, checkpoint: &'a Checkpoint) -> BoxFuture<'a, Result<()>>;

    /// Returns what is known of the source for logs, progress and metrics.
    fn observe(&self) -> Observation;

    /// Ends the session. Called at most once, after the last `next`.
    fn close(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Connects, looks at everything that a run depends on, changes nothing. Returns what it found and the tables that
    /// exist, for the checks of filters and sink.
    fn check(&mut self) -> BoxFuture<'_, Result<SourceReport>>;
}

/// What a source's check found.
#[derive(Clone, Debug, Default)]
pub struct SourceReport {
    /// What it looked at.
    pub findings: Vec<Finding>,
    /// The tables that exist at the source now.
    pub tables: Vec<Arc<TableSchema>>,
    /// The names of its tables.
    pub names: Arc<TableNames>,
    /// Whether foreign keys change rows of these tables without the log telling.
    pub unlogged_cascades: bool,
}

/// What the engine tells a source at `open`.
#[derive(Clone)]
pub struct SourceContext {
    /// The pipeline's name.
    pub pipeline: Arc<str>,
    /// The folder for the pipeline's own files.
    pub state: PathBuf,
    /// Where to begin.
    pub start: Start,
    /// Where to end, if not never.
    pub goal: Option<Goal>,
    /// Whether anything of a source table may reach the sink. Rows of other tables need not be decoded, nor their
    /// schemas known; they are still counted and hashed.
    pub wants: Arc<dyn Fn(&TableName) -> bool + Send + Sync>,
    /// Whether the filters leave out, by its text alone, a statement that the source does not understand.
    pub leaves_out: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Where the source puts down the names of its tables.
    pub names: Arc<TableNames>,
    /// When a batch is full.
    pub limits: Limits,
}

/// Where a stream begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// Where the source's own settings say.
    Configured,
    /// Behind a checkpoint.
    Resume(Box<Resume>),
}

/// A checkpoint and what is stored with it.
#[derive(Clone, Debug)]
pub struct Resume {
    /// Up to where the sink has everything.
    pub checkpoint: Checkpoint,
    /// A position at which a batch must end exactly: the sink finishes a window that a crash left uneven.
    pub cut: Option<Position>,
    /// The source's schemas as of the checkpoint, as the source itself reported them.
    pub schemas: Vec<SchemaChange>,
}

/// Where a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Where the source's log ends when the source opens.
    Now,
    /// As soon as everything before this position is read.
    Position(Position),
}

/// When a batch is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of allocated capacity.
    pub bytes: usize,
    /// Row changes.
    pub rows: usize,
}

/// What is known of a source from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// How far the source has read.
    pub position: Option<Position>,
    /// The commit time of the last transaction read, in microseconds since 1970 UTC.
    pub commit_time: Option<i64>,
    /// Whether the source has a connection, as far as it knows.
    pub connected: bool,
    /// Whether the source has read everything that its server has (lag is then zero). Never without a connection, and
    /// not before the server has let know that it has nothing more.
    pub caught_up: bool,
    /// Bytes of log read since `open`.
    pub bytes: u64,
    /// How many times the connection was made again.
    pub reconnects: u64,
}

//! Sinks.

use crate::{BoxFuture, Change, Finding, Health, Result, Resume};
use std::{path::PathBuf, sync::Arc};
use tidegate_model::{Checkpoint, SchemaChange, TableName, TableSchema};

/// Stores changes in the order given.
///
/// The engine calls `open` once, then `write` for what is at hand and `idle` while nothing is, then `flush` and `close`.
/// What `write` took is *buffered*; what [`Sink::durable`] covers survives a crash. After a transient error that the sink
/// did not mend itself, the engine drops it, builds a new one and opens it again.
pub trait Sink: Send {
    /// Connects, fences off other writers of this pipeline, finishes what only the target's side is needed for, and
    /// says where the stream begins.
    fn open(&mut self, context: SinkContext) -> BoxFuture<'_, Result<Opening>>;

    /// Takes the next change. Waits while the sink holds as much as it may. Not cancel-safe: the engine awaits it.
    fn write(&mut self, change: Change) -> BoxFuture<'_, Result<()>>;

    /// Works on what is buffered while nothing is at hand, and returns each time [`Sink::durable`] has moved; pending
    /// while there is nothing to do. Cancel-safe.
    fn idle(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Makes everything written so far durable. Called at the end of a stream, on a transaction boundary.
    fn flush(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Returns up to where everything is durable; `None` until something was.
    fn durable(&self) -> Option<Checkpoint>;

    /// Ends the session. Called at most once, after the last `write`; what is not durable may be dropped.
    fn close(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Connects, looks at everything that a run depends on, changes nothing.
    fn check<'a>(
        &'a mut self,
        pipeline: &'a str,
        tables: &'a [RoutedTable],
    ) -> BoxFuture<'a, Result<Vec<Finding>>>;

    /// Tells whether a checkpoint of the pipeline is kept with the data; `None` where the sink keeps none. Connects,
    /// changes nothing.
    fn has_checkpoint<'a>(&'a mut self, _pipeline: &'a str) -> BoxFuture<'a, Result<Option<bool>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Says how a table would be applied and why (key, lanes), for `explain`; connects, changes nothing.
    fn explain<'a>(&'a mut self, table: &'a RoutedTable) -> BoxFuture<'a, Result<Vec<String>>>;
}

/// What the engine tells a sink at `open`.
#[derive(Clone, Debug)]
pub struct SinkContext {
    /// The pipeline's name.
    pub pipeline: Arc<str>,
    /// The folder for the pipeline's own files.
    pub state: PathBuf,
    /// A digest of the filters and their settings: part of what a window's plan depends on.
    pub filters: Arc<str>,
    /// Forget the stored checkpoint and begin where the source's settings say.
    pub reset: bool,
    /// How many bytes of changes the sink may hold, whatever it does with them.
    pub memory: usize,
    /// Where the sink says how it is.
    pub health: Health,
}

/// Where a sink stands when it opens.
#[derive(Clone, Debug)]
pub enum Opening {
    /// The sink keeps its checkpoint with the data: here it is, or `None` on the first start.
    Kept(Option<Box<Resume>>),
    /// The sink cannot keep one; the engine does, in the state folder, and delivery is at least once.
    NotKept {
        /// What kind of sink it is and where its data lies. The checkpoint says it too: it is worth nothing for another
        /// place.
        place: String,
    },
}

/// A source table and where its rows may go.
#[derive(Clone, Debug)]
pub struct RoutedTable {
    /// The source's table schema.
    pub table: Arc<TableSchema>,
    /// The columns as the filters leave them.
    pub columns: Vec<Arc<tidegate_model::Column>>,
    /// Every target that its rows may take.
    pub targets: Vec<TableName>,
    /// Whether the source's foreign keys change rows of the table without the log telling.
    pub unlogged_cascades: bool,
}

impl Resume {
    /// Returns `changes` folded so that each table and schema occurs once, with its last state.
    pub fn fold(changes: impl IntoIterator<Item = SchemaChange>) -> Vec<SchemaChange> {
        let mut last = std::collections::BTreeMap::new();
        for change in changes {
            let key = match &change {
                SchemaChange::Table { name, .. } => name.clone(),
                SchemaChange::Schema { name, .. } => TableName::of_schema(name.clone()),
            };
            last.insert(key, change);
        }
        last.into_values().collect()
    }
}

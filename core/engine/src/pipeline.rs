//! What the engine runs: the typed plan of a pipeline.

use crate::{Filters, Retry};
use std::{sync::Arc, time::Duration};
use tidegate_plugin::{Goal, Limits, Result, Sink, Source};

/// Makes an instance of a plugin whose settings are known to be right. Called again after a transient error.
pub type Builder<T> = Arc<dyn Fn() -> Result<Box<T>> + Send + Sync>;

/// A pipeline: one source, filters in order, one sink.
#[derive(Clone)]
pub struct Pipeline {
    /// The pipeline's name.
    pub name: Arc<str>,
    /// Makes the source.
    pub source: Builder<dyn Source>,
    /// The filters. They are pure, so one instance of each lasts for all attempts.
    pub filters: Arc<Filters>,
    /// Makes the sink.
    pub sink: Builder<dyn Sink>,
    /// How many bytes of changes the pipeline may hold, in all stages together.
    pub memory: usize,
    /// How long the engine waits between attempts.
    pub retry: Retry,
    /// How long a graceful end goes on while nothing moves.
    pub patience: Duration,
}

/// What one run is to do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Where to end, if not never.
    pub goal: Option<Goal>,
    /// Forget the stored checkpoint and begin where the source's settings say.
    pub reset: bool,
    /// Whether the source's settings say where to begin: then it is logged that a checkpoint goes before.
    pub start_is_set: bool,
}

impl Pipeline {
    /// The usual patience: less than service managers have before they kill.
    pub const PATIENCE: Duration = Duration::from_secs(20);

    /// Larger batches do not get faster: the columns of one should stay in the processor's cache while three stages
    /// look at them.
    const BATCH_BYTES_MAX: usize = 4 << 20;
    const BATCH_ROWS_MAX: usize = 32_768;

    /// Returns how much of the memory may lie between the stages: a quarter, so that three stages work side by side.
    pub(crate) fn between_stages(&self) -> usize {
        self.memory / 4
    }

    /// Returns how much of so much memory the sink may hold.
    pub const fn memory_at_sink(memory: usize) -> usize {
        memory - memory / 4
    }

    /// Returns how much of the memory the sink may hold.
    pub(crate) fn at_sink(&self) -> usize {
        Self::memory_at_sink(self.memory)
    }

    /// Returns when a batch is full: early enough that four of them fit between the stages.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            bytes: (self.between_stages() / 4).clamp(64 << 10, Self::BATCH_BYTES_MAX),
            rows: Self::BATCH_ROWS_MAX,
        }
    }
}

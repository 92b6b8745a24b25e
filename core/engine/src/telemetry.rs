//! Numbers about a run: for the metrics page and for the progress line.

mod lag;
mod meters;
mod metric;
mod page;
mod progress;
mod rows;
mod server;

pub use metric::{METRICS, Metric, MetricKind};
pub use page::metrics_page;
pub use progress::Progress;
pub(crate) use rows::{LossCounters, RowCounters, Tally};
pub use server::MetricsServer;

use crate::StageName;
use lag::Reach;
use meters::Meters;
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic::Ordering},
    time::{Duration, SystemTime},
};
use tidegate_model::{Checkpoint, LogPosition};
use tidegate_plugin::{Health, Observation};

/// The numbers of one pipeline, over all attempts of a run.
pub struct Telemetry {
    meters: Meters,
    snapshot: Mutex<Snapshot>,
    /// Asked for when somebody looks, since only the flow knows.
    queue: RwLock<Option<Box<QueueBytes>>>,
    /// What the sinks of all attempts say of themselves.
    health: Health,
}

type QueueBytes = dyn Fn() -> usize + Send + Sync;

#[derive(Default)]
struct Snapshot {
    progress: Progress,
    /// What the current session's source had reported before.
    last: Observation,
    reach: Reach,
    /// Whether source and sink are open.
    open: bool,
}

/// Whether a stage works or waits for its neighbour.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Activity {
    Working,
    Waiting,
}

impl Telemetry {
    /// Returns the numbers of a pipeline that did nothing yet.
    pub fn new(pipeline: &str) -> Arc<Self> {
        Arc::new(Self {
            meters: Meters::new(pipeline),
            snapshot: Mutex::default(),
            queue: RwLock::default(),
            health: Health::default(),
        })
    }

    /// Returns how far the run is.
    pub fn progress(&self) -> Progress {
        let snapshot = self.snapshot();
        let mut progress = snapshot.progress.clone();
        let now = SystemTime::now();
        let reach = &snapshot.reach;
        progress.caught_up = reach.is_caught_up(now);
        progress.lag = reach.is_known().then(|| reach.lag(now));
        progress
    }

    /// Returns the metrics in the text format of OpenMetrics.
    pub fn encode(&self) -> String {
        let (lag, open, connected) = {
            let snapshot = self.snapshot();
            (snapshot.reach.lag(SystemTime::now()), snapshot.open, snapshot.last.connected)
        };
        self.meters.lag.set(lag.as_secs_f64());
        self.meters.connected(StageName::Source, open && connected);
        self.meters.connected(StageName::Sink, open && self.health.is_connected());
        self.meters.sink_retries.inner().store(self.health.retries(), Ordering::Relaxed);
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        self.meters.queue.set(queue.as_ref().map_or(0.0, |bytes| float(bytes() as u64)));
        self.meters.encode()
    }

    /// Returns counters for the changes that pass a stage.
    pub(crate) fn rows(&self, stage: StageName) -> RowCounters {
        RowCounters::new(stage, &self.meters)
    }

    /// Returns counters for rows that do not reach the target.
    pub(crate) fn losses(&self) -> LossCounters {
        LossCounters::new(&self.meters)
    }

    /// Returns where the sink says how it is.
    pub(crate) const fn health(&self) -> &Health {
        &self.health
    }

    /// A new session begins: the source counts from zero again.
    pub(crate) fn session(&self, queue: impl Fn() -> usize + Send + Sync + 'static) {
        let mut snapshot = self.snapshot();
        // Both were opened just now.
        snapshot.last = Observation { connected: true, ..Observation::default() };
        snapshot.open = true;
        drop(snapshot);
        *self.queue.write().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(queue));
    }

    /// Source and sink were dropped.
    pub(crate) fn session_ended(&self) {
        self.snapshot().open = false;
    }

    pub(crate) fn observe(&self, seen: Observation) {
        let mut snapshot = self.snapshot();
        let bytes = seen.bytes.saturating_sub(snapshot.last.bytes);
        self.meters.read_bytes.inc_by(bytes);
        self.meters.reconnects.inc_by(seen.reconnects.saturating_sub(snapshot.last.reconnects));
        snapshot.progress.bytes_read += bytes;
        let read = seen.commit_time.filter(|_| seen.commit_time != snapshot.last.commit_time);
        snapshot.reach.observe(SystemTime::now(), read, seen.caught_up);
        snapshot.progress.commit_time = seen.commit_time.or(snapshot.progress.commit_time);
        if seen.position.is_some() {
            snapshot.progress.position.clone_from(&seen.position);
        }
        snapshot.last = seen;
    }

    pub(crate) fn read(&self, rows: u64) {
        self.snapshot().progress.rows_read += rows;
    }

    pub(crate) fn written(&self, rows: u64) {
        self.snapshot().progress.rows_written += rows;
    }

    pub(crate) fn durable(&self, checkpoint: &Checkpoint, commit_time: Option<i64>) {
        if let Some(LogPosition { file, offset }) = &checkpoint.applied.log {
            let number = file.rsplit_once('.').and_then(|(_, digits)| digits.parse::<u64>().ok());
            self.meters.durable_file.set(float(number.unwrap_or_default()));
            self.meters.durable_offset.set(float(*offset));
        }
        if let Some(commit_time) = commit_time {
            self.meters.durable_commit_time.set(commit_time as f64 / 1e6);
        }
        self.snapshot().progress.durable = Some(checkpoint.applied.clone());
    }

    pub(crate) fn time(&self, stage: StageName, activity: Activity, time: Duration) {
        self.meters.time(stage, activity).inc_by(time.as_secs_f64());
    }

    pub(crate) fn retry(&self, stage: StageName) {
        self.meters.retry(stage).inc();
        self.snapshot().progress.retries += 1;
    }

    fn snapshot(&self) -> MutexGuard<'_, Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A metric is a float: exact up to 2⁵³.
fn float(number: u64) -> f64 {
    number as f64
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().progress.fmt(f)
    }
}

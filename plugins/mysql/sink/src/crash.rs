//! Named crash points: where a test kills the process.
//!
//! In a build with the feature `crash-points`, the environment variable `TIDEGATE_CRASH_AT=<name>[:n]` aborts the process
//! when the point is reached for the n-th time (the first by default). Without the feature nothing is compiled.

/// A step of the protocol between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// The start transaction is about to commit.
    BeforeStartCommit,
    /// The start transaction has committed.
    AfterStartCommit,
    /// A lane's fencing UPDATE was answered.
    AfterFence(usize),
    /// All rows of a lane's share were sent and answered, its COMMIT not sent.
    BeforeCommit(usize),
    /// A lane's COMMIT is sent, its answer not read.
    CommitUnanswered(usize),
    /// A lane's COMMIT was answered.
    AfterCommit(usize),
    /// All shares of a window are durable, nobody was told.
    WindowDurable,
    /// A DDL's turn has come, all lanes are settled.
    DdlSettled,
    /// Its intent is written.
    DdlIntent,
    /// It is sent, its answer not read.
    DdlUnanswered,
    /// It was answered.
    DdlExecuted,
    /// It is marked done.
    DdlDone,
}

#[cfg(feature = "crash-points")]
impl Point {
    /// Returns the name that the environment variable takes.
    fn name(self) -> String {
        match self {
            Self::BeforeStartCommit => "before-start-commit".into(),
            Self::AfterStartCommit => "after-start-commit".into(),
            Self::AfterFence(lane) => format!("after-fence-{lane}"),
            Self::BeforeCommit(lane) => format!("before-commit-{lane}"),
            Self::CommitUnanswered(lane) => format!("commit-unanswered-{lane}"),
            Self::AfterCommit(lane) => format!("after-commit-{lane}"),
            Self::WindowDurable => "window-durable".into(),
            Self::DdlSettled => "ddl-settled".into(),
            Self::DdlIntent => "ddl-intent".into(),
            Self::DdlUnanswered => "ddl-unanswered".into(),
            Self::DdlExecuted => "ddl-executed".into(),
            Self::DdlDone => "ddl-done".into(),
        }
    }
}

/// Aborts the process if a test asked for it.
#[cfg(feature = "crash-points")]
pub(crate) fn reach(point: Point) {
    if is_chosen(point) {
        std::process::abort();
    }
}

/// Tells whether a test wants the process to die while the answer of this step is awaited.
#[cfg(feature = "crash-points")]
pub(crate) fn is_chosen(point: Point) -> bool {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    };
    static CHOSEN: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let chosen = CHOSEN.get_or_init(|| {
        let text = std::env::var("TIDEGATE_CRASH_AT").ok()?;
        Some(match text.split_once(':') {
            Some((name, count)) => (name.to_owned(), count.parse().unwrap_or(1)),
            None => (text, 1),
        })
    });
    let Some((name, count)) = chosen else { return false };
    let is_chosen = *name == point.name() && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *count;
    if is_chosen {
        tracing::error!(point = point.name(), "crash point reached, aborting");
    }
    is_chosen
}

/// Does nothing.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub(crate) fn reach(_: Point) {}

/// Says no.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub(crate) fn is_chosen(_: Point) -> bool {
    false
}

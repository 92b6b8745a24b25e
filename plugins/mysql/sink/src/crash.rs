//! The crash points of the protocol, of the kind that `tidegate_crash` describes.

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
    tidegate_crash::reach(&point.name());
}

/// Tells whether a test wants the process to die while the answer of this step is awaited.
#[cfg(feature = "crash-points")]
pub(crate) fn is_chosen(point: Point) -> bool {
    tidegate_crash::is_chosen(&point.name())
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

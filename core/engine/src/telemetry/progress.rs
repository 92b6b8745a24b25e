//! How far a run is.

use std::time::Duration;
use tidegate_model::Position;

/// How far a run is. Two of them, some time apart, give the speed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Row changes that the source handed on, before any filter.
    pub rows_read: u64,
    /// Row changes that the sink took.
    pub rows_written: u64,
    /// Bytes of log that the source read.
    pub bytes_read: u64,
    /// How far the source has read.
    pub position: Option<Position>,
    /// Up to where everything is durable.
    pub durable: Option<Position>,
    /// The commit time of the last transaction read, in microseconds since 1970 UTC.
    pub commit_time: Option<i64>,
    /// How long ago everything was read that was committed till then: the age of that transaction or, if it is less,
    /// of the source's last word that it has everything; zero while it has, `None` before anything is known.
    pub lag: Option<Duration>,
    /// Whether the source has read everything that its server has.
    pub caught_up: bool,
    /// How many times source and sink were opened again.
    pub retries: u64,
}

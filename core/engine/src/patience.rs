//! How long a graceful end may take: for ever while something moves, not for ever while nothing does.

use crate::{Stop, Telemetry};
use std::time::Duration;
use tokio::time::Instant;

/// How often is looked whether something has moved.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Resolves when a graceful end was asked for and then nothing has moved for `limit`: a target that is down, a pipe that
/// nobody reads.
pub(crate) async fn overdue(stop: &Stop, telemetry: &Telemetry, limit: Duration) {
    stop.requested().await;
    tracing::info!(
        patience = ?limit,
        "what was read still goes to the target; if nothing moves for so long, it is dropped and read again next time"
    );
    let mark = || {
        let progress = telemetry.progress();
        (progress.rows_read, progress.rows_written, progress.durable)
    };
    let (mut last, mut since) = (mark(), Instant::now());
    while since.elapsed() < limit {
        tokio::time::sleep(LOOK_EVERY.min(limit)).await;
        let now = mark();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    tracing::warn!(patience = ?limit, "nothing has moved since the stop was asked for: dropping what is not durable");
}

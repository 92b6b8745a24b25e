//! What the target has acknowledged of every lane, and whether it still has it: a target that failed over may have lost
//! commits, of one lane and not of another.

use super::session::fenced;
use crate::statement::quoted;
use mysql_async::{Conn, prelude::Queryable};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use tidegate_plugin::{PluginError, Result};
use tracing::info;

/// The last window of each lane, as far as its COMMIT was answered.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    pipeline: Arc<str>,
    epoch: u64,
    windows: Mutex<Vec<u64>>,
    /// How often a lane has connected.
    connects: AtomicU64,
}

/// Where a lane's row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LaneStand {
    /// The lane.
    pub(crate) lane: u32,
    /// The epoch of the process that owns it.
    pub(crate) epoch: u64,
    /// Its last window.
    pub(crate) window: u64,
}

/// What lanes may be doing while their rows are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lanes {
    /// They commit: a row may be ahead of what was acknowledged.
    AtWork,
    /// They wait: every row is where it was acknowledged to be.
    Settled,
}

impl Acknowledged {
    /// Returns what is known after a start: each lane's last window.
    pub(crate) fn new(pipeline: Arc<str>, epoch: u64, windows: Vec<u64>) -> Self {
        Self { pipeline, epoch, windows: Mutex::new(windows), connects: AtomicU64::new(0) }
    }

    /// Returns this process's epoch.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns the last window of each lane.
    pub(crate) fn windows(&self) -> Vec<u64> {
        self.lock().clone()
    }

    /// Says that the target has acknowledged a lane's window.
    pub(crate) fn set(&self, lane: usize, window: u64) {
        if let Some(known) = self.lock().get_mut(lane) {
            *known = window;
        }
    }

    /// Says that a lane has made a connection: the target may be another server than before.
    pub(crate) fn connected(&self) {
        self.connects.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns how often a lane has made a connection.
    pub(crate) fn connects(&self) -> u64 {
        self.connects.load(Ordering::SeqCst)
    }

    /// Reads where every lane's row stands.
    ///
    /// # Errors
    /// If the target does not answer.
    pub(crate) async fn read(&self, conn: &mut Conn) -> Result<Vec<LaneStand>, mysql_async::Error> {
        let query = format!(
            "SELECT lane, epoch, `window` FROM tidegate.lane WHERE pipeline = {}",
            quoted(&*self.pipeline)
        );
        let rows: Vec<(u32, u64, u64)> = conn.query(query).await?;
        Ok(rows.into_iter().map(|(lane, epoch, window)| LaneStand { lane, epoch, window }).collect())
    }

    /// Compares where the rows stand with `known`, which was known before they were read.
    ///
    /// # Errors
    /// If another process has taken the pipeline over, or the target has lost commits.
    pub(crate) fn compare(&self, known: &[u64], rows: &[LaneStand], lanes: Lanes) -> Result<()> {
        if let Some(row) = rows.iter().find(|row| row.epoch > self.epoch) {
            return Err(fenced(&self.pipeline, Some(row.epoch)));
        }
        if let Some(row) = rows.iter().find(|row| row.epoch < self.epoch) {
            return Err(lost(format!(
                "the target has epoch {} in lane {}, although epoch {} was committed",
                row.epoch, row.lane, self.epoch
            )));
        }
        for (lane, known) in (0_u32..).zip(known) {
            let Some(row) = rows.iter().find(|row| row.lane == lane) else {
                return Err(fenced(&self.pipeline, None));
            };
            let at = row.window;
            if at < *known {
                return Err(lost(format!(
                    "the target is at window {at} in lane {lane}, although window {known} was committed"
                )));
            }
            if at > *known && lanes == Lanes::Settled {
                return Err(PluginError::definite(format!(
                    "the target is at window {at} in lane {lane}, although nothing behind window {known} was sent"
                ))
                .hint("the rows in `tidegate.lane` were changed by hand; start with --reset"));
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u64>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next start finds what is there, and goes on behind it: it may pass.
fn lost(message: String) -> PluginError {
    info!(recovery = "rewind", found = message, "the target has lost commits");
    PluginError::transient(format!("{message}: it has lost commits"))
        .hint("the pipeline goes back to the target's checkpoint")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::ErrorKind;

    fn rows(stands: &[(u64, u64)]) -> Vec<LaneStand> {
        (0_u32..)
            .zip(stands)
            .map(|(lane, (epoch, window))| LaneStand { lane, epoch: *epoch, window: *window })
            .collect()
    }

    #[test]
    fn a_row_behind_what_was_acknowledged_rewinds_whatever_lane_it_is() {
        let known = Acknowledged::new("p".into(), 3, vec![7, 5, 7]);
        let kind = |stands: &[(u64, u64)], lanes| {
            known.compare(&known.windows(), &rows(stands), lanes).err().map(|error| error.kind)
        };
        assert_eq!(kind(&[(3, 7), (3, 5), (3, 7)], Lanes::Settled), None);
        assert_eq!(kind(&[(3, 7), (3, 8), (3, 8)], Lanes::AtWork), None);
        assert_eq!(kind(&[(3, 8), (3, 5), (3, 6)], Lanes::AtWork), Some(ErrorKind::Transient));
        assert_eq!(kind(&[(2, 7), (2, 5), (2, 7)], Lanes::AtWork), Some(ErrorKind::Transient));
        assert_eq!(kind(&[(4, 7), (4, 5), (4, 7)], Lanes::AtWork), Some(ErrorKind::Definite));
        assert_eq!(kind(&[(3, 7), (3, 5)], Lanes::AtWork), Some(ErrorKind::Definite));
        assert_eq!(kind(&[(3, 7), (3, 8), (3, 7)], Lanes::Settled), Some(ErrorKind::Definite));
    }
}

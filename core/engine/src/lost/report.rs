//! Says which rows were lost, in metrics and, not too often, in the log; never their values.

use crate::telemetry::LossCounters;
use std::time::{Duration, Instant};
use tidegate_model::{RowSet, Transaction};

/// The most lines in a second.
const LINES_PER_SECOND: u32 = 10;
const SECOND: Duration = Duration::from_secs(1);

/// Why rows do not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The plugin failed on them.
    Failed,
    /// The plugin refused them.
    Refused,
}

pub(super) struct Report {
    counters: LossCounters,
    began: Instant,
    lines: u32,
    unsaid: u64,
}

impl Report {
    pub(super) fn new(counters: LossCounters) -> Self {
        Self { counters, began: Instant::now(), lines: 0, unsaid: 0 }
    }

    /// Counts `rows`, and says where the first of them stands.
    pub(super) fn tell(
        &mut self,
        plugin: &str,
        policy: &'static str,
        cause: Cause,
        rows: &RowSet,
        transactions: &[Transaction],
    ) {
        self.counters.count(plugin, policy, &rows.table.name, rows.rows() as u64);
        let Some(unsaid) = self.admit(Instant::now()) else { return };
        let index = rows.transactions.first().copied().unwrap_or(u32::MAX);
        let transaction = transactions.get(index as usize);
        let position = transaction.map(|transaction| {
            let row = transaction.row_number(rows.ordinals.first().copied().unwrap_or_default());
            format!("{}:{}, row {row} of the transaction", transaction.log.file, transaction.log.offset)
        });
        let what = match cause {
            Cause::Failed => "the plugin failed on a row",
            Cause::Refused => "the plugin refused rows",
        };
        tracing::warn!(
            plugin,
            table = %rows.table.name,
            operation = rows.operation.name(),
            position,
            rows = rows.rows(),
            on_error = policy,
            unsaid,
            "{what}, which do not reach the target"
        );
    }

    /// Returns how many lines were left out before this one, if it is to be written.
    fn admit(&mut self, now: Instant) -> Option<u64> {
        if now.saturating_duration_since(self.began) >= SECOND {
            (self.began, self.lines) = (now, 0);
        }
        if self.lines >= LINES_PER_SECOND {
            self.unsaid += 1;
            return None;
        }
        self.lines += 1;
        Some(std::mem::take(&mut self.unsaid))
    }
}

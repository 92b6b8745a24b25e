//! Row changes into the open batch.

use super::{
    Stream,
    event::{Within, broken},
    transaction::{Branch, mismatch, outside},
};
use std::sync::Arc;
use tidegate_mysql_binlog::{Progress, Rows, Table};
use tidegate_plugin::{PluginError, Result};

/// The length of an event's checksum.
const CHECKSUM: usize = 4;

impl Stream {
    pub(super) fn rows(&mut self, event: &[u8], within: Within, mut rows: Rows<'_>) -> Result<()> {
        let checksum = if within == Within::Log && self.has_checksums() { CHECKSUM } else { 0 };
        let Some(transaction) = &mut self.transaction else { return Err(outside()) };
        let ends_statement = rows.ends_statement();
        if transaction.is_passed_over() {
            return Ok(());
        }
        if !rows.is_exhausted() {
            let table = self.tables.of(&rows).map_err(|error| broken(&error))?.clone();
            if let Some(Branch::Collecting(held)) = &mut transaction.xa {
                held.push(event, checksum, Some((rows.table_id(), &table)));
                self.bound_held()?;
            } else {
                self.push(&table, &mut rows)?;
            }
        }
        if ends_statement {
            self.tables.end_statement();
        }
        Ok(())
    }

    /// Takes rows into the batch, and into the next ones as each is full.
    pub(super) fn push(&mut self, table: &Arc<Table>, rows: &mut Rows<'_>) -> Result<()> {
        let Some(transaction) = &mut self.transaction else { return Err(outside()) };
        if !transaction.begun {
            transaction.begun = true;
            self.builder.begin(transaction.start.clone());
        }
        loop {
            if self.catch_up.is_some() && !self.skip(table, rows)? {
                return Ok(());
            }
            let at_most = self.rows_to_cut();
            let taken = if table.schema().is_some() {
                self.builder.push(table, rows, at_most)
            } else {
                self.builder.pass_over(table, rows, at_most)
            };
            match taken.map_err(|error| located(broken(&error), table))? {
                Progress::Full => self.close(),
                Progress::Stopped => self.close_at_cut(),
                Progress::Exhausted => {
                    if self.rows_to_cut() == 0 {
                        self.close_at_cut();
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Passes over the rows that lie before the checkpoint; `false` if the event has no more.
    fn skip(&mut self, table: &Table, rows: &mut Rows<'_>) -> Result<bool> {
        let Some(wanted) = self.catch_up.as_ref().and_then(|catch_up| catch_up.inside.clone()) else {
            return Ok(true);
        };
        let taken = self.inside().map_or(0, |inside| inside.rows);
        let left = wanted.rows.saturating_sub(taken);
        let progress = self.builder.skip(table, rows, left).map_err(|error| broken(&error))?;
        let inside = self.inside();
        if inside.as_ref().is_some_and(|inside| inside.rows >= wanted.rows) {
            if inside.is_none_or(|inside| inside.hash != wanted.hash) {
                return Err(mismatch());
            }
            self.catch_up = None;
            if let Some(transaction) = &mut self.transaction {
                transaction.handed_over = true;
            }
        }
        Ok(progress == Progress::Stopped || !rows.is_exhausted())
    }

    /// Returns how many rows the batch may take until it must end exactly.
    fn rows_to_cut(&self) -> u64 {
        let (Some(cut), Some(transaction)) = (&self.cut, &self.transaction) else { return u64::MAX };
        match &cut.inside {
            Some(inside) if transaction.is_at(cut.log.as_ref(), inside) => {
                inside.rows.saturating_sub(self.inside().map_or(0, |inside| inside.rows))
            }
            _ => u64::MAX,
        }
    }

    fn close_at_cut(&mut self) {
        self.close();
        self.cut = None;
    }
}

fn located(error: PluginError, table: &Table) -> PluginError {
    PluginError { message: format!("table {}: {}", table.map().name, error.message), ..error }
}

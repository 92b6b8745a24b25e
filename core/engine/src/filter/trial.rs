//! Filters on trial: without a pipeline, a sink or a state folder.

use super::{Filters, Host};
use crate::lost::{Cause, Loss, Losses};
use std::sync::Arc;
use tidegate_model::{Operation, Position, RowSet, TableName, Transaction};
use tidegate_plugin::{Change, Result, TableNames};

/// Lets changes through filters into nothing.
pub struct Trial {
    host: Host<LostHere>,
}

/// A row that a filter refused or failed on, and whose stage does not stop for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostRow {
    /// The plugin's name or path.
    pub plugin: Arc<str>,
    /// The source's name of the table.
    pub table: TableName,
    /// What the source did; of an update that the filters before divided, one half.
    pub operation: Operation,
    /// The transaction, as an index into those of the batch.
    pub transaction: u32,
    /// The change's place within the transaction, as in `RowSet::ordinals`.
    pub ordinal: u32,
    /// Whether the plugin refused it; else it failed.
    pub refused: bool,
    /// Why, in the plugin's own words, perhaps with values.
    pub reason: Arc<str>,
}

impl Trial {
    /// Returns the trial of filters; `names` are those of the source's tables.
    pub fn new(filters: Arc<Filters>, names: Arc<TableNames>) -> Self {
        Self { host: Host::new(filters, names, LostHere::default(), || false) }
    }

    /// Returns the change as it leaves the filters, and the rows that they refused or failed on. A batch without rows and a
    /// DDL without targets are returned like others.
    ///
    /// # Errors
    /// As in a pipeline: of a stage whose policy is to stop, every failure on rows and every refusal; of all stages what
    /// they cannot say of tables and statements.
    pub fn apply(&mut self, change: Change) -> Result<(Change, Vec<LostRow>)> {
        let change = self.host.apply(change);
        let lost = std::mem::take(&mut self.host.lost.rows);
        Ok((change?, lost))
    }
}

/// The rows that were lost in one change.
#[derive(Default)]
struct LostHere {
    rows: Vec<LostRow>,
}

impl Losses for LostHere {
    fn knows_any(&self) -> bool {
        false
    }

    fn begin(&mut self, _: &[Transaction]) {}

    fn leave_out(&self, rows: RowSet, _: &[Transaction]) -> Result<RowSet> {
        Ok(rows)
    }

    fn lose(&mut self, loss: &Loss<'_>) -> Result<()> {
        let places = loss.rows.transactions.iter().zip(&loss.rows.ordinals);
        let lost = places.zip(loss.reasons).map(|((transaction, ordinal), reason)| LostRow {
            plugin: loss.plugin.into(),
            table: loss.rows.table.name.clone(),
            operation: loss.rows.operation,
            transaction: *transaction,
            ordinal: *ordinal,
            refused: loss.cause == Cause::Refused,
            reason: reason.clone(),
        });
        self.rows.extend(lost);
        Ok(())
    }

    fn settle(&mut self, _: &Position) -> Result<()> {
        Ok(())
    }
}

//! A change as it left filters on trial.

use std::{collections::BTreeMap, sync::Arc};
use tidegate_engine::{Filters, LostRow, Place, Places, Trial};
use tidegate_model::{Batch, Ddl, Operation, RowSet};
use tidegate_plugin::{Change, PluginError, Result, TableNames};

/// Lets changes through filters.
pub(super) struct Side {
    pub(super) name: String,
    filters: Arc<Filters>,
    trial: Trial,
}

/// A batch behind filters.
pub(super) struct Passed {
    pub(super) batch: Batch,
    pub(super) places: Places,
    lost: BTreeMap<u32, LostRow>,
}

impl Side {
    pub(super) fn new(name: String, filters: Arc<Filters>, names: Arc<TableNames>) -> Self {
        Self { name, trial: Trial::new(filters.clone(), names), filters }
    }

    /// Lets a batch through. As in a pipeline, rows of tables that are left out by name never reach the filters.
    pub(super) fn batch(&mut self, batch: &Batch) -> Result<Passed> {
        let mut batch = batch.clone();
        batch.row_sets.retain(|rows| self.filters.wants(&rows.table.name));
        let (change, lost) = self.trial.apply(Change::Batch(Box::new(batch)))?;
        let Change::Batch(batch) = change else {
            return Err(PluginError::definite("rows became a statement: a bug in tidegate"));
        };
        let lost = lost.into_iter().map(|row| (row.ordinal, row)).collect();
        Ok(Passed { places: Places::of(&batch), batch: *batch, lost })
    }

    /// Lets a statement through, and returns what the target would run.
    pub(super) fn statement(&mut self, ddl: &Ddl) -> Result<Vec<String>> {
        match self.trial.apply(Change::Ddl(Box::new(ddl.clone())))?.0 {
            Change::Ddl(left) => Ok(left.targets.into_iter().map(|target| target.sql).collect()),
            Change::Batch(_) => Ok(Vec::new()),
        }
    }
}

impl Passed {
    /// Returns the row that was lost, if it was.
    pub(super) fn lost(&self, ordinal: usize) -> Option<&LostRow> {
        self.lost.get(&u32::try_from(ordinal).ok()?)
    }

    /// Returns the rows that were lost, in order.
    pub(super) fn losses(&self) -> impl Iterator<Item = &LostRow> {
        self.lost.values()
    }

    /// Returns where what is left of a row lies, in the order of operations.
    pub(super) fn left(&self, ordinal: usize) -> [Option<Place>; 2] {
        let operation = |place: Option<Place>| place.and_then(|place| operation(&self.batch, place));
        match self.places.at(ordinal) {
            [one, Some(other)] if operation(one) > operation(Some(other)) => [Some(other), one],
            places => places,
        }
    }
}

pub(super) fn set(batch: &Batch, place: Place) -> Option<&RowSet> {
    batch.row_sets.get(place.set)
}

pub(super) fn operation(batch: &Batch, place: Place) -> Option<Operation> {
    set(batch, place).map(|rows| rows.operation)
}

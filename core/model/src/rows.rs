//! Row changes of one table and one operation, held column by column.

use crate::{Column, TableName, TableSchema};
use arrow_array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow_schema::ArrowError;
use arrow_select::{filter::FilterBuilder, take::take};
use std::sync::Arc;

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// It was inserted; there is an after image.
    Insert,
    /// It was changed; there are both images.
    Update,
    /// It was deleted; there is a before image.
    Delete,
    /// It was there when the initial copy read it; there is an after image. Reserved.
    Snapshot,
}

impl Operation {
    /// Returns the operation's name in logs, metrics and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Snapshot => "snapshot",
        }
    }
}

/// How an image column's values are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The column's values, in the Arrow type of its kind.
    Value,
    /// MySQL's binary JSON diffs, to be applied to the before image (`binlog_row_value_options=PARTIAL_JSON`).
    JsonDiff,
}

/// A column of a row image.
#[derive(Clone, Debug)]
pub struct ImageColumn {
    /// What the column is, under the name that it has by now.
    pub column: Arc<Column>,
    /// Its index in the source's table schema; `None` for a column that a filter made.
    pub source: Option<usize>,
    /// How `values` are to be read.
    pub encoding: Encoding,
    /// One value a row.
    pub values: ArrayRef,
}

/// The columns that are present in one image of each row of a set. A column that is not here is *absent*, which is not
/// the same as NULL.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// In the order of the table schema.
    pub columns: Vec<ImageColumn>,
}

impl Image {
    /// Returns the column that comes from the source's column `index`, if it is present.
    pub fn source_column(&self, index: usize) -> Option<&ImageColumn> {
        // Full images are the rule: look where the column stands if none is absent.
        let at = self.columns.get(index).filter(|column| column.source == Some(index));
        at.or_else(|| self.columns.iter().find(|column| column.source == Some(index)))
    }

    fn map(&self, change: impl Fn(&dyn Array) -> Result<ArrayRef, ArrowError>) -> Result<Self, ArrowError> {
        let columns = self.columns.iter().map(|column| {
            let values = change(&column.values)?;
            Ok(ImageColumn { values, ..column.clone() })
        });
        Ok(Self { columns: columns.collect::<Result<_, ArrowError>>()? })
    }
}

/// Row changes that share table schema, target, operation and columns present.
///
/// All vectors and arrays have the same length: one entry a row, in log order.
#[derive(Clone, Debug)]
pub struct RowSet {
    /// The source table as of these rows.
    pub table: Arc<TableSchema>,
    /// The name that filters gave the table; the source's name before any filter.
    pub target: TableName,
    /// What happened to the rows.
    pub operation: Operation,
    /// The rows before the change; no columns for inserts.
    pub before: Image,
    /// The rows after the change; no columns for deletes.
    pub after: Image,
    /// Each row's place among the batch's row changes, ascending; filters never renumber.
    pub ordinals: Vec<u32>,
    /// Each row's transaction, as an index into the batch's transactions.
    pub transactions: Vec<u32>,
    /// A hash of each row as it was read (table, operation, columns present, raw images), before any filter.
    pub hashes: Vec<u64>,
    /// Whether the source's foreign keys were at work without the log telling what they changed in other tables: whoever
    /// applies these rows lets the same keys do it again.
    pub unlogged_cascades: bool,
}

impl RowSet {
    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.ordinals.len()
    }

    /// Returns the memory that the set holds, in bytes of allocated capacity.
    pub fn bytes(&self) -> usize {
        let image = |image: &Image| -> usize {
            image.columns.iter().map(|c| size_of::<ImageColumn>() + c.values.get_array_memory_size()).sum()
        };
        let fixed = size_of::<Self>() + 4 * (self.ordinals.capacity() + self.transactions.capacity());
        fixed + 8 * self.hashes.capacity() + image(&self.before) + image(&self.after)
    }

    /// Returns the rows where `selection` is true, in order, with their ordinals.
    ///
    /// # Errors
    /// If `selection` has another length than the set.
    pub fn filter(&self, selection: &BooleanArray) -> Result<Self, ArrowError> {
        let predicate = FilterBuilder::new(selection).build();
        let chosen = |index: &usize| selection.is_valid(*index) && selection.value(*index);
        let indexes: Vec<usize> = (0..self.rows().min(selection.len())).filter(chosen).collect();
        self.picked(&indexes, |array| predicate.filter(array))
    }

    /// Returns the rows at `indexes`, in that order.
    ///
    /// # Errors
    /// If an index is out of bounds.
    pub fn take(&self, indexes: &UInt32Array) -> Result<Self, ArrowError> {
        let plain: Vec<usize> = indexes.values().iter().map(|index| *index as usize).collect();
        self.picked(&plain, |array| take(array, indexes, None))
    }

    fn picked(
        &self,
        indexes: &[usize],
        columns: impl Fn(&dyn Array) -> Result<ArrayRef, ArrowError>,
    ) -> Result<Self, ArrowError> {
        Ok(Self {
            table: self.table.clone(),
            target: self.target.clone(),
            operation: self.operation,
            before: self.before.map(&columns)?,
            after: self.after.map(&columns)?,
            ordinals: pick(&self.ordinals, indexes)?,
            transactions: pick(&self.transactions, indexes)?,
            hashes: pick(&self.hashes, indexes)?,
            unlogged_cascades: self.unlogged_cascades,
        })
    }
}

fn pick<T: Copy>(values: &[T], indexes: &[usize]) -> Result<Vec<T>, ArrowError> {
    let out_of_bounds = || ArrowError::InvalidArgumentError("a row index is out of bounds".to_owned());
    indexes.iter().map(|index| values.get(*index).copied().ok_or_else(out_of_bounds)).collect()
}

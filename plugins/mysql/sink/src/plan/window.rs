//! A window: the unit of applying. All rows between two positions, as the batches brought them.

use crate::state::SCHEMA;
use arrow_array::BooleanArray;
use std::{cmp::Ordering, fmt::Write as _};
use tidegate_model::{Batch, Checkpoint, Operation, RowSet, SchemaChange, Transaction};
use tidegate_plugin::{PluginError, Result};

/// All rows between two positions.
#[derive(Debug)]
pub(crate) struct Window {
    /// Where the window begins; `None` if it is the first of a pipeline.
    pub(crate) from: Option<Checkpoint>,
    /// Where it ends.
    pub(crate) to: Checkpoint,
    /// The row sets of all its batches.
    pub(crate) sets: Vec<WindowSet>,
    /// The transactions of each batch.
    pub(crate) transactions: Vec<Vec<Transaction>>,
    /// What the source learnt of table schemas meanwhile.
    pub(crate) schemas: Vec<SchemaChange>,
    /// How many rows are in it.
    pub(crate) rows: usize,
    /// The memory that it holds.
    pub(crate) bytes: usize,
    /// How much of it belongs to transactions that end in it.
    whole: Size,
    /// Where the last of these ends.
    boundary: Option<Boundary>,
}

/// Where the last transaction that ends in a window does so.
#[derive(Debug)]
struct Boundary {
    /// In which batch.
    batch: u32,
    /// How many of that batch's transactions lie before.
    transactions: u32,
    /// The position.
    at: Checkpoint,
}

/// How large something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// Rows.
    pub(crate) rows: usize,
    /// Bytes.
    pub(crate) bytes: usize,
}

/// A row set and the batch that it came in.
#[derive(Debug)]
pub(crate) struct WindowSet {
    /// The rows.
    pub(crate) rows: RowSet,
    /// Which of the window's batches.
    pub(crate) batch: u32,
}

/// A row of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowRef {
    /// Which row set.
    pub(crate) set: u32,
    /// Which row of it.
    pub(crate) row: u32,
}

impl WindowSet {
    /// Divides the set in what lies before a boundary and what lies behind it.
    fn divide(self, boundary: &Boundary) -> Result<(Option<Self>, Option<Self>)> {
        let is_before = |transaction: &u32| *transaction < boundary.transactions;
        let rows = &self.rows;
        // Transactions ascend with the rows.
        let before = match self.batch.cmp(&boundary.batch) {
            Ordering::Less => rows.rows(),
            Ordering::Equal => rows.transactions.partition_point(is_before),
            Ordering::Greater => 0,
        };
        if before == rows.rows() {
            return Ok((Some(self), None));
        }
        if before == 0 {
            return Ok((None, Some(self)));
        }
        let select = |is_chosen: &dyn Fn(usize) -> bool| {
            let selection: BooleanArray = (0..rows.rows()).map(|row| Some(is_chosen(row))).collect();
            let chosen = rows.filter(&selection).map_err(|error| {
                PluginError::definite("a window cannot be cut between two transactions").because(error)
            })?;
            Ok::<_, PluginError>(Some(Self { rows: chosen, batch: self.batch }))
        };
        Ok((select(&|row| row < before)?, select(&|row| row >= before)?))
    }
}

impl RowRef {
    /// Returns the index of the row set.
    pub(crate) fn set(self) -> usize {
        self.set as usize
    }

    /// Returns the index of the row in its set.
    pub(crate) fn row(self) -> usize {
        self.row as usize
    }
}

/// Returns how much of a batch belongs to transactions that end in it; `None` if none ends in it.
fn ended(batch: &Batch, size: Size) -> Option<Size> {
    if batch.is_closed() {
        return Some(size);
    }
    let last = batch.transactions.len().checked_sub(1).filter(|last| *last > 0)?;
    let ends = |transaction: &u32| (*transaction as usize) < last;
    let rows = batch.row_sets.iter().flat_map(|set| &set.transactions).filter(|index| ends(index)).count();
    // The rows of a batch are about equally large.
    Some(Size { rows, bytes: size.bytes / size.rows.max(1) * rows })
}

impl Boundary {
    /// Returns the boundary in a batch in which a transaction ends.
    fn of(batch: &Batch, index: u32) -> Self {
        let closed = usize::from(!batch.is_closed());
        let transactions = batch.transactions.len().saturating_sub(closed);
        let mut at = batch.end.clone();
        // A position within a transaction is that of its beginning, and how far it was read.
        at.applied.inside = None;
        at.resume.inside = None;
        Self { batch: index, transactions: u32::try_from(transactions).unwrap_or(u32::MAX), at }
    }
}

impl Window {
    /// Returns a window behind `from` that begins with a batch.
    pub(crate) fn new(from: Option<Checkpoint>, batch: Batch) -> Self {
        let mut window = Self {
            from,
            to: batch.end.clone(),
            sets: Vec::new(),
            transactions: Vec::new(),
            schemas: Vec::new(),
            rows: 0,
            bytes: 0,
            whole: Size::default(),
            boundary: None,
        };
        window.push(batch);
        window
    }

    /// Adds the next batch.
    pub(crate) fn push(&mut self, batch: Batch) {
        let (before, size) = (self.size(), Size { rows: batch.rows(), bytes: batch.bytes() });
        let index = u32::try_from(self.transactions.len()).unwrap_or(u32::MAX);
        if let Some(ended) = ended(&batch, size) {
            self.whole = Size { rows: before.rows + ended.rows, bytes: before.bytes + ended.bytes };
            self.boundary = Some(Boundary::of(&batch, index));
        }
        self.bytes += size.bytes;
        // Our own schema is never replicated, also where the source is the target of another pipeline.
        let ours = |set: &RowSet| set.target.schema.eq_ignore_ascii_case(SCHEMA);
        for rows in batch.row_sets.into_iter().filter(|set| set.rows() > 0 && !ours(set)) {
            self.rows += rows.rows();
            self.sets.push(WindowSet { rows, batch: index });
        }
        self.transactions.push(batch.transactions);
        self.schemas.extend(batch.schemas);
        self.to = batch.end;
    }

    /// Tells whether the window ends between two source transactions.
    pub(crate) fn is_closed(&self) -> bool {
        self.to.applied.is_boundary()
    }

    /// Returns how large the window is.
    pub(crate) fn size(&self) -> Size {
        Size { rows: self.rows, bytes: self.bytes }
    }

    /// Returns how much of the window belongs to the transaction that does not end in it.
    pub(crate) fn open(&self) -> Size {
        let Size { rows, bytes } = self.whole;
        Size { rows: self.rows.saturating_sub(rows), bytes: self.bytes.saturating_sub(bytes) }
    }

    /// Cuts the window behind the last transaction that ends in it; returns the rest, or nothing if no row belongs to a
    /// transaction that ends in it.
    ///
    /// # Errors
    /// If rows cannot be selected.
    pub(crate) fn cut(&mut self) -> Result<Option<Self>> {
        if self.is_closed() || self.whole.rows == 0 {
            return Ok(None);
        }
        let Some(boundary) = self.boundary.take() else { return Ok(None) };
        let at = boundary.batch as usize;
        let mut rest = Self {
            from: Some(boundary.at.clone()),
            to: std::mem::replace(&mut self.to, boundary.at.clone()),
            sets: Vec::new(),
            // The batch in which the boundary lies belongs to both.
            transactions: self.transactions.get(at..).unwrap_or_default().to_vec(),
            schemas: Vec::new(),
            rows: 0,
            bytes: 0,
            whole: Size::default(),
            boundary: None,
        };
        self.transactions.truncate(at + 1);
        for set in std::mem::take(&mut self.sets) {
            let (before, behind) = set.divide(&boundary)?;
            self.sets.extend(before);
            let behind = behind.into_iter();
            rest.sets.extend(behind.map(|set| WindowSet { batch: set.batch - boundary.batch, ..set }));
        }
        self.measure();
        rest.measure();
        self.whole = self.size();
        self.boundary = Some(boundary);
        Ok(Some(rest))
    }

    fn measure(&mut self) {
        self.rows = self.sets.iter().map(|set| set.rows.rows()).sum();
        let transactions: usize = self.transactions.iter().map(Vec::capacity).sum();
        let rows: usize = self.sets.iter().map(|set| set.rows.bytes()).sum();
        self.bytes = rows + transactions * size_of::<Transaction>();
    }

    /// Returns a row's set.
    pub(crate) fn set(&self, row: RowRef) -> &RowSet {
        &self.sets[row.set()].rows
    }

    /// Returns a number that orders rows as the source did. Where a filter made a delete and an insert of one update,
    /// they share an ordinal, and the delete comes first.
    pub(crate) fn rank(&self, row: RowRef) -> u64 {
        let set = &self.sets[row.set()];
        let ordinal = u64::from(set.rows.ordinals[row.row()]);
        let insert = u64::from(matches!(set.rows.operation, Operation::Insert | Operation::Snapshot));
        u64::from(set.batch) << 33 | ordinal << 1 | insert
    }

    /// Returns the transaction of a row.
    pub(crate) fn transaction(&self, row: RowRef) -> Option<&Transaction> {
        let set = &self.sets[row.set()];
        let index = *set.rows.transactions.get(row.row())? as usize;
        self.transactions.get(set.batch as usize)?.get(index)
    }

    /// Says where a row stands, for messages.
    pub(crate) fn place(&self, row: RowRef) -> String {
        let set = self.set(row);
        let mut text = format!("{}", set.target);
        if let Some(transaction) = self.transaction(row) {
            let log = &transaction.log;
            let _ = write!(text, ", {}:{}", log.file, log.offset);
            if let Some(gtid) = &transaction.gtid {
                let _ = write!(text, ", GTID {gtid}");
            }
            let ordinal = set.ordinals.get(row.row()).copied().unwrap_or(0);
            let _ = write!(text, ", row {}", transaction.row_number(ordinal));
        }
        text
    }
}

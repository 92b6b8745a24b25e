//! Batches: ordered runs of row changes with no DDL inside.

use crate::{Checkpoint, Gtid, LogPosition, RowSet, SchemaChange};

/// An ordered run of row changes between two positions.
///
/// The order is in the ordinals of the row sets' rows, not in the order of the row sets. A batch without rows moves the
/// position only. Filters drop and divide rows but never renumber them.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The rows, one set per table schema, operation and columns present.
    pub row_sets: Vec<RowSet>,
    /// The transactions that the rows belong to, in log order; row sets refer to them by index.
    pub transactions: Vec<Transaction>,
    /// How many row changes the source put into the batch, before any filter.
    pub rows_read: u64,
    /// What the source newly learnt of table schemas, to be stored no later than the checkpoint moves past the batch.
    pub schemas: Vec<SchemaChange>,
    /// Where the reader stands after the batch.
    pub end: Checkpoint,
}

impl Batch {
    /// Tells whether the batch ends between two transactions.
    pub fn is_closed(&self) -> bool {
        self.end.applied.is_boundary()
    }

    /// Returns the number of rows that are (still) in the batch.
    pub fn rows(&self) -> usize {
        self.row_sets.iter().map(RowSet::rows).sum()
    }

    /// Returns the memory that the batch holds, in bytes of allocated capacity.
    pub fn bytes(&self) -> usize {
        let transactions = self.transactions.capacity() * size_of::<Transaction>();
        self.row_sets.iter().map(RowSet::bytes).sum::<usize>() + transactions
    }
}

/// A source transaction, or the part of one that a batch holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its GTID, where it has one.
    pub gtid: Option<Gtid>,
    /// Where it begins in the log.
    pub log: LogPosition,
    /// When the source committed it, in microseconds since 1970 UTC (whole seconds before MySQL 8.0 and on MariaDB).
    pub commit_time: i64,
    /// The id of the server that first committed it.
    pub server_id: u32,
    /// How many of its row changes lie in earlier batches.
    pub rows_before: u64,
    /// The ordinal, within the batch, of the first of its row changes in this batch.
    pub first_ordinal: u32,
    /// Whether its end lies in this batch.
    pub closed: bool,
}

impl Transaction {
    /// Returns the place among the transaction's row changes, from 0, of the row with this ordinal in the batch.
    pub fn row_number(&self, ordinal: u32) -> u64 {
        self.rows_before + u64::from(ordinal.saturating_sub(self.first_ordinal))
    }
}

//! Row changes gathered into batches.

mod open_set;

use crate::{
    Error, Problem, Rows, RowsKind, Table,
    column::{Budget, Fault},
    rows::row_hash,
};
use open_set::OpenSet;
use std::{collections::HashMap, sync::Arc};
use tidegate_model::{Batch, Checkpoint, Gtid, Inside, LogPosition, SchemaChange, Transaction};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// When a batch is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How much memory its rows may take, in bytes of allocated capacity; one row may always go in.
    pub bytes: usize,
    /// How many row changes may be read into it, passed-over ones included.
    pub rows: u32,
    /// How many row sets may be open.
    pub sets: usize,
}

/// What is known of a transaction when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionStart {
    /// Its GTID, where it has one.
    pub gtid: Option<Gtid>,
    /// Where it begins in the log.
    pub log: LogPosition,
    /// When the source committed it, in microseconds since 1970 UTC.
    pub commit_time: i64,
    /// The id of the server that first committed it.
    pub server_id: u32,
}

/// Why taking rows from an event has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// All rows of the event were taken.
    Exhausted,
    /// As many rows were taken as were asked for; the event has more.
    Stopped,
    /// The batch is full; the event has more rows, for the next batch.
    Full,
}

/// Gathers row changes into batches. It also keeps the place within the open transaction, across batches.
#[derive(Debug)]
pub struct BatchBuilder {
    limits: Limits,
    budget: Budget,
    sets: Vec<OpenSet>,
    /// The last set of each table, which links to those before it.
    by_table: HashMap<u64, usize>,
    last: usize,
    transactions: Vec<Transaction>,
    rows_read: u32,
    kept: u32,
    full: bool,
    open: Option<OpenTransaction>,
}

#[derive(Debug)]
struct OpenTransaction {
    start: TransactionStart,
    /// How many of its row changes were taken, and the hash over them.
    rows: u64,
    hash: u64,
    /// Whether it has an entry in the batch, which then is the last.
    listed: bool,
}

impl OpenTransaction {
    fn count(&mut self, row: u64) {
        self.rows += 1;
        self.hash = xxh3_64_with_seed(&row.to_le_bytes(), self.hash);
    }
}

impl BatchBuilder {
    /// Returns a builder with an empty batch and no open transaction.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            budget: Budget::new(limits.bytes),
            sets: Vec::new(),
            by_table: HashMap::new(),
            last: 0,
            transactions: Vec::new(),
            rows_read: 0,
            kept: 0,
            full: false,
            open: None,
        }
    }

    /// Begins a transaction; rows that follow belong to it. One that is still open is left as it is: not closed.
    pub fn begin(&mut self, start: TransactionStart) {
        self.open = Some(OpenTransaction { start, rows: 0, hash: 0, listed: false });
    }

    /// Ends the open transaction: it is closed in this batch. One without rows leaves no trace.
    pub fn end(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if open.rows > 0 {
            list(&mut open, &mut self.transactions, &mut self.budget, self.rows_read);
            if let Some(last) = self.transactions.last_mut() {
                last.closed = true;
            }
        }
    }

    /// Returns how far the open transaction was taken; `None` if no transaction is open or nothing was taken of it.
    pub fn inside(&self) -> Option<Inside> {
        let open = self.open.as_ref().filter(|open| open.rows > 0)?;
        Some(Inside { gtid: open.start.gtid.clone(), rows: open.rows, hash: open.hash })
    }

    /// Returns the beginning of the open transaction.
    pub fn transaction(&self) -> Option<&TransactionStart> {
        self.open.as_ref().map(|open| &open.start)
    }

    /// Tells whether nothing was read into the batch and no transaction ends in it.
    pub fn is_empty(&self) -> bool {
        self.rows_read == 0 && self.transactions.is_empty()
    }

    /// Tells whether the batch should be finished before more is put into it.
    pub fn is_full(&self) -> bool {
        self.full || self.rows_read >= self.limits.rows || self.budget.is_spent()
    }

    /// Returns how many row changes were read into the batch, passed-over ones included.
    pub fn rows(&self) -> u32 {
        self.rows_read
    }

    /// Returns the memory of the batch, in bytes of allocated capacity.
    pub fn bytes(&self) -> usize {
        self.budget.used()
    }

    /// Takes rows from an event into the batch, `at_most` so many.
    ///
    /// # Errors
    /// If a row cannot be read, no transaction is open, or the table has no schema. The batch then holds the rows
    /// before.
    pub fn push(&mut self, table: &Arc<Table>, rows: &mut Rows<'_>, at_most: u64) -> Result<Progress, Error> {
        rows.check(table.map())?;
        let seed = rows.seed(table.map());
        let mut left = at_most;
        while !rows.is_exhausted() {
            if self.is_full() {
                return Ok(Progress::Full);
            }
            if left == 0 {
                return Ok(Progress::Stopped);
            }
            if !self.push_row(table, rows, seed)? {
                self.full = true;
                return Ok(Progress::Full);
            }
            left -= 1;
        }
        Ok(Progress::Exhausted)
    }

    /// Counts rows of a table that nobody wants: they take their places in the batch and the transaction, but are not
    /// in the batch. The table needs no schema.
    ///
    /// # Errors
    /// If a row cannot be delimited, or no transaction is open.
    pub fn pass_over(&mut self, table: &Table, rows: &mut Rows<'_>, at_most: u64) -> Result<Progress, Error> {
        rows.check(table.map())?;
        let seed = rows.seed(table.map());
        let mut left = at_most;
        while !rows.is_exhausted() {
            if self.is_full() {
                return Ok(Progress::Full);
            }
            if left == 0 {
                return Ok(Progress::Stopped);
            }
            let hash = rows.walk(table.map(), seed)?;
            let Some(open) = &mut self.open else {
                return Err(rows.error(Problem::invalid(NO_TRANSACTION)));
            };
            list(open, &mut self.transactions, &mut self.budget, self.rows_read);
            open.count(hash);
            self.rows_read += 1;
            left -= 1;
        }
        Ok(Progress::Exhausted)
    }

    /// Skips rows that lie before the position from which is read on: they are counted as earlier rows of the
    /// transaction, of which nothing may be in the batch yet.
    ///
    /// # Errors
    /// If a row cannot be delimited, or no transaction is open.
    pub fn skip(&mut self, table: &Table, rows: &mut Rows<'_>, at_most: u64) -> Result<Progress, Error> {
        rows.check(table.map())?;
        let seed = rows.seed(table.map());
        for _ in 0..at_most {
            if rows.is_exhausted() {
                break;
            }
            let hash = rows.walk(table.map(), seed)?;
            let open = self.open.as_mut().filter(|open| !open.listed);
            open.ok_or_else(|| rows.error(Problem::invalid(NO_TRANSACTION)))?.count(hash);
        }
        Ok(if rows.is_exhausted() { Progress::Exhausted } else { Progress::Stopped })
    }

    /// Closes the batch and begins the next. An open transaction goes on in the next one.
    pub fn finish(&mut self, end: Checkpoint, schemas: Vec<SchemaChange>) -> Batch {
        let sets = std::mem::take(&mut self.sets);
        self.by_table.clear();
        self.last = 0;
        self.budget.reset();
        self.full = false;
        self.kept = 0;
        if let Some(open) = &mut self.open {
            open.listed = false;
        }
        Batch {
            row_sets: sets.into_iter().filter_map(OpenSet::finish).collect(),
            transactions: std::mem::take(&mut self.transactions),
            rows_read: u64::from(std::mem::take(&mut self.rows_read)),
            schemas,
            end,
        }
    }
}

const NO_TRANSACTION: &str = "it stands outside any transaction";

impl BatchBuilder {
    /// Reads the next row into its set; `false` if the batch has no room for it.
    fn push_row(&mut self, table: &Arc<Table>, rows: &mut Rows<'_>, seed: u64) -> Result<bool, Error> {
        self.budget.set_unlimited(self.kept == 0);
        let Some(index) = self.set(table, rows)? else { return Ok(false) };
        let (Some(set), Some(open)) = (self.sets.get_mut(index), &mut self.open) else {
            return Err(rows.error(Problem::invalid(NO_TRANSACTION)));
        };
        let row = rows.rest();
        let length = match set.read(row, &mut self.budget) {
            Ok(length) => length,
            Err((_, Fault::Full)) => return Ok(false),
            Err((column, fault)) => return Err(rows.error(set.problem(column, fault))),
        };
        let hash = row_hash(seed, row.get(..length).unwrap_or_default());
        list(open, &mut self.transactions, &mut self.budget, self.rows_read);
        open.count(hash);
        // There are at most as many transactions as rows, whose number has 32 bits.
        set.place(self.rows_read, self.transactions.len() as u32 - 1, hash);
        rows.advance(length);
        self.last = index;
        self.rows_read += 1;
        self.kept += 1;
        Ok(true)
    }

    /// Returns the index of the set that the next row goes into; `None` if it would be a new one and the batch has no
    /// room for it.
    fn set(&mut self, table: &Arc<Table>, rows: &Rows<'_>) -> Result<Option<usize>, Error> {
        let diffs = if rows.kind() == RowsKind::PartialUpdate { rows.next_diffs(table.map())? } else { &[] };
        let holds = |set: &OpenSet| set.holds(table, rows, diffs);
        if self.sets.get(self.last).is_some_and(holds) {
            return Ok(Some(self.last));
        }
        let newest = self.by_table.get(&table.number()).copied();
        let mut next = newest;
        while let Some(index) = next
            && let Some(set) = self.sets.get(index)
        {
            if set.holds(table, rows, diffs) {
                return Ok(Some(index));
            }
            next = set.older();
        }
        if self.sets.len() >= self.limits.sets && self.kept > 0 {
            return Ok(None);
        }
        let set = OpenSet::new(table, rows, diffs, newest).map_err(|problem| rows.error(problem))?;
        if self.budget.take(set.fixed_bytes()).is_err() {
            return Ok(None);
        }
        self.by_table.insert(table.number(), self.sets.len());
        self.sets.push(set);
        Ok(Some(self.sets.len() - 1))
    }
}

/// Gives the open transaction an entry in the batch, if it has none.
fn list(
    open: &mut OpenTransaction,
    transactions: &mut Vec<Transaction>,
    budget: &mut Budget,
    rows_read: u32,
) {
    if open.listed {
        return;
    }
    open.listed = true;
    // The vector may have room for twice as many.
    budget.charge(2 * size_of::<Transaction>());
    transactions.push(Transaction {
        gtid: open.start.gtid.clone(),
        log: open.start.log.clone(),
        commit_time: open.start.commit_time,
        server_id: open.start.server_id,
        rows_before: open.rows,
        first_ordinal: rows_read,
        closed: false,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(rows: &[u64]) -> u64 {
        let log = LogPosition { file: "binlog".into(), offset: 4 };
        let start = TransactionStart { gtid: None, log, commit_time: 0, server_id: 1 };
        let mut open = OpenTransaction { start, rows: 0, hash: 0, listed: false };
        rows.iter().for_each(|row| open.count(*row));
        open.hash
    }

    #[test]
    fn the_hash_inside_a_transaction_is_over_all_rows_in_order() {
        let hashes =
            [hash(&[]), hash(&[1]), hash(&[2]), hash(&[1, 2]), hash(&[2, 1]), hash(&[3, 2]), hash(&[0])];
        for (index, one) in hashes.iter().enumerate() {
            assert!(!hashes[..index].contains(one), "{index}");
        }
    }
}

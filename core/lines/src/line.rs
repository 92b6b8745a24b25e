//! Changes as lines, in the order of the log.

use crate::{
    image::ImageWriter,
    text::{write_number, write_string},
};
use tidegate_model::{Batch, Ddl, Operation, RowSet, TableName, Transaction};
use tidegate_plugin::{Change, Result};

/// Writes changes as lines; keeps its buffers from one change to the next.
#[derive(Default)]
pub struct Lines {
    /// A batch's rows in order: ordinal, row set, row.
    order: Vec<(u32, u32, u32)>,
    /// The end of a line up to the row's number, and whose it is.
    transaction: Vec<u8>,
    scratch: Vec<u8>,
}

/// The rows of a set as lines, each to be ended by the caller.
pub struct RowLines<'a> {
    rows: &'a RowSet,
    /// The beginning of each line.
    head: Vec<u8>,
    before: Option<ImageWriter<'a>>,
    after: Option<ImageWriter<'a>>,
}

impl Lines {
    /// Appends the lines of `change`; `full` is called with the buffer whenever it is large, and may empty it.
    ///
    /// # Errors
    /// If an array does not have its column's type, or `full` fails.
    pub fn write(
        &mut self,
        change: &Change,
        out: &mut Vec<u8>,
        full: impl FnMut(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        match change {
            Change::Batch(batch) => self.write_batch(batch, out, full),
            Change::Ddl(ddl) => {
                self.write_ddl(ddl, out);
                Ok(())
            }
        }
    }

    fn write_batch(
        &mut self,
        batch: &Batch,
        out: &mut Vec<u8>,
        mut full: impl FnMut(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        const LARGE: usize = 1 << 20;
        let sets = batch.row_sets.iter().map(RowLines::new).collect::<Result<Vec<_>>>()?;
        self.sort(batch);
        let order = std::mem::take(&mut self.order);
        let mut current = None;
        for (ordinal, set, row) in &order {
            let (Some(set), row) = (sets.get(*set as usize), *row as usize) else { continue };
            let index = set.rows.transactions.get(row).copied();
            let transaction = index.and_then(|index| batch.transactions.get(index as usize));
            if current != index {
                current = index;
                self.transaction.clear();
                transaction
                    .into_iter()
                    .for_each(|transaction| write_transaction(&mut self.transaction, transaction));
            }
            set.write_images(out, row, &mut self.scratch);
            out.extend_from_slice(&self.transaction);
            if let Some(transaction) = transaction {
                write_row_number(out, transaction, *ordinal);
            }
            out.extend_from_slice(b"}\n");
            if out.len() > LARGE {
                full(out)?;
            }
        }
        self.order = order;
        Ok(())
    }

    /// Brings the rows of all sets into order. Each set is in order already, which the sort makes use of; of two rows
    /// with one ordinal the one in the earlier set comes first.
    fn sort(&mut self, batch: &Batch) {
        self.order.clear();
        for (set, rows) in (0..).zip(&batch.row_sets) {
            self.order.extend((0..).zip(&rows.ordinals).map(|(row, ordinal)| (*ordinal, set, row)));
        }
        if batch.row_sets.len() > 1 {
            self.order.sort();
        }
    }

    fn write_ddl(&mut self, ddl: &Ddl, out: &mut Vec<u8>) {
        self.transaction.clear();
        write_transaction(&mut self.transaction, &ddl.transaction);
        for (number, target) in ddl.targets.iter().enumerate() {
            out.extend_from_slice(b"{\"op\":\"ddl\",\"statement\":");
            write_number(out, number);
            out.extend_from_slice(b",\"sql\":");
            write_string(out, &target.sql);
            out.extend_from_slice(b",\"tables\":[");
            for (index, (table, _)) in target.tables.iter().enumerate() {
                out.extend_from_slice(if index == 0 { b"{" } else { b",{" });
                write_name(out, "schema", "table", table);
                out.push(b'}');
            }
            out.push(b']');
            out.extend_from_slice(&self.transaction);
            out.extend_from_slice(b"}\n");
        }
    }
}

impl<'a> RowLines<'a> {
    /// Looks at a row set.
    ///
    /// # Errors
    /// If an array does not have its column's type.
    pub fn new(rows: &'a RowSet) -> Result<Self> {
        let mut head = Vec::new();
        head.extend_from_slice(b"{\"op\":\"");
        head.extend_from_slice(rows.operation.name().as_bytes());
        head.extend_from_slice(b"\",");
        write_name(&mut head, "schema", "table", &rows.target);
        if rows.target != rows.table.name {
            head.push(b',');
            write_name(&mut head, "source_schema", "source_table", &rows.table.name);
        }
        let has_before = matches!(rows.operation, Operation::Update | Operation::Delete);
        let has_after = rows.operation != Operation::Delete;
        Ok(Self {
            rows,
            head,
            before: has_before.then(|| ImageWriter::new(&rows.before)).transpose()?,
            after: has_after.then(|| ImageWriter::new(&rows.after)).transpose()?,
        })
    }

    /// Appends the line of a row but for its last brace, so that more keys can follow.
    pub fn write_open(&self, out: &mut Vec<u8>, row: usize, transactions: &[Transaction]) {
        self.write_images(out, row, &mut Vec::new());
        self.write_place(out, row, transactions);
    }

    /// Appends a row's line without its images and its last brace.
    pub fn write_without_images(&self, out: &mut Vec<u8>, row: usize, transactions: &[Transaction]) {
        out.extend_from_slice(&self.head);
        self.write_place(out, row, transactions);
    }

    fn write_place(&self, out: &mut Vec<u8>, row: usize, transactions: &[Transaction]) {
        let index = self.rows.transactions.get(row).copied().unwrap_or(u32::MAX);
        let (Some(transaction), Some(ordinal)) =
            (transactions.get(index as usize), self.rows.ordinals.get(row))
        else {
            return;
        };
        write_transaction(out, transaction);
        write_row_number(out, transaction, *ordinal);
    }

    fn write_images(&self, out: &mut Vec<u8>, row: usize, scratch: &mut Vec<u8>) {
        out.extend_from_slice(&self.head);
        if let Some(before) = &self.before {
            out.extend_from_slice(b",\"before\":");
            before.write(out, row, scratch);
            before.write_inexact(out, b",\"before_json\":", row);
        }
        if let Some(after) = &self.after {
            out.extend_from_slice(b",\"after\":");
            after.write(out, row, scratch);
            after.write_inexact(out, b",\"after_json\":", row);
            if after.has_diffs() {
                out.extend_from_slice(b",\"after_diffs\":");
                after.write_diffs(out, row, scratch);
            }
        }
    }
}

fn write_name(out: &mut Vec<u8>, schema: &str, table: &str, name: &TableName) {
    write_string(out, schema);
    out.push(b':');
    write_string(out, &name.schema);
    if !name.is_schema() {
        out.push(b',');
        write_string(out, table);
        out.push(b':');
        write_string(out, &name.table);
    }
}

fn write_transaction(out: &mut Vec<u8>, transaction: &Transaction) {
    if let Some(gtid) = &transaction.gtid {
        out.extend_from_slice(b",\"gtid\":");
        write_string(out, &gtid.to_string());
    }
    out.extend_from_slice(b",\"file\":");
    write_string(out, &transaction.log.file);
    out.extend_from_slice(b",\"offset\":");
    write_number(out, transaction.log.offset);
    out.extend_from_slice(b",\"commit_time\":");
    write_number(out, transaction.commit_time);
    out.extend_from_slice(b",\"server_id\":");
    write_number(out, transaction.server_id);
}

fn write_row_number(out: &mut Vec<u8>, transaction: &Transaction, ordinal: u32) {
    out.extend_from_slice(b",\"row\":");
    write_number(out, transaction.row_number(ordinal));
}

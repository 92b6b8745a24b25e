//! Renders a lane's share, packet by packet: deletes, updates, inserts, then what goes row by row.

use super::{
    compare::put_condition,
    literal::Unwritable,
    row::SetWriters,
    text::{put_name, put_table},
};
use crate::{
    plan::{Binding, NetUpdate, Plan, RowRef, Share, Window, inserts},
    target::TargetTable,
};
use std::{collections::HashMap, sync::Arc};
use tidegate_model::Operation;
use tidegate_mysql_connection::{Flavor, Version};
use tidegate_plugin::{PluginError, Result};

/// How large statements and packets become.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes after which a statement takes no further row.
    pub(crate) statement_bytes: usize,
    /// Rows of a statement.
    pub(crate) statement_rows: usize,
    /// Bytes after which a packet takes no further statement.
    pub(crate) packet_bytes: usize,
    /// Statements of a packet.
    pub(crate) packet_statements: usize,
}

/// Statements that are sent together, and what each must answer.
#[derive(Debug, Default)]
pub(crate) struct Packet {
    /// The statements, with semicolons between them.
    pub(crate) sql: Vec<u8>,
    /// One entry a statement.
    pub(crate) expected: Vec<Expected>,
}

/// What a statement must answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// What it does.
    pub(crate) verb: Verb,
    /// How many rows it is about.
    pub(crate) rows: u64,
    /// The first of them.
    pub(crate) first: Option<RowRef>,
    /// How many warnings it must give, if it runs in a lenient session.
    pub(crate) warnings: Option<u16>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Inserts rows.
    Insert,
    /// Changes rows by an insert that finds them all.
    Upsert,
    /// Changes one row.
    Update,
    /// Deletes rows.
    Delete,
    /// Changes the session.
    Set,
}

enum Work<'a> {
    Delete(&'a [RowRef]),
    Update(&'a [NetUpdate]),
    Upsert(&'a [NetUpdate]),
    Insert(&'a [RowRef]),
    Ordered(&'a [RowRef]),
    Setting(&'static str),
}

/// Renders a share.
pub(crate) struct Renderer<'a> {
    window: &'a Window,
    plan: &'a Plan,
    version: Version,
    limits: Limits,
    writers: Vec<Option<SetWriters<'a>>>,
    shapes: HashMap<(usize, Vec<usize>), usize>,
    work: Vec<Work<'a>>,
    at: (usize, usize),
}

/// Sets the mode in which rows are applied.
pub(crate) const STRICT: &str =
    "SET sql_mode='STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'";
/// Sets the mode in which the error value of an ENUM is taken, with a warning.
const LENIENT: &str = "SET sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'";

impl<'a> Renderer<'a> {
    /// Returns a renderer for a share. `upserts` tells whether updates may go as inserts that find their rows.
    pub(crate) fn new(
        window: &'a Window,
        plan: &'a Plan,
        share: &'a Share,
        version: Version,
        limits: Limits,
        upserts: bool,
    ) -> Self {
        let mut work = Vec::new();
        let tables = || share.tables.iter();
        work.extend(tables().map(|changes| Work::Delete(&changes.deletes)));
        work.extend(tables().map(|changes| {
            if upserts && changes.table.keys.len() == 1 && changes.updates.len() > 1 {
                Work::Upsert(&changes.updates)
            } else {
                Work::Update(&changes.updates)
            }
        }));
        work.extend(tables().map(|changes| Work::Insert(&changes.inserts)));
        work.push(Work::Ordered(&share.ordered));
        if !share.linked.is_empty() {
            work.push(Work::Setting("SET foreign_key_checks=1"));
            work.push(Work::Ordered(&share.linked));
            work.push(Work::Setting("SET foreign_key_checks=0"));
        }
        let writers = window.sets.iter().map(|_| None).collect();
        Self { window, plan, version, limits, writers, shapes: HashMap::new(), work, at: (0, 0) }
    }

    /// Renders the next packet; an empty one at the end.
    ///
    /// # Errors
    /// If a value cannot be written.
    pub(crate) fn next(&mut self, packet: &mut Packet) -> Result<()> {
        packet.sql.clear();
        packet.expected.clear();
        while packet.sql.len() < self.limits.packet_bytes
            && packet.expected.len() < self.limits.packet_statements
        {
            let (index, from) = self.at;
            let Some(work) = self.work.get(index) else { break };
            let length = match work {
                Work::Delete(rows) | Work::Insert(rows) | Work::Ordered(rows) => rows.len(),
                Work::Update(rows) | Work::Upsert(rows) => rows.len(),
                Work::Setting(_) => 1,
            };
            if from >= length {
                self.at = (index + 1, 0);
                continue;
            }
            let taken = self.statement(index, from, packet)?;
            self.at = (index, from + taken.max(1));
        }
        Ok(())
    }

    /// Renders one statement of a piece of work from a row on; returns how many rows it took.
    fn statement(&mut self, index: usize, from: usize, packet: &mut Packet) -> Result<usize> {
        match &self.work[index] {
            Work::Delete(rows) => {
                let rows: &'a [RowRef] = rows;
                self.delete(&rows[from..], packet)
            }
            Work::Insert(rows) => {
                let rows: &'a [RowRef] = rows;
                self.insert(&rows[from..], packet)
            }
            Work::Update(rows) => {
                let NetUpdate { find, set } = rows[from];
                self.update(find, set, false, packet)
            }
            Work::Upsert(rows) => {
                let rows: &'a [NetUpdate] = rows;
                self.upsert(&rows[from..], packet)
            }
            Work::Ordered(rows) => {
                let rows: &'a [RowRef] = rows;
                self.ordered(&rows[from..], packet)
            }
            Work::Setting(sql) => {
                let sql = *sql;
                begin(packet);
                packet.sql.extend_from_slice(sql.as_bytes());
                packet.expect(Verb::Set, 0, None);
                Ok(1)
            }
        }
    }

    /// Renders the insert of a row's after image: what is to be there and is not.
    ///
    /// # Errors
    /// If the image does not hold the whole row, or a value cannot be written.
    pub(crate) fn insert_after(&mut self, row: RowRef, packet: &mut Packet) -> Result<()> {
        let binding = self.binding(row);
        if binding.table.written().any(|(column, _)| binding.after[column].is_none()) || binding.diffs {
            let error = PluginError::definite("a row is not there, and its image does not hold all of it");
            return Err(error
                .at(self.window.place(row))
                .hint("set `binlog_row_image=FULL` at the source, or compare the tables"));
        }
        self.insert(&[row], packet).map(|_| ())
    }

    fn prepare(&mut self, row: RowRef) -> Result<()> {
        if self.writers[row.set()].is_none() {
            let binding = &self.plan.bindings[row.set()];
            let mut writers =
                SetWriters::new(&self.window.sets[row.set()].rows, binding, self.version.flavor)?;
            let next = self.shapes.len();
            let table = Arc::as_ptr(&binding.table) as usize;
            writers.shape = *self.shapes.entry((table, writers.inserted())).or_insert(next);
            self.writers[row.set()] = Some(writers);
        }
        Ok(())
    }

    fn writers(&self, row: RowRef) -> Result<&SetWriters<'a>> {
        self.writers[row.set()]
            .as_ref()
            .ok_or_else(|| PluginError::definite("a row set has no writers; this is a bug of Tidegate"))
    }

    fn binding(&self, row: RowRef) -> &'a Binding {
        &self.plan.bindings[row.set()]
    }

    fn table(&self, row: RowRef) -> &'a TargetTable {
        &self.plan.bindings[row.set()].table
    }

    fn delete(&mut self, rows: &[RowRef], packet: &mut Packet) -> Result<usize> {
        let Some(first) = rows.first().copied() else { return Ok(0) };
        begin(packet);
        let out = &mut packet.sql;
        let start = out.len();
        out.extend_from_slice(b"DELETE FROM ");
        put_table(out, &self.table(first).name);
        let key = &self.binding(first).finding;
        let mut taken = 0;
        if rows.len() == 1 {
            self.prepare(first)?;
            self.put_where(first, out)?;
            taken = 1;
        } else {
            out.extend_from_slice(if key.len() == 1 { b" WHERE " } else { b" WHERE (" });
            self.put_columns(first, key, out);
            out.extend_from_slice(if key.len() == 1 { b" IN (" } else { b") IN (" });
            for row in rows.iter().take(self.limits.statement_rows) {
                self.prepare(*row)?;
                if taken > 0 {
                    out.push(b',');
                }
                self.put_key(*row, out)?;
                taken += 1;
                if out.len() - start > self.limits.statement_bytes {
                    break;
                }
            }
            out.push(b')');
        }
        packet.expect(Verb::Delete, taken, Some(first));
        Ok(taken)
    }

    fn insert(&mut self, rows: &[RowRef], packet: &mut Packet) -> Result<usize> {
        let Some(first) = rows.first().copied() else { return Ok(0) };
        self.prepare(first)?;
        let errors = self.writers(first)?.enum_errors(first.row());
        let limit = if errors > 0 { 1 } else { self.limits.statement_rows };
        self.lenient(errors, LENIENT, packet);
        begin(packet);
        let taken = self.put_insert(rows, limit, &mut packet.sql)?;
        packet.expect(Verb::Insert, taken, Some(first));
        packet.warnings(errors);
        self.lenient(errors, STRICT, packet);
        Ok(taken)
    }

    /// Appends an insert of rows that name the same columns and hold no ENUM error, up to a limit.
    fn put_insert(&mut self, rows: &[RowRef], limit: usize, out: &mut Vec<u8>) -> Result<usize> {
        let Some(first) = rows.first().copied() else { return Ok(0) };
        let start = out.len();
        let (shape, columns) = {
            let writers = self.writers(first)?;
            (writers.shape, writers.inserted())
        };
        out.extend_from_slice(b"INSERT INTO ");
        put_table(out, &self.table(first).name);
        out.extend_from_slice(b" (");
        self.put_columns(first, &columns, out);
        out.extend_from_slice(b") VALUES ");
        let mut taken = 0;
        for row in rows.iter().take(limit) {
            self.prepare(*row)?;
            let writers = self.writers(*row)?;
            if taken > 0 && (writers.shape != shape || writers.enum_errors(row.row()) > 0) {
                break;
            }
            if taken > 0 {
                out.push(b',');
            }
            let written = writers.put_inserted(row.row(), out);
            written.map_err(|error| self.unwritable(*row, error))?;
            taken += 1;
            if out.len() - start > self.limits.statement_bytes {
                break;
            }
        }
        Ok(taken)
    }

    fn upsert(&mut self, updates: &[NetUpdate], packet: &mut Packet) -> Result<usize> {
        let Some(first) = updates.first().copied() else { return Ok(0) };
        let rows: Vec<RowRef> =
            updates.iter().take(self.limits.statement_rows).map(|update| update.set).collect();
        self.prepare(first.set)?;
        if rows.len() < 2 || self.writers(first.set)?.enum_errors(first.set.row()) > 0 {
            return self.update(first.find, first.set, false, packet);
        }
        begin(packet);
        let start = packet.sql.len();
        let taken = self.put_insert(&rows, rows.len(), &mut packet.sql)?;
        if taken < 2 {
            // A single row answers without the counts that tell a missing row.
            packet.sql.truncate(start.saturating_sub(usize::from(start > 0)));
            return self.update(first.find, first.set, false, packet);
        }
        let out = &mut packet.sql;
        let binding = self.binding(first.set);
        let alias = self.version.at_least(Flavor::MySql, (8, 0, 20));
        out.extend_from_slice(if alias {
            b" AS n ON DUPLICATE KEY UPDATE "
        } else {
            b" ON DUPLICATE KEY UPDATE "
        });
        let mut columns = self.writers(first.set)?.inserted();
        columns.retain(|column| !binding.finding.contains(column));
        if columns.is_empty() {
            columns.clone_from(&binding.finding);
        }
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let name = &self.table(first.set).columns[*column].name;
            put_name(out, name);
            out.extend_from_slice(if alias { b"=n." } else { b"=VALUES(" });
            put_name(out, name);
            if !alias {
                out.push(b')');
            }
        }
        packet.expect(Verb::Upsert, taken, Some(first.set));
        Ok(taken)
    }

    /// Renders the update of one row. `keys` tells whether the columns of the finding key are set, too.
    fn update(&mut self, find: RowRef, set: RowRef, keys: bool, packet: &mut Packet) -> Result<usize> {
        self.prepare(find)?;
        self.prepare(set)?;
        let binding = self.binding(set);
        let errors = self.writers(set)?.enum_errors(set.row());
        let only_keys = self.writers(set)?.after.iter().all(|(column, _)| binding.finding.contains(column));
        if self.writers(set)?.after.is_empty() {
            return Ok(1);
        }
        self.lenient(errors, LENIENT, packet);
        begin(packet);
        let out = &mut packet.sql;
        out.extend_from_slice(b"UPDATE ");
        put_table(out, &binding.table.name);
        out.extend_from_slice(b" SET ");
        let wanted = |column: usize| keys || only_keys || !binding.finding.contains(&column);
        let written = self.writers(set)?.put_assignments(binding, set.row(), wanted, out);
        written.map_err(|error| self.unwritable(set, error))?;
        self.put_where(find, out)?;
        packet.expect(Verb::Update, 1, Some(set));
        packet.warnings(errors);
        self.lenient(errors, STRICT, packet);
        Ok(1)
    }

    fn ordered(&mut self, rows: &[RowRef], packet: &mut Packet) -> Result<usize> {
        let Some(first) = rows.first().copied() else { return Ok(0) };
        let operation = self.window.set(first).operation;
        if inserts(operation) {
            let name = &self.table(first).name;
            let run = rows.iter().take_while(|row| {
                inserts(self.window.set(**row).operation) && self.table(**row).name == *name
            });
            let run = run.count();
            return self.insert(&rows[..run], packet);
        }
        if operation == Operation::Update {
            return self.update(first, first, true, packet);
        }
        begin(packet);
        packet.sql.extend_from_slice(b"DELETE FROM ");
        put_table(&mut packet.sql, &self.table(first).name);
        self.prepare(first)?;
        self.put_where(first, &mut packet.sql)?;
        packet.expect(Verb::Delete, 1, Some(first));
        Ok(1)
    }

    /// Appends ` WHERE …` that finds the row of a before image: by its key, else by all of its bytes.
    fn put_where(&self, row: RowRef, out: &mut Vec<u8>) -> Result<()> {
        let (writers, table) = (self.writers(row)?, self.table(row));
        let keyed = !self.binding(row).finding.is_empty();
        out.extend_from_slice(b" WHERE ");
        let columns = if keyed { &writers.find } else { &writers.before };
        for (index, (column, writer)) in columns.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b" AND ");
            }
            let target = &table.columns[*column];
            let written = if keyed {
                put_name(out, &target.name);
                out.push(b'=');
                writer.write(row.row(), out)
            } else {
                put_condition(out, target, writer, row.row(), self.version.flavor)
            };
            written.map_err(|error| self.unwritable(row, (*column, error)))?;
        }
        if !keyed {
            out.extend_from_slice(b" LIMIT 1");
        }
        Ok(())
    }

    /// Appends the value of the finding key, in parentheses if it has several columns.
    fn put_key(&self, row: RowRef, out: &mut Vec<u8>) -> Result<()> {
        let writers = &self.writers(row)?.find;
        let several = writers.len() > 1;
        for (index, (column, writer)) in writers.iter().enumerate() {
            if index > 0 || several {
                out.push(if index > 0 { b',' } else { b'(' });
            }
            writer.write(row.row(), out).map_err(|error| self.unwritable(row, (*column, error)))?;
        }
        if several {
            out.push(b')');
        }
        Ok(())
    }

    fn put_columns(&self, row: RowRef, columns: &[usize], out: &mut Vec<u8>) {
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            put_name(out, &self.table(row).columns[*column].name);
        }
    }

    fn lenient(&self, errors: u16, sql: &str, packet: &mut Packet) {
        if errors > 0 {
            begin(packet);
            packet.sql.extend_from_slice(sql.as_bytes());
            packet.expect(Verb::Set, 0, None);
        }
    }

    fn unwritable(&self, row: RowRef, (column, reason): (usize, Unwritable)) -> PluginError {
        let name = &self.table(row).columns[column].name;
        PluginError::definite(format!("a value of column `{name}` cannot be written: {reason}"))
            .at(self.window.place(row))
            .hint("correct the row at the source, or leave it out with a filter")
    }
}

/// Puts a semicolon behind the statement before.
fn begin(packet: &mut Packet) {
    if !packet.sql.is_empty() {
        packet.sql.push(b';');
    }
}

impl Packet {
    fn expect(&mut self, verb: Verb, rows: usize, first: Option<RowRef>) {
        self.expected.push(Expected { verb, rows: rows as u64, first, warnings: None });
    }

    fn warnings(&mut self, errors: u16) {
        if let (1.., Some(expected)) = (errors, self.expected.last_mut()) {
            expected.warnings = Some(errors);
        }
    }
}

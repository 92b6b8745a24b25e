//! The statements themselves.

use super::{Leave, Packet, Renderer, Verb, begin};
use crate::{
    plan::{Binding, NetUpdate, RowRef, inserts},
    statement::{
        compare::put_condition,
        literal::{Unwritable, Written},
        row::SetWriters,
        text::{put_name, put_table},
    },
    target::TargetTable,
};
use std::sync::Arc;
use tidegate_model::Operation;
use tidegate_mysql_connection::Flavor;
use tidegate_plugin::{PluginError, Result};

impl<'a> Renderer<'a> {
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

    pub(super) fn binding(&self, row: RowRef) -> &'a Binding {
        &self.plan.bindings[row.set()]
    }

    fn table(&self, row: RowRef) -> &'a TargetTable {
        &self.plan.bindings[row.set()].table
    }

    pub(super) fn delete(&mut self, rows: &[RowRef], packet: &mut Packet) -> Result<usize> {
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

    pub(super) fn insert(&mut self, rows: &[RowRef], packet: &mut Packet) -> Result<usize> {
        let Some(first) = rows.first().copied() else { return Ok(0) };
        self.prepare(first)?;
        let enum_errors = self.writers(first)?.enum_errors(first.row());
        let limit = if enum_errors > 0 { 1 } else { self.limits.statement_rows };
        let mut leave = Leave { enum_errors, unchecked: false };
        loop {
            let end = packet.end();
            leave.give(packet);
            begin(packet);
            let (taken, written) = self.put_insert(rows, limit, &mut packet.sql)?;
            if written == Written::Unchecked && !leave.unchecked {
                packet.go_back(end);
                leave.unchecked = true;
                continue;
            }
            packet.expect(Verb::Insert, taken, Some(first));
            packet.warnings(enum_errors);
            leave.take_back(packet);
            return Ok(taken);
        }
    }

    /// Appends an insert of rows that name the same columns and need the same leave, up to a limit.
    fn put_insert(&mut self, rows: &[RowRef], limit: usize, out: &mut Vec<u8>) -> Result<(usize, Written)> {
        let Some(first) = rows.first().copied() else { return Ok((0, Written::Plain)) };
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
            let end = out.len();
            if taken > 0 {
                out.push(b',');
            }
            let written = writers.put_inserted(row.row(), out);
            let written = written.map_err(|error| self.unwritable(*row, error))?;
            // A row that is larger than statements become goes by itself: together they may be more than the target takes.
            let large = out.len() - end > self.limits.statement_bytes;
            match (written, taken) {
                (Written::Plain, 1..) if large => {
                    out.truncate(end);
                    break;
                }
                (Written::Plain, _) => taken += 1,
                (Written::Unchecked, 0) => return Ok((1, written)),
                (Written::Unchecked, _) => {
                    out.truncate(end);
                    break;
                }
            }
            if out.len() - start > self.limits.statement_bytes {
                break;
            }
        }
        Ok((taken, Written::Plain))
    }

    pub(super) fn upsert(&mut self, updates: &[NetUpdate], packet: &mut Packet) -> Result<usize> {
        let Some(first) = updates.first().copied() else { return Ok(0) };
        let rows: Vec<RowRef> =
            updates.iter().take(self.limits.statement_rows).map(|update| update.set).collect();
        self.prepare(first.set)?;
        if rows.len() < 2 || self.writers(first.set)?.enum_errors(first.set.row()) > 0 {
            return self.update(first.find, first.set, false, packet);
        }
        begin(packet);
        let start = packet.sql.len();
        let (taken, _) = self.put_insert(&rows, rows.len(), &mut packet.sql)?;
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
        columns.retain(|column| !binding.finding.contains(column) || binding.stamped.contains(column));
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
    pub(super) fn update(
        &mut self,
        find: RowRef,
        set: RowRef,
        keys: bool,
        packet: &mut Packet,
    ) -> Result<usize> {
        self.prepare(find)?;
        self.prepare(set)?;
        let binding = self.binding(set);
        let enum_errors = self.writers(set)?.enum_errors(set.row());
        let only_keys = self.writers(set)?.after.iter().all(|(column, _)| binding.finding.contains(column));
        if self.writers(set)?.after.is_empty() {
            return Ok(1);
        }
        let wanted = |column: usize| keys || only_keys || !binding.finding.contains(&column);
        let mut leave = Leave { enum_errors, unchecked: false };
        loop {
            let end = packet.end();
            leave.give(packet);
            begin(packet);
            let out = &mut packet.sql;
            out.extend_from_slice(b"UPDATE ");
            put_table(out, &binding.table.name);
            out.extend_from_slice(b" SET ");
            let written = self.writers(set)?.put_assignments(binding, set.row(), wanted, out);
            let written = written.map_err(|error| self.unwritable(set, error))?;
            if written == Written::Unchecked && !leave.unchecked {
                packet.go_back(end);
                leave.unchecked = true;
                continue;
            }
            self.put_where(find, out)?;
            packet.expect(Verb::Update, 1, Some(set));
            packet.warnings(enum_errors);
            leave.take_back(packet);
            return Ok(1);
        }
    }

    pub(super) fn ordered(&mut self, rows: &[RowRef], packet: &mut Packet) -> Result<usize> {
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
                writer.write(row.row(), out).map(drop)
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

    fn unwritable(&self, row: RowRef, (column, reason): (usize, Unwritable)) -> PluginError {
        let name = &self.table(row).columns[column].name;
        PluginError::definite(format!("a value of column `{name}` cannot be written: {reason}"))
            .at(self.window.place(row))
            .hint("correct the row at the source, or leave it out with a filter")
    }
}

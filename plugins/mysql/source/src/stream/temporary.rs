//! Temporary tables: they live in one connection of the source and are not replicated, but statements about them look
//! like those about the tables whose names they bear.

use super::Stream;
use crate::schemas::is_excluded;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_model::TableName;
use tidegate_mysql_binlog::{Header, Query, flags};
use tidegate_mysql_ddl::{Definition, Noted, StatementKind};
use tidegate_plugin::{PluginError, Result};

/// A connection of the source: its server and its number there.
pub(super) type Connection = (u32, u32);

/// The temporary tables that were seen to come.
#[derive(Default)]
pub(super) struct Temporaries {
    of: BTreeMap<Connection, BTreeSet<TableName>>,
}

/// Returns the connection that a statement ran in.
pub(super) fn connection(header: &Header, query: &Query<'_>) -> Connection {
    (header.server_id, query.connection_id)
}

impl Temporaries {
    pub(super) fn note(&mut self, connection: Connection, noted: &Noted) {
        let tables = self.of.entry(connection).or_default();
        for table in &noted.tables {
            if noted.made {
                tables.insert(table.clone());
            } else {
                tables.remove(table);
            }
        }
        if tables.is_empty() {
            self.of.remove(&connection);
        }
    }

    pub(super) fn holds(&self, connection: Connection, table: &TableName) -> bool {
        self.of.get(&connection).is_some_and(|tables| tables.contains(table))
    }

    fn rename(&mut self, connection: Connection, old: &TableName, new: &TableName) {
        if let Some(tables) = self.of.get_mut(&connection)
            && tables.remove(old)
        {
            tables.insert(new.clone());
        }
    }
}

impl Stream {
    /// Tells whether a DDL is about temporary tables only. The flag of its event alone does not tell, as it is also set
    /// where CONNECTION_ID() is called; without it, a statement is never about one.
    pub(super) fn is_temporary(
        &mut self,
        header: &Header,
        query: &Query<'_>,
        definition: &Definition,
    ) -> Result<bool> {
        let covered = self.transaction.as_ref().is_some_and(|transaction| transaction.covered);
        if !header.has(flags::THREAD_SPECIFIC) {
            return Ok(false);
        }
        let connection = connection(header, query);
        let renames = renames(&definition.kind);
        let subjects: Vec<&TableName> = match &definition.kind {
            StatementKind::AlterTable(alter) => vec![&alter.table],
            StatementKind::RenameTable { pairs, .. } => pairs.iter().map(|(old, _)| old).collect(),
            StatementKind::TruncateTable(table) | StatementKind::DropIndex { table, .. } => vec![table],
            StatementKind::CreateIndex(create) => vec![&create.table],
            StatementKind::CreateTable(create) => match &create.like {
                Some(model) if !covered && self.temporaries.holds(connection, model) => {
                    return Err(ambiguous(model));
                }
                _ => return Ok(false),
            },
            // Servers log the dropping of temporary tables as such.
            _ => return Ok(false),
        };
        if subjects.iter().all(|table| self.temporaries.holds(connection, table)) {
            for (old, new) in renames {
                self.temporaries.rename(connection, old, new);
            }
            return Ok(true);
        }
        if covered || subjects.iter().all(|table| self.schemas.exists(table) == Some(false)) {
            return Ok(true);
        }
        let wanted = |table: &TableName| !is_excluded(&table.schema) && (self.wants)(table);
        if let Some(table) =
            subjects.iter().copied().chain(renames.iter().map(|(_, new)| *new)).find(|table| wanted(table))
        {
            return Err(ambiguous(table));
        }
        for table in subjects {
            self.schemas.forget(table, "a statement changed it, or a temporary table of its name");
        }
        Ok(true)
    }
}

fn renames(kind: &StatementKind) -> Vec<(&TableName, &TableName)> {
    match kind {
        StatementKind::RenameTable { pairs, .. } => pairs.iter().map(|(old, new)| (old, new)).collect(),
        StatementKind::AlterTable(alter) => {
            alter.renamed_to().map(|new| (&alter.table, new)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn ambiguous(table: &TableName) -> PluginError {
    PluginError::definite(format!(
        "a DDL names {table}, and may mean a temporary table of that name, which is not replicated"
    ))
    .hint(
        "look at the source whether the table itself was changed; if so, run the statement at the target by hand; then \
         start behind it with --reset; binlog_format = ROW at the source keeps temporary tables out of the log",
    )
}

//! What the source's tables look like at the place that is read.
//!
//! A wrong guess writes values into the wrong columns without a word, so there is none: a schema comes from the log
//! itself (`binlog_row_metadata = FULL`, or a CREATE in it), from the checkpoint, from a schema file, or from the server
//! if nothing in the log between here and now can have changed it.

mod current;
mod file;
pub(crate) mod names;
mod scan;

pub(crate) use current::Current;
pub(crate) use file::read_schema_file;
pub(crate) use scan::Touched;

use std::{collections::BTreeSet, sync::Arc};
use tidegate_model::{SchemaChange, Session, Statement, TableName, TableSchema, TableState};
use tidegate_mysql_binlog::{Table, TableMap};
use tidegate_mysql_connection::ServerFacts;
use tidegate_mysql_ddl::{
    CreateTable, Definition, Flavor, Noted, Parsed, SEQUENCE, StatementKind, Tracker, parse, render,
};
use tidegate_plugin::{PluginError, Result, TableNames};

/// The schemas of the servers' own bookkeeping.
pub(crate) const SYSTEM_SCHEMAS: &[&str] = &["mysql", "information_schema", "performance_schema", "sys"];

/// The schema that Tidegate keeps at a target, which may be a source as well.
const OWN_SCHEMA: &str = "tidegate";

/// Tells whether nothing of a schema is ever replicated.
pub(crate) fn is_excluded(schema: &str) -> bool {
    schema == OWN_SCHEMA || SYSTEM_SCHEMAS.contains(&schema)
}

/// What is known of the source's tables as of the place that is read.
pub(crate) struct Schemas {
    tracker: Tracker,
    flavor: Flavor,
    /// What was learnt since the last batch was closed.
    learnt: Vec<SchemaChange>,
    /// The tables for which the server's current schemas were asked for.
    asked: BTreeSet<TableName>,
    names: Arc<TableNames>,
}

/// What a table map needs.
pub(crate) enum Bound {
    /// Nothing more.
    Table(Table),
    /// The table's schema: nothing is known of it.
    Unknown(TableName),
}

/// Returns the dialect of a server.
pub(crate) fn flavor_of(facts: &ServerFacts) -> Result<Flavor> {
    let flavor = Flavor::from_version(&facts.version_text).ok_or_else(|| {
        PluginError::definite(format!("`{}` is no version of a server that we know", facts.version_text))
    })?;
    Ok(flavor.folding(facts.lower_case_table_names() != 0))
}

impl Schemas {
    /// Starts without any table; the names of those that come to be known are added to `names`.
    pub(crate) fn new(flavor: Flavor, names: Arc<TableNames>) -> Self {
        Self { tracker: Tracker::new(flavor), flavor, learnt: Vec::new(), asked: BTreeSet::new(), names }
    }

    pub(crate) fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// Takes the dialect of the server that wrote what follows: not the one that runs now, if it was upgraded since.
    pub(crate) fn written_by(&mut self, server_version: &str) {
        let written =
            Flavor::from_version(server_version).filter(|flavor| flavor.family == self.flavor.family);
        if let Some(flavor) = written {
            self.flavor = flavor.folding(self.flavor.lower_case_table_names);
            self.tracker.set_flavor(self.flavor);
        }
    }

    /// Takes over what a checkpoint holds.
    pub(crate) fn resume(&mut self, schemas: Vec<SchemaChange>) {
        self.name(&schemas);
        self.tracker.load(schemas);
    }

    /// Takes over a schema file.
    pub(crate) fn load_file(&mut self, sql: &str) -> Result<()> {
        for change in file::read(sql, self.flavor)? {
            self.learn(change);
        }
        Ok(())
    }

    /// Returns the tables that are known.
    pub(crate) fn all(&self) -> Vec<Arc<TableSchema>> {
        let known = self.tracker.snapshot().into_iter().filter_map(|change| match change {
            SchemaChange::Table { state: TableState::Known(schema), .. } => Some(schema),
            _ => None,
        });
        known.collect()
    }

    /// Takes over the server's current schemas, except of what `touched` says that the log changes between here and
    /// now. What is known already is not replaced.
    pub(crate) fn adopt(&mut self, current: &Current, touched: &Touched) {
        for (name, collation) in &current.schemas {
            if self.tracker.collation_of(name).is_none() && !touched.schema(name) {
                self.learn(SchemaChange::Schema { name: name.clone(), collation: Some(*collation) });
            }
        }
        for table in &current.tables {
            if self.tracker.table(&table.name).is_none() && !touched.table(&table.name) {
                let state = TableState::Known(table.clone());
                self.learn(SchemaChange::Table { name: table.name.clone(), state });
            }
        }
        for name in &current.sequences {
            if self.tracker.table(name).is_none() && !touched.table(name) {
                self.learn(unknown_change(name, SEQUENCE));
            }
        }
        for name in current.schemas.keys().filter(|name| !current.partial.contains(*name)) {
            if !touched.within(name) {
                self.tracker.set_knows_all_of(name.clone());
            }
        }
        if touched.is_empty() && current.partial.is_empty() {
            self.tracker.set_knows_all(true);
        }
    }

    /// Notes sequences that come or go.
    pub(crate) fn note_sequences(&mut self, noted: &Noted) {
        for name in &noted.tables {
            self.learn(if noted.made {
                unknown_change(name, SEQUENCE)
            } else {
                SchemaChange::Table { name: name.clone(), state: TableState::Dropped }
            });
        }
    }

    /// Tells whether rows of a table are a sequence's.
    pub(crate) fn is_sequence(&self, map: &TableMap) -> bool {
        match self.tracker.table(&map.name) {
            Some(TableState::Unknown { reason }) => **reason == *SEQUENCE,
            Some(_) => false,
            None => {
                let first = map.columns.first().and_then(|column| column.name.as_deref());
                map.columns.len() == 8 && first == Some("next_not_cached_value")
            }
        }
    }

    /// Returns the schema of a table, if it is known.
    pub(crate) fn known(&self, name: &TableName) -> Option<&TableSchema> {
        self.tracker.schema_of(name).map(|schema| &**schema)
    }

    /// Tells whether there is a table, `None` if that is not known.
    pub(crate) fn exists(&self, name: &TableName) -> Option<bool> {
        self.tracker.exists(name)
    }

    /// Gives up what is known of a table.
    pub(crate) fn forget(&mut self, name: &TableName, reason: &str) {
        self.learn(unknown_change(name, reason));
    }

    /// Gives up what is known of the tables of a statement that failed half-way.
    pub(crate) fn apply_failed(&mut self, definition: &Definition) {
        let changes = self.tracker.apply_failed(definition);
        self.name(&changes);
        self.learnt.extend(changes);
    }

    fn learn(&mut self, change: SchemaChange) {
        self.name(std::slice::from_ref(&change));
        self.tracker.load([change.clone()]);
        self.learnt.push(change);
    }

    /// Takes what was learnt, for the next batch.
    pub(crate) fn take_learnt(&mut self) -> Vec<SchemaChange> {
        std::mem::take(&mut self.learnt)
    }

    /// Tells whether there is something for the next batch.
    pub(crate) fn has_learnt(&self) -> bool {
        !self.learnt.is_empty()
    }

    /// Follows a DDL.
    pub(crate) fn apply(&mut self, definition: &Definition, session: &Session) -> Vec<SchemaChange> {
        let changes = self.tracker.apply(definition, session);
        self.name(&changes);
        changes
    }

    /// Puts down the names of what is there now.
    fn name(&self, changes: &[SchemaChange]) {
        for change in changes {
            match change {
                SchemaChange::Table { state: TableState::Dropped, .. } => {}
                SchemaChange::Table { name, .. } => self.names.add(name),
                SchemaChange::Schema { name, collation: Some(_) } => {
                    self.names.add(&TableName::of_schema(name.clone()));
                }
                SchemaChange::Schema { .. } => {}
            }
        }
    }

    /// Writes CREATE TABLE … LIKE, which made a table just now, out in full; `None` if it is another statement or the
    /// table's schema does not say all of the table.
    pub(crate) fn expand(
        &self,
        definition: &Definition,
        session: &Session,
        changes: &[SchemaChange],
    ) -> Option<Statement> {
        let StatementKind::CreateTable(CreateTable { table, like: Some(_), .. }) = &definition.kind else {
            return None;
        };
        let made = changes.iter().find_map(|change| match change {
            SchemaChange::Table { name, state: TableState::Known(schema) } if name == table => Some(schema),
            _ => None,
        })?;
        if !self.tracker.is_lossless(table) {
            return None;
        }
        let sql = render(made, table, session).ok()?;
        match parse(&sql, session, self.flavor) {
            Ok(Parsed::Ddl(definition)) => Some(definition.statement),
            _ => None,
        }
    }

    /// Finds the schema for a table map of which rows are wanted.
    pub(crate) fn bind(&mut self, map: TableMap) -> Result<Bound> {
        let known = self.tracker.schema_of(&map.name).cloned();
        if let Some(told) = map.schema_from_full() {
            let schema = match known {
                // What is tracked says more, as long as it says nothing else.
                Some(known) if map.check(&known).is_ok() => known,
                _ => self.take_from_log(told),
            };
            return table(map, schema).map(Bound::Table);
        }
        match (known, self.tracker.table(&map.name)) {
            (Some(known), _) => table(map, known).map(Bound::Table),
            (None, Some(TableState::Unknown { reason })) => Err(unknown(&map.name, reason)),
            // What a statement made that may have been there before is learnt when its first row comes.
            (None, _) if self.asked.insert(map.name.clone()) => Ok(Bound::Unknown(map.name)),
            (None, _) => Err(unknown(
                &map.name,
                "the log does not say, and the server has changed or dropped it since",
            )),
        }
    }

    fn take_from_log(&mut self, told: TableSchema) -> Arc<TableSchema> {
        let schema = Arc::new(told);
        let state = TableState::Known(schema.clone());
        self.learn(SchemaChange::Table { name: schema.name.clone(), state });
        schema
    }
}

fn unknown_change(name: &TableName, reason: &str) -> SchemaChange {
    SchemaChange::Table { name: name.clone(), state: TableState::Unknown { reason: reason.into() } }
}

fn table(map: TableMap, schema: Arc<TableSchema>) -> Result<Table> {
    Table::new(map, schema).map_err(|mismatch| {
        PluginError::definite(mismatch.to_string()).hint(
            "the schema in use is not that of this place of the log: set binlog_row_metadata = FULL at the source and \
             start behind, or give the tables as they were in `schema-file` and begin with --reset",
        )
    })
}

fn unknown(name: &TableName, reason: &str) -> PluginError {
    PluginError::definite(format!("what table {name} looks like here is not known: {reason}")).hint(
        "set binlog_row_metadata = FULL at the source and start behind this place, give the tables as they were in \
         `schema-file` and begin with --reset, or filter the table out",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_in_the_dialect_of_the_server_that_wrote_them() {
        let mut schemas = Schemas::new(Flavor::mysql(80036), Arc::default());
        let session = Session::default();
        for (version, collation) in [("5.7.44-log", 45), ("8.0.36", 255), ("11.4.2-MariaDB", 255)] {
            schemas.written_by(version);
            let sql = "CREATE TABLE d.t (v VARCHAR(5)) CHARACTER SET utf8mb4";
            let Ok(Parsed::Ddl(definition)) = parse(sql, &session, schemas.flavor()) else { panic!("{sql}") };
            schemas.apply(&definition, &session);
            assert_eq!(schemas.known(&TableName::new("d", "t")).unwrap().collation, collation, "{version}");
        }
    }
}

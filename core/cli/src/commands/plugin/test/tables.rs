//! The tables that a file of cases declares.

use super::reading::{Frame, Reading, TableFrame, table_name};
use crate::statement;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tidegate_model::{SchemaChange, Session, TableName, TableSchema, TableState};
use tidegate_mysql_ddl::{Definition, StatementKind, Tracker};
use tidegate_plugin::{
    TableNames, path,
    settings::{Path, Problem, Value, suggestion},
};

/// The default collation of every schema: utf8mb4_0900_ai_ci.
const COLLATION: u16 = 255;

/// The tables that are declared, and which of them a case uses.
pub(super) struct Tables {
    declared: BTreeMap<TableName, Arc<TableSchema>>,
    /// Also those that could not be read, by the text of the key.
    keys: BTreeMap<TableName, String>,
    used: BTreeSet<TableName>,
}

impl Tables {
    pub(super) fn read(reading: &mut Reading<'_>, frame: &Frame) -> Self {
        let mut tables = Self { declared: BTreeMap::new(), keys: BTreeMap::new(), used: BTreeSet::new() };
        for key in frame.tables.keys() {
            let path = path!["tables", key];
            let Some(name) = table_name(key) else {
                reading.report(no_name(path, key).on_key());
                continue;
            };
            tables.keys.insert(name.clone(), key.clone());
            if let Some(schema) = table(reading, &path, &name) {
                tables.declared.insert(name, schema);
            }
        }
        tables
    }

    /// Returns a table that a case uses; one that is not declared, or cannot be read, is reported, the former at `path`.
    pub(super) fn find(
        &mut self,
        reading: &mut Reading<'_>,
        name: &TableName,
        path: Path,
    ) -> Option<Arc<TableSchema>> {
        self.mark(name);
        if !self.keys.contains_key(name) {
            let known: Vec<&str> = self.keys.values().map(String::as_str).collect();
            let problem =
                Problem::at(path, format!("the table `{name}` is not declared")).code("unknown-table");
            let help = suggestion(&name.to_string(), &known);
            reading.report(problem.help(help.unwrap_or_else(|| "declare it under `tables`".to_owned())));
        }
        self.declared.get(name).cloned()
    }

    /// Says that a case uses a table.
    pub(super) fn mark(&mut self, name: &TableName) {
        self.used.insert(name.clone());
    }

    /// Reports the tables that no case uses. A case that cannot be read might.
    pub(super) fn report_unused(&self, reading: &mut Reading<'_>) {
        if !reading.is_whole {
            return;
        }
        for (_, key) in self.keys.iter().filter(|(name, _)| !self.used.contains(name)) {
            let problem = Problem::at(path!["tables", key], "no case uses this table").on_key();
            reading.report(problem.code("unused-table").help("remove it, or add a case"));
        }
    }

    /// Returns the names that the source has: those that are declared, and no others.
    pub(super) fn names(&self) -> Arc<TableNames> {
        let names = TableNames::default();
        for name in self.declared.keys() {
            names.add(name);
            names.add(&TableName::of_schema(name.schema.clone()));
        }
        names.complete(|_| true);
        Arc::new(names)
    }

    /// Gives the columns that a statement changes their events.
    pub(super) fn classify(&self, definition: &mut Definition, session: &Session) {
        let mut tracker = Tracker::new(statement::flavor());
        tracker.load(self.declared.iter().map(|(name, schema)| SchemaChange::Table {
            name: name.clone(),
            state: TableState::Known(schema.clone()),
        }));
        tracker.classify(definition, session);
    }
}

/// Reports that a text names no table.
pub(super) fn no_name(path: Path, text: &str) -> Problem {
    Problem::at(path, format!("`{text}` is no table: a table is named `schema.table`")).code("bad-name")
}

fn table(reading: &mut Reading<'_>, path: &Path, name: &TableName) -> Option<Arc<TableSchema>> {
    let frame: TableFrame = reading.part(path)?;
    let (sql, key) = match (frame.columns, frame.sql) {
        (None, Some(sql)) if frame.primary_key.is_empty() => (sql, "sql"),
        (Some(_), None) => (of_columns(reading, path, name, &frame.primary_key)?, "columns"),
        _ => {
            let message = "a table has either `columns`, with a `primary-key` if it has one, or `sql`";
            reading.report(Problem::at(path.clone(), message).on_key().code("bad-table"));
            return None;
        }
    };
    match schema_of(name, &sql) {
        Ok(schema) => Some(schema),
        Err(message) => {
            reading.report(Problem::at(path.join(key), message).code("bad-table"));
            None
        }
    }
}

/// Returns the statement that makes a table of these columns. Each type is looked at by itself, for its place.
fn of_columns(
    reading: &mut Reading<'_>,
    path: &Path,
    name: &TableName,
    primary_key: &[String],
) -> Option<String> {
    let path_of_columns = path.join("columns");
    let Some(Value::Mapping(entries)) = reading.root.at(&path_of_columns).map(|node| &node.value) else {
        return None;
    };
    let (mut definitions, mut good) = (Vec::new(), true);
    for entry in entries {
        let kind = entry.value.as_text().map(|text| text.expose()).unwrap_or_default();
        let definition = format!("{} {kind}", quoted(&entry.key));
        let alone = schema_of(name, &format!("CREATE TABLE {} ({definition})", name.quoted()));
        let message = match alone {
            Ok(schema) if schema.columns.len() == 1 => None,
            Ok(_) => Some("this is more than one type".to_owned()),
            Err(message) => Some(message),
        };
        if let Some(message) = message {
            let message = format!("`{kind}` cannot be read as a column's type: {message}");
            reading.report(Problem::at(path_of_columns.join(&entry.key), message).code("bad-type"));
            good = false;
        }
        definitions.push(definition);
    }
    for (index, column) in primary_key.iter().enumerate() {
        if !entries.iter().any(|entry| entry.key == *column) {
            let message = format!("the table has no column `{column}`");
            reading.report(Problem::at(path.join("primary-key").join(index), message).code("unknown-column"));
            good = false;
        }
    }
    if !primary_key.is_empty() {
        let columns: Vec<String> = primary_key.iter().map(|column| quoted(column)).collect();
        definitions.push(format!("PRIMARY KEY ({})", columns.join(", ")));
    }
    good.then(|| format!("CREATE TABLE {} ({})", name.quoted(), definitions.join(", ")))
}

/// Returns the table that a statement makes, or why it makes none.
fn schema_of(name: &TableName, sql: &str) -> Result<Arc<TableSchema>, String> {
    let session = Session { default_schema: Some(name.schema.clone()), ..Session::default() };
    let definition = statement::parse(sql, &session).map_err(|error| error.to_string())??;
    match &definition.kind {
        StatementKind::CreateTable(create) if create.table == *name => {}
        StatementKind::CreateTable(create) => return Err(format!("the statement makes `{}`", create.table)),
        _ => return Err("the statement is no CREATE TABLE".to_owned()),
    }
    let mut tracker = Tracker::new(statement::flavor());
    tracker.load([SchemaChange::Schema { name: name.schema.clone(), collation: Some(COLLATION) }]);
    tracker.set_knows_all(true);
    tracker.apply(&definition, &session);
    match tracker.table(name) {
        Some(TableState::Known(schema)) => Ok(schema.clone()),
        Some(TableState::Unknown { reason }) => Err(reason.to_string()),
        Some(TableState::Dropped) | None => Err("the statement makes no table".to_owned()),
    }
}

fn quoted(identifier: &str) -> String {
    format!("`{}`", identifier.replace('`', "``"))
}

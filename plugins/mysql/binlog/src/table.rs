//! Tables: what the log says of one, bound to the table schema in use.

mod check;

use crate::{Error, Header, Mismatch, Problem, Rows, TableMap, TableMapEvent, column::Reader};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tidegate_model::TableSchema;

/// How many table maps are remembered behind the end of their statement.
const REMEMBERED_MAX: usize = 4096;

/// A table map and the schema that its rows are decoded with.
#[derive(Debug)]
pub struct Table {
    map: TableMap,
    schema: Option<Arc<TableSchema>>,
    readers: Vec<Reader>,
    /// Distinguishes tables in a batch builder.
    number: u64,
}

impl Table {
    /// Binds a table map to the schema in use.
    ///
    /// # Errors
    /// If the map contradicts the schema.
    pub fn new(mut map: TableMap, schema: Arc<TableSchema>) -> Result<Self, Mismatch> {
        let readers = map.readers(&schema)?;
        for (mapped, column) in map.columns.iter_mut().zip(&schema.columns) {
            mapped.wire = mapped.wire.told_by(&column.kind);
        }
        Ok(Self { map, schema: Some(schema), readers, number: next_number() })
    }

    /// Returns a table whose rows are to be passed over: it needs no schema.
    pub fn unwanted(map: TableMap) -> Self {
        Self { map, schema: None, readers: Vec::new(), number: next_number() }
    }

    /// Returns the same, where a schema tells what the log does not: how long old times are.
    #[must_use]
    pub fn told_by(mut self, schema: &TableSchema) -> Self {
        if self.map.check(schema).is_ok() {
            for (mapped, column) in self.map.columns.iter_mut().zip(&schema.columns) {
                mapped.wire = mapped.wire.told_by(&column.kind);
            }
        }
        self
    }

    /// Returns what the log says of the table.
    pub fn map(&self) -> &TableMap {
        &self.map
    }

    /// Returns the schema that rows are decoded with, `None` if they are to be passed over.
    pub fn schema(&self) -> Option<&Arc<TableSchema>> {
        self.schema.as_ref()
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn reader(&self, column: usize) -> Option<Reader> {
        self.readers.get(column).copied()
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The table maps of a log. The servers repeat a table's map in every statement; here a repeated map costs a comparison
/// of bytes.
#[derive(Debug, Default)]
pub struct Tables {
    by_id: HashMap<u64, Entry>,
    statement: u64,
}

#[derive(Debug)]
struct Entry {
    header: Header,
    mariadb: bool,
    body: Box<[u8]>,
    table: Option<Arc<Table>>,
    /// The last statement that mapped it.
    statement: u64,
}

impl Tables {
    /// Returns a registry that knows no table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a table map without reading it: [`bind`](Self::bind) does, if rows refer to it. MySQL 9.6 and later also
    /// map tables that a statement only looked at for a foreign key.
    pub fn note(&mut self, event: &TableMapEvent<'_>) {
        if let Some(known) = self.by_id.get_mut(&event.table_id)
            && *known.body == *event.body
        {
            known.statement = self.statement;
            return;
        }
        if self.by_id.len() >= REMEMBERED_MAX {
            self.by_id.retain(|_, entry| entry.statement == self.statement);
        }
        let entry = Entry {
            header: *event.header(),
            mariadb: event.mariadb,
            body: event.body.into(),
            table: None,
            statement: self.statement,
        };
        self.by_id.insert(event.table_id, entry);
    }

    /// Returns the table of a rows event. If its map is new or changed, it is read and `bind` is asked for its table.
    /// Not for events without rows ([`Rows::is_exhausted`]), which refer to none.
    ///
    /// # Errors
    /// If the event's statement has not mapped the table, the map cannot be read, or what `bind` says.
    pub fn bind<E: From<Error>>(
        &mut self,
        rows: &Rows<'_>,
        bind: impl FnOnce(TableMap) -> Result<Table, E>,
    ) -> Result<Arc<Table>, E> {
        let id = rows.table_id();
        let entry = self.by_id.get_mut(&id).filter(|entry| entry.statement == self.statement);
        let entry = entry.ok_or_else(|| unmapped(rows))?;
        if let Some(table) = &entry.table {
            return Ok(table.clone());
        }
        let event = TableMapEvent::again(entry.header, id, entry.mariadb, &entry.body);
        let table = Arc::new(bind(event.parse()?)?);
        entry.table = Some(table.clone());
        Ok(table)
    }

    /// Takes a table map, and binds it at once if it is new or changed.
    ///
    /// # Errors
    /// If the map cannot be read, or what `bind` says.
    pub fn map<E: From<Error>>(
        &mut self,
        event: &TableMapEvent<'_>,
        bind: impl FnOnce(TableMap) -> Result<Table, E>,
    ) -> Result<(), E> {
        self.note(event);
        if let Some(entry) = self.by_id.get_mut(&event.table_id)
            && entry.table.is_none()
        {
            entry.table = Some(Arc::new(bind(event.parse()?)?));
        }
        Ok(())
    }

    /// Returns the bound table of a rows event. Not for events without rows ([`Rows::is_exhausted`]).
    ///
    /// # Errors
    /// If the event's statement has not mapped and bound it.
    pub fn of(&self, rows: &Rows<'_>) -> Result<&Arc<Table>, Error> {
        let entry = self.by_id.get(&rows.table_id()).filter(|entry| entry.statement == self.statement);
        entry.and_then(|entry| entry.table.as_ref()).ok_or_else(|| unmapped(rows))
    }

    /// Ends a statement: the maps so far are void until they are repeated. To be called behind each rows event that
    /// [`ends_statement`](Rows::ends_statement), and at the end of a transaction.
    pub fn end_statement(&mut self) {
        self.statement += 1;
    }

    /// Forgets the bound tables. To be called when a table schema changed, or whether a table is wanted.
    pub fn forget(&mut self) {
        self.by_id.clear();
    }
}

fn unmapped(rows: &Rows<'_>) -> Error {
    rows.error(Problem::invalid(format!("no table map says what table {} is", rows.table_id())))
}

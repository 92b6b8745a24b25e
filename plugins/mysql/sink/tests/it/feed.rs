//! A source made by hand: transactions of rows, cut into batches as a source would, from any checkpoint.

use arrow_array::{
    ArrayRef, BinaryArray, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use std::{collections::BTreeMap, sync::Arc};
use tidegate_model::{
    Batch, Checkpoint, Column, ColumnDefault, ColumnKind, Ddl, Encoding, Image, ImageColumn, Inside,
    IntWidth, Key, KeyKind, KeyPart, LogPosition, Operation, Position, RowSet, SchemaChange, Session,
    Statement, TableName, TableSchema, TableState, TargetStatement, Transaction,
};
use tidegate_mysql_ddl::Flavor;
use tidegate_plugin::{Change, Resume};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Float(f64),
    Bytes(Vec<u8>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}

impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int)
    }
}

/// The cells of an image; an absent column is `None`.
pub(crate) type Cells = Vec<Option<Cell>>;

/// Makes the cells of a full image.
#[macro_export]
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$(Some($crate::feed::Cell::from($value))),*] };
}

/// A row change.
#[derive(Clone, Debug)]
pub(crate) struct RowChange {
    pub(crate) table: Arc<TableSchema>,
    pub(crate) operation: Operation,
    pub(crate) before: Cells,
    pub(crate) after: Cells,
}

pub(crate) fn insert(table: &Arc<TableSchema>, after: Cells) -> RowChange {
    RowChange { table: table.clone(), operation: Operation::Insert, before: Vec::new(), after }
}

pub(crate) fn update(table: &Arc<TableSchema>, before: Cells, after: Cells) -> RowChange {
    RowChange { table: table.clone(), operation: Operation::Update, before, after }
}

pub(crate) fn delete(table: &Arc<TableSchema>, before: Cells) -> RowChange {
    RowChange { table: table.clone(), operation: Operation::Delete, before, after: Vec::new() }
}

/// The whole log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Feed {
    pub(crate) transactions: Vec<Entry>,
    pub(crate) routes: Vec<(TableName, TableName)>,
}

/// A transaction of the log.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Rows(Vec<RowChange>),
    Ddl { sql: String, tables: Vec<TableName>, schemas: Vec<SchemaChange> },
}

/// Row changes of one kind with their ordinals, transactions and hashes.
type Gathered = (Vec<RowChange>, Vec<u32>, Vec<u32>, Vec<u64>);

impl Feed {
    pub(crate) fn push(&mut self, rows: Vec<RowChange>) {
        self.transactions.push(Entry::Rows(rows));
    }

    /// Sends the rows and DDL of these tables to another.
    pub(crate) fn route(&mut self, sources: &[(&str, &str)], target: (&str, &str)) {
        let target = TableName::new(target.0, target.1);
        self.routes
            .extend(sources.iter().map(|(schema, table)| (TableName::new(*schema, *table), target.clone())));
    }

    fn target(&self, source: &TableName) -> TableName {
        let route = self.routes.iter().find(|(name, _)| name == source);
        route.map_or_else(|| source.clone(), |(_, target)| target.clone())
    }

    /// The log in batches of `rows` rows, which end inside of transactions, too.
    pub(crate) fn parts(&self, rows: usize) -> Vec<Change> {
        let mut changes = Vec::new();
        for number in 0..self.transactions.len() {
            let mut batch = self.batch(number, number + 1);
            let Entry::Rows(all) = &self.transactions[number] else { panic!("a DDL within a batch") };
            let mut at = 0;
            while at + rows < all.len() {
                let part = Self {
                    transactions: vec![Entry::Rows(all[at..at + rows].to_vec())],
                    routes: self.routes.clone(),
                };
                let mut first = part.batch(0, 1);
                first.transactions[0] =
                    Transaction { rows_before: at as u64, closed: false, ..transaction(number, 0) };
                at += rows;
                let mut end = checkpoint(number);
                end.applied.inside = Some(Inside { gtid: None, rows: at as u64, hash: 0 });
                changes.push(Change::Batch(Box::new(Batch { end, ..first })));
            }
            if at > 0 {
                let part =
                    Self { transactions: vec![Entry::Rows(all[at..].to_vec())], routes: self.routes.clone() };
                batch = Batch { end: checkpoint(number + 1), ..part.batch(0, 1) };
                batch.transactions[0] = Transaction { rows_before: at as u64, ..transaction(number, 0) };
            }
            changes.push(Change::Batch(Box::new(batch)));
        }
        changes
    }

    /// A DDL about tables (or schemas, with an empty name); an empty statement is one that filters dropped.
    pub(crate) fn ddl(&mut self, sql: &str, tables: &[(&str, &str)]) {
        let tables = tables.iter().map(|(schema, table)| TableName::new(*schema, *table)).collect();
        self.transactions.push(Entry::Ddl { sql: sql.to_owned(), tables, schemas: Vec::new() });
    }

    /// A DDL that makes a table what `schema` says.
    pub(crate) fn ddl_making(&mut self, sql: &str, schema: &Arc<TableSchema>) {
        let state = TableState::Known(schema.clone());
        let change = SchemaChange::Table { name: schema.name.clone(), state };
        let tables = vec![schema.name.clone()];
        self.transactions.push(Entry::Ddl { sql: sql.to_owned(), tables, schemas: vec![change] });
    }

    /// The batches behind `resume`, each of `size` transactions, cut where `resume` says.
    pub(crate) fn batches(&self, resume: Option<&Resume>, size: usize) -> Vec<Change> {
        let from = resume.map_or(0, |resume| index(&resume.checkpoint.applied));
        let cut = resume.and_then(|resume| resume.cut.as_ref()).map(index);
        let mut batches = Vec::new();
        let mut at = from;
        while at < self.transactions.len() {
            if let Entry::Ddl { sql, tables, schemas } = &self.transactions[at] {
                batches.push(Change::Ddl(Box::new(self.change(at, sql, tables, schemas))));
                at += 1;
                continue;
            }
            let rows =
                self.transactions[at..].iter().take_while(|entry| matches!(entry, Entry::Rows(_))).count();
            let mut end = at + size.min(rows);
            if let Some(cut) = cut.filter(|cut| at < *cut && end > *cut) {
                end = cut;
            }
            batches.push(Change::Batch(Box::new(self.batch(at, end))));
            at = end;
        }
        batches
    }

    fn change(&self, at: usize, sql: &str, tables: &[TableName], schemas: &[SchemaChange]) -> Ddl {
        let tables = tables.iter().map(|name| (self.target(name), name.clone())).collect();
        ddl(at, sql, tables, schemas)
    }

    fn batch(&self, from: usize, to: usize) -> Batch {
        let mut sets: BTreeMap<String, Gathered> = BTreeMap::new();
        let mut transactions = Vec::new();
        let mut ordinal = 0;
        for (index, number) in (0_u32..).zip(from..to) {
            transactions.push(transaction(number, ordinal));
            let Entry::Rows(rows) = &self.transactions[number] else { panic!("a DDL within a batch") };
            for row in rows {
                let present = |cells: &Cells| {
                    cells.iter().map(|cell| if cell.is_some() { '1' } else { '0' }).collect::<String>()
                };
                let key = format!(
                    "{} {:?} {} {}",
                    row.table.name,
                    row.operation,
                    present(&row.before),
                    present(&row.after)
                );
                let set = sets.entry(key).or_default();
                set.3.push(xxh(&format!("{row:?}")));
                set.0.push(row.clone());
                set.1.push(ordinal);
                set.2.push(index);
                ordinal += 1;
            }
        }
        let row_sets = sets.into_values().map(|(rows, ordinals, transactions, hashes)| {
            let table = rows[0].table.clone();
            RowSet {
                target: self.target(&table.name),
                operation: rows[0].operation,
                before: image(&table, rows.iter().map(|row| &row.before).collect()),
                after: image(&table, rows.iter().map(|row| &row.after).collect()),
                table,
                ordinals,
                transactions,
                hashes,
                unlogged_cascades: true,
            }
        });
        Batch {
            row_sets: row_sets.collect(),
            transactions,
            rows_read: u64::from(ordinal),
            schemas: Vec::new(),
            end: checkpoint(to),
        }
    }
}

fn ddl(at: usize, sql: &str, tables: Vec<(TableName, TableName)>, schemas: &[SchemaChange]) -> Ddl {
    let target = TargetStatement { sql: sql.to_owned(), tables, merged: Vec::new() };
    Ddl {
        statement: Statement { sql: sql.to_owned(), elements: Vec::new(), names: Vec::new(), list: None },
        grammar: Arc::new(Flavor::mysql(80_400)),
        session: Arc::new(Session { timestamp: 1_700_000_000_000_000, ..Session::default() }),
        targets: if sql.is_empty() { Vec::new() } else { vec![target] },
        expanded: None,
        schemas: schemas.to_vec(),
        transaction: transaction(at, 0),
        begin: checkpoint(at),
        end: checkpoint(at + 1),
    }
}

fn transaction(number: usize, first_ordinal: u32) -> Transaction {
    Transaction {
        gtid: None,
        log: position(number).log.unwrap(),
        commit_time: 1_700_000_000_000_000,
        server_id: 1,
        rows_before: 0,
        first_ordinal,
        closed: true,
    }
}

fn xxh(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn position(number: usize) -> Position {
    let log = LogPosition { file: "binlog.000001".into(), offset: 4 + 100 * number as u64 };
    Position { gtids: None, log: Some(log), inside: None }
}

pub(crate) fn checkpoint(number: usize) -> Checkpoint {
    Checkpoint { applied: position(number), resume: position(number), source: "test".into() }
}

pub(crate) fn index(position: &Position) -> usize {
    ((position.log.as_ref().unwrap().offset - 4) / 100) as usize
}

fn image(table: &TableSchema, rows: Vec<&Cells>) -> Image {
    let columns = table
        .columns
        .iter()
        .enumerate()
        .filter(|(index, _)| rows[0].get(*index).is_some_and(Option::is_some));
    let columns = columns.map(|(index, column)| ImageColumn {
        column: column.clone(),
        source: Some(index),
        encoding: Encoding::Value,
        values: array(&column.kind, rows.iter().map(|row| row[index].as_ref().unwrap()).collect()),
    });
    Image { columns: columns.collect() }
}

fn array(kind: &ColumnKind, cells: Vec<&Cell>) -> ArrayRef {
    let ints = || {
        cells.iter().map(|cell| match cell {
            Cell::Null => None,
            Cell::Int(value) => Some(*value),
            other => panic!("{other:?} is no number"),
        })
    };
    let floats = || {
        cells.iter().map(|cell| match cell {
            Cell::Null => None,
            Cell::Float(value) => Some(*value),
            other => panic!("{other:?} is no float"),
        })
    };
    use arrow_schema::DataType as D;
    macro_rules! primitive {
        ($array:ty, $native:ty) => {
            Arc::new(ints().map(|value| value.map(|value| value as $native)).collect::<$array>())
        };
    }
    match kind.data_type() {
        D::Int8 => primitive!(Int8Array, i8),
        D::Int16 => primitive!(Int16Array, i16),
        D::Int32 => primitive!(Int32Array, i32),
        D::Int64 => primitive!(Int64Array, i64),
        D::UInt8 => primitive!(UInt8Array, u8),
        D::UInt16 => primitive!(UInt16Array, u16),
        D::UInt32 => primitive!(UInt32Array, u32),
        D::UInt64 => primitive!(UInt64Array, u64),
        D::Date32 => primitive!(arrow_array::Date32Array, i32),
        D::Duration(_) => primitive!(arrow_array::DurationMicrosecondArray, i64),
        D::Timestamp(_, zone) => {
            let values: arrow_array::TimestampMicrosecondArray = ints().collect();
            Arc::new(values.with_timezone_opt(zone))
        }
        D::Decimal128(precision, scale) => {
            let values: arrow_array::Decimal128Array = ints().map(|value| value.map(i128::from)).collect();
            Arc::new(values.with_precision_and_scale(precision, scale).unwrap())
        }
        D::Float32 => {
            Arc::new(floats().map(|value| value.map(|value| value as f32)).collect::<Float32Array>())
        }
        D::Float64 => Arc::new(floats().collect::<Float64Array>()),
        D::Binary => Arc::new(
            cells
                .iter()
                .map(|cell| match cell {
                    Cell::Null => None,
                    Cell::Bytes(value) => Some(value.as_slice()),
                    other => panic!("{other:?} is no bytes"),
                })
                .collect::<BinaryArray>(),
        ),
        other => panic!("{other} is not made here"),
    }
}

/// A source table without keys of its own: the sink takes the target's.
pub(crate) fn table(schema: &str, name: &str, columns: &[(&str, ColumnKind)]) -> Arc<TableSchema> {
    let columns = columns.iter().map(|(name, kind)| {
        Arc::new(Column {
            name: (*name).into(),
            kind: kind.clone(),
            nullable: true,
            default: ColumnDefault::Null,
            generated: None,
            invisible: false,
            auto_increment: false,
        })
    });
    Arc::new(TableSchema {
        name: TableName::new(schema, name),
        columns: columns.collect(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

/// The same table with a primary key of one column.
pub(crate) fn keyed(table: &TableSchema, column: usize) -> Arc<TableSchema> {
    let mut table = table.clone();
    table.columns[column] = Arc::new(Column { nullable: false, ..(*table.columns[column]).clone() });
    let parts = vec![KeyPart::Column { column, prefix: None }];
    table.keys.push(Key { name: "PRIMARY".into(), kind: KeyKind::Primary, parts });
    Arc::new(table)
}

pub(crate) const INT: ColumnKind = ColumnKind::Int { width: IntWidth::W32, unsigned: false };
pub(crate) const BIGINT: ColumnKind = ColumnKind::Int { width: IntWidth::W64, unsigned: false };
pub(crate) const TEXT: ColumnKind = ColumnKind::Varchar { collation: 255, length: 100 };

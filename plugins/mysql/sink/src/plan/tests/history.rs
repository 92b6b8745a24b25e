//! Random histories: what a source that enforces its keys would log.

use super::model::{Cell, Model, Row};
use crate::{
    plan::Window,
    target::{Part, Tables, TargetTable, UniqueKey},
};
use arrow_array::{Array as _, ArrayRef, BinaryArray, Int64Array, cast::AsArray as _, types::Int64Type};
use std::{collections::BTreeMap, ops::Range, sync::Arc};
use tidegate_model::{
    Batch, Checkpoint, Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, IntWidth,
    LogPosition, Operation, Position, RowSet, TableName, TableSchema, Transaction,
};

/// What the tables of a history are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Images under `binlog_row_image=MINIMAL`.
    pub(super) minimal: bool,
    /// A key of text, compared without case.
    pub(super) text: bool,
    /// The target has a column more.
    pub(super) wide: bool,
    /// There is a keyless table, too.
    pub(super) keyless: bool,
    /// Many values instead of few.
    pub(super) spread: bool,
    /// The primary key has a column with a default, which minimal inserts leave out.
    pub(super) defaulted: bool,
    /// A unique key has a part that only the server computes.
    pub(super) opaque: bool,
}

/// A change with full images.
struct Logged {
    table: usize,
    before: Option<Row>,
    after: Option<Row>,
}

/// A history and what it makes of the source.
pub(super) struct History {
    shape: Shape,
    pub(super) seed: u64,
    pub(super) names: Vec<String>,
    pub(super) source: Model,
    pub(super) windows: Vec<Range<usize>>,
    log: Vec<Logged>,
    schemas: Vec<Arc<TableSchema>>,
}

/// The column with a default.
const DEFAULTED: usize = 5;

/// xorshift: small and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

fn column(name: &str, kind: ColumnKind, nullable: bool) -> Arc<Column> {
    Arc::new(Column {
        name: name.into(),
        kind,
        nullable,
        default: ColumnDefault::Null,
        generated: None,
        invisible: false,
        auto_increment: false,
    })
}

impl History {
    /// The keyed table `k` (id, u, v, w, x, maybe d): a primary key, a unique key that may be NULL, one of two columns, and
    /// `x` without a key or beside what the server computes; the table `l` without any key.
    pub(super) fn random(shape: Shape, seed: u64) -> Self {
        let mut random = Random(seed | 1);
        let names = if shape.keyless { vec!["k".to_owned(), "l".to_owned()] } else { vec!["k".to_owned()] };
        let schemas = names.iter().map(|name| {
            Arc::new(TableSchema {
                name: TableName::new("s", name.as_str()),
                columns: columns(shape),
                keys: Vec::new(),
                foreign_keys: Vec::new(),
                collation: 45,
                complete: true,
            })
        });
        let schemas: Vec<_> = schemas.collect();
        let mut history = Self {
            shape,
            seed,
            source: Model::default(),
            windows: Vec::new(),
            log: Vec::new(),
            schemas,
            names,
        };
        history.source = Model::new(&history.tables(), &history.names);
        let changes = 20 + random.below(60);
        while (history.log.len() as u64) < changes {
            history.change(&mut random);
        }
        let mut at = 0;
        while at < history.log.len() {
            let end = (at + 1 + random.below(30) as usize).min(history.log.len());
            history.windows.push(at..end);
            at = end;
        }
        history
    }

    pub(super) fn tables(&self) -> Tables {
        let mut tables = Tables::default();
        for name in &self.names {
            let mut columns = columns(self.shape);
            if self.shape.wide {
                columns.push(column(
                    "extra",
                    ColumnKind::Int { width: IntWidth::W64, unsigned: false },
                    true,
                ));
            }
            let part = |column| Part::Column { column, prefix: None };
            let key = |name: &str, primary, parts| UniqueKey { name: name.into(), primary, parts };
            let primary = if self.shape.defaulted { vec![part(0), part(DEFAULTED)] } else { vec![part(0)] };
            let mut keys = vec![
                key("PRIMARY", true, primary),
                key("u", false, vec![part(1)]),
                key("vw", false, vec![part(2), part(3)]),
            ];
            if self.shape.opaque && self.seed.is_multiple_of(5) {
                keys.push(key("f", false, vec![Part::Opaque]));
            } else if self.shape.opaque {
                // Not beside another key of the columns that it is about, which would tell as much.
                keys.truncate(1);
                keys.push(key("f", false, vec![Part::Opaque, part(4)]));
            }
            if name == "l" {
                keys.clear();
            }
            tables.insert(TargetTable::new(TableName::new("s", name.as_str()), columns, keys));
        }
        tables
    }

    fn value(&self, column: usize, random: &mut Random) -> Cell {
        let range = if self.shape.spread { 40 } else { 6 };
        if column == DEFAULTED {
            return Cell::Int(random.below(2).cast_signed());
        }
        let number = random.below(range);
        let text = self.shape.text && matches!(column, 0 | 2);
        let nullable = matches!(column, 1 | 3 | 4);
        if nullable && random.below(5) == 0 {
            return Cell::Null;
        }
        if !text {
            return Cell::Int(number.cast_signed());
        }
        let odd = if self.seed.is_multiple_of(3) { "é" } else { "e" };
        let ending = if random.below(6) == 0 { " " } else { "" };
        let text = format!("{}{number}{ending}", if random.below(4) == 0 { odd } else { "E" });
        Cell::Text(if random.below(2) == 0 { text.to_lowercase() } else { text })
    }

    /// One change that the source accepts, or none.
    fn change(&mut self, random: &mut Random) {
        let table = random.below(self.names.len() as u64) as usize;
        let name = self.names[table].clone();
        let rows = self.source.rows(&name);
        let full = |row: &Row| row.iter().cloned().map(Some).collect::<Vec<_>>();
        let width = columns(self.shape).len();
        let mut source = self.source.clone();
        // Of an opaque key, most changes are to what the server computes it from.
        let opaque = self.shape.opaque && random.below(8) > 0;
        match if opaque { random.below(2) * 9 } else { random.below(10) } {
            0..4 => {
                let mut row: Row = (0..width).map(|column| self.value(column, random)).collect();
                let bare = row.clone();
                if self.shape.wide {
                    row.push(Cell::Null);
                }
                if source.insert(&name, full(&row)).is_ok() {
                    self.log.push(Logged { table, before: None, after: Some(bare) });
                    self.source = source;
                }
            }
            4..6 if !rows.is_empty() => {
                let row = rows[random.below(rows.len() as u64) as usize].clone();
                if source.delete(&name, &full(&row), name == "k").is_ok() {
                    self.log.push(Logged { table, before: Some(row[..width].to_vec()), after: None });
                    self.source = source;
                }
            }
            _ if !rows.is_empty() => {
                let row = rows[random.below(rows.len() as u64) as usize].clone();
                let mut new = row.clone();
                for _ in 0..=random.below(2) {
                    let column = if opaque { 1 } else { random.below(width as u64) as usize };
                    new[column] = self.value(column, random);
                }
                if source.update(&name, &full(&row), &full(&new), name == "k").is_ok() {
                    let (before, after) = (row[..width].to_vec(), new[..width].to_vec());
                    self.log.push(Logged { table, before: Some(before), after: Some(after) });
                    self.source = source;
                }
            }
            _ => {}
        }
    }

    /// The window of these changes, in batches of `size` changes.
    pub(super) fn window(&self, span: Range<usize>, size: usize) -> Window {
        let mut window: Option<Window> = None;
        let mut at = span.start;
        while at < span.end {
            let end = (at + size).min(span.end);
            let batch = self.batch(at..end);
            match &mut window {
                Some(window) => window.push(batch),
                None => window = Some(Window::new(Some(checkpoint(at)), batch)),
            }
            at = end;
        }
        window.unwrap()
    }

    fn batch(&self, span: Range<usize>) -> Batch {
        type Member<'a> = (u32, Vec<Option<&'a Cell>>, Vec<Option<&'a Cell>>);
        let mut sets: BTreeMap<(usize, Vec<bool>, Vec<bool>), Vec<Member<'_>>> = BTreeMap::new();
        for (ordinal, logged) in (0_u32..).zip(&self.log[span.clone()]) {
            let (before, after) = self.images(logged);
            let present = |cells: &[Option<&Cell>]| cells.iter().map(Option::is_some).collect::<Vec<_>>();
            let key = (logged.table, present(&before), present(&after));
            sets.entry(key).or_default().push((ordinal, before, after));
        }
        let transactions = (0_u32..).zip(span.clone()).map(|(ordinal, number)| Transaction {
            gtid: None,
            log: LogPosition { file: "b.1".into(), offset: number as u64 },
            commit_time: 0,
            server_id: 1,
            rows_before: 0,
            first_ordinal: ordinal,
            closed: true,
        });
        let row_sets = sets.into_iter().map(|((table, _, _), members)| {
            let schema = &self.schemas[table];
            let (_, before, after) = &members[0];
            let operation = match (before.is_empty(), after.is_empty()) {
                (true, _) => Operation::Insert,
                (_, true) => Operation::Delete,
                _ => Operation::Update,
            };
            RowSet {
                table: schema.clone(),
                target: schema.name.clone(),
                operation,
                before: image(schema, &members.iter().map(|member| &member.1).collect::<Vec<_>>()),
                after: image(schema, &members.iter().map(|member| &member.2).collect::<Vec<_>>()),
                ordinals: members.iter().map(|member| member.0).collect(),
                transactions: members.iter().map(|member| member.0).collect(),
                hashes: members.iter().map(|member| u64::from(member.0 + 7)).map(|_| 1).collect(),
                unlogged_cascades: true,
            }
        });
        let row_sets = row_sets.collect();
        Batch {
            row_sets,
            transactions: transactions.collect(),
            rows_read: span.len() as u64,
            schemas: Vec::new(),
            end: checkpoint(span.end),
        }
    }

    /// The images as the log has them.
    fn images<'a>(&self, logged: &'a Logged) -> (Vec<Option<&'a Cell>>, Vec<Option<&'a Cell>>) {
        let full = |row: &'a Option<Row>| row.iter().flatten().map(Some).collect::<Vec<_>>();
        let (mut before, mut after) = (full(&logged.before), full(&logged.after));
        let keyless = self.names[logged.table] == "l";
        if self.shape.minimal && !keyless {
            if let (Some(old), Some(new)) = (&logged.before, &logged.after) {
                for (column, cell) in after.iter_mut().enumerate() {
                    *cell = cell.filter(|_| old[column] != new[column]);
                }
                if after.iter().all(Option::is_none) {
                    after[4] = Some(&new[4]);
                }
            }
            before.iter_mut().skip(1).take(DEFAULTED - 1).for_each(|cell| *cell = None);
            if logged.before.is_none() && after.get(DEFAULTED) == Some(&Some(&Cell::Int(0))) {
                after[DEFAULTED] = None;
            }
        }
        (before, after)
    }
}

fn columns(shape: Shape) -> Vec<Arc<Column>> {
    let int = || ColumnKind::Int { width: IntWidth::W64, unsigned: false };
    let text = || if shape.text { ColumnKind::Varchar { collation: 45, length: 20 } } else { int() };
    let mut columns = vec![
        column("id", text(), false),
        column("u", int(), true),
        column("v", text(), false),
        column("w", int(), true),
        column("x", int(), true),
    ];
    if shape.defaulted {
        let plain = column("d", int(), false);
        columns.push(Arc::new(Column { default: ColumnDefault::Literal("0".into()), ..(*plain).clone() }));
    }
    columns
}

fn checkpoint(number: usize) -> Checkpoint {
    let log = Some(LogPosition { file: "b.1".into(), offset: number as u64 });
    let position = Position { gtids: None, log, inside: None };
    Checkpoint { applied: position.clone(), resume: position, source: "s".into() }
}

fn image(schema: &TableSchema, rows: &[&Vec<Option<&Cell>>]) -> Image {
    let columns = schema.columns.iter().enumerate();
    let columns = columns.filter(|(index, _)| rows[0].get(*index).is_some_and(Option::is_some));
    let columns = columns.map(|(index, column)| {
        let cells = rows.iter().map(|row| row[index].unwrap());
        let values: ArrayRef = match column.kind {
            ColumnKind::Varchar { .. } => Arc::new(
                cells
                    .map(|cell| if let Cell::Text(text) = cell { Some(text.as_bytes()) } else { None })
                    .collect::<BinaryArray>(),
            ),
            _ => Arc::new(
                cells
                    .map(|cell| if let Cell::Int(number) = cell { Some(*number) } else { None })
                    .collect::<Int64Array>(),
            ),
        };
        ImageColumn { column: column.clone(), source: Some(index), encoding: Encoding::Value, values }
    });
    Image { columns: columns.collect() }
}

/// The value of a row.
pub(super) fn cell(values: &ArrayRef, row: usize) -> Cell {
    if values.is_null(row) {
        return Cell::Null;
    }
    match values.as_primitive_opt::<Int64Type>() {
        Some(values) => Cell::Int(values.value(row)),
        None => Cell::Text(String::from_utf8(values.as_binary::<i32>().value(row).to_vec()).unwrap()),
    }
}

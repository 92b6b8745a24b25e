//! How windows are cut out of batches that end anywhere.

mod cut;

use super::*;
use crate::plan::Digest;
use arrow_array::Int64Array;
use std::{collections::BTreeSet, sync::Arc};
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, Inside, IntWidth, LogPosition,
    Operation, RowSet, TableName, TableSchema, Transaction,
};

const OFFSET: u64 = 100;

fn schema() -> Arc<TableSchema> {
    let column = Column {
        name: "id".into(),
        kind: ColumnKind::Int { width: IntWidth::W64, unsigned: false },
        nullable: false,
        default: ColumnDefault::Absent,
        generated: None,
        invisible: false,
        auto_increment: false,
    };
    Arc::new(TableSchema {
        name: TableName::new("s", "t"),
        columns: vec![Arc::new(column)],
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 45,
        complete: true,
    })
}

/// A log in which every transaction has `rows` rows.
struct Log {
    schema: Arc<TableSchema>,
    rows: u64,
}

impl Log {
    fn position(&self, row: u64) -> Position {
        let (number, inside) = (row / self.rows, row % self.rows);
        Position {
            gtids: None,
            log: Some(LogPosition { file: "b.1".into(), offset: number * OFFSET }),
            inside: (inside > 0).then_some(Inside { gtid: None, rows: inside, hash: 7 }),
        }
    }

    /// The rows of two operations that alternate, so that a batch has two row sets.
    fn batch(&self, rows: std::ops::Range<u64>) -> Batch {
        let first = rows.start / self.rows;
        let index = |row: u64| u32::try_from(row / self.rows - first).unwrap();
        let transactions: BTreeSet<u64> = rows.clone().map(|row| row / self.rows).collect();
        let transactions = transactions.into_iter().map(|number| Transaction {
            gtid: None,
            log: LogPosition { file: "b.1".into(), offset: number * OFFSET },
            commit_time: 0,
            server_id: 1,
            rows_before: rows.start.saturating_sub(number * self.rows),
            first_ordinal: u32::try_from((number * self.rows).saturating_sub(rows.start)).unwrap(),
            closed: (number + 1) * self.rows <= rows.end,
        });
        let set = |operation, odd: u64| {
            let own: Vec<u64> = rows.clone().filter(|row| row % 2 == odd).collect();
            let ids: Int64Array = own.iter().map(|row| i64::try_from(*row).unwrap()).collect();
            let values = ImageColumn {
                column: self.schema.columns[0].clone(),
                source: Some(0),
                encoding: Encoding::Value,
                values: Arc::new(ids),
            };
            let image = Image { columns: vec![values] };
            let insert = operation == Operation::Insert;
            RowSet {
                table: self.schema.clone(),
                target: self.schema.name.clone(),
                operation,
                before: if insert { Image::default() } else { image.clone() },
                after: if insert { image } else { Image::default() },
                ordinals: own.iter().map(|row| u32::try_from(row - rows.start).unwrap()).collect(),
                transactions: own.iter().map(|row| index(*row)).collect(),
                hashes: own.iter().map(|row| row * 31).collect(),
                unlogged_cascades: false,
            }
        };
        let end = self.position(rows.end);
        Batch {
            row_sets: vec![set(Operation::Insert, 0), set(Operation::Delete, 1)],
            transactions: transactions.collect(),
            rows_read: rows.end - rows.start,
            schemas: Vec::new(),
            end: Checkpoint { applied: end.clone(), resume: end, source: "s".into() },
        }
    }
}

fn gather(rows: usize, oversize: Oversize) -> Gather {
    let bounds = Bounds {
        rows,
        bytes: usize::MAX,
        consistency: Consistency::Transaction,
        oversize,
        flavor: Flavor::MySql,
    };
    let start = Position { gtids: None, log: None, inside: None };
    let from = Checkpoint { applied: start.clone(), resume: start, source: "s".into() };
    Gather::new(bounds, Some(from), None)
}

/// Cuts `count` rows into batches of `size`, and gathers them.
fn windows(log: &Log, count: u64, size: u64, gather: &mut Gather) -> Vec<Gathered> {
    let mut windows = Vec::new();
    let mut at = 0;
    while at < count {
        let end = (at + size).min(count);
        gather.push(log.batch(at..end)).unwrap();
        windows.extend(gather.take_full().unwrap());
        at = end;
    }
    windows.extend(gather.take_ready().unwrap());
    windows
}

/// No batch but the last ends between two transactions.
#[test]
fn a_full_window_ends_with_its_last_whole_transaction() {
    let log = Log { schema: schema(), rows: 9 };
    let mut gather = gather(40, Oversize::Stop);
    let windows = windows(&log, 270, 10, &mut gather);
    let mut seen = 0;
    let mut from = None;
    for gathered in &windows {
        let window = &gathered.window;
        assert!(!gathered.continues && !gathered.continued);
        assert!(window.is_closed() && window.rows.is_multiple_of(9) && window.rows <= 50, "{}", window.rows);
        assert!(window.rows >= 30 || seen + 30 > 270);
        let end = seen + window.rows as u64;
        assert_eq!(window.to.applied, log.position(end));
        assert_eq!(window.to.resume, log.position(end));
        if seen > 0 {
            assert_eq!(window.from, from);
        }
        // As if the batches had ended there: each row with its transaction and its place in it.
        let mut whole = Window::new(None, log.batch(seen..end));
        assert_eq!(Digest::of(window), Digest::of(&whole));
        assert!(whole.cut().unwrap().is_none());
        from = Some(window.to.clone());
        seen = end;
    }
    assert_eq!(seen, 270);
}

/// Whole transactions go before one that is too large, which goes in parts.
#[test]
fn a_transaction_that_is_larger_goes_by_itself() {
    let log = Log { schema: schema(), rows: 100 };
    let mut gather = gather(40, Oversize::Stop);
    let windows = windows(&log, 300, 30, &mut gather);
    let parts: Vec<(usize, bool, bool)> =
        windows.iter().map(|one| (one.window.rows, one.continues, one.continued)).collect();
    assert_eq!(parts.iter().map(|part| part.0).sum::<usize>(), 300);
    assert_eq!(parts.iter().filter(|part| !part.2).count(), 3, "{parts:?}");
    for (one, next) in windows.iter().zip(windows.iter().skip(1)) {
        assert_eq!(one.continued, next.continues);
        assert_eq!(one.window.is_closed(), !one.continued);
    }
}

//! Changes to write.

use arrow_array::ArrayRef;
use std::sync::Arc;
use tidegate_model::{
    Batch, Checkpoint, Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, LogPosition,
    Operation, Position, RowSet, TableName, TableSchema, Transaction,
};

pub(super) fn column(name: &str, kind: ColumnKind) -> Arc<Column> {
    Arc::new(Column {
        name: name.into(),
        kind,
        nullable: true,
        default: ColumnDefault::Unknown,
        generated: None,
        invisible: false,
        auto_increment: false,
    })
}

pub(super) fn image(columns: Vec<(&str, ColumnKind, ArrayRef)>) -> Image {
    let present = |(index, (name, kind, values)): (usize, (&str, ColumnKind, ArrayRef))| {
        assert_eq!(*values.data_type(), kind.data_type(), "{name}");
        ImageColumn { column: column(name, kind), source: Some(index), encoding: Encoding::Value, values }
    };
    Image { columns: columns.into_iter().enumerate().map(present).collect() }
}

pub(super) fn row_set(operation: Operation, before: Image, after: Image, ordinals: Vec<u32>) -> RowSet {
    let columns = before.columns.iter().chain(&after.columns).map(|column| column.column.clone()).collect();
    let table = Arc::new(TableSchema {
        name: TableName::new("s", "t\"1"),
        columns,
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 0,
        complete: true,
    });
    RowSet {
        target: table.name.clone(),
        table,
        operation,
        before,
        after,
        transactions: vec![0; ordinals.len()],
        hashes: vec![0; ordinals.len()],
        unlogged_cascades: true,
        ordinals,
    }
}

pub(super) fn checkpoint(offset: u64) -> Checkpoint {
    let log = Some(LogPosition { file: "b.000001".into(), offset });
    let position = Position { gtids: None, log, inside: None };
    Checkpoint { applied: position.clone(), resume: position, source: "x".into() }
}

pub(super) fn batch(row_sets: Vec<RowSet>, offset: u64) -> Batch {
    let transaction = Transaction {
        gtid: Some("3e11fa47-71ca-11e1-9e33-c80aa9429562:77".parse().unwrap()),
        log: LogPosition { file: "b.000001".into(), offset },
        commit_time: 1_700_000_000_123_456,
        server_id: 9,
        rows_before: 10,
        first_ordinal: 0,
        closed: true,
    };
    let rows_read = row_sets.iter().map(|rows| rows.rows() as u64).sum();
    Batch {
        row_sets,
        transactions: vec![transaction],
        rows_read,
        schemas: Vec::new(),
        end: checkpoint(offset + 1),
    }
}

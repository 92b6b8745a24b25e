//! What every test of a guest needs.

#![allow(dead_code, reason = "each test program uses a part of it")]

use arrow_array::ArrayRef;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tidegate_component::{Limits, Loader, Plugin};
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, Operation, RowSet, TableSchema,
};
use tidegate_plugin::{Filter, Instance, TableInput, settings::Settings};

pub(crate) const LIMITS: Limits =
    Limits { memory: 64 << 20, call_time: Duration::from_secs(1), answer: 64 << 20 };

pub(crate) fn load(file: &Path) -> Plugin {
    Loader::new(None).unwrap().load(file, None, LIMITS).unwrap()
}

pub(crate) fn filter(plugin: Plugin, settings: serde_json::Value) -> Result<Box<dyn Filter>, String> {
    let instance = Instance { pipeline: "p".into(), folder: PathBuf::new(), memory: None, impure: false };
    (plugin.into_entry().build)(&Settings::from_json(&settings), &instance)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

pub(crate) fn column(name: &str, kind: ColumnKind) -> Arc<Column> {
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

pub(crate) fn image(schema: &TableSchema, columns: Vec<ArrayRef>) -> Image {
    let column = |(index, values): (usize, ArrayRef)| ImageColumn {
        column: schema.columns[index].clone(),
        source: Some(index),
        encoding: Encoding::Value,
        values,
    };
    Image { columns: columns.into_iter().enumerate().map(column).collect() }
}

/// Returns the question about a table whose name nobody changed.
pub(crate) fn input(schema: &Arc<TableSchema>) -> TableInput<'_> {
    TableInput { schema, name: &schema.name, columns: &schema.columns }
}

/// Returns inserts.
pub(crate) fn inserts(schema: &Arc<TableSchema>, columns: Vec<ArrayRef>) -> RowSet {
    let rows = columns.first().map_or(0, |values| values.len());
    RowSet {
        table: schema.clone(),
        target: schema.name.clone(),
        operation: Operation::Insert,
        before: Image::default(),
        after: image(schema, columns),
        ordinals: (0..rows as u32).collect(),
        transactions: vec![0; rows],
        hashes: vec![0; rows],
        unlogged_cascades: false,
    }
}

/// What a language with a runtime of its own may need: room for values of 16 MB that it copies several times.
pub(crate) const LARGE: Limits =
    Limits { memory: 256 << 20, call_time: Duration::from_secs(60), answer: 64 << 20 };

/// Loads a component with large limits, and keeps what is compiled of it: some take a minute.
pub(crate) fn load_kept(file: &Path) -> Plugin {
    let compiled = file.with_file_name("compiled");
    Loader::new(Some(&compiled)).unwrap().load(file, None, LARGE).unwrap()
}

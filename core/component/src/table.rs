//! What a component answered for a table, and what it is told of it.

use crate::{bindings::types, kind};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};
use tidegate_model::{Column, KeyPart, TableName};
use tidegate_plugin::TableInput;

/// A table as a filter was told of it, and what it needs of its rows.
#[derive(Debug)]
pub(crate) struct Table {
    /// The source's name.
    pub(crate) source: TableName,
    /// As the contract has it.
    pub(crate) described: types::Table,
    /// The columns before the filter.
    pub(crate) columns: Vec<Arc<Column>>,
    /// The columns that the filter may read.
    pub(crate) needs: Vec<usize>,
    /// Whether it asks for facts of transactions.
    pub(crate) facts: bool,
    /// The columns that it maps, each with the index of the input column of the same name.
    pub(crate) mapped: Vec<(Arc<Column>, Option<usize>)>,
    /// How many routes it announced.
    pub(crate) routes: usize,
}

impl Table {
    pub(crate) fn header(&self, operation: types::Operation, rows: usize) -> types::Header {
        types::Header {
            source: self.described.source.clone(),
            table_id: self.described.id,
            operation,
            rows: u32::try_from(rows).unwrap_or(u32::MAX),
        }
    }
}

/// Returns what a filter is told of a table.
pub(crate) fn describe(input: &TableInput<'_>) -> types::Table {
    let key = input.schema.primary_key().map(|key| key.parts.as_slice()).unwrap_or_default();
    let place = |part: &KeyPart| {
        let KeyPart::Column { column, .. } = part else { return None };
        let name = &input.schema.columns.get(*column)?.name;
        let place = input.columns.iter().position(|column| column.name == *name)?;
        u32::try_from(place).ok()
    };
    types::Table {
        id: id(input),
        source: kind::name(&input.schema.name),
        current: kind::name(input.name),
        columns: input.columns.iter().map(|column| kind::column(column)).collect(),
        primary_key: key.iter().filter_map(place).collect(),
    }
}

/// Tables that differ in anything that a filter sees have different ids; the same one has the same id in every instance.
fn id(input: &TableInput<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&input.schema.name, &input.schema.keys, input.name, input.columns).hash(&mut hasher);
    hasher.finish()
}

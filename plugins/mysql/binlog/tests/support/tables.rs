//! Schemas that a log does not tell.

use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, TableName, TableSchema};

/// Returns the schema of a table of such columns.
pub(crate) fn table(schema: &str, name: &str, columns: &[(&str, ColumnKind)]) -> Arc<TableSchema> {
    let column = |(name, kind): &(&str, ColumnKind)| {
        Arc::new(Column {
            name: (*name).into(),
            kind: kind.clone(),
            nullable: true,
            default: ColumnDefault::Null,
            generated: None,
            invisible: false,
            auto_increment: false,
        })
    };
    Arc::new(TableSchema {
        name: TableName::new(schema, name),
        columns: columns.iter().map(column).collect(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 0,
        complete: true,
    })
}

//! Table schemas: what a source table looked like at a position.

use crate::{Column, TableName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The columns and keys of a source table as of a position. Immutable; a DDL makes a new one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TableSchema {
    /// The table's name at the source.
    pub name: TableName,
    /// The columns in the order of the row images, generated and invisible ones included.
    pub columns: Vec<Arc<Column>>,
    /// The primary key first if there is one, then the others in the order of their definition.
    pub keys: Vec<Key>,
    /// The foreign keys of which this table is the child.
    pub foreign_keys: Vec<ForeignKey>,
    /// The table's default collation id, 0 if not known.
    pub collation: u16,
    /// Whether keys, defaults and flags are known, or only what row events carry of a table.
    pub complete: bool,
}

impl TableSchema {
    /// Returns the index of the column called `name`; MySQL compares column names without regard to case.
    pub fn column(&self, name: &str) -> Option<usize> {
        let lowered = name.to_lowercase();
        self.columns.iter().position(|column| *column.name == *name || column.name.to_lowercase() == lowered)
    }

    /// Returns the primary key.
    pub fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == KeyKind::Primary)
    }
}

/// An index of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Its name; `PRIMARY` for the primary key.
    pub name: Arc<str>,
    /// What it promises.
    pub kind: KeyKind,
    /// Its parts, in order.
    pub parts: Vec<KeyPart>,
}

/// What an index promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyKind {
    /// The primary key.
    Primary,
    /// No two rows share a value without NULL.
    Unique,
    /// Nothing: an index for finding, also FULLTEXT and SPATIAL ones.
    Index,
}

/// A part of an index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyPart {
    /// A column by its index, or the first `prefix` characters (bytes, for binary strings) of it.
    Column {
        /// The column's index in the table schema.
        column: usize,
        /// The length of the prefix, if not the whole column counts.
        prefix: Option<u32>,
    },
    /// An expression, as SQL.
    Expression(Arc<str>),
}

/// A foreign key, seen from its child table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Arc<str>,
    /// The child's columns, by index.
    pub columns: Vec<usize>,
    /// The parent table at the source.
    pub parent: TableName,
    /// The parent's columns, by name.
    pub parent_columns: Vec<Arc<str>>,
    /// What happens to the child when its parent row is deleted.
    pub on_delete: ReferentialAction,
    /// What happens to the child when its parent's key changes.
    pub on_update: ReferentialAction,
}

impl ForeignKey {
    /// Tells whether a change of the parent changes the child.
    pub fn cascades(&self) -> bool {
        let acts = |action| matches!(action, ReferentialAction::Cascade | ReferentialAction::SetNull);
        acts(self.on_delete) || acts(self.on_update)
    }
}

/// What a foreign key does to the child's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReferentialAction {
    /// The parent's change is refused: RESTRICT, NO ACTION.
    Refuse,
    /// The child's rows follow.
    Cascade,
    /// The child's columns become NULL.
    SetNull,
    /// The child's columns get their defaults (no engine of MySQL's does it).
    SetDefault,
}

/// What is known of a table at a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableState {
    /// Its schema.
    Known(Arc<TableSchema>),
    /// A DDL touched it that we cannot model; its next row stops the pipeline unless the log carries its metadata.
    Unknown {
        /// Why, for the error message.
        reason: Arc<str>,
    },
    /// There is no such table any more.
    Dropped,
}

/// A change of what is known of the source's schemas; stored with the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SchemaChange {
    /// Of a table.
    Table {
        /// Which.
        name: TableName,
        /// What is known of it from here on.
        state: TableState,
    },
    /// Of a schema: its default collation id, or that it is gone (its tables are dropped by changes of their own).
    Schema {
        /// Which.
        name: Arc<str>,
        /// The default collation, `None` if the schema was dropped.
        collation: Option<u16>,
    },
}

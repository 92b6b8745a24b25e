//! A table schema while it is being changed: keys name their columns instead of counting them.

use super::{Untracked, tracker::Extra};
use std::{collections::BTreeSet, sync::Arc};
use tidegate_model::{Column, ForeignKey, Key, KeyKind, KeyPart, ReferentialAction, TableName, TableSchema};

#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(super) name: TableName,
    pub(super) columns: Vec<DraftColumn>,
    pub(super) keys: Vec<DraftKey>,
    pub(super) foreign_keys: Vec<DraftForeignKey>,
    pub(super) collation: u16,
    pub(super) complete: bool,
    /// Whether a table schema says all of the table that a new one like it needs.
    pub(super) lossless: bool,
}

#[derive(Clone, Debug)]
pub(super) struct DraftColumn {
    pub(super) column: Column,
    /// The column's name before the ALTER, `None` if it is new.
    pub(super) origin: Option<Arc<str>>,
    /// Whether the definition comes from the statement.
    pub(super) defined: bool,
    /// Whether it says ON UPDATE CURRENT_TIMESTAMP.
    pub(super) on_update: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DraftKey {
    /// Empty until the server finds one.
    pub(super) name: Arc<str>,
    pub(super) kind: KeyKind,
    pub(super) parts: Vec<DraftPart>,
    /// Whether the server made it for a foreign key; a better one that comes later takes its place.
    pub(super) implicit: bool,
    /// FULLTEXT: prefixes do not count.
    pub(super) fulltext: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DraftPart {
    Column { name: Arc<str>, prefix: Option<u32> },
    Expression(Arc<str>),
}

#[derive(Clone, Debug)]
pub(super) struct DraftForeignKey {
    pub(super) name: Arc<str>,
    pub(super) columns: Vec<Arc<str>>,
    pub(super) parent: TableName,
    pub(super) parent_columns: Vec<Arc<str>>,
    pub(super) on_delete: ReferentialAction,
    pub(super) on_update: ReferentialAction,
}

/// Compares names of columns and keys as servers do: without regard to case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

impl Draft {
    pub(super) fn new(name: TableName, collation: u16) -> Self {
        Self {
            name,
            columns: Vec::new(),
            keys: Vec::new(),
            foreign_keys: Vec::new(),
            collation,
            complete: true,
            lossless: true,
        }
    }

    pub(super) fn of(schema: &TableSchema, extra: &Extra) -> Self {
        let column_name = |index: usize| schema.columns.get(index).map(|column| column.name.clone());
        let columns = schema.columns.iter().map(|column| DraftColumn {
            column: Column::clone(column),
            origin: Some(column.name.clone()),
            defined: false,
            on_update: false,
        });
        let keys = schema.keys.iter().map(|key| DraftKey {
            name: key.name.clone(),
            kind: key.kind,
            parts: key.parts.iter().filter_map(|part| draft_part(part, &column_name)).collect(),
            implicit: extra.implicit_keys.contains(&key.name),
            fulltext: false,
        });
        let foreign_keys = schema.foreign_keys.iter().map(|key| DraftForeignKey {
            name: key.name.clone(),
            columns: key.columns.iter().filter_map(|index| column_name(*index)).collect(),
            parent: key.parent.clone(),
            parent_columns: key.parent_columns.clone(),
            on_delete: key.on_delete,
            on_update: key.on_update,
        });
        Self {
            name: schema.name.clone(),
            columns: columns.collect(),
            keys: keys.collect(),
            foreign_keys: foreign_keys.collect(),
            collation: schema.collation,
            complete: schema.complete,
            lossless: extra.lossless,
        }
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| same(&column.column.name, name))
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().map(|column| &column.column).find(|column| same(&column.name, name))
    }

    pub(crate) fn finish(self) -> Result<(TableSchema, Extra), Untracked> {
        let index = |name: &Arc<str>| {
            self.position(name)
                .ok_or_else(|| Untracked::from(format!("a key names the column {name}, which is not there")))
        };
        let mut keys = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            let mut parts = Vec::with_capacity(key.parts.len());
            for part in &key.parts {
                parts.push(match part {
                    DraftPart::Column { name, prefix } => {
                        KeyPart::Column { column: index(name)?, prefix: *prefix }
                    }
                    DraftPart::Expression(text) => KeyPart::Expression(text.clone()),
                });
            }
            keys.push(Key { name: key.name.clone(), kind: key.kind, parts });
        }
        keys.sort_by_key(|key| key.kind != KeyKind::Primary);
        let mut foreign_keys = Vec::with_capacity(self.foreign_keys.len());
        for key in &self.foreign_keys {
            foreign_keys.push(ForeignKey {
                name: key.name.clone(),
                columns: key.columns.iter().map(index).collect::<Result<_, _>>()?,
                parent: key.parent.clone(),
                parent_columns: key.parent_columns.clone(),
                on_delete: key.on_delete,
                on_update: key.on_update,
            });
        }
        let implicit = self.keys.iter().filter(|key| key.implicit).map(|key| key.name.clone());
        let extra = Extra { implicit_keys: implicit.collect::<BTreeSet<_>>(), lossless: self.lossless };
        let columns = self.columns.into_iter().map(|column| Arc::new(column.column)).collect();
        let schema = TableSchema {
            name: self.name,
            columns,
            keys,
            foreign_keys,
            collation: self.collation,
            complete: self.complete,
        };
        Ok((schema, extra))
    }
}

fn draft_part(part: &KeyPart, column_name: &impl Fn(usize) -> Option<Arc<str>>) -> Option<DraftPart> {
    Some(match part {
        KeyPart::Column { column, prefix } => {
            DraftPart::Column { name: column_name(*column)?, prefix: *prefix }
        }
        KeyPart::Expression(text) => DraftPart::Expression(text.clone()),
    })
}

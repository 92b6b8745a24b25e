//! Keys, constraints and options as a statement defines them.

use std::sync::Arc;
use tidegate_model::{ReferentialAction, TableName};

/// A key or foreign key, whether it stands by itself or in a column's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A key.
    Key(KeyDefinition),
    /// A foreign key.
    ForeignKey(ForeignKeyDefinition),
}

/// The definition of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDefinition {
    /// What sort of key.
    pub kind: KeyDefinitionKind,
    /// Its own name, or else its constraint's; the server finds one if there is neither.
    pub name: Option<Arc<str>>,
    /// Its parts.
    pub parts: Vec<PartDefinition>,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
}

/// The sorts of key that a statement can define.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is MySQL's word")]
pub enum KeyDefinitionKind {
    Primary,
    Unique,
    Index,
    Fulltext,
    Spatial,
    /// MariaDB 11.7 and later.
    Vector,
}

/// A part of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartDefinition {
    /// A column or the beginning of it.
    Column {
        /// The column's name.
        name: Arc<str>,
        /// The length of the prefix.
        prefix: Option<u32>,
    },
    /// An expression, as SQL, without its outer parentheses.
    Expression(Arc<str>),
}

/// The definition of a foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKeyDefinition {
    /// The constraint's name, if it has one.
    pub constraint: Option<Arc<str>>,
    /// The name of its index, if it has one.
    pub index: Option<Arc<str>>,
    /// The child's columns.
    pub columns: Vec<Arc<str>>,
    /// The parent.
    pub parent: TableName,
    /// The parent's columns; empty if not said (MariaDB: the parent's primary key).
    pub parent_columns: Vec<Arc<str>>,
    /// ON DELETE.
    pub on_delete: ReferentialAction,
    /// ON UPDATE.
    pub on_update: ReferentialAction,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
}

/// The options of a table or schema that matter to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// `[DEFAULT] CHARACTER SET`; `Some("default")` for the word DEFAULT.
    pub charset: Option<Arc<str>>,
    /// `[DEFAULT] COLLATE`.
    pub collation: Option<Arc<str>>,
    /// ENGINE.
    pub engine: Option<Arc<str>>,
    /// AUTO_INCREMENT.
    pub auto_increment: Option<u64>,
    /// START TRANSACTION: the rows of CREATE TABLE … SELECT follow in the same transaction (MySQL 8.0.21 and later).
    pub start_transaction: bool,
    /// MariaDB's WITH SYSTEM VERSIONING.
    pub system_versioning: bool,
    /// MariaDB's SEQUENCE=1: this is no table.
    pub sequence: bool,
    /// The first of charset, collation and engine that was said, for DM's vocabulary.
    pub(crate) first: Option<FirstOption>,
}

/// The table options that DM tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstOption {
    Charset,
    Collation,
    Engine,
}

impl TableOptions {
    pub(crate) fn note(&mut self, option: FirstOption) {
        self.first.get_or_insert(option);
    }
}

//! DDL statements and the specs of ALTER TABLE.

use super::{ColumnDefinition, Constraint, DefaultValue, KeyDefinition, Place, TableOptions};
use std::sync::Arc;
use tidegate_model::TableName;

/// What a DDL statement does. Names have the session's default schema filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// CREATE TABLE.
    CreateTable(CreateTable),
    /// ALTER TABLE.
    AlterTable(AlterTable),
    /// RENAME TABLE: the pairs, one after the other.
    RenameTable {
        /// Old and new name of each.
        pairs: Vec<(TableName, TableName)>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// DROP TABLE.
    DropTable {
        /// Which.
        tables: Vec<TableName>,
        /// IF EXISTS.
        if_exists: bool,
    },
    /// TRUNCATE TABLE.
    TruncateTable(TableName),
    /// CREATE INDEX.
    CreateIndex(CreateIndex),
    /// DROP INDEX … ON.
    DropIndex {
        /// Of which table.
        table: TableName,
        /// The index.
        name: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// CREATE SCHEMA.
    CreateSchema(CreateSchema),
    /// ALTER SCHEMA.
    AlterSchema {
        /// Which.
        name: Arc<str>,
        /// What of it.
        options: TableOptions,
    },
    /// DROP SCHEMA.
    DropSchema {
        /// Which.
        name: Arc<str>,
        /// IF EXISTS.
        if_exists: bool,
    },
}

/// CREATE TABLE.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// Which.
    pub table: TableName,
    /// MariaDB's OR REPLACE.
    pub or_replace: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// The model of CREATE TABLE … LIKE.
    pub like: Option<TableName>,
    /// Whether a query fills it. Without `options.start_transaction` the rows are not in the log.
    pub as_select: bool,
    /// The columns, in order.
    pub columns: Vec<ColumnDefinition>,
    /// The keys and foreign keys, those of columns included, in order.
    pub constraints: Vec<Constraint>,
    /// The options.
    pub options: TableOptions,
    /// Whether the table has checks (they are not modelled).
    pub checks: bool,
    /// Whether the table is partitioned.
    pub partitioned: bool,
    /// Where table options can be added, if there can be any.
    pub options_at: Option<usize>,
    /// What of it changes what rows hold and cannot be tracked, if anything.
    pub untracked: Option<&'static str>,
}

/// ALTER TABLE.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// Which.
    pub table: TableName,
    /// MariaDB's IF EXISTS.
    pub if_exists: bool,
    /// The specs, one for each element of the statement.
    pub specs: Vec<Spec>,
}

impl AlterTable {
    /// Returns the table's new name, if it is renamed; the last RENAME TO counts.
    pub fn renamed_to(&self) -> Option<&TableName> {
        self.specs.iter().rev().find_map(|spec| match spec {
            Spec::RenameTable { to } => Some(to),
            _ => None,
        })
    }
}

/// CREATE INDEX.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// On which table.
    pub table: TableName,
    /// What.
    pub key: KeyDefinition,
    /// MariaDB's OR REPLACE.
    pub or_replace: bool,
}

/// CREATE SCHEMA.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateSchema {
    /// Which.
    pub name: Arc<str>,
    /// MariaDB's OR REPLACE.
    pub or_replace: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Its options.
    pub options: TableOptions,
    /// Where options can be added.
    pub options_at: usize,
}

/// A spec of ALTER TABLE.
#[derive(Clone, Debug, PartialEq)]
pub enum Spec {
    /// ADD COLUMN, one or several in parentheses, which may hold keys as well.
    AddColumns {
        /// The columns.
        columns: Vec<ColumnDefinition>,
        /// The keys and foreign keys among them.
        constraints: Vec<Constraint>,
        /// MariaDB's IF NOT EXISTS.
        if_not_exists: bool,
        /// Where to.
        place: Place,
    },
    /// MODIFY and CHANGE COLUMN.
    ChangeColumn {
        /// The column's name before.
        old: Arc<str>,
        /// What it is to be.
        column: Box<ColumnDefinition>,
        /// The keys and foreign keys that come with it.
        constraints: Vec<Constraint>,
        /// Where to.
        place: Place,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// RENAME COLUMN.
    RenameColumn {
        /// The name before.
        old: Arc<str>,
        /// The name after.
        new: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// DROP COLUMN.
    DropColumn {
        /// Which.
        name: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// ALTER COLUMN SET DEFAULT, or DROP DEFAULT (`None`).
    SetDefault {
        /// Which column.
        column: Arc<str>,
        /// The new default.
        default: Option<DefaultValue>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// ALTER COLUMN SET VISIBLE or INVISIBLE.
    SetInvisible {
        /// Which column.
        column: Arc<str>,
        /// Whether it is to be invisible.
        invisible: bool,
    },
    /// ADD of a key or foreign key.
    AddConstraint(Constraint),
    /// ADD of a check.
    AddCheck,
    /// DROP INDEX or KEY.
    DropKey {
        /// Which.
        name: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// DROP PRIMARY KEY.
    DropPrimaryKey {
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// DROP FOREIGN KEY.
    DropForeignKey {
        /// Which.
        name: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// DROP CONSTRAINT: of whatever sort it is.
    DropConstraint {
        /// Which.
        name: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// RENAME INDEX or KEY.
    RenameKey {
        /// The name before.
        old: Arc<str>,
        /// The name after.
        new: Arc<str>,
        /// MariaDB's IF EXISTS.
        if_exists: bool,
    },
    /// RENAME TO.
    RenameTable {
        /// The name after.
        to: TableName,
    },
    /// CONVERT TO CHARACTER SET.
    Convert {
        /// The character set, `None` for DEFAULT.
        charset: Option<Arc<str>>,
        /// The collation, if said.
        collation: Option<Arc<str>>,
    },
    /// Table options.
    Options(TableOptions),
    /// Partitions: nothing that a table schema shows.
    Partitions(Partitioning),
    /// EXCHANGE PARTITION … WITH TABLE: rows change places, and no row event says so.
    ExchangePartition {
        /// The other table.
        with: TableName,
    },
    /// DISCARD or IMPORT TABLESPACE: rows go or come, and no row event says so.
    Tablespace,
    /// What changes neither rows nor the table schema: ALGORITHM, LOCK, FORCE, ORDER BY, DISABLE KEYS, a check's or an
    /// index's properties.
    Nothing,
    /// What cannot be tracked, and why.
    Untracked(&'static str),
}

/// What ALTER TABLE does to partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is MySQL's word")]
pub enum Partitioning {
    Add,
    /// Rows go with them, and no row event says so.
    Drop,
    /// Rows go with them, and no row event says so.
    Truncate,
    Coalesce,
    Reorganize,
    Rebuild,
    /// ANALYZE, CHECK, OPTIMIZE, REPAIR.
    Maintain,
    /// PARTITION BY.
    By,
    /// REMOVE PARTITIONING.
    Remove,
}

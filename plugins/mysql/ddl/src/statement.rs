//! What a query event's statement is.

mod column;
mod kind;
mod other;
mod table;

pub use column::{
    CharsetClause, ColumnDefinition, DataType, DefaultValue, GeneratedDefinition, Place, TextLength,
};
pub use kind::{AlterTable, CreateIndex, CreateSchema, CreateTable, Partitioning, Spec, StatementKind};
pub use other::{Dml, OtherObject, TransactionControl, Xid};
pub(crate) use table::FirstOption;
pub use table::{
    Constraint, ForeignKeyDefinition, KeyDefinition, KeyDefinitionKind, PartDefinition, TableOptions,
};

use tidegate_model::Statement;

/// What the statement of a query event is.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// A change of tables or schemas.
    Ddl(Box<Definition>),
    /// A statement about something that is not replicated.
    Ignored(OtherObject),
    /// The bounds of transactions.
    Transaction(TransactionControl),
    /// A change of rows that was logged as a statement: the pipeline must stop.
    Dml(Dml),
    /// Nothing that we know.
    Unknown,
}

/// A DDL statement: its places for filters, and its meaning for the tracker and the sink.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The text, its elements and its names.
    pub statement: Statement,
    /// What it does.
    pub kind: StatementKind,
}

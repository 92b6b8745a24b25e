//! MySQL DDL: classified, spliced, tracked.
//!
//! Pure: text and table schemas in, text and table schemas out.
//!
//! * [`parse`] tells what the statement of a query event is: a DDL with its elements and the places of its names, DML
//!   that must stop the pipeline, a transaction's bounds, or something that is not replicated.

mod collation;
mod flavor;
mod lex;
mod parse;
mod render;
mod statement;
mod track;

pub use flavor::{Family, Flavor};
pub use parse::{ParseError, parse};
pub use render::{RenderError, column_type, render};
pub(crate) use statement::FirstOption;
pub use statement::{
    AlterTable, CharsetClause, ColumnDefinition, Constraint, CreateIndex, CreateSchema, CreateTable,
    DataType, DefaultValue, Definition, Dml, ForeignKeyDefinition, GeneratedDefinition, KeyDefinition,
    KeyDefinitionKind, OtherObject, Parsed, PartDefinition, Partitioning, Place, Spec, StatementKind,
    TableOptions, TextLength, TransactionControl, Xid,
};
pub use track::Tracker;

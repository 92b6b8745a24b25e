//! MySQL DDL: classified, spliced, tracked.
//!
//! Pure: text and table schemas in, text and table schemas out.
//!
//! * [`parse`] tells what the statement of a query event is: a DDL with its elements and the places of its names, DML
//!   that must stop the pipeline, a transaction's bounds, or something that is not replicated. [`StatementKind`] is what
//!   a sink judges a DDL by; what a target does not take (TiDB's limits) has its place beside it.
//! * [`classify`] gives columns that change their events in DM's vocabulary.
//! * A [`Flavor`] is the [`Grammar`](tidegate_model::Grammar) of statements that filters put in the place of others.
//! * [`Tracker`] follows what tables look like; [`from_show_create`] learns it from a server.
//! * [`insertions`] are the collations that a statement leaves to defaults, [`render`] writes a table schema out.

mod classify;
mod collation;
mod complete;
mod flavor;
mod grammar;
mod lex;
mod parse;
mod render;
mod show;
mod statement;
mod track;

pub use classify::classify;
pub use complete::{Defaults, Insertion, insert, insertions};
pub use flavor::{Family, Flavor};
pub use parse::{Noted, ParseError, noted, parse, redefines, touched, written};
pub use render::{RenderError, column_type, render};
pub use show::{ShowCreateError, from_show_create};
pub(crate) use statement::FirstOption;
pub use statement::{
    AlterTable, CharsetClause, ColumnDefinition, Constraint, CreateIndex, CreateSchema, CreateTable,
    DataType, DefaultValue, Definition, Dml, ForeignKeyDefinition, GeneratedDefinition, KeyDefinition,
    KeyDefinitionKind, OtherObject, Parsed, PartDefinition, Partitioning, Place, Spec, StatementKind,
    TableOptions, TextLength, TransactionControl, Xid,
};
pub use track::{SEQUENCE, Tracker};

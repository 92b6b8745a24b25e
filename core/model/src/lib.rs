//! Table schemas, rows, batches, DDL and positions: the values that every stage exchanges.
//!
//! No I/O and no async here. A row is never held as a list of boxed values: see [`RowSet`].

mod batch;
mod column;
mod ddl;
mod fixed;
mod gtid;
mod name;
mod position;
mod rows;
mod schema;
mod session;

pub mod charset;
pub mod decimal;
pub mod json;
pub mod temporal;
pub mod text;

pub use batch::{Batch, Transaction};
pub use column::{Column, ColumnDefault, ColumnKind, Generated, IntWidth, SpatialType};
pub use ddl::{Ddl, DdlEvent, Element, Grammar, Name, NameRole, Statement, TargetStatement};
pub use fixed::FixedType;
pub use gtid::{Gtid, GtidError, GtidSet, IntervalSet, Uuid};
pub use name::TableName;
pub use position::{Checkpoint, Inside, LogPosition, Position};
pub use rows::{Encoding, Image, ImageColumn, Operation, RowSet};
pub use schema::{
    ForeignKey, Key, KeyKind, KeyPart, ReferentialAction, SchemaChange, TableSchema, TableState,
};
pub use session::Session;

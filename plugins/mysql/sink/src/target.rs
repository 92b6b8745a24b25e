//! The target's tables: what they look like, and how rows meet them.

mod catalog;
mod column_type;
mod table;
mod types;

pub(crate) use catalog::{Catalog, Tables};
pub(crate) use table::{Part, TargetTable, UniqueKey};
pub(crate) use types::narrower;

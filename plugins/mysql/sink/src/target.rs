//! The target's tables: what they look like, and how rows meet them.

mod catalog;
mod column_type;
mod foreign_keys;
mod table;
mod types;

pub(crate) use catalog::{Catalog, Tables, is_transactional};
pub(crate) use foreign_keys::Cascade;
pub(crate) use table::{Part, TargetTable, UniqueKey};
pub(crate) use types::narrower;

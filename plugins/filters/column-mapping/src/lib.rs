//! The column-mapping filter, with TiDB DM's semantics.

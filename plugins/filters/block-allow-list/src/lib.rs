//! The block-allow-list filter, with TiDB DM's semantics.

//! The route filter, with TiDB DM's semantics.

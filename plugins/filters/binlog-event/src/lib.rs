//! The binlog-event filter, with TiDB DM's semantics.

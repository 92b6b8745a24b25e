//! The MySQL binary log, bytes to columns.

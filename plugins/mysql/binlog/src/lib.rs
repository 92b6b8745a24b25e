//! The MySQL binary log, bytes to columns.
//!
//! From the bytes of an event to Arrow arrays, without I/O and without a value per cell:
//!
//! 1. [`Decoder`] checks an event's frame and checksum and turns its body into an [`Event`]; what each type of event is
//!    good for stands in one table, [`EventType::treatment`].
//! 2. [`TableMap`] is what the log says of a table; [`Tables`] binds maps to table schemas, each once.
//! 3. [`BatchBuilder`] reads the rows of [`Rows`] events straight into column builders and closes batches.
//!
//! [`LogFile`] reads events from a recorded log; [`PayloadEvents`] from inside a compressed transaction.
//!
//! Formats: MySQL source documentation, `mysql::binlog::event` and the classes that each module names; MariaDB knowledge
//! base, "Replication Protocol".

mod batch;
mod column;
mod control;
mod decoder;
mod error;
mod event_type;
mod fields;
mod frame;
mod gather;
mod log_file;
mod rows;
mod table;
mod table_map;

pub use batch::{BatchBuilder, Limits, Progress, TransactionStart};
pub use control::{
    FormatDescription, Gtid, GtidFlags, Heartbeat, PayloadEvents, Query, Rotate, TransactionPayload,
    XaPrepare,
};
pub use decoder::{Decoder, Event};
pub use error::{Error, Mismatch, Problem};
pub use event_type::{EventType, Treatment};
pub use frame::{Checksum, Header, flags};
pub use log_file::LogFile;
pub use rows::{Partition, Rows, RowsKind, rows_flags};
pub use table::{Table, Tables};
pub use table_map::{MappedColumn, TableMap, TableMapEvent, WireType};

//! What can be wrong with an event.

use crate::{EventType, Header};
use tidegate_model::TableName;

/// An event that cannot be decoded, or that must not be passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} event that ends at offset {end}: {problem}")]
pub struct Error {
    /// The type of the event.
    pub event: EventType,
    /// Where the event ends in its file by its own words: the lower 32 bits, and 0 for events that lie in no file.
    pub end: u32,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes end too early.
    #[error("it ends within {0}")]
    Truncated(&'static str),
    /// The bytes are not what was written.
    #[error(
        "its checksum is {stored:08x}, but its bytes have {computed:08x}: the log or the transfer is damaged"
    )]
    Checksum {
        /// The CRC32 that the event carries.
        stored: u32,
        /// The CRC32 of its bytes.
        computed: u32,
    },
    /// The bytes mean nothing.
    #[error("{0}")]
    Invalid(Box<str>),
    /// The event means something that must not be lost and cannot be replicated.
    #[error("{why}; {remedy}")]
    Stop {
        /// Why the event cannot be replicated.
        why: Box<str>,
        /// What to do.
        remedy: Box<str>,
    },
    /// A value of a row cannot be read.
    #[error("table {table}, column {column}: {what}")]
    Value {
        /// The row's table.
        table: TableName,
        /// The column, by its name or, if that is not known, its number from 1.
        column: Box<str>,
        /// What is wrong.
        what: &'static str,
    },
    /// What the log says of a table contradicts the schema in use.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

/// A table map that contradicts the table schema in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("table {table} is not as its schema in use says: {what}")]
pub struct Mismatch {
    /// The table.
    pub table: TableName,
    /// What differs: the log's word and the schema's.
    pub what: Box<str>,
}

impl Problem {
    pub(crate) fn invalid(what: impl Into<Box<str>>) -> Self {
        Self::Invalid(what.into())
    }

    pub(crate) fn stop(why: impl Into<Box<str>>, remedy: impl Into<Box<str>>) -> Self {
        Self::Stop { why: why.into(), remedy: remedy.into() }
    }

    pub(crate) fn of(self, header: &Header) -> Error {
        Error { event: header.event_type, end: header.end, problem: self }
    }
}

//! MySQL's binary JSON: reading it, its text, and the diffs of partial updates.
//!
//! # The format
//! Source: MySQL source documentation, `json_binary.h`. A document is a type byte and a value; an array or object holds
//! a table of entries with offsets from its own start, in two bytes ("small", up to 64 KiB) or four, and values of at
//! most that size may stand in the table itself. Keys are ordered by length, then by bytes. An empty document is the JSON
//! null (MySQL takes it so: it arises from INSERT IGNORE into a NOT NULL column).
//!
//! Beside JSON's own types there are *opaque* values: a DECIMAL, DATE, DATETIME, TIME, BIT or binary string put into a
//! document by SQL keeps its type. In text they look like numbers and strings, so a document with opaque values is not
//! what its text reads back as: see [`has_opaque`] and [`Opaque`].
//!
//! # Why not mysql_common's
//! mysql_common's `jsonb` reads the same format, but slices unchecked (a damaged document panics), has no text as MySQL
//! writes it, no writer of documents and no application of diffs, and would bring its decompressors and big integers
//! into this crate.
//!
//! # Use
//! [`parse`] gives one level at a time, borrowed; [`walk`] gives a whole document as events; [`write_text`] appends the
//! text that `CAST(document AS CHAR)` gives; [`encode_text`] and [`encode`] make the document of a text and of a value; [`apply_diffs`] makes the new document
//! of a partial update. Nothing here trusts its input: whatever is no document is [`Malformed`].

mod diff;
mod edit;
mod encode;
mod opaque;
mod path;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod walk;

pub use diff::{Diff, DiffError, Diffs, Operation, apply_diffs};
pub use encode::{BadJson, encode, encode_text};
pub use opaque::{Opaque, OpaqueValue};
pub use text::{write_string, write_text, write_value};
pub use value::{Array, Object, Value, parse};
pub use walk::{Event, has_opaque, validate, walk};

/// How deep arrays and objects nest at most: MySQL's own limit (manual: "The JSON Data Type").
pub const DEPTH_MAX: usize = 100;

/// Bytes that are no document of MySQL's binary JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A value ends behind the end of what holds it.
    #[error("a value of the JSON document ends behind the document")]
    Truncated,
    /// There is no such type or literal.
    #[error("the JSON document has a value of the unknown type {0:#04x}")]
    Type(u8),
    /// A string or key is not UTF-8.
    #[error("a string of the JSON document is not UTF-8")]
    Text,
    /// It nests deeper than [`DEPTH_MAX`].
    #[error("the JSON document nests deeper than {DEPTH_MAX} levels")]
    Depth,
    /// Its offsets lead to the same place again and again.
    #[error("the JSON document has more values than bytes")]
    Overlap,
}

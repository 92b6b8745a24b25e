//! What the tables of a source look like, statement after statement.
//!
//! Held against real servers by `tests/track.rs`: after every statement the tracker knows what the server knows, or
//! says that it does not know.

mod alter;
mod column;
mod create;
mod default;
mod draft;
mod key;
mod prefix;
mod statement;
mod temporal;
mod tracker;

pub(crate) use column::{Collations, Untracked};
pub(crate) use draft::Draft;
pub use tracker::{SEQUENCE, Tracker};

//! Expressions as they are written: MySQL's grammar, cut down to what this filter knows.
//!
//! The parser is our own. sqlparser gives operators PostgreSQL's ranks: it reads `doc->'$.a' = 1` as
//! `doc->('$.a' = 1)` and `a LIKE 'x' = 1` as `a LIKE ('x' = 1)`, and most of its nodes have no place.

mod parse;
mod token;
mod tree;

pub(crate) use parse::parse;
pub(crate) use tree::{Arithmetic, Comparison, Kind, Literal, Node};

/// What is wrong with an expression's text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// The index, in bytes, of what is not understood.
    pub(crate) at: usize,
    /// What is wrong, as half a sentence.
    pub(crate) message: String,
}

impl SyntaxError {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

#[cfg(test)]
mod tests;

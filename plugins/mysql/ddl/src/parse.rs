//! Reads the statements of query events.
//!
//! A grammar of our own over tokens, and no syntax tree of sqlparser's: that one refuses many forms of MySQL's DDL
//! (partitions, CONVERT TO, RENAME INDEX, MariaDB's extensions) and keeps no places of names.
//!
//! Source: MySQL manual, "Data Definition Statements"; MariaDB manual, "Data Definition".

mod alter;
mod column;
mod constraint;
mod create;
mod data_type;
mod default;
mod determinism;
mod glance;
mod other;
mod parser;
mod schema;
mod spec;
mod table;
mod table_option;
mod text;
mod transaction;

pub(crate) use determinism::differs_between_servers;
pub use glance::{Noted, noted, redefines, touched, written};

use crate::{Flavor, Parsed};
use parser::Parser;
use tidegate_model::Session;

/// Why a statement could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {at}{near}")]
pub struct ParseError {
    /// What was expected or wrong.
    pub message: String,
    /// Where in the text.
    pub at: usize,
    /// What stands there, for the message.
    pub(crate) near: String,
}

/// Reads the statement of a query event.
///
/// `session` gives the default schema and the SQL mode, `flavor` the server that wrote it. A statement whose beginning
/// is none that we know is [`Parsed::Unknown`]; a pipeline must not pass over it.
///
/// # Errors
///
/// A statement about tables or schemas that does not fit the grammar.
pub fn parse(sql: &str, session: &Session, flavor: Flavor) -> Result<Parsed, ParseError> {
    Parser::new(sql, session, flavor).statement()
}

impl Parser<'_> {
    fn statement(mut self) -> Result<Parsed, ParseError> {
        if self.at_end() {
            return match self.broken() {
                Some(error) => Err(error),
                None => Ok(Parsed::Ignored(crate::OtherObject::Nothing)),
            };
        }
        self.pass_set_statement()?;
        let Some(word) = self.keyword_text() else {
            return Ok(Parsed::Unknown);
        };
        match word.as_str() {
            "CREATE" => self.create(),
            "ALTER" => self.alter(),
            "DROP" => self.drop(),
            "RENAME" => self.rename(),
            "TRUNCATE" => self.truncate(),
            _ => match self.transaction()? {
                Some(control) => Ok(Parsed::Transaction(control)),
                None => Ok(self.other(&word)),
            },
        }
    }

    /// Passes MariaDB's SET STATEMENT variable = value, … FOR, which comes before any statement.
    fn pass_set_statement(&mut self) -> Result<(), ParseError> {
        if self.accept_words(&["SET", "STATEMENT"]) {
            while !self.at_end() && !self.accept("FOR") {
                self.skip_one()?;
            }
        }
        Ok(())
    }
}

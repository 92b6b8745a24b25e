//! Which tables a statement is about, where no more of it is read.
//!
//! Source: MySQL manual and MariaDB manual, "SQL Statements".

use super::parser::Parser;
use crate::{Flavor, lex::TokenKind};
use tidegate_model::{NameRole, Session, TableName};

/// Tables of which a statement that is not replicated says that they come or go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Whether they come.
    pub made: bool,
    /// Whether they are temporary tables or sequences.
    pub temporary: bool,
    /// Which.
    pub tables: Vec<TableName>,
}

/// Returns the temporary tables or sequences that a statement makes or drops.
pub fn noted(sql: &str, session: &Session, flavor: Flavor) -> Option<Noted> {
    Parser::new(sql, session, flavor).noted()
}

/// Returns the only table that a change of rows can write to; `None` if there may be others, since it has more than one
/// table or calls what may write.
pub fn written(sql: &str, session: &Session, flavor: Flavor) -> Option<TableName> {
    Parser::new(sql, session, flavor).written()
}

/// Returns the tables that a CREATE TABLE or ALTER TABLE may touch whose rest does not fit the grammar, its subject
/// first; rather too many than too few.
pub fn touched(sql: &str, session: &Session, flavor: Flavor) -> Option<Vec<TableName>> {
    Parser::new(sql, session, flavor).touched()
}

/// Tells whether a statement that does not fit the grammar may give existing tables other columns or names.
pub fn redefines(sql: &str, session: &Session, flavor: Flavor) -> bool {
    let mut parser = Parser::new(sql, session, flavor);
    parser.pass_set_statement().is_err()
        || parser.accept_any(&["ALTER", "RENAME"]).is_some()
        || parser.accept_words(&["CREATE", "OR", "REPLACE"])
}

/// What a change of rows may have before `(`: none of them writes.
const HARMLESS: &[&str] = &[
    "VALUES",
    "VALUE",
    "IN",
    "AND",
    "OR",
    "NOT",
    "NOW",
    "CURRENT_TIMESTAMP",
    "UNIX_TIMESTAMP",
    "UUID",
    "CONCAT",
];

/// What a name of a table may stand behind.
const BEFORE_TABLE: &[&str] = &["TABLE", "RENAME", "TO", "AS", "LIKE", "WITH"];

impl Parser<'_> {
    fn noted(mut self) -> Option<Noted> {
        self.pass_set_statement().ok()?;
        let made = self.accept("CREATE");
        if !made && !self.accept("DROP") {
            return None;
        }
        self.accept_words(&["OR", "REPLACE"]);
        let temporary = self.accept("TEMPORARY");
        let object = self.accept_any(&["TABLE", "TABLES", "SEQUENCE"])?;
        if !temporary && object != "SEQUENCE" {
            return None;
        }
        if made {
            self.if_not_exists()
        } else {
            self.if_exists()
        };
        let mut tables = vec![self.table_name(NameRole::Subject).ok()?];
        while !made && self.accept_symbol(',') {
            tables.push(self.table_name(NameRole::Subject).ok()?);
        }
        Some(Noted { made, temporary, tables })
    }

    fn written(mut self) -> Option<TableName> {
        self.pass_set_statement().ok()?;
        let verb = self.accept_any(&["INSERT", "REPLACE", "UPDATE", "DELETE"])?;
        while self.accept_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "QUICK", "IGNORE"]).is_some() {}
        if verb == "DELETE" && !self.accept("FROM") {
            return None;
        }
        if matches!(verb, "INSERT" | "REPLACE") {
            self.accept("INTO");
        }
        let table = self.table_name(NameRole::Subject).ok()?;
        let only = match verb {
            "UPDATE" => self.is(0, "SET"),
            "DELETE" => self.at_end() || self.is_any(0, &["WHERE", "ORDER", "LIMIT"]),
            _ => {
                if self.is_symbol(0, '(') {
                    self.parenthesised().ok()?;
                }
                self.is_any(0, &["VALUES", "VALUE", "SET"])
            }
        };
        (only && self.calls_nothing()).then_some(table)
    }

    /// Tells whether the rest has no query and calls nothing that may write.
    fn calls_nothing(mut self) -> bool {
        while let Some(token) = self.take() {
            if token.kind == TokenKind::Word && self.text(&token).eq_ignore_ascii_case("SELECT") {
                return false;
            }
            let known = token.kind == TokenKind::Word
                && HARMLESS.iter().any(|word| self.text(&token).eq_ignore_ascii_case(word));
            if self.is_symbol(0, '(') && self.as_identifier(&token).is_some() && !known
                || token.kind == TokenKind::Symbol('.') && self.is_symbol(1, '(')
            {
                return false;
            }
        }
        self.broken().is_none()
    }

    fn touched(mut self) -> Option<Vec<TableName>> {
        self.pass_set_statement().ok()?;
        if self.accept("CREATE") {
            self.accept_words(&["OR", "REPLACE"]);
        } else if !self.accept("ALTER") {
            return None;
        }
        while self.accept_any(&["ONLINE", "OFFLINE", "IGNORE"]).is_some() {}
        if !self.accept("TABLE") {
            return None;
        }
        if !self.if_not_exists() {
            self.if_exists();
        }
        let mut tables = vec![self.table_name(NameRole::Subject).ok()?];
        while !self.at_end() {
            if self.accept_any(BEFORE_TABLE).is_none() {
                self.advance();
                continue;
            }
            while self.accept_any(BEFORE_TABLE).is_some() {}
            let before = self.position();
            match self.table_name(NameRole::Subject) {
                Ok(table) => tables.push(table),
                // No name stands here.
                Err(_) => self.back_to(before),
            }
        }
        self.broken().is_none().then_some(tables)
    }
}

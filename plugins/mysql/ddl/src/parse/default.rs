//! DEFAULT values.
//!
//! Source: MySQL manual, "Data Type Default Values"; MariaDB manual, "CREATE TABLE", DEFAULT.

use super::{
    constraint::NOW,
    parser::{Parse, Parser},
};
use crate::{DefaultValue, lex::TokenKind};
use std::sync::Arc;

/// The words that end MariaDB's `DEFAULT expression`, which needs no parentheses.
const ENDS: &[&str] = &[
    "NOT",
    "NULL",
    "AUTO_INCREMENT",
    "ON",
    "UNIQUE",
    "PRIMARY",
    "KEY",
    "COMMENT",
    "COLLATE",
    "CHECK",
    "CONSTRAINT",
    "REFERENCES",
    "INVISIBLE",
    "VISIBLE",
    "FIRST",
    "AFTER",
    "GENERATED",
    "COLUMN_FORMAT",
    "STORAGE",
    "COMPRESSED",
    "WITHOUT",
    "WITH",
    "ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "SRID",
    "REF_SYSTEM_ID",
    "AUTO_RANDOM",
    "SERIAL",
];

impl Parser<'_> {
    /// Reads what follows DEFAULT.
    pub(super) fn default_value(&mut self) -> Parse<DefaultValue> {
        let from = self.position();
        let start = self.offset();
        if let Some(value) = self.simple_default()?
            && self.default_ends()
        {
            return Ok(value);
        }
        self.back_to(from);
        while !self.default_ends() {
            self.skip_one()?;
        }
        if self.position() == from {
            return Err(self.error("a default expected"));
        }
        Ok(DefaultValue::Expression(self.slice(start..self.offset_behind())))
    }

    fn default_ends(&self) -> bool {
        self.at_end() || self.is_symbol(0, ',') || self.is_symbol(0, ')') || self.is_any(0, ENDS)
    }

    fn simple_default(&mut self) -> Parse<Option<DefaultValue>> {
        if self.accept("NULL") {
            return Ok(Some(DefaultValue::Null));
        }
        if let Some(word) = self.accept_any(&["TRUE", "FALSE"]) {
            return Ok(Some(DefaultValue::Bool(word == "TRUE")));
        }
        if self.is_any(0, NOW) {
            return self.now().map(Some);
        }
        if self.is_any(0, &["DATE", "TIME", "TIMESTAMP"]) && self.is_string(1) {
            self.advance();
            return Ok(Some(DefaultValue::String(self.string()?)));
        }
        if self.is_symbol(0, '(') {
            if let Some(value) = self.bracketed_literal()? {
                return Ok(Some(value));
            }
            let start = self.offset();
            self.parenthesised()?;
            return Ok(Some(DefaultValue::Expression(self.slice(start..self.offset_behind()))));
        }
        if self.is_string(0) || self.is_introducer() && self.is_string(1) {
            return Ok(Some(DefaultValue::String(self.literal_text()?)));
        }
        let coded = usize::from(self.is_introducer());
        if let Some(token) =
            self.peek(coded).filter(|t| matches!(t.kind, TokenKind::Hex | TokenKind::Bit)).cloned()
        {
            (0..=coded).for_each(|_| self.advance());
            return Ok(Some(DefaultValue::Bytes(self.coded_bytes(&token))));
        }
        Ok(self.signed_number().map(DefaultValue::Number))
    }

    /// Passes `(literal)`, which to MariaDB is the literal and to MySQL an expression.
    fn bracketed_literal(&mut self) -> Parse<Option<DefaultValue>> {
        let from = self.position();
        if self.flavor.is_mariadb() && !self.is_symbol(1, '(') {
            self.advance();
            if let Some(value) = self.simple_default()?
                && self.accept_symbol(')')
            {
                return Ok(Some(value));
            }
        }
        self.back_to(from);
        Ok(None)
    }

    /// Tells whether a character set introducer, `_utf8mb4`, stands here.
    fn is_introducer(&self) -> bool {
        self.peek(0).is_some_and(|token| token.kind == TokenKind::Word && self.text(token).starts_with('_'))
    }

    /// Passes a string with or without introducer, or a hex or bit literal that stands for text.
    pub(super) fn literal_text(&mut self) -> Parse<Arc<str>> {
        if self.is_introducer() {
            self.advance();
        }
        let Some(token) = self.peek(0).filter(|t| matches!(t.kind, TokenKind::Hex | TokenKind::Bit)).cloned()
        else {
            return self.string();
        };
        let Ok(text) = String::from_utf8(self.coded_bytes(&token)) else {
            return Err(self.error("text in UTF-8 expected"));
        };
        self.advance();
        Ok(text.into())
    }

    fn signed_number(&mut self) -> Option<Arc<str>> {
        let sign = usize::from(self.is_symbol(0, '-') || self.is_symbol(0, '+'));
        let number = self.peek(sign).filter(|token| token.kind == TokenKind::Number)?;
        let negative = if self.is_symbol(0, '-') { "-" } else { "" };
        let text = format!("{negative}{}", self.text(number));
        (0..=sign).for_each(|_| self.advance());
        Some(text.into())
    }

    /// Passes NOW or a synonym and returns its fractional digits.
    pub(super) fn now(&mut self) -> Parse<DefaultValue> {
        self.advance();
        let mut digits = 0;
        if self.accept_symbol('(') && !self.accept_symbol(')') {
            let Ok(number) = u8::try_from(self.integer()?) else {
                return Err(self.error("a smaller number expected"));
            };
            digits = number;
            self.expect_symbol(')')?;
        }
        Ok(DefaultValue::Now(digits))
    }
}

//! Identifiers, strings and numbers: the values behind the tokens.

use super::parser::{Parse, Parser};
use crate::lex::{Token, TokenKind};
use std::sync::Arc;

impl Parser<'_> {
    /// Passes an identifier and returns it without its quotes.
    pub(super) fn identifier(&mut self) -> Parse<Arc<str>> {
        let Some(name) = self.peek(0).and_then(|token| self.as_identifier(token)) else {
            return Err(self.error("a name expected"));
        };
        self.advance();
        Ok(name)
    }

    pub(super) fn as_identifier(&self, token: &Token) -> Option<Arc<str>> {
        let text = self.text(token);
        match token.kind {
            TokenKind::Word | TokenKind::Member => Some(text.into()),
            TokenKind::Quoted => {
                let quote = text.get(..1)?;
                let inner = text.get(1..text.len() - 1)?;
                Some(inner.replace(&quote.repeat(2), quote).into())
            }
            _ => None,
        }
    }

    /// Passes a name that may also be written as a string (character sets, engines).
    pub(super) fn name_or_string(&mut self) -> Parse<Arc<str>> {
        if self.is_string(0) { self.string() } else { self.identifier() }
    }

    pub(super) fn is_string(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|token| matches!(token.kind, TokenKind::String | TokenKind::National))
    }

    /// Passes a string, or several that are one, and returns it without quotes and escapes.
    pub(super) fn string(&mut self) -> Parse<Arc<str>> {
        if !self.is_string(0) {
            return Err(self.error("a string expected"));
        }
        let mut value = String::new();
        while let Some(token) = self.peek(0).filter(|_| self.is_string(0)).cloned() {
            value.push_str(&self.unescaped(&token));
            self.advance();
        }
        Ok(value.into())
    }

    fn unescaped(&self, token: &Token) -> String {
        let text = self.text(token).trim_start_matches(['n', 'N']);
        let quote = text.chars().next().unwrap_or('\'');
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let backslash = !self.session.no_backslash_escapes();
        let mut value = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(next) = chars.next() {
            if next == quote {
                chars.next();
                value.push(quote);
            } else if next == '\\' && backslash {
                match chars.next() {
                    Some('0') => value.push('\0'),
                    Some('b') => value.push('\u{8}'),
                    Some('n') => value.push('\n'),
                    Some('r') => value.push('\r'),
                    Some('t') => value.push('\t'),
                    Some('Z') => value.push('\u{1a}'),
                    Some(wildcard @ ('%' | '_')) => value.extend(['\\', wildcard]),
                    Some(other) => value.push(other),
                    None => {}
                }
            } else {
                value.push(next);
            }
        }
        value
    }

    /// Returns the bytes of a hex or bit literal.
    pub(super) fn coded_bytes(&self, token: &Token) -> Vec<u8> {
        let text = self.text(token);
        let digits = match text.get(1..2) {
            Some("'") => text.get(2..text.len() - 1),
            _ => text.get(2..),
        };
        let digits = digits.unwrap_or_default();
        let (radix, width) = if token.kind == TokenKind::Bit { (2, 8) } else { (16, 2) };
        let padded = format!("{}{digits}", "0".repeat((width - digits.len() % width) % width));
        let bytes = padded.as_bytes().chunks(width).map(|chunk| {
            let digits = std::str::from_utf8(chunk).unwrap_or_default();
            u8::from_str_radix(digits, radix).unwrap_or_default()
        });
        bytes.collect()
    }

    /// Passes a whole number without sign.
    pub(super) fn integer(&mut self) -> Parse<u64> {
        let number = self.peek(0).filter(|token| token.kind == TokenKind::Number);
        let Some(value) = number.and_then(|token| self.text(token).parse().ok()) else {
            return Err(self.error("a whole number expected"));
        };
        self.advance();
        Ok(value)
    }

    /// Passes `(n)` and returns the number if it is there.
    pub(super) fn length<N: TryFrom<u64>>(&mut self) -> Parse<Option<N>> {
        if !self.accept_symbol('(') {
            return Ok(None);
        }
        let Ok(value) = N::try_from(self.integer()?) else {
            return Err(self.error("a smaller number expected"));
        };
        self.expect_symbol(')')?;
        Ok(Some(value))
    }

    /// Passes names in parentheses.
    pub(super) fn identifiers(&mut self) -> Parse<Vec<Arc<str>>> {
        self.expect_symbol('(')?;
        let mut names = vec![self.identifier()?];
        while self.accept_symbol(',') {
            names.push(self.identifier()?);
        }
        self.expect_symbol(')')?;
        Ok(names)
    }

    pub(super) fn if_exists(&mut self) -> bool {
        self.accept_words(&["IF", "EXISTS"])
    }

    pub(super) fn if_not_exists(&mut self) -> bool {
        self.accept_words(&["IF", "NOT", "EXISTS"])
    }
}

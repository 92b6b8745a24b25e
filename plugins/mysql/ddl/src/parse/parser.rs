//! Walks over a statement's tokens and gathers the names and elements that it finds.

use super::ParseError;
use crate::{
    Definition, Flavor, Parsed, StatementKind,
    lex::{Lexed, Token, TokenKind, lex},
};
use std::{ops::Range, sync::Arc};
use tidegate_model::{DdlEvent, Element, Name, NameRole, Session, Statement, TableName};

pub(crate) type Parse<T> = Result<T, ParseError>;

pub(crate) struct Parser<'a> {
    pub(super) sql: &'a str,
    pub(super) session: &'a Session,
    pub(super) flavor: Flavor,
    lexed: Lexed,
    at: usize,
    names: Vec<Name>,
    elements: Vec<Element>,
    /// Whether the elements are a comma-separated list that can be cut.
    pub(super) cuttable: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(sql: &'a str, session: &'a Session, flavor: Flavor) -> Self {
        Self {
            sql,
            session,
            flavor,
            lexed: lex(sql, session, flavor),
            at: 0,
            names: Vec::new(),
            elements: Vec::new(),
            cuttable: true,
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<&Token> {
        self.lexed.tokens.get(self.at + ahead)
    }

    /// Returns the text of a token.
    pub(super) fn text(&self, token: &Token) -> &'a str {
        self.sql.get(token.span.clone()).unwrap_or_default()
    }

    /// Tells whether the word without quotes at `ahead` is `word` (in upper case).
    pub(super) fn is(&self, ahead: usize, word: &str) -> bool {
        self.peek(ahead)
            .is_some_and(|token| token.kind == TokenKind::Word && self.text(token).eq_ignore_ascii_case(word))
    }

    pub(super) fn is_any(&self, ahead: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(ahead, word))
    }

    pub(super) fn is_symbol(&self, ahead: usize, symbol: char) -> bool {
        self.peek(ahead).is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    /// Returns the keyword here in upper case.
    pub(super) fn keyword_text(&self) -> Option<String> {
        let token = self.peek(0).filter(|token| token.kind == TokenKind::Word)?;
        Some(self.text(token).to_ascii_uppercase())
    }

    pub(super) fn accept(&mut self, word: &str) -> bool {
        self.accept_words(&[word])
    }

    pub(super) fn accept_words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(ahead, word)| self.is(ahead, word));
        if found {
            self.at += words.len();
        }
        found
    }

    /// Accepts one of `words` and returns it.
    pub(super) fn accept_any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let word = words.iter().find(|word| self.is(0, word))?;
        self.at += 1;
        Some(word)
    }

    pub(super) fn accept_symbol(&mut self, symbol: char) -> bool {
        let found = self.is_symbol(0, symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, word: &'static str) -> Parse<()> {
        if self.accept(word) { Ok(()) } else { Err(self.error(format!("{word} expected"))) }
    }

    pub(super) fn expect_symbol(&mut self, symbol: char) -> Parse<()> {
        if self.accept_symbol(symbol) { Ok(()) } else { Err(self.error(format!("`{symbol}` expected"))) }
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// Passes the token here and returns it.
    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek(0).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Tells whether nothing follows but semicolons.
    pub(super) fn at_end(&self) -> bool {
        let rest = self.lexed.tokens.get(self.at..).unwrap_or_default();
        rest.iter().all(|token| token.kind == TokenKind::Symbol(';'))
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn back_to(&mut self, position: usize) {
        self.at = position;
    }

    /// Returns where the token here begins, or the text ends.
    pub(super) fn offset(&self) -> usize {
        self.peek(0).map_or(self.sql.len(), |token| token.span.start)
    }

    /// Returns where the token before ends.
    pub(super) fn offset_behind(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|at| self.lexed.tokens.get(at));
        before.map_or(0, |token| token.span.end)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ParseError {
        if self.at_end()
            && let Some(error) = self.broken()
        {
            return error;
        }
        let at = self.offset();
        let rest: String = self.sql.get(at..).unwrap_or_default().chars().take(40).collect();
        let near = if rest.is_empty() { " (the end)".to_owned() } else { format!(", near `{rest}`") };
        ParseError { message: message.into(), at, near }
    }

    /// Returns why the tokens end before the text does.
    pub(super) fn broken(&self) -> Option<ParseError> {
        self.lexed.broken.map(|(message, at)| ParseError {
            message: message.to_owned(),
            at,
            near: String::new(),
        })
    }

    /// Passes one token, or all in parentheses.
    pub(super) fn skip_one(&mut self) -> Parse<()> {
        if self.is_symbol(0, '(') {
            return self.parenthesised().map(|_| ());
        }
        self.take().map(|_| ()).ok_or_else(|| self.error("more expected"))
    }

    /// Passes all in parentheses and returns where the inner text stands.
    pub(super) fn parenthesised(&mut self) -> Parse<Range<usize>> {
        self.expect_symbol('(')?;
        let start = self.offset();
        let mut depth = 0_usize;
        loop {
            let end = self.offset_behind();
            let Some(token) = self.take() else {
                return Err(self.error("`)` expected"));
            };
            match token.kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') if depth == 0 => return Ok(start.min(end)..end),
                TokenKind::Symbol(')') => depth -= 1,
                _ => {}
            }
        }
    }

    pub(super) fn slice(&self, span: Range<usize>) -> Arc<str> {
        self.sql.get(span).unwrap_or_default().into()
    }

    /// Passes the name of a table and notes its place.
    pub(super) fn table_name(&mut self, role: NameRole) -> Parse<TableName> {
        let start = self.offset();
        let first = if self.is_symbol(0, '.') { None } else { Some(self.identifier()?) };
        let (schema, table) = if self.accept_symbol('.') {
            (first, self.identifier()?)
        } else {
            (None, first.unwrap_or_default())
        };
        // A parent without schema is in its child's, wherever the session is.
        let child =
            self.names.first().filter(|_| role == NameRole::Parent).map(|name| name.table.schema.clone());
        let schema = schema.map(|schema| self.fold(schema)).or(child).or_else(|| self.default_schema());
        let Some(schema) = schema else {
            return Err(self.error("the session has no default schema for a name without one"));
        };
        let table = TableName::new(schema, self.fold(table));
        self.name(start..self.offset_behind(), table.clone(), role);
        Ok(table)
    }

    /// Passes the name of a schema and notes its place.
    pub(super) fn schema_name(&mut self) -> Parse<Arc<str>> {
        let start = self.offset();
        let name = self.identifier()?;
        let name = self.fold(name);
        let table = TableName::of_schema(name.clone());
        self.name(start..self.offset_behind(), table, NameRole::Subject);
        Ok(name)
    }

    pub(super) fn name(&mut self, span: Range<usize>, table: TableName, role: NameRole) {
        self.names.push(Name { span, table, role });
    }

    pub(super) fn default_schema(&self) -> Option<Arc<str>> {
        let schema = self.session.default_schema.clone().filter(|schema| !schema.is_empty())?;
        Some(self.fold(schema))
    }

    fn fold(&self, name: Arc<str>) -> Arc<str> {
        if self.flavor.lower_case_table_names { name.to_lowercase().into() } else { name }
    }

    /// Notes the element that stands between the token numbered `from` and here.
    pub(super) fn element(
        &mut self,
        from: usize,
        event: DdlEvent,
        table: TableName,
        renamed_to: Option<TableName>,
    ) {
        let start = self.lexed.tokens.get(from).map_or(self.sql.len(), |token| token.span.start);
        let span = start..self.offset_behind().max(start);
        self.elements.push(Element { event, table, renamed_to, span });
    }

    /// Ends the statement.
    pub(super) fn finish(mut self, kind: StatementKind) -> Parse<Parsed> {
        if !self.at_end() {
            return Err(self.error("the end of the statement expected"));
        }
        if let Some(error) = self.broken() {
            return Err(error);
        }
        let cuttable = self.fit_comments() && self.cuttable;
        self.names.sort_by_key(|name| (name.span.start, name.span.end));
        let list = match (self.elements.first(), self.elements.last()) {
            (Some(first), Some(last)) if cuttable => Some(first.span.start..last.span.end),
            _ => None,
        };
        let statement =
            Statement { sql: self.sql.to_owned(), elements: self.elements, names: self.names, list };
        Ok(Parsed::Ddl(Box::new(Definition { statement, kind })))
    }

    /// Widens elements over the executable comments that they begin or end in, and tells whether each such comment
    /// then lies in one element or outside of the list.
    fn fit_comments(&mut self) -> bool {
        let Some(end) = self.elements.last().map(|element| element.span.end) else {
            return false;
        };
        let Some(start) = self.elements.first().map(|element| element.span.start) else {
            return false;
        };
        let mut fit = true;
        // Outer comments come after the ones inside them.
        for comment in &self.lexed.conditional {
            let list = comment.start <= start && end <= comment.end;
            if list || comment.end <= start || end <= comment.start {
                continue;
            }
            let mut touched = self
                .elements
                .iter_mut()
                .filter(|element| element.span.start < comment.end && comment.start < element.span.end);
            let (Some(element), None) = (touched.next(), touched.next()) else {
                fit = false;
                continue;
            };
            let inside = &element.span;
            let other = self.lexed.tokens.iter().any(|token| {
                let in_comment = comment.start <= token.span.start && token.span.end <= comment.end;
                in_comment && (token.span.end <= inside.start || inside.end <= token.span.start)
            });
            fit &= !other;
            element.span = inside.start.min(comment.start)..inside.end.max(comment.end);
        }
        fit && self.elements.is_sorted_by(|a, b| a.span.end <= b.span.start)
    }
}

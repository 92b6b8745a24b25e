//! Tokens of MySQL's SQL with exact byte ranges.
//!
//! Our own and not sqlparser's: that one unwraps every executable comment whatever its version, counts lines and
//! columns of characters, and does not keep the text of bit and hex literals; and spans are what this crate is about.
//!
//! Source: MySQL manual, "Language Structure" (literals, identifiers, comments); MariaDB manual, "Comment Syntax".

use crate::{Family, Flavor};
use std::ops::Range;
use tidegate_model::Session;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword without quotes.
    Word,
    /// An identifier without quotes after a dot: never a keyword.
    Member,
    /// An identifier in backticks, or in double quotes under ANSI_QUOTES.
    Quoted,
    /// A string.
    String,
    /// A string of the national character set, `N'…'`.
    National,
    /// A decimal number without sign.
    Number,
    /// `x'4D'` or `0x4D`.
    Hex,
    /// `b'101'` or `0b101`.
    Bit,
    /// Any other character.
    Symbol(char),
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

/// A statement's tokens.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    /// The executable comments whose content counts as code, delimiters included.
    pub(crate) conditional: Vec<Range<usize>>,
    /// Why and where the tokens end before the text does.
    pub(crate) broken: Option<(&'static str, usize)>,
}

/// Splits `sql` into tokens, as a server of `flavor` in `session` does.
pub(crate) fn lex(sql: &str, session: &Session, flavor: Flavor) -> Lexed {
    let mut lexer = Lexer {
        sql,
        bytes: sql.as_bytes(),
        at: 0,
        flavor,
        ansi_quotes: session.ansi_quotes(),
        backslash: !session.no_backslash_escapes(),
        open: Vec::new(),
        lexed: Lexed::default(),
    };
    if let Err(broken) = lexer.run() {
        lexer.lexed.broken = Some(broken);
    }
    lexer.lexed
}

struct Lexer<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    at: usize,
    flavor: Flavor,
    ansi_quotes: bool,
    backslash: bool,
    /// The starts of the executable comments that we are in.
    open: Vec<usize>,
    lexed: Lexed,
}

type Step = Result<(), (&'static str, usize)>;

impl Lexer<'_> {
    fn run(&mut self) -> Step {
        while let Some(byte) = self.byte(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'#' => self.skip_line(),
                b'-' if self.byte(1) == Some(b'-') && self.byte(2).is_none_or(|b| b <= b' ') => {
                    self.skip_line()
                }
                b'/' if self.byte(1) == Some(b'*') => self.comment()?,
                b'*' if !self.open.is_empty() && self.byte(1) == Some(b'/') => self.close(),
                _ => self.token(byte)?,
            }
        }
        match self.open.last() {
            Some(start) => Err(("a comment that is not closed", *start)),
            None => Ok(()),
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    }

    fn close(&mut self) {
        self.at += 2;
        if let Some(start) = self.open.pop() {
            self.lexed.conditional.push(start..self.at);
        }
    }

    /// Passes a comment, or enters it if its content is code here.
    fn comment(&mut self) -> Step {
        let start = self.at;
        if let Some(length) = self.executable_head() {
            self.open.push(start);
            self.at += length;
            return Ok(());
        }
        let nests = matches!(self.byte(2), Some(b'!')) || self.starts_with(2, b"M!");
        self.at += 2;
        loop {
            match (self.byte(0), self.byte(1)) {
                (None, _) => return Err(("a comment that is not closed", start)),
                (Some(b'*'), Some(b'/')) => {
                    self.at += 2;
                    return Ok(());
                }
                (Some(b'/'), Some(b'*')) if nests => self.skip_nested(start)?,
                _ => self.at += 1,
            }
        }
    }

    fn skip_nested(&mut self, start: usize) -> Step {
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        let end = rest.windows(2).position(|pair| pair == b"*/");
        self.at += 4 + end.ok_or(("a comment that is not closed", start))?;
        Ok(())
    }

    fn starts_with(&self, ahead: usize, text: &[u8]) -> bool {
        self.bytes.get(self.at + ahead..).is_some_and(|rest| rest.starts_with(text))
    }

    /// Returns the length of `/*!NNNNN` if what follows is code for this server.
    fn executable_head(&self) -> Option<usize> {
        let mut length = match (self.byte(2)?, self.byte(3)) {
            (b'!', _) => 3,
            (b'M', Some(b'!')) if self.flavor.is_mariadb() => 4,
            (b'T', Some(b'!')) if self.flavor.family == Family::TiDb => return self.feature_head(),
            _ => return None,
        };
        let digits =
            (0..6).take_while(|digit| self.byte(length + digit).is_some_and(|b| b.is_ascii_digit())).count();
        if digits < 5 {
            return Some(length);
        }
        let from = self.at + length;
        length += digits;
        let version: u32 = self.sql.get(from..from + digits)?.parse().ok()?;
        let applies = match self.flavor.family {
            Family::TiDb => true,
            Family::MySql => version <= self.flavor.version,
            // MariaDB leaves to MySQL what only MySQL can mean.
            Family::MariaDb => {
                let mysql_only = (50_700..=99_999).contains(&version) && self.byte(2) == Some(b'!');
                version <= self.flavor.version && !mysql_only
            }
        };
        applies.then_some(length)
    }

    /// Returns the length of TiDB's `/*T![feature]`.
    fn feature_head(&self) -> Option<usize> {
        if self.byte(4) != Some(b'[') {
            return Some(4);
        }
        let rest = self.bytes.get(self.at + 5..)?;
        rest.iter().position(|b| *b == b']').map(|end| end + 6)
    }

    fn token(&mut self, byte: u8) -> Step {
        let start = self.at;
        let kind = match byte {
            b'\'' => self.string(byte)?,
            b'"' if self.ansi_quotes => self.quoted(byte)?,
            b'"' => self.string(byte)?,
            b'`' => self.quoted(byte)?,
            b'n' | b'N' if self.byte(1) == Some(b'\'') => {
                self.at += 1;
                self.string(b'\'')?;
                TokenKind::National
            }
            b'x' | b'X' if self.byte(1) == Some(b'\'') => self.coded(TokenKind::Hex)?,
            b'b' | b'B' if self.byte(1) == Some(b'\'') => self.coded(TokenKind::Bit)?,
            b'.' if !self.after_name() && self.byte(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
            _ if is_word(byte) => self.word(),
            _ => {
                self.at += 1;
                TokenKind::Symbol(char::from(byte))
            }
        };
        self.lexed.tokens.push(Token { kind, span: start..self.at });
        Ok(())
    }

    /// Tells whether an identifier ends right here.
    fn after_name(&self) -> bool {
        self.lexed.tokens.last().is_some_and(|token| {
            token.span.end == self.at
                && matches!(token.kind, TokenKind::Word | TokenKind::Member | TokenKind::Quoted)
        })
    }

    /// Tells whether a dot stands right here before us.
    fn after_dot(&self) -> bool {
        self.lexed
            .tokens
            .last()
            .is_some_and(|token| token.span.end == self.at && token.kind == TokenKind::Symbol('.'))
    }

    fn string(&mut self, quote: u8) -> Result<TokenKind, (&'static str, usize)> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.byte(0) {
                None => return Err(("a string that is not closed", start)),
                Some(b'\\') if self.backslash => self.at += 2,
                Some(byte) if byte == quote && self.byte(1) == Some(quote) => self.at += 2,
                Some(byte) if byte == quote => break,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(TokenKind::String)
    }

    fn quoted(&mut self, quote: u8) -> Result<TokenKind, (&'static str, usize)> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.byte(0) {
                None => return Err(("a quoted name that is not closed", start)),
                Some(byte) if byte == quote && self.byte(1) == Some(quote) => self.at += 2,
                Some(byte) if byte == quote => break,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(TokenKind::Quoted)
    }

    fn coded(&mut self, kind: TokenKind) -> Result<TokenKind, (&'static str, usize)> {
        self.at += 1;
        self.quoted(b'\'')?;
        Ok(kind)
    }

    fn word(&mut self) -> TokenKind {
        let member = self.after_dot();
        let start = self.at;
        let length = self.bytes[start..].iter().take_while(|b| is_word(**b)).count();
        self.at += length;
        let text = &self.bytes[start..self.at];
        if member {
            return TokenKind::Member;
        }
        if !text.first().is_some_and(u8::is_ascii_digit) {
            return TokenKind::Word;
        }
        match text {
            [b'0', b'x', digits @ ..] if is_all(digits, u8::is_ascii_hexdigit) => return TokenKind::Hex,
            [b'0', b'b', digits @ ..] if is_all(digits, |b| matches!(b, b'0' | b'1')) => {
                return TokenKind::Bit;
            }
            _ => {}
        }
        let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
        let exponent = text.get(digits).is_some_and(|b| matches!(b, b'e' | b'E'));
        let rest = text.get(digits + 1..).unwrap_or_default();
        let signed = rest.is_empty() && matches!(self.byte(0), Some(b'+' | b'-'));
        let is_number = digits == length || exponent && (signed || is_all(rest, u8::is_ascii_digit));
        if !is_number {
            return TokenKind::Word;
        }
        self.at = start;
        self.number()
    }

    /// Passes digits, a fraction and an exponent.
    fn number(&mut self) -> TokenKind {
        self.digits();
        if self.byte(0) == Some(b'.') {
            self.at += 1;
            self.digits();
        }
        if matches!(self.byte(0), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.byte(1), Some(b'+' | b'-')));
            if self.byte(1 + sign).is_some_and(|b| b.is_ascii_digit()) {
                self.at += 1 + sign;
                self.digits();
            }
        }
        TokenKind::Number
    }

    fn digits(&mut self) {
        while self.byte(0).is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn is_all(bytes: &[u8], test: impl Fn(&u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(test)
}

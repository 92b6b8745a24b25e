//! Tokens, as MySQL reads them with its default SQL mode.

use super::SyntaxError;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word without quotes.
    Word(String),
    /// A name in backticks.
    Quoted(String),
    Text(String),
    Bytes(Vec<u8>),
    /// The digits of a number, with point and exponent.
    Number(String),
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: &[&str] = &[
    "->>", "<=>", "->", "<=", ">=", "<>", "!=", "<<", ">>", "||", "&&", ":=", "@@", "(", ")", ",", "=", "<",
    ">", "+", "-", "*", "/", "%", ".", "!", "~", "&", "|", "^", "?", "@", ";", "{", "}", ":", "[", "]", "$",
    "#", "\\",
];

/// Takes an expression apart; each token with the index of its first byte, [`Token::End`] last.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, SyntaxError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space();
        let start = lexer.at;
        let token = lexer.token()?;
        let is_end = token == Token::End;
        tokens.push((start, token));
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, take: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|character| !take(character)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.take_while(|character| character.is_ascii_whitespace());
    }

    fn token(&mut self) -> Result<Token, SyntaxError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        let second = rest.chars().nth(1);
        match first {
            '\'' => self.quoted('\'').map(Token::Text),
            '`' => self.quoted('`').map(Token::Quoted),
            '"' => Err(self.refuse(
                "a text or a name in double quotes is not taken: which of the two it is depends on the SQL mode; write \
                 'text' or `name`",
            )),
            'x' | 'X' if second == Some('\'') => {
                let start = self.at;
                self.at += 1;
                let digits = self.quoted('\'')?;
                bytes(&digits).map(Token::Bytes).ok_or_else(|| {
                    SyntaxError::new(start, "x'…' wants pairs of hexadecimal digits")
                })
            }
            'b' | 'B' | 'n' | 'N' if second == Some('\'') => {
                Err(self.refuse(&format!("`{first}'…'` is not taken; write a number, 'text' or x'…'")))
            }
            '0' if matches!(second, Some('x' | 'X' | 'b' | 'B')) => {
                Err(self.refuse("0x… and 0b… are not taken: write a number, or x'…' for bytes"))
            }
            '-' if rest.starts_with("--") && rest.chars().nth(2).is_none_or(char::is_whitespace) => {
                Err(self.refuse("comments are not taken"))
            }
            '/' if second == Some('*') => Err(self.refuse("comments are not taken")),
            '#' => Err(self.refuse("comments are not taken")),
            '0'..='9' => self.number(),
            '.' if second.is_some_and(|second| second.is_ascii_digit()) => self.number(),
            '_' | 'a'..='z' | 'A'..='Z' | '\u{80}'.. => {
                let word = self.take_while(is_of_word);
                if word.starts_with('_') && self.rest().starts_with('\'') {
                    self.at -= word.len();
                    return Err(self.refuse(&format!("the introducer `{word}'…'` is not taken")));
                }
                Ok(Token::Word(word.to_owned()))
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let symbol = symbol.ok_or_else(|| self.refuse(&format!("{first:?} is not understood")))?;
                self.at += symbol.len();
                Ok(Token::Symbol(symbol))
            }
        }
    }

    fn refuse(&self, message: &str) -> SyntaxError {
        SyntaxError::new(self.at, message)
    }

    /// Reads what stands in quotes: a doubled quote is one; in text a backslash escapes, too.
    fn quoted(&mut self, quote: char) -> Result<String, SyntaxError> {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        while let Some((index, character)) = characters.next() {
            if character == quote {
                if characters.next_if(|(_, next)| *next == quote).is_none() {
                    self.at += index + quote.len_utf8();
                    return Ok(text);
                }
                text.push(quote);
            } else if character == '\\' && quote == '\'' {
                let Some((_, escaped)) = characters.next() else { break };
                match escaped {
                    '0' => text.push('\0'),
                    'b' => text.push('\u{8}'),
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'Z' => text.push('\u{1a}'),
                    // They stay escaped, for LIKE.
                    '%' | '_' => text.extend(['\\', escaped]),
                    other => text.push(other),
                }
            } else {
                text.push(character);
            }
        }
        Err(SyntaxError::new(start, format!("the closing {quote} is missing")))
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        let digits = |character: char| character.is_ascii_digit();
        let mut number = self.take_while(digits).to_owned();
        if self.rest().starts_with('.') {
            self.at += 1;
            number.push('.');
            number.push_str(self.take_while(digits));
        }
        if self.rest().starts_with(['e', 'E']) {
            self.at += 1;
            number.push('e');
            if let Some(sign) = self.rest().chars().next().filter(|sign| matches!(sign, '+' | '-')) {
                self.at += 1;
                number.push(sign);
            }
            let exponent = self.take_while(digits);
            if exponent.is_empty() {
                return Err(SyntaxError::new(start, "the number has no digits in its exponent"));
            }
            number.push_str(exponent);
        }
        if self.rest().starts_with(is_of_word) {
            return Err(SyntaxError::new(start, "a name that begins with digits stands in backticks"));
        }
        Ok(Token::Number(number))
    }
}

fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        pair.chars().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        u8::from_str_radix(pair, 16).ok()
    };
    pairs.map(byte).collect()
}

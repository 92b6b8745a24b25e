//! From tokens to a tree, by the ranks of MySQL's grammar (`sql_yacc.yy`: expr, bool_pri, predicate, bit_expr,
//! simple_expr).

use super::{
    SyntaxError,
    token::{Token, tokens},
    tree::{Arithmetic, Comparison, Kind, Literal, Node},
};
use arrow_buffer::i256;

/// Deeper nesting is refused: what walks the tree calls itself.
const DEPTH_MAX: usize = 100;

type Parsed<T = Node> = Result<T, SyntaxError>;

/// Words of MySQL's expressions that this filter does not take, for a clear answer.
const REFUSED: &[&str] = &[
    "CASE", "CAST", "CONVERT", "EXISTS", "INTERVAL", "SELECT", "BINARY", "MATCH", "XOR", "SOUNDS", "MEMBER",
    "UNKNOWN", "ROW", "DEFAULT", "VALUES", "ANY", "ALL", "SOME", "ESCAPE", "WHEN", "THEN", "ELSE", "END",
];

/// Words that are operators: without backticks they are no columns.
const RESERVED: &[&str] =
    &["AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "REGEXP", "RLIKE", "IS", "DIV", "MOD", "COLLATE"];

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let node = parser.or()?;
    match parser.peek() {
        Token::End => Ok(node),
        _ => Err(parser.unexpected("the expression's end or an operator")),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(_, token)| token)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |(place, _)| *place)
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(self.at, word);
        self.at += usize::from(found);
        found
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        matches!(self.tokens.get(at), Some((_, Token::Word(found))) if found.eq_ignore_ascii_case(word))
    }

    fn expect(&mut self, symbol: &str) -> Parsed<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let refused = |what: String| SyntaxError::new(self.place(), what);
        match self.peek() {
            Token::End => refused(format!("the expression ends where {wanted} is wanted")),
            Token::Word(word) if REFUSED.iter().any(|refused| word.eq_ignore_ascii_case(refused)) => {
                refused(format!("{} is not taken in expressions of this filter", word.to_uppercase()))
            }
            Token::Word(word) | Token::Quoted(word) => {
                refused(format!("`{word}` stands where {wanted} is wanted"))
            }
            Token::Symbol("||") => refused("`||` is not taken: write OR".to_owned()),
            Token::Symbol("&&") => refused("`&&` is not taken: write AND".to_owned()),
            Token::Symbol("!") => refused("`!` is not taken: write NOT".to_owned()),
            Token::Symbol(symbol @ ("@" | "@@" | ":=" | "?")) => {
                refused(format!("variables and parameters (`{symbol}`) are not taken"))
            }
            Token::Symbol(symbol @ ("&" | "|" | "^" | "~" | "<<" | ">>")) => {
                refused(format!("bit operations (`{symbol}`) are not taken"))
            }
            Token::Symbol(symbol) => refused(format!("`{symbol}` stands where {wanted} is wanted")),
            Token::Text(_) | Token::Bytes(_) => refused(format!("a text stands where {wanted} is wanted")),
            Token::Number(_) => refused(format!("a number stands where {wanted} is wanted")),
        }
    }

    fn deeper(&mut self, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(SyntaxError::new(self.place(), format!("it nests deeper than {DEPTH_MAX} levels")));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn or(&mut self) -> Parsed {
        self.deeper(|parser| {
            let mut left = parser.and()?;
            while parser.word("OR") {
                let right = parser.and()?;
                left = Node { at: left.at, kind: Kind::Or(left.into(), right.into()) };
            }
            Ok(left)
        })
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.word("AND") {
            let right = self.not()?;
            left = Node { at: left.at, kind: Kind::And(left.into(), right.into()) };
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let at = self.place();
        if self.word("NOT") {
            let inner = self.deeper(Self::not)?;
            return Ok(Node { at, kind: Kind::Not(inner.into()) });
        }
        self.comparison()
    }

    /// Comparisons and IS, which have one rank, from the left.
    fn comparison(&mut self) -> Parsed {
        let mut left = self.predicate()?;
        loop {
            let at = left.at;
            if self.word("IS") {
                let negated = self.word("NOT");
                let kind = match () {
                    () if self.word("NULL") => Kind::IsNull(left.into()),
                    () if self.word("TRUE") => Kind::Is(left.into(), true),
                    () if self.word("FALSE") => Kind::Is(left.into(), false),
                    () => return Err(self.unexpected("NULL, TRUE or FALSE")),
                };
                left = negate(Node { at, kind }, negated);
                continue;
            }
            let Some(comparison) = self.operator() else { return Ok(left) };
            if ["ANY", "ALL", "SOME"].iter().any(|word| self.is_word(self.at, word)) {
                return Err(self.unexpected("a value"));
            }
            let right = self.predicate()?;
            left = Node { at, kind: Kind::Compare(comparison, left.into(), right.into()) };
        }
    }

    fn operator(&mut self) -> Option<Comparison> {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, NullSafeEqual};
        let Token::Symbol(symbol) = self.peek() else { return None };
        let operators = [
            ("=", Equal),
            ("<>", NotEqual),
            ("!=", NotEqual),
            ("<=>", NullSafeEqual),
            ("<", Less),
            ("<=", LessOrEqual),
            (">", Greater),
            (">=", GreaterOrEqual),
        ];
        let (_, found) = operators.into_iter().find(|(text, _)| text == symbol)?;
        self.at += 1;
        Some(found)
    }

    /// IN, BETWEEN, LIKE, REGEXP: MySQL takes one of them, not a chain.
    fn predicate(&mut self) -> Parsed {
        let left = self.sum()?;
        let at = left.at;
        let negated =
            ["IN", "BETWEEN", "LIKE", "REGEXP", "RLIKE"].iter().any(|word| self.is_word(self.at + 1, word))
                && self.word("NOT");
        let kind = if self.word("IN") {
            self.expect("(")?;
            let mut items = vec![self.or()?];
            while self.symbol(",") {
                items.push(self.or()?);
            }
            self.expect(")")?;
            Kind::In(left.into(), items)
        } else if self.word("BETWEEN") {
            let low = self.sum()?;
            if !self.word("AND") {
                return Err(self.unexpected("AND"));
            }
            // The upper bound is a predicate itself: MySQL reads `BETWEEN 1 AND 2 IN (2)` so.
            let high = self.deeper(Self::predicate)?;
            Kind::Between(left.into(), low.into(), high.into())
        } else if self.word("LIKE") {
            let pattern = self.text("a pattern in quotes")?;
            let escape = if self.word("ESCAPE") { self.escape()? } else { Some('\\') };
            Kind::Like(left.into(), pattern, escape)
        } else if self.word("REGEXP") || self.word("RLIKE") {
            Kind::Regexp(left.into(), self.text("a regular expression in quotes")?)
        } else {
            return Ok(left);
        };
        Ok(negate(Node { at, kind }, negated))
    }

    fn text(&mut self, wanted: &str) -> Parsed<String> {
        match self.peek() {
            Token::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.unexpected(wanted)),
        }
    }

    fn escape(&mut self) -> Parsed<Option<char>> {
        let at = self.place();
        let text = self.text("one character in quotes")?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (escape, None) => Ok(escape),
            _ => Err(SyntaxError::new(at, "ESCAPE wants one character, or none")),
        }
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let operation = match () {
                () if self.symbol("+") => Arithmetic::Add,
                () if self.symbol("-") => Arithmetic::Subtract,
                () => return Ok(left),
            };
            let right = self.product()?;
            left = Node { at: left.at, kind: Kind::Arithmetic(operation, left.into(), right.into()) };
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let operation = match () {
                () if self.symbol("*") => Arithmetic::Multiply,
                () if self.symbol("/") => Arithmetic::Divide,
                () if self.symbol("%") || self.word("MOD") => Arithmetic::Remainder,
                () if self.word("DIV") => Arithmetic::DivideWhole,
                () => return Ok(left),
            };
            let right = self.unary()?;
            left = Node { at: left.at, kind: Kind::Arithmetic(operation, left.into(), right.into()) };
        }
    }

    fn unary(&mut self) -> Parsed {
        let at = self.place();
        if self.symbol("-") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Node { at, kind: Kind::Negate(inner.into()) });
        }
        if self.symbol("+") {
            return self.deeper(Self::unary);
        }
        let mut node = self.primary()?;
        while self.word("COLLATE") {
            let collation = match self.advance() {
                Token::Word(name) | Token::Quoted(name) | Token::Text(name) => name,
                _ => {
                    self.at -= 1;
                    return Err(self.unexpected("a collation's name"));
                }
            };
            node = Node { at, kind: Kind::Collate(node.into(), collation) };
        }
        Ok(node)
    }

    fn primary(&mut self) -> Parsed {
        let at = self.place();
        let literal = |literal| Ok(Node { at, kind: Kind::Literal(literal) });
        match self.peek().clone() {
            Token::Symbol("(") => {
                self.at += 1;
                let node = self.or()?;
                if matches!(self.peek(), Token::Symbol(",")) {
                    return Err(SyntaxError::new(at, "a row of values `(a, b)` is not taken"));
                }
                self.expect(")")?;
                Ok(node)
            }
            Token::Text(mut text) => {
                self.at += 1;
                // Texts that follow each other are one.
                while let Token::Text(more) = self.peek() {
                    text.push_str(more);
                    self.at += 1;
                }
                literal(Literal::Text(text))
            }
            Token::Bytes(bytes) => {
                self.at += 1;
                literal(Literal::Bytes(bytes))
            }
            Token::Number(number) => {
                self.at += 1;
                literal(read_number(&number).ok_or_else(|| {
                    SyntaxError::new(at, "the number has more digits than a DECIMAL or DOUBLE holds")
                })?)
            }
            Token::Quoted(name) => {
                self.at += 1;
                self.column(at, name)
            }
            Token::Word(word) => self.named(at, &word),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Reads what begins with a word: a constant, a date, a column.
    fn named(&mut self, at: usize, word: &str) -> Parsed {
        let upper = word.to_ascii_uppercase();
        let next_is_text = matches!(self.tokens.get(self.at + 1), Some((_, Token::Text(_))));
        let literal = match &*upper {
            "NULL" => Literal::Null,
            "TRUE" => Literal::Bool(true),
            "FALSE" => Literal::Bool(false),
            "DATE" | "TIME" | "TIMESTAMP" if next_is_text => {
                self.at += 1;
                let text = self.text("a date or time in quotes")?;
                let literal = match &*upper {
                    "DATE" => Literal::Date(text),
                    "TIME" => Literal::Time(text),
                    _ => Literal::Timestamp(text),
                };
                return Ok(Node { at, kind: Kind::Literal(literal) });
            }
            _ if RESERVED.contains(&&*upper) || REFUSED.contains(&&*upper) => {
                return Err(self.unexpected("a value"));
            }
            _ => {
                self.at += 1;
                return self.column(at, word.to_owned());
            }
        };
        self.at += 1;
        Ok(Node { at, kind: Kind::Literal(literal) })
    }

    fn column(&mut self, at: usize, name: String) -> Parsed {
        match self.peek() {
            Token::Symbol("(") => {
                return Err(SyntaxError::new(at, format!("functions are not taken: `{name}(…)`")));
            }
            Token::Symbol(".") => {
                return Err(SyntaxError::new(at, "write the column's name alone, without its table's"));
            }
            _ => {}
        }
        let column = Node { at, kind: Kind::Column(name) };
        let unquoted = match () {
            () if self.symbol("->>") => true,
            () if self.symbol("->") => false,
            () => return Ok(column),
        };
        let path = self.text("a path in quotes")?;
        Ok(Node { at, kind: Kind::Path(column.into(), path, unquoted) })
    }
}

fn negate(node: Node, negated: bool) -> Node {
    if negated { Node { at: node.at, kind: Kind::Not(node.into()) } } else { node }
}

/// Reads a number as MySQL does: whole ones are integers while they fit, what has a point is exact, what has an
/// exponent is a double.
fn read_number(text: &str) -> Option<Literal> {
    if text.contains('e') {
        return text.parse().ok().filter(|value: &f64| value.is_finite()).map(Literal::Double);
    }
    if let Ok(value) = text.parse() {
        return Some(Literal::Integer(value));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0').len().max(fraction.len()).max(1);
    let (precision, scale) = (u8::try_from(significant).ok()?, u8::try_from(fraction.len()).ok()?);
    if precision > 65 || scale > 30 {
        return None;
    }
    let value = if digits.is_empty() { i256::ZERO } else { i256::from_string(&digits)? };
    Some(Literal::Decimal { value, precision, scale })
}

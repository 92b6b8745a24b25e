//! The syntax tree.

use arrow_buffer::i256;

/// An expression and where it begins in the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The index of its first byte.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Column(String),
    Literal(Literal),
    Negate(Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    IsNull(Box<Node>),
    /// IS TRUE and IS FALSE.
    Is(Box<Node>, bool),
    In(Box<Node>, Vec<Node>),
    Between(Box<Node>, Box<Node>, Box<Node>),
    /// The pattern, and the character that escapes in it.
    Like(Box<Node>, String, Option<char>),
    Regexp(Box<Node>, String),
    /// A path into a document; whether what is found is taken out of its quotes (`->>`).
    Path(Box<Node>, String, bool),
    Collate(Box<Node>, String),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    /// From 0 to 2^64 − 1.
    Integer(u64),
    /// The number × 10^scale.
    Decimal {
        value: i256,
        precision: u8,
        scale: u8,
    },
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    Date(String),
    Time(String),
    Timestamp(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// DIV: the whole part of the quotient.
    DivideWhole,
    /// `%` and MOD.
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `<=>`: NULL is equal to NULL.
    NullSafeEqual,
}

impl Comparison {
    /// Tells whether it asks which of two values is the larger one.
    pub(crate) fn is_of_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual | Self::NullSafeEqual)
    }

    /// Tells whether it holds for two values that compare so.
    pub(crate) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal | Self::NullSafeEqual => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// Returns the comparison with its sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

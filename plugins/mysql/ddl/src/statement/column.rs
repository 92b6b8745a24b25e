//! Columns as a statement defines them.

use std::{ops::Range, sync::Arc};
use tidegate_model::{FixedType, IntWidth, SpatialType};

/// A column's definition.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// Where the definition stands, name included and FIRST or AFTER not.
    pub span: Range<usize>,
    /// Its type.
    pub data_type: DataType,
    /// What it says of its character set.
    pub charset: CharsetClause,
    /// NULL or NOT NULL (also AUTO_INCREMENT), whichever is said last.
    pub nullable: Option<bool>,
    /// DEFAULT, if said.
    pub default: Option<DefaultValue>,
    /// Whether it says ON UPDATE CURRENT_TIMESTAMP.
    pub on_update: bool,
    /// How it is computed, if it is.
    pub generated: Option<GeneratedDefinition>,
    /// Whether it says AUTO_INCREMENT (or SERIAL).
    pub auto_increment: bool,
    /// Whether it says INVISIBLE.
    pub invisible: bool,
    /// What of it changes what rows hold and cannot be tracked (MariaDB's system versioning), if anything.
    pub untracked: Option<&'static str>,
}

impl ColumnDefinition {
    /// Tells whether adding the column to rows that exist gives each server its own values (`AUTO_INCREMENT`,
    /// `DEFAULT (UUID())`).
    pub fn back_fill_differs(&self) -> bool {
        let expression = match (&self.default, &self.generated) {
            (_, Some(generated)) => Some(&generated.expression),
            (Some(DefaultValue::Expression(expression)), None) => Some(expression),
            _ => None,
        };
        self.auto_increment || expression.is_some_and(|text| crate::parse::differs_between_servers(text))
    }
}

/// Where a column is put.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the end; for a changed column, where it was.
    #[default]
    Unsaid,
    /// FIRST.
    First,
    /// AFTER a column.
    After(Arc<str>),
}

/// A type as written, before character sets and modes are applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are MySQL's own words: width, precision, scale, fsp (fractional digits)"
)]
pub enum DataType {
    Int {
        width: IntWidth,
        unsigned: bool,
    },
    Bit {
        bits: u8,
    },
    Year,
    Decimal {
        precision: u8,
        scale: u8,
        unsigned: bool,
    },
    Float {
        unsigned: bool,
    },
    Double {
        unsigned: bool,
    },
    Date,
    DateTime {
        fsp: u8,
    },
    Timestamp {
        fsp: u8,
    },
    Time {
        fsp: u8,
    },
    Char {
        length: u32,
    },
    Varchar {
        length: u32,
    },
    Text {
        length: TextLength,
    },
    Binary {
        length: u32,
    },
    Varbinary {
        length: u32,
    },
    Blob {
        length: TextLength,
    },
    Enum {
        members: Arc<[Arc<str>]>,
    },
    Set {
        members: Arc<[Arc<str>]>,
    },
    Json,
    Geometry {
        spatial: SpatialType,
    },
    Vector {
        dimensions: u32,
    },
    Fixed {
        fixed: FixedType,
    },
    /// A type that no column of ours can have, in upper case.
    Other(Arc<str>),
}

/// How long a TEXT or BLOB is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextLength {
    /// By its name: TINYTEXT to LONGTEXT, 1 to 4.
    Bytes(u8),
    /// By a number of characters, `TEXT(1000)`: the smallest type that holds so many.
    Characters(u64),
}

/// What a column says of its character set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CharsetClause {
    /// CHARACTER SET.
    pub charset: Option<Arc<str>>,
    /// COLLATE.
    pub collation: Option<Arc<str>>,
    /// BINARY: the character set's binary collation.
    pub binary: bool,
    /// Where CHARACTER SET can be put: after the type.
    pub charset_at: usize,
    /// Where COLLATE can be put: after the character set.
    pub collation_at: usize,
}

/// What stands after DEFAULT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// NULL.
    Null,
    /// A number with its sign, as written.
    Number(Arc<str>),
    /// TRUE or FALSE.
    Bool(bool),
    /// A string, unescaped, or the string of a typed literal (`DATE '2024-01-01'`).
    String(Arc<str>),
    /// The bytes of a hex or bit literal.
    Bytes(Vec<u8>),
    /// NOW and its synonyms, with so many fractional digits.
    Now(u8),
    /// An expression, as SQL, its parentheses included.
    Expression(Arc<str>),
}

/// How a generated column is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedDefinition {
    /// The expression, without its parentheses.
    pub expression: Arc<str>,
    /// Whether it is computed when written.
    pub stored: bool,
}

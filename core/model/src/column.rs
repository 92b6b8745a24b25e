//! Columns: what MySQL says of a column, and the Arrow type that holds its values.

use crate::FixedType;
use arrow_schema::{DataType, TimeUnit};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A column of a table schema, or one that a filter made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    /// The column's name, as the server shows it.
    pub name: Arc<str>,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether NULL may stand in it.
    pub nullable: bool,
    /// What a row that does not name the column gets.
    pub default: ColumnDefault,
    /// How the column is computed, if it is.
    pub generated: Option<Generated>,
    /// Whether `SELECT *` leaves it out.
    pub invisible: bool,
    /// Whether the column is AUTO_INCREMENT.
    pub auto_increment: bool,
}

/// What a row gets in a column that its INSERT leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColumnDefault {
    /// Nobody told us: the schema came from a row event's metadata alone.
    #[default]
    Unknown,
    /// There is none: the column must be named.
    Absent,
    /// NULL.
    Null,
    /// A constant, as the text between the quotes of its definition, unescaped.
    Literal(Arc<str>),
    /// An expression (`CURRENT_TIMESTAMP(3)`, `(uuid())`), as SQL.
    Expression(Arc<str>),
}

/// How a generated column keeps its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Generated {
    /// Computed when read.
    Virtual,
    /// Computed when written.
    Stored,
}

/// The width of an integer column, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum IntWidth {
    /// TINYINT.
    W8,
    /// SMALLINT.
    W16,
    /// MEDIUMINT, held in 32 bits.
    W24,
    /// INT.
    W32,
    /// BIGINT.
    W64,
}

/// The type of geometry that a spatial column admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is MySQL's type of the same name")]
pub enum SpatialType {
    Geometry,
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection,
}

/// What a column's values are: MySQL's type with all that is needed to read a value of it exactly.
///
/// A `collation` is MySQL's collation id (`information_schema.collations.id`), which also names the character set; 0
/// means that it is not known (then the bytes cannot be shown as text, but can still be copied between equal columns).
/// Lengths are in characters for text and in bytes for binary strings; 0 means not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are MySQL's own words: width, precision, scale, fsp (fractional digits)"
)]
pub enum ColumnKind {
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
        collation: u16,
        length: u32,
    },
    Varchar {
        collation: u16,
        length: u32,
    },
    /// TINYTEXT to LONGTEXT; `length_bytes` 1 to 4 tells which.
    Text {
        collation: u16,
        length_bytes: u8,
    },
    /// BINARY(length); values are padded to `length` with zero bytes.
    Binary {
        length: u32,
    },
    Varbinary {
        length: u32,
    },
    /// TINYBLOB to LONGBLOB; `length_bytes` 1 to 4 tells which.
    Blob {
        length_bytes: u8,
    },
    /// ENUM. Values are 1-based indexes into `members`, 0 is the error value. The members are in UTF-8.
    Enum {
        members: Arc<[Arc<str>]>,
        collation: u16,
    },
    /// SET. Values are bit masks over `members`, bit 0 first. The members are in UTF-8.
    Set {
        members: Arc<[Arc<str>]>,
        collation: u16,
    },
    Json,
    Geometry {
        spatial: SpatialType,
    },
    /// VECTOR: 4-byte little-endian floats, one after the other.
    Vector {
        dimensions: u32,
    },
    /// MariaDB's INET4, INET6 and UUID.
    Fixed {
        fixed: FixedType,
    },
}

impl ColumnKind {
    /// Returns the Arrow type that holds the values (see the guide "Types" for the conventions of each).
    pub fn data_type(&self) -> DataType {
        use IntWidth::{W8, W16, W24, W32, W64};
        match self {
            Self::Int { width, unsigned } => match (width, unsigned) {
                (W8, false) => DataType::Int8,
                (W8, true) => DataType::UInt8,
                (W16, false) => DataType::Int16,
                (W16, true) => DataType::UInt16,
                (W24 | W32, false) => DataType::Int32,
                (W24 | W32, true) => DataType::UInt32,
                (W64, false) => DataType::Int64,
                (W64, true) => DataType::UInt64,
            },
            Self::Bit { .. } | Self::Set { .. } => DataType::UInt64,
            Self::Year | Self::Enum { .. } => DataType::UInt16,
            #[expect(clippy::cast_possible_wrap, reason = "a scale is at most 30")]
            Self::Decimal { precision, scale, .. } => {
                if *precision <= 38 {
                    DataType::Decimal128(*precision, *scale as i8)
                } else {
                    DataType::Decimal256(*precision, *scale as i8)
                }
            }
            Self::Float { .. } => DataType::Float32,
            Self::Double { .. } => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::DateTime { .. } => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Timestamp { .. } => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Time { .. } => DataType::Duration(TimeUnit::Microsecond),
            Self::Char { .. }
            | Self::Varchar { .. }
            | Self::Text { .. }
            | Self::Binary { .. }
            | Self::Varbinary { .. }
            | Self::Blob { .. }
            | Self::Json
            | Self::Geometry { .. }
            | Self::Vector { .. }
            | Self::Fixed { .. } => DataType::Binary,
        }
    }

    /// Returns the collation id of a text, ENUM or SET column.
    pub fn collation(&self) -> Option<u16> {
        match self {
            Self::Char { collation, .. }
            | Self::Varchar { collation, .. }
            | Self::Text { collation, .. }
            | Self::Enum { collation, .. }
            | Self::Set { collation, .. } => Some(*collation),
            _ => None,
        }
    }
}

//! How the values of a column are written in row images.

use crate::{Problem, fields::Fields};

/// A column's type and metadata in a table map: all that is needed to find the end of a value.
///
/// Source: `mysql::binlog::event::Table_map_event` (types and their metadata), MySQL source `sql/log_event.cc`
/// (`log_event_print_value`) and MariaDB source `sql/log_event_client.cc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the server's type of the same name, the fields are its metadata")]
pub enum WireType {
    Tiny,
    Short,
    Int24,
    Long,
    LongLong,
    Float,
    Double,
    NewDecimal {
        precision: u8,
        scale: u8,
    },
    Bit {
        bits: u8,
    },
    Year,
    /// Also NEWDATE.
    Date,
    /// The format of tables that MySQL 5.5 or MariaDB (`mysql56_temporal_format = OFF`) made. MariaDB's may have
    /// fractional digits, which the log does not tell (`None`): the table schema must.
    OldTime {
        fsp: Option<u8>,
    },
    Time2 {
        fsp: u8,
    },
    /// As [`Self::OldTime`].
    OldDateTime {
        fsp: Option<u8>,
    },
    DateTime2 {
        fsp: u8,
    },
    /// As [`Self::OldTime`].
    OldTimestamp {
        fsp: Option<u8>,
    },
    Timestamp2 {
        fsp: u8,
    },
    /// CHAR and BINARY; `length` is the most bytes that a value may have.
    String {
        length: u16,
    },
    /// VARCHAR and VARBINARY; `length` is the most bytes that a value may have.
    Varchar {
        length: u16,
    },
    /// TEXT and BLOB of all sizes.
    Blob {
        length_bytes: u8,
    },
    Json,
    Geometry {
        length_bytes: u8,
    },
    Vector {
        length_bytes: u8,
    },
    Enum {
        bytes: u8,
    },
    Set {
        bytes: u8,
    },
    /// MariaDB's VARCHAR … COMPRESSED.
    CompressedVarchar {
        length: u16,
    },
    /// MariaDB's BLOB … COMPRESSED.
    CompressedBlob {
        length_bytes: u8,
    },
    /// The type of a constant NULL.
    Null,
}

const CHANGE_TYPE: &str = "change the column's type at the source and start behind that DDL";

impl WireType {
    /// Reads the metadata of a column of type `code`.
    pub(super) fn read(code: u8, mariadb: bool, metadata: &mut Fields<'_>) -> Result<Self, Problem> {
        const WHAT: &str = "the metadata of a type";
        let no_fraction = if mariadb { None } else { Some(0) };
        Ok(match code {
            1 => Self::Tiny,
            2 => Self::Short,
            3 => Self::Long,
            4 | 5 => {
                metadata.u8(WHAT)?;
                if code == 4 { Self::Float } else { Self::Double }
            }
            6 => Self::Null,
            7 => Self::OldTimestamp { fsp: no_fraction },
            8 => Self::LongLong,
            9 => Self::Int24,
            10 | 14 => Self::Date,
            11 => Self::OldTime { fsp: no_fraction },
            12 => Self::OldDateTime { fsp: no_fraction },
            13 => Self::Year,
            15 | 253 => Self::Varchar { length: metadata.u16(WHAT)? },
            16 => {
                let (rest, bytes) = (metadata.u8(WHAT)?, metadata.u8(WHAT)?);
                let bits = u16::from(bytes) * 8 + u16::from(rest);
                let bits = u8::try_from(bits).ok().filter(|bits| *bits <= 64 && rest < 8);
                Self::Bit { bits: bits.ok_or_else(|| Problem::invalid("it has a BIT of more than 64 bits"))? }
            }
            17 => Self::Timestamp2 { fsp: fraction(metadata)? },
            18 => Self::DateTime2 { fsp: fraction(metadata)? },
            19 => Self::Time2 { fsp: fraction(metadata)? },
            242 => Self::Vector { length_bytes: length_bytes(metadata)? },
            245 => {
                length_bytes(metadata)?;
                Self::Json
            }
            246 => {
                let (precision, scale) = (metadata.u8(WHAT)?, metadata.u8(WHAT)?);
                if precision == 0 || tidegate_model::decimal::binary_size(precision, scale).is_none() {
                    return Err(Problem::invalid(format!("it has a DECIMAL({precision},{scale})")));
                }
                Self::NewDecimal { precision, scale }
            }
            249..=252 => Self::Blob { length_bytes: length_bytes(metadata)? },
            254 => return string(metadata.array(WHAT)?),
            255 => Self::Geometry { length_bytes: length_bytes(metadata)? },
            140 => Self::CompressedBlob { length_bytes: length_bytes(metadata)? },
            141 => Self::CompressedVarchar { length: metadata.u16(WHAT)? },
            0 => return Err(Problem::stop("is a DECIMAL as MySQL 4 stored them", CHANGE_TYPE)),
            20 => return Err(Problem::stop("is an array, which only indexes can hold", CHANGE_TYPE)),
            other => return Err(Problem::stop(format!("has the unknown type {other}"), CHANGE_TYPE)),
        })
    }
}

fn fraction(metadata: &mut Fields<'_>) -> Result<u8, Problem> {
    match metadata.u8("the metadata of a type")? {
        fsp @ 0..=6 => Ok(fsp),
        other => Err(Problem::invalid(format!("it has a time with {other} fractional digits"))),
    }
}

fn length_bytes(metadata: &mut Fields<'_>) -> Result<u8, Problem> {
    match metadata.u8("the metadata of a type")? {
        bytes @ 1..=4 => Ok(bytes),
        other => Err(Problem::invalid(format!("it has values with lengths of {other} bytes"))),
    }
}

/// The metadata of STRING names the real type; bits 4 and 5 of its first byte hold, inverted, bits 8 and 9 of the length.
fn string([first, second]: [u8; 2]) -> Result<WireType, Problem> {
    let length = u16::from(second) | u16::from(first & 0x30 ^ 0x30) << 4;
    match first | 0x30 {
        254 => Ok(WireType::String { length }),
        247 if matches!(second, 1 | 2) => Ok(WireType::Enum { bytes: second }),
        248 if matches!(second, 1..=8) => Ok(WireType::Set { bytes: second }),
        other => {
            Err(Problem::invalid(format!("it has a STRING of the unknown kind {other} with {second} bytes")))
        }
    }
}

//! Column types.
//!
//! Source: MySQL manual, "Data Types"; MariaDB manual, "Data Types".

use super::parser::{Parse, Parser};
use crate::{CharsetClause, DataType, TextLength};
use std::sync::Arc;
use tidegate_model::{FixedType, IntWidth, SpatialType};

/// The bit of `sql_mode` that makes REAL a FLOAT.
const REAL_AS_FLOAT: u64 = 1;

/// A type, and what its name alone says of the column.
pub(super) struct TypeName {
    pub(super) data_type: DataType,
    /// NATIONAL: the character set is utf8mb3.
    pub(super) national: bool,
    /// SERIAL: NOT NULL AUTO_INCREMENT UNIQUE.
    pub(super) serial: bool,
}

impl Parser<'_> {
    /// Reads a type, its length and sign, up to the character set.
    pub(super) fn data_type(&mut self) -> Parse<TypeName> {
        let Some(word) = self.keyword_text() else {
            return Err(self.error("a type expected"));
        };
        self.advance();
        let serial = word == "SERIAL";
        let national = matches!(word.as_str(), "NATIONAL" | "NCHAR" | "NVARCHAR");
        let data_type = match self.number_type(&word)? {
            Some(number) => number,
            None => match self.text_type(&word)? {
                Some(text) => text,
                None => self.other_type(&word)?,
            },
        };
        Ok(TypeName { data_type, national, serial })
    }

    fn number_type(&mut self, word: &str) -> Parse<Option<DataType>> {
        let width = match word {
            "BOOL" | "BOOLEAN" => {
                let width = IntWidth::W8;
                return Ok(Some(DataType::Int { width, unsigned: false }));
            }
            "SERIAL" => {
                let width = IntWidth::W64;
                return Ok(Some(DataType::Int { width, unsigned: true }));
            }
            "TINYINT" | "INT1" => IntWidth::W8,
            "SMALLINT" | "INT2" => IntWidth::W16,
            "MEDIUMINT" | "INT3" | "MIDDLEINT" => IntWidth::W24,
            "INT" | "INTEGER" | "INT4" => IntWidth::W32,
            "BIGINT" | "INT8" => IntWidth::W64,
            "DECIMAL" | "DEC" | "NUMERIC" | "FIXED" => {
                let (precision, scale) = self.precision()?;
                let (precision, scale) = (precision.filter(|p| *p > 0).unwrap_or(10), scale.unwrap_or(0));
                let unsigned = self.sign();
                return Ok(Some(DataType::Decimal { precision, scale, unsigned }));
            }
            "FLOAT" | "FLOAT4" => {
                let (precision, scale) = self.precision()?;
                let unsigned = self.sign();
                let double = scale.is_none() && precision.is_some_and(|precision| precision > 24);
                return Ok(Some(if double {
                    DataType::Double { unsigned }
                } else {
                    DataType::Float { unsigned }
                }));
            }
            "DOUBLE" | "FLOAT8" | "REAL" => {
                self.accept("PRECISION");
                self.precision()?;
                let unsigned = self.sign();
                let float = word == "REAL" && self.session.sql_mode.unwrap_or(0) & REAL_AS_FLOAT != 0;
                return Ok(Some(if float {
                    DataType::Float { unsigned }
                } else {
                    DataType::Double { unsigned }
                }));
            }
            _ => return Ok(None),
        };
        self.length::<u16>()?;
        let unsigned = self.sign();
        Ok(Some(DataType::Int { width, unsigned }))
    }

    /// Passes `(precision[, scale])`.
    fn precision(&mut self) -> Parse<(Option<u8>, Option<u8>)> {
        if !self.accept_symbol('(') {
            return Ok((None, None));
        }
        let precision = self.small_number()?;
        let scale = if self.accept_symbol(',') { Some(self.small_number()?) } else { None };
        self.expect_symbol(')')?;
        Ok((Some(precision), scale))
    }

    fn small_number(&mut self) -> Parse<u8> {
        let number = self.integer()?;
        u8::try_from(number).map_err(|_| self.error("a smaller number expected"))
    }

    /// Passes SIGNED, UNSIGNED and ZEROFILL, and tells whether the number is unsigned.
    fn sign(&mut self) -> bool {
        let mut unsigned = false;
        while let Some(word) = self.accept_any(&["SIGNED", "UNSIGNED", "ZEROFILL"]) {
            unsigned |= word != "SIGNED";
        }
        unsigned
    }

    fn text_type(&mut self, word: &str) -> Parse<Option<DataType>> {
        let text = |bytes| DataType::Text { length: TextLength::Bytes(bytes) };
        let blob = |bytes| DataType::Blob { length: TextLength::Bytes(bytes) };
        Ok(Some(match word {
            "NATIONAL" => {
                let varying = self.accept("VARCHAR") || {
                    self.accept_any(&["CHAR", "CHARACTER"]);
                    self.accept("VARYING")
                };
                self.char_type(varying)?
            }
            "CHAR" | "CHARACTER" | "NCHAR" => {
                let varying = self.accept_any(&["VARYING", "VARCHAR", "VARCHARACTER"]).is_some();
                self.char_type(varying)?
            }
            "VARCHAR" | "VARCHARACTER" | "NVARCHAR" => self.char_type(true)?,
            "BINARY" => DataType::Binary { length: self.length()?.unwrap_or(1) },
            "CHARBYTE" => DataType::Binary { length: self.length()?.unwrap_or(1) },
            "VARBINARY" => match self.length()? {
                Some(length) => DataType::Varbinary { length },
                None => return Err(self.error("a length expected")),
            },
            "TINYTEXT" => text(1),
            "TEXT" => match self.length()? {
                Some(length) => DataType::Text { length: TextLength::Characters(length) },
                None => text(2),
            },
            "MEDIUMTEXT" => text(3),
            "LONGTEXT" => text(4),
            "TINYBLOB" => blob(1),
            "BLOB" => match self.length()? {
                Some(length) => DataType::Blob { length: TextLength::Characters(length) },
                None => blob(2),
            },
            "MEDIUMBLOB" => blob(3),
            "LONGBLOB" => blob(4),
            "LONG" => {
                if self.accept("VARBINARY") {
                    return Ok(Some(blob(3)));
                }
                self.accept_any(&["VARCHAR", "VARCHARACTER", "CHAR", "CHARACTER"]);
                self.accept("VARYING");
                text(3)
            }
            "ENUM" => DataType::Enum { members: self.members()? },
            "SET" => DataType::Set { members: self.members()? },
            _ => return Ok(None),
        }))
    }

    fn char_type(&mut self, varying: bool) -> Parse<DataType> {
        match (varying, self.length()?) {
            (true, Some(length)) => Ok(DataType::Varchar { length }),
            (true, None) => Err(self.error("a length expected")),
            (false, length) => Ok(DataType::Char { length: length.unwrap_or(1) }),
        }
    }

    fn members(&mut self) -> Parse<Arc<[Arc<str>]>> {
        self.expect_symbol('(')?;
        let mut members = Vec::new();
        loop {
            // Members lose the spaces at their ends when the table is made.
            let member = self.literal_text()?;
            members.push(Arc::from(member.trim_end_matches(' ')));
            if !self.accept_symbol(',') {
                break;
            }
        }
        self.expect_symbol(')')?;
        Ok(members.into())
    }

    fn other_type(&mut self, word: &str) -> Parse<DataType> {
        let geometry = |spatial| DataType::Geometry { spatial };
        Ok(match word {
            "BIT" => DataType::Bit { bits: self.length()?.unwrap_or(1) },
            "YEAR" => {
                self.length::<u8>()?;
                self.sign();
                DataType::Year
            }
            "DATE" => DataType::Date,
            "DATETIME" => DataType::DateTime { fsp: self.length()?.unwrap_or(0) },
            "TIMESTAMP" => DataType::Timestamp { fsp: self.length()?.unwrap_or(0) },
            "TIME" => DataType::Time { fsp: self.length()?.unwrap_or(0) },
            // MariaDB's JSON is a LONGTEXT with a check.
            "JSON" => DataType::Json,
            "GEOMETRY" => geometry(SpatialType::Geometry),
            "POINT" => geometry(SpatialType::Point),
            "LINESTRING" => geometry(SpatialType::LineString),
            "POLYGON" => geometry(SpatialType::Polygon),
            "MULTIPOINT" => geometry(SpatialType::MultiPoint),
            "MULTILINESTRING" => geometry(SpatialType::MultiLineString),
            "MULTIPOLYGON" => geometry(SpatialType::MultiPolygon),
            "GEOMETRYCOLLECTION" | "GEOMCOLLECTION" => geometry(SpatialType::GeometryCollection),
            "VECTOR" => DataType::Vector { dimensions: self.length()?.unwrap_or(2048) },
            other if let Some(fixed) = FixedType::by_name(other) => DataType::Fixed { fixed },
            other => {
                if self.is_symbol(0, '(') {
                    self.parenthesised()?;
                }
                DataType::Other(other.into())
            }
        })
    }

    /// Passes MariaDB's COMPRESSED; the log says itself which values are.
    pub(super) fn compressed(&mut self) -> Parse<bool> {
        let compressed = self.accept("COMPRESSED");
        if compressed && self.accept_symbol('=') {
            self.skip_one()?;
        }
        Ok(compressed)
    }

    /// Passes what a string column says of its character set right after its type.
    pub(super) fn charset_clause(&mut self, national: bool) -> Parse<CharsetClause> {
        let mut clause = CharsetClause {
            charset: national.then(|| "utf8mb3".into()),
            charset_at: self.offset_behind(),
            ..CharsetClause::default()
        };
        loop {
            if self.compressed()? {
                // MariaDB has it before the character set.
            } else if self.accept("BINARY") {
                clause.binary = true;
            } else if self.accept("ASCII") {
                clause.charset = Some("latin1".into());
            } else if self.accept("UNICODE") {
                clause.charset = Some("ucs2".into());
            } else if self.accept("BYTE") {
                clause.charset = Some("binary".into());
            } else if self.accept("CHARSET")
                || self.accept_words(&["CHARACTER", "SET"])
                || self.accept_words(&["CHAR", "SET"])
            {
                clause.charset = Some(self.name_or_string()?.to_ascii_lowercase().into());
            } else {
                break;
            }
        }
        clause.collation_at = self.offset_behind();
        Ok(clause)
    }
}

//! The table schema that the log itself tells (`binlog_row_metadata = FULL`).

use super::{MappedColumn, TableMap, WireType};
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, IntWidth, Key, KeyKind, KeyPart, SpatialType, TableSchema,
    charset::Charset,
};

/// How a UUID is written, and a BINARY(16).
const UUID: WireType = WireType::String { length: 16 };

impl TableMap {
    /// Returns the schema that the map tells: names, kinds and the primary key; `None` if it does not tell all of that
    /// (`binlog_row_metadata` is not FULL; a time is in MariaDB's old format, see [`WireType::OldTime`]; a column may be
    /// MariaDB's UUID as well as BINARY(16)). Such a schema is not [`complete`](TableSchema::complete).
    pub fn schema_from_full(&self) -> Option<TableSchema> {
        if self.mariadb
            && self.columns.iter().any(|column| column.wire == UUID && column.is_binary() == Some(true))
        {
            return None;
        }
        let columns = self.columns.iter().map(MappedColumn::column).collect::<Option<Vec<_>>>()?;
        let parts = self.primary_key.iter().map(|&(column, prefix)| KeyPart::Column { column, prefix });
        let primary = Key { name: "PRIMARY".into(), kind: KeyKind::Primary, parts: parts.collect() };
        Some(TableSchema {
            name: self.name.clone(),
            columns,
            keys: if primary.parts.is_empty() { Vec::new() } else { vec![primary] },
            foreign_keys: Vec::new(),
            collation: 0,
            complete: false,
        })
    }
}

impl MappedColumn {
    fn column(&self) -> Option<Arc<Column>> {
        Some(Arc::new(Column {
            name: self.name.clone()?,
            kind: self.kind()?,
            nullable: self.nullable,
            default: ColumnDefault::Unknown,
            generated: None,
            invisible: self.visible == Some(false),
            auto_increment: false,
        }))
    }

    fn kind(&self) -> Option<ColumnKind> {
        let int = |width| Some(ColumnKind::Int { width, unsigned: self.unsigned? });
        let collation = || self.collation.unwrap_or(0);
        Some(match self.wire {
            WireType::Tiny => int(IntWidth::W8)?,
            WireType::Short => int(IntWidth::W16)?,
            WireType::Int24 => int(IntWidth::W24)?,
            WireType::Long => int(IntWidth::W32)?,
            WireType::LongLong => int(IntWidth::W64)?,
            WireType::Float => ColumnKind::Float { unsigned: self.unsigned? },
            WireType::Double => ColumnKind::Double { unsigned: self.unsigned? },
            WireType::NewDecimal { precision, scale } => {
                ColumnKind::Decimal { precision, scale, unsigned: self.unsigned? }
            }
            WireType::Bit { bits } => ColumnKind::Bit { bits },
            WireType::Year => ColumnKind::Year,
            WireType::Date => ColumnKind::Date,
            WireType::OldTime { fsp } => ColumnKind::Time { fsp: fsp? },
            WireType::OldDateTime { fsp } => ColumnKind::DateTime { fsp: fsp? },
            WireType::OldTimestamp { fsp } => ColumnKind::Timestamp { fsp: fsp? },
            WireType::Time2 { fsp } => ColumnKind::Time { fsp },
            WireType::DateTime2 { fsp } => ColumnKind::DateTime { fsp },
            WireType::Timestamp2 { fsp } => ColumnKind::Timestamp { fsp },
            WireType::String { length } if self.is_binary()? => ColumnKind::Binary { length: length.into() },
            WireType::String { length } => {
                ColumnKind::Char { collation: collation(), length: self.characters(length) }
            }
            WireType::Varchar { length } => self.varchar(length, self.is_binary()?),
            // A byte of the value's says how it is compressed.
            WireType::CompressedVarchar { length } => {
                self.varchar(length.saturating_sub(1), self.is_binary()?)
            }
            WireType::Blob { length_bytes } | WireType::CompressedBlob { length_bytes }
                if self.is_binary()? =>
            {
                ColumnKind::Blob { length_bytes }
            }
            WireType::Blob { length_bytes } | WireType::CompressedBlob { length_bytes } => {
                ColumnKind::Text { collation: collation(), length_bytes }
            }
            WireType::Enum { .. } => {
                ColumnKind::Enum { members: self.text_members()?, collation: collation() }
            }
            WireType::Set { .. } => ColumnKind::Set { members: self.text_members()?, collation: collation() },
            WireType::Json => ColumnKind::Json,
            WireType::Geometry { .. } => {
                ColumnKind::Geometry { spatial: self.spatial.unwrap_or(SpatialType::Geometry) }
            }
            WireType::Vector { .. } => ColumnKind::Vector { dimensions: self.dimensions.unwrap_or(0) },
            WireType::Null => return None,
        })
    }

    fn varchar(&self, bytes: u16, binary: bool) -> ColumnKind {
        if binary {
            ColumnKind::Varbinary { length: bytes.into() }
        } else {
            ColumnKind::Varchar { collation: self.collation.unwrap_or(0), length: self.characters(bytes) }
        }
    }

    /// Returns how many characters of the column's character set `bytes` have room for; 0 if it is not known.
    fn characters(&self, bytes: u16) -> u32 {
        let charset = self.collation.and_then(Charset::of_collation);
        charset.map_or(0, |charset| u32::from(bytes) / u32::from(charset.max_bytes_per_char()))
    }

    /// Returns the members of an ENUM or SET as text.
    pub(crate) fn text_members(&self) -> Option<Arc<[Arc<str>]>> {
        let charset = Charset::of_collation(self.collation?)?;
        let text = |member: &[u8]| charset.decode(member).ok().map(Arc::from);
        self.members.as_ref()?.iter().map(|member| text(member)).collect()
    }
}

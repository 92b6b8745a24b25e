//! From a column's definition to the column that a server makes of it.
//!
//! Source: MySQL manual, "Silent Column Specification Changes", "String Type Syntax", "explicit_defaults_for_timestamp";
//! MariaDB manual, "Silent Column Changes".

use super::default::{default_of, now};
use crate::{
    CharsetClause, ColumnDefinition, DataType, TextLength,
    collation::{NOT_KNOWN, Rules, bytes_per_character},
};
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, Generated, charset::Charset};

/// The largest row, and so the longest VARCHAR, in bytes.
const VARCHAR_BYTES_MAX: u64 = 65_535;

/// Bits of `sql_mode`.
const ORACLE: u64 = 1 << 9;
const MAXDB: u64 = 1 << 12;

/// The collations that a table gives its columns.
#[derive(Clone, Copy)]
pub(crate) struct Collations {
    /// That of columns that say none.
    pub(crate) inherited: u16,
    /// That of all, whatever they say: CONVERT TO CHARACTER SET goes for new columns as well.
    pub(crate) forced: Option<u16>,
}

/// Why something cannot be tracked.
pub(crate) type Untracked = Arc<str>;

impl Rules<'_> {
    /// Returns the column that `definition` makes in a table with these collations.
    pub(crate) fn column(
        self,
        definition: &ColumnDefinition,
        collations: Collations,
    ) -> Result<Column, Untracked> {
        if let Some(reason) = definition.untracked.or(self.foreign_mode(definition)) {
            return Err(reason.into());
        }
        let kind = self.kind(definition, collations)?;
        let timestamp = matches!(kind, ColumnKind::Timestamp { .. });
        let implicit = timestamp && !self.explicit_timestamps() && definition.generated.is_none();
        let nullable = definition.nullable.unwrap_or(!implicit);
        let default = match &definition.default {
            Some(value) => default_of(value, &kind),
            None if definition.generated.is_some() || definition.auto_increment || !nullable => {
                ColumnDefault::Absent
            }
            None => ColumnDefault::Null,
        };
        Ok(Column {
            name: definition.name.clone(),
            kind,
            nullable,
            default,
            generated: definition
                .generated
                .as_ref()
                .map(|generated| if generated.stored { Generated::Stored } else { Generated::Virtual }),
            invisible: definition.invisible,
            auto_increment: definition.auto_increment,
        })
    }

    /// Returns the mode that gives types other meanings, if there is one.
    fn foreign_mode(self, definition: &ColumnDefinition) -> Option<&'static str> {
        let mode = self.session.sql_mode.unwrap_or(0);
        let old = self.flavor.is_mariadb() || self.flavor.version < 80000;
        if self.flavor.is_mariadb() && mode & ORACLE != 0 {
            return Some("it was made under sql_mode=ORACLE, which gives types other meanings");
        }
        let timestamp = matches!(definition.data_type, DataType::Timestamp { .. });
        (old && timestamp && mode & MAXDB != 0)
            .then_some("it was made under sql_mode=MAXDB, where TIMESTAMP is DATETIME")
    }

    /// Tells whether TIMESTAMP columns are like others: NULL unless said.
    pub(crate) fn explicit_timestamps(self) -> bool {
        let by_default = match self.flavor.family {
            crate::Family::MySql => self.flavor.version >= 80000,
            crate::Family::MariaDb => self.flavor.version >= 101_000,
            crate::Family::TiDb => true,
        };
        self.session.explicit_defaults_for_timestamp.unwrap_or(by_default)
    }

    fn kind(self, definition: &ColumnDefinition, collations: Collations) -> Result<ColumnKind, Untracked> {
        let own = self.of_column(&definition.charset, collations.inherited);
        let binary = Charset::of_collation(own) == Some(Charset::Binary);
        let collation = match collations.forced {
            None => own,
            Some(_) if binary => own,
            Some(forced) => self.of_column(
                &CharsetClause { binary: definition.charset.binary, ..CharsetClause::default() },
                forced,
            ),
        };
        Ok(match definition.data_type.clone() {
            DataType::Int { width, unsigned } => ColumnKind::Int { width, unsigned },
            DataType::Bit { bits } => ColumnKind::Bit { bits: bits.max(1) },
            DataType::Year => ColumnKind::Year,
            DataType::Decimal { precision, scale, unsigned } => {
                ColumnKind::Decimal { precision, scale, unsigned }
            }
            DataType::Float { unsigned } => ColumnKind::Float { unsigned },
            DataType::Double { unsigned } => ColumnKind::Double { unsigned },
            DataType::Date => ColumnKind::Date,
            DataType::DateTime { fsp } => ColumnKind::DateTime { fsp },
            DataType::Timestamp { fsp } => ColumnKind::Timestamp { fsp },
            DataType::Time { fsp } => ColumnKind::Time { fsp },
            DataType::Char { length } if binary => ColumnKind::Binary { length },
            DataType::Char { length } => ColumnKind::Char { collation, length },
            DataType::Varchar { length } => varchar(collation, binary, length)?,
            DataType::Text { length } => text(collation, binary, self.spelt_out(length))?,
            DataType::Binary { length } => ColumnKind::Binary { length },
            DataType::Varbinary { length } if u64::from(length) > VARCHAR_BYTES_MAX => {
                let length_bytes = text_length_bytes(u64::from(length));
                ColumnKind::Blob { length_bytes }
            }
            DataType::Varbinary { length } => ColumnKind::Varbinary { length },
            DataType::Blob { length } => text(collation, true, self.spelt_out(length))?,
            DataType::Enum { members } => ColumnKind::Enum { members, collation },
            DataType::Set { members } => ColumnKind::Set { members, collation },
            DataType::Json if self.flavor.is_mariadb() => ColumnKind::Text {
                collation: collations.forced.unwrap_or(Charset::Utf8mb4.binary_collation()),
                length_bytes: 4,
            },
            DataType::Json => ColumnKind::Json,
            DataType::Geometry { spatial } => ColumnKind::Geometry { spatial },
            DataType::Vector { .. } if self.flavor.is_mariadb() => {
                return Err("a column has MariaDB's type VECTOR".into());
            }
            DataType::Vector { dimensions } => ColumnKind::Vector { dimensions },
            DataType::Fixed { fixed } => ColumnKind::Fixed { fixed },
            DataType::Other(name) => return Err(format!("a column has the type {name}").into()),
        })
    }
}

impl Rules<'_> {
    /// Returns what TEXT(0) is, which servers see differently.
    fn spelt_out(self, length: TextLength) -> TextLength {
        let tiny = !self.flavor.is_mariadb() && self.flavor.version >= 80000;
        match length {
            TextLength::Characters(0) => TextLength::Bytes(if tiny { 1 } else { 2 }),
            length => length,
        }
    }
}

/// Returns what a VARCHAR becomes: one that is too long becomes a TEXT (outside of strict mode).
fn varchar(collation: u16, binary: bool, length: u32) -> Result<ColumnKind, Untracked> {
    if binary {
        return Ok(ColumnKind::Varbinary { length });
    }
    let fits = match bytes_per_character(collation) {
        Some(bytes) => u64::from(length) * bytes <= VARCHAR_BYTES_MAX,
        None if u64::from(length) * 4 <= VARCHAR_BYTES_MAX => true,
        None => return Err(UNKNOWN_LENGTH.into()),
    };
    if fits {
        return Ok(ColumnKind::Varchar { collation, length });
    }
    text(collation, binary, TextLength::Characters(u64::from(length)))
}

fn text(collation: u16, binary: bool, length: TextLength) -> Result<ColumnKind, Untracked> {
    let length_bytes = match length {
        TextLength::Bytes(length_bytes) => length_bytes,
        TextLength::Characters(characters) => {
            let bytes = if binary { Some(1) } else { bytes_per_character(collation) };
            match bytes {
                Some(bytes) => text_length_bytes(characters.saturating_mul(bytes)),
                None if text_length_bytes(characters) == text_length_bytes(characters.saturating_mul(4)) => {
                    text_length_bytes(characters)
                }
                None => return Err(UNKNOWN_LENGTH.into()),
            }
        }
    };
    Ok(if binary { ColumnKind::Blob { length_bytes } } else { ColumnKind::Text { collation, length_bytes } })
}

const UNKNOWN_LENGTH: &str = "a column's character set is not known, and its type depends on it";

/// Returns how many bytes the length of so many bytes takes: 1 for TINYTEXT to 4 for LONGTEXT.
fn text_length_bytes(bytes: u64) -> u8 {
    match bytes {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// Converts a column to another collation, as CONVERT TO CHARACTER SET does: what it can hold may not shrink.
pub(crate) fn convert(column: &mut Column, to: u16) -> Result<(), Untracked> {
    if Charset::of_collation(to) == Some(Charset::Binary) {
        return match column.kind.collation() {
            Some(from) if from != to => Err("CONVERT TO CHARACTER SET binary".into()),
            _ => Ok(()),
        };
    }
    match &mut column.kind {
        ColumnKind::Char { collation, .. }
        | ColumnKind::Enum { collation, .. }
        | ColumnKind::Set { collation, .. } => {
            *collation = to;
        }
        ColumnKind::Varchar { length, .. } => column.kind = varchar(to, false, *length)?,
        ColumnKind::Text { collation, length_bytes } => {
            let (Some(before), Some(after)) = (bytes_per_character(*collation), bytes_per_character(to))
            else {
                if *collation == NOT_KNOWN && to == NOT_KNOWN {
                    return Ok(());
                }
                return Err(UNKNOWN_LENGTH.into());
            };
            let characters = ((1_u64 << (8 * u32::from(*length_bytes))) - 1) / before;
            *length_bytes = text_length_bytes(characters * after);
            *collation = to;
        }
        _ => {}
    }
    Ok(())
}

/// Gives TIMESTAMP columns that say nothing of NULL and DEFAULT what servers without
/// `explicit_defaults_for_timestamp` give them: the first the present time, the others zero.
pub(crate) fn promote_timestamps<'a>(columns: impl Iterator<Item = (&'a mut Column, bool)>) {
    let mut first = true;
    for (column, updates) in columns {
        let ColumnKind::Timestamp { fsp } = column.kind else {
            continue;
        };
        let without =
            !column.nullable && column.default == ColumnDefault::Absent && column.generated.is_none();
        if without && first && !updates {
            column.default = now(fsp);
        } else if without {
            let fraction =
                if fsp == 0 { String::new() } else { format!(".{}", "0".repeat(usize::from(fsp))) };
            column.default = ColumnDefault::Literal(format!("0000-00-00 00:00:00{fraction}").into());
        }
        first = false;
    }
}

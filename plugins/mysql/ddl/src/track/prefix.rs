//! How much of a column a key holds.
//!
//! Source: MySQL manual, "CREATE INDEX Statement" (prefixes), "InnoDB Limits"; MariaDB manual, "InnoDB Limitations".

use super::draft::{Draft, DraftPart, same};
use crate::collation::bytes_per_character;
use tidegate_model::{ColumnKind, KeyKind};

/// The longest part of a key, in bytes: InnoDB's with its default row format.
const PART_BYTES_MAX: u64 = 3072;

impl Draft {
    /// Forgets prefixes that cover all of their column, and cuts the parts of indexes that are too long for the server.
    pub(super) fn cut_prefixes(&mut self) {
        let columns = &self.columns;
        for key in &mut self.keys {
            for part in &mut key.parts {
                let DraftPart::Column { name, prefix } = part else { continue };
                let Some(column) = columns.iter().find(|column| same(&column.column.name, name)) else {
                    continue;
                };
                let held = Held::of(&column.column.kind);
                *prefix = match held {
                    _ if key.fulltext => None,
                    Held::Whole => None,
                    Held::Long { .. } if prefix.is_none() && key.kind != KeyKind::Index => None,
                    Held::Long { length, longest } => Some(prefix.unwrap_or(length).min(longest)),
                    Held::Plain { length, longest } => {
                        let wanted = prefix.unwrap_or(length).min(length);
                        let held = if key.kind == KeyKind::Index { wanted.min(longest) } else { wanted };
                        Some(held).filter(|held| *held < length)
                    }
                };
            }
        }
    }
}

/// What a key can hold of a column, in characters (bytes, for binary strings).
enum Held {
    /// All of it, always.
    Whole,
    /// All of it, or a prefix.
    Plain { length: u32, longest: u32 },
    /// A prefix only; where none is said, MariaDB takes what it can.
    Long { length: u32, longest: u32 },
}

impl Held {
    fn of(kind: &ColumnKind) -> Self {
        let longest = |collation: u16| {
            let bytes = bytes_per_character(collation).unwrap_or(1);
            u32::try_from(PART_BYTES_MAX / bytes).unwrap_or(u32::MAX)
        };
        let of_type = |length_bytes: u8| if length_bytes == 1 { 255 } else { u32::MAX };
        match *kind {
            ColumnKind::Char { collation, length } | ColumnKind::Varchar { collation, length } => {
                Self::Plain { length, longest: longest(collation) }
            }
            ColumnKind::Binary { length } | ColumnKind::Varbinary { length } => {
                Self::Plain { length, longest: longest(0) }
            }
            ColumnKind::Text { collation, length_bytes } => {
                Self::Long { length: of_type(length_bytes), longest: longest(collation) }
            }
            ColumnKind::Blob { length_bytes } => {
                Self::Long { length: of_type(length_bytes), longest: longest(0) }
            }
            _ => Self::Whole,
        }
    }
}

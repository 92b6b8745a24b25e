//! Collations: MySQL's and MariaDB's numbers and names for "this character set, compared in this way".
//!
//! `collations.txt` has a line for each: id, character set, name, and which server has it under that name. Source:
//! `information_schema.collations` of MySQL 9.7 and MariaDB 10.11 (there also
//! `collation_character_set_applicability`, for the UCA 14.0.0 ones), compared with the servers by `tests/it/charset.rs`.
//! MySQL 5.7 and 8.x have a part of MySQL 9.7's, with `utf8_` for `utf8mb3_`. MariaDB from 11.4.5 also takes MySQL's
//! `utf8mb4_0900_…` under MySQL's ids.

use super::{CHARSETS, Charset};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A collation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collation {
    /// Its number in `information_schema.collations`, in table definitions and in the log.
    pub id: u16,
    /// The character set whose text it compares.
    pub charset: Charset,
    /// Its name, with `utf8mb3_` where older servers say `utf8_`.
    pub name: &'static str,
    /// What of two letters it tells apart.
    pub case: Case,
    /// Whether spaces at the end count for nothing (PAD SPACE) or are characters like others (NO PAD).
    pub pad_space: bool,
}

/// What a collation tells apart, by its name's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `_ci`: upper and lower case are equal (and, but for `_as_ci`, mostly also letters with and without accents).
    Insensitive,
    /// `_cs`: upper and lower case differ; other differences may count for nothing.
    Sensitive,
    /// `_bin` and `binary`: by code point or byte; nothing is equal but itself (and its padding, with PAD SPACE).
    Binary,
}

/// The servers whose collations have names of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// MySQL, and TiDB.
    MySql,
    /// MariaDB.
    MariaDb,
}

/// Which collation a server gives to text of a character set that is named without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// MySQL from 8.0: utf8mb4_0900_ai_ci for utf8mb4.
    MySql8,
    /// MySQL 5.7, and MariaDB before 11.5: utf8mb4_general_ci.
    Old,
    /// MariaDB from 11.5 (`character_set_collations`): uca1400_ai_ci for utf8mb3, utf8mb4, ucs2, utf16 and utf32.
    MariaDb11_5,
    /// TiDB: utf8mb4_bin, utf8mb3_bin, latin1_bin, ascii_bin; gbk_chinese_ci, gb18030_chinese_ci.
    TiDb,
}

struct Entry {
    collation: Collation,
    /// The server that alone has it under this name.
    only: Option<Server>,
}

static TABLE: LazyLock<Vec<Entry>> =
    LazyLock::new(|| include_str!("collations.txt").lines().filter_map(Entry::parse).collect());

static BY_ID: LazyLock<HashMap<u16, usize>> = LazyLock::new(|| {
    // MySQL's name wins where an id has two.
    let entries = TABLE.iter().enumerate().rev();
    entries.map(|(at, entry)| (entry.collation.id, at)).collect()
});

impl Entry {
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split(' ');
        let id = fields.next()?.parse().ok()?;
        let charset = Charset::by_name(fields.next()?)?;
        let name = fields.next()?;
        let only = match fields.next()? {
            "mysql" => Some(Server::MySql),
            "mariadb" => Some(Server::MariaDb),
            _ => None,
        };
        let case = if name == "binary" || name.ends_with("_bin") {
            Case::Binary
        } else if name.ends_with("_cs") || name.ends_with("_cs_ks") {
            Case::Sensitive
        } else {
            Case::Insensitive
        };
        let pad_space = name != "binary" && !name.contains("_nopad_") && !name.contains("_0900_");
        Some(Self { collation: Collation { id, charset, name, case, pad_space }, only })
    }
}

impl Collation {
    /// Returns the collation with this id. Where the servers name it differently the name is MySQL's (MariaDB's
    /// `utf8mb4_croatian_mysql561_ci` is MySQL's `utf8mb4_croatian_ci`).
    pub fn by_id(id: u16) -> Option<&'static Self> {
        BY_ID.get(&id).and_then(|at| TABLE.get(*at)).map(|entry| &entry.collation)
    }

    /// Returns the collation that `server` calls `name`, in any case. `utf8_…` is utf8mb3's; a MariaDB name is also
    /// found for MySQL and the other way round, as long as `server` itself means nothing else by it.
    pub fn by_name(name: &str, server: Server) -> Option<&'static Self> {
        let lowered = name.to_ascii_lowercase();
        let renamed = lowered.strip_prefix("utf8_").map(|rest| format!("utf8mb3_{rest}"));
        let name = renamed.as_deref().unwrap_or(&lowered);
        let mut found = TABLE.iter().filter(|entry| entry.collation.name == name);
        let first = found.next()?;
        let own = |entry: &&Entry| entry.only.is_none_or(|only| only == server);
        Some(&Some(first).filter(own).or_else(|| found.find(own)).unwrap_or(first).collation)
    }

    /// Tells whether it is the default of its character set.
    pub fn is_default(&self, defaults: Defaults) -> bool {
        self.charset.default_collation(defaults) == self.id
    }

    /// Returns all collations, by id.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TABLE.iter().map(|entry| &entry.collation)
    }
}

impl Charset {
    /// Returns the character set of the collation with this id.
    pub fn of_collation(id: u16) -> Option<Self> {
        Collation::by_id(id).map(|collation| collation.charset)
    }

    /// Returns the id of the collation that text of this character set has if none is named.
    pub fn default_collation(self, defaults: Defaults) -> u16 {
        match (self, defaults) {
            (Self::Utf8mb4, Defaults::MySql8) => 255,
            (Self::Utf8mb3, Defaults::MariaDb11_5) => 2048,
            (Self::Utf8mb4, Defaults::MariaDb11_5) => 2304,
            (Self::Ucs2, Defaults::MariaDb11_5) => 2560,
            (Self::Utf16, Defaults::MariaDb11_5) => 2816,
            (Self::Utf32, Defaults::MariaDb11_5) => 3072,
            (Self::Utf8mb4 | Self::Utf8mb3 | Self::Latin1 | Self::Ascii, Defaults::TiDb) => {
                self.binary_collation()
            }
            _ => CHARSETS[self as usize].2,
        }
    }

    /// Returns the id of the collation that compares text of this character set by code point (PAD SPACE where there is
    /// a choice).
    pub fn binary_collation(self) -> u16 {
        CHARSETS[self as usize].3
    }
}

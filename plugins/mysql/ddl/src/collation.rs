//! Which collation a statement means.
//!
//! Source: MySQL manual, "Specifying Character Sets and Collations"; MariaDB manual, "Setting Character Sets and
//! Collations".

use crate::{CharsetClause, Family, Flavor, TableOptions};
use tidegate_model::{
    Session,
    charset::{Charset, Collation, Defaults, Server},
};

/// A collation that is not known.
pub(crate) const NOT_KNOWN: u16 = 0;

/// What decides the meaning of a statement besides its text.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) session: &'a Session,
    pub(crate) flavor: Flavor,
}

impl Rules<'_> {
    /// Returns the id of the collation called `name`. MariaDB also has names without a character set.
    fn by_name(self, name: &str, charset: Option<Charset>) -> u16 {
        let server = if self.flavor.is_mariadb() { Server::MariaDb } else { Server::MySql };
        if let Some(found) = Collation::by_name(name, server) {
            return found.id;
        }
        let full = charset.map(|charset| format!("{}_{name}", charset.name()));
        let found = full.and_then(|full| Collation::by_name(&full, server));
        found.map_or(NOT_KNOWN, |found| found.id)
    }

    /// Returns the default collation of a character set.
    pub(crate) fn default_of(self, charset: Charset) -> u16 {
        if charset == Charset::Utf8mb4
            && let Some(collation) = self.session.utf8mb4_collation
        {
            return collation;
        }
        let unicode = matches!(
            charset,
            Charset::Utf8mb3 | Charset::Utf8mb4 | Charset::Ucs2 | Charset::Utf16 | Charset::Utf32
        );
        let defaults = match self.flavor.family {
            Family::TiDb => Defaults::TiDb,
            Family::MySql if self.flavor.version >= 80000 => Defaults::MySql8,
            // `character_set_collations` may say anything, and the session does not tell.
            Family::MariaDb if self.flavor.version >= 110_200 && unicode => return NOT_KNOWN,
            Family::MariaDb | Family::MySql => Defaults::Old,
        };
        charset.default_collation(defaults)
    }

    /// Returns the collation of a text column in a table whose default is `inherited`.
    pub(crate) fn of_column(self, clause: &CharsetClause, inherited: u16) -> u16 {
        let charset = clause.charset.as_deref().and_then(Charset::by_name);
        if let Some(name) = &clause.collation {
            return self.by_name(name, charset.or_else(|| Charset::of_collation(inherited)));
        }
        match (&clause.charset, charset) {
            (Some(_), None) => NOT_KNOWN,
            (Some(_), Some(charset)) if clause.binary => charset.binary_collation(),
            (Some(_), Some(charset)) => self.default_of(charset),
            (None, _) if clause.binary => {
                Charset::of_collation(inherited).map_or(NOT_KNOWN, Charset::binary_collation)
            }
            (None, _) => inherited,
        }
    }

    /// Returns the collation that options give a table or schema, where `inherited` is what it has else.
    pub(crate) fn of_options(self, options: &TableOptions, inherited: u16) -> u16 {
        self.of_names(options.charset.as_deref(), options.collation.as_deref(), inherited)
    }

    /// Returns the collation of `CHARACTER SET charset COLLATE collation`, each of which may be DEFAULT or left out.
    pub(crate) fn of_names(self, charset: Option<&str>, collation: Option<&str>, inherited: u16) -> u16 {
        let said = |name: Option<&str>| name.filter(|name| *name != "default").map(str::to_owned);
        let clause = CharsetClause {
            charset: said(charset).map(Into::into),
            collation: said(collation).map(Into::into),
            ..CharsetClause::default()
        };
        self.of_column(&clause, inherited)
    }
}

/// Returns the bytes that a character of text in this collation takes at most.
pub(crate) fn bytes_per_character(collation: u16) -> Option<u64> {
    Charset::of_collation(collation).map(|charset| u64::from(charset.max_bytes_per_char()))
}

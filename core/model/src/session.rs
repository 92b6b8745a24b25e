//! The session under which a DDL ran at the source.

use std::sync::Arc;

/// What a query event says of its session; a DDL is parsed, tracked and executed under it.
///
/// A `None` is what the event does not carry: the server's default then holds. Source: MySQL source manual,
/// `mysql::binlog::event::Query_event`, status variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Session {
    /// The default schema (`USE`), if any.
    pub default_schema: Option<Arc<str>>,
    /// The SQL mode as MySQL's bit mask.
    pub sql_mode: Option<u64>,
    /// `character_set_client`, as the id of that character set's default collation.
    pub client_collation: Option<u16>,
    /// `collation_connection`.
    pub connection_collation: Option<u16>,
    /// `collation_server`.
    pub server_collation: Option<u16>,
    /// `collation_database`, where it differs from the schema's own default.
    pub database_collation: Option<u16>,
    /// `default_collation_for_utf8mb4` (MySQL 8.0 and later).
    pub utf8mb4_collation: Option<u16>,
    /// `time_zone`.
    pub time_zone: Option<Arc<str>>,
    /// `timestamp`, in microseconds since 1970 UTC: what NOW() answers.
    pub timestamp: i64,
    /// `foreign_key_checks`.
    pub foreign_key_checks: bool,
    /// `unique_checks`.
    pub unique_checks: bool,
    /// `explicit_defaults_for_timestamp` (MySQL 8.0 and later).
    pub explicit_defaults_for_timestamp: Option<bool>,
    /// `auto_increment_increment` and `auto_increment_offset`, if not 1.
    pub auto_increment: Option<(u16, u16)>,
}

impl Session {
    const ANSI_QUOTES: u64 = 4;
    const NO_BACKSLASH_ESCAPES: u64 = 1 << 20;

    /// Tells whether `"` quotes identifiers.
    pub fn ansi_quotes(&self) -> bool {
        self.sql_mode.unwrap_or(0) & Self::ANSI_QUOTES != 0
    }

    /// Tells whether a backslash is an ordinary character in strings.
    pub fn no_backslash_escapes(&self) -> bool {
        self.sql_mode.unwrap_or(0) & Self::NO_BACKSLASH_ESCAPES != 0
    }
}

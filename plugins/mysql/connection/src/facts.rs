//! What a server says of itself.

use crate::{Flavor, Version, error};
use mysql_async::{Conn, prelude::Queryable};
use std::collections::BTreeMap;
use tidegate_model::Uuid;
use tidegate_plugin::Result;

/// The variables that anybody asks for, by the names that some version has for them.
const VARIABLES: &[&str] = &[
    "aurora_version",
    "autocommit",
    "binlog_annotate_row_events",
    "binlog_checksum",
    "binlog_expire_logs_auto_purge",
    "binlog_expire_logs_seconds",
    "binlog_format",
    "binlog_gtid_index",
    "binlog_legacy_event_pos",
    "binlog_row_image",
    "binlog_row_metadata",
    "binlog_row_value_options",
    "binlog_transaction_compression",
    "character_set_server",
    "collation_server",
    "default_collation_for_utf8mb4",
    "encrypt_binlog",
    "enforce_gtid_consistency",
    "expire_logs_days",
    "explicit_defaults_for_timestamp",
    "gtid_binlog_pos",
    "gtid_binlog_state",
    "gtid_domain_id",
    "gtid_executed",
    "gtid_mode",
    "gtid_purged",
    "gtid_strict_mode",
    "innodb_native_foreign_keys",
    "log_bin",
    "log_bin_compress",
    "log_replica_updates",
    "log_slave_updates",
    "lower_case_table_names",
    "max_allowed_packet",
    "partial_revokes",
    "read_only",
    "server_id",
    "server_uuid",
    "sql_mode",
    "super_read_only",
    "system_time_zone",
    "tidb_enable_foreign_key",
    "time_zone",
    "version",
    "version_comment",
    "wait_timeout",
];

/// What a server says of itself: version, identity and the variables that matter to a pipeline.
#[derive(Clone, Debug)]
pub struct ServerFacts {
    /// Family and version.
    pub version: Version,
    /// The version as the server writes it.
    pub version_text: String,
    /// The server's id among replicating servers.
    pub server_id: u32,
    /// The server's UUID; MariaDB and TiDB have none.
    pub server_uuid: Option<Uuid>,
    variables: BTreeMap<String, String>,
}

impl ServerFacts {
    /// Asks a server.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn read(conn: &mut Conn) -> Result<Self> {
        let names: Vec<_> = VARIABLES.iter().map(|name| format!("'{name}'")).collect();
        let query = format!("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({})", names.join(","));
        let rows: Vec<(String, String)> = conn
            .query(query)
            .await
            .map_err(|error| error::explain(&error, "cannot read the server's variables"))?;
        Ok(Self::from_variables(rows))
    }

    /// Builds the facts from names and values as `SHOW GLOBAL VARIABLES` lists them.
    pub fn from_variables(rows: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables: BTreeMap<String, String> =
            rows.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        let text = |name: &str| variables.get(name).cloned().unwrap_or_default();
        Self {
            version: Version::parse(&text("version")),
            version_text: text("version"),
            server_id: text("server_id").parse().unwrap_or(0),
            server_uuid: text("server_uuid").parse().ok(),
            variables,
        }
    }

    /// Returns a variable, if the server has it.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Tells whether a variable is there and on.
    pub fn is_on(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.eq_ignore_ascii_case("ON") || value == "1")
    }

    /// Returns the family.
    pub fn flavor(&self) -> Flavor {
        self.version.flavor
    }

    /// Tells whether the server writes a binary log.
    pub fn has_log(&self) -> bool {
        self.is_on("log_bin")
    }

    /// Returns `binlog_format`: ROW, STATEMENT or MIXED; MySQL 9.8 and later may have no other than ROW.
    pub fn binlog_format(&self) -> &str {
        self.variable("binlog_format").unwrap_or("ROW")
    }

    /// Returns `binlog_row_image`: FULL, MINIMAL or NOBLOB (or MariaDB's FULL_NODUP).
    pub fn binlog_row_image(&self) -> &str {
        self.variable("binlog_row_image").unwrap_or("FULL")
    }

    /// Returns `binlog_row_metadata`: FULL, MINIMAL (or MariaDB's NO_LOG, which is less); MINIMAL where it is unknown.
    pub fn binlog_row_metadata(&self) -> &str {
        self.variable("binlog_row_metadata").unwrap_or("MINIMAL")
    }

    /// Returns `binlog_row_value_options`: empty or PARTIAL_JSON.
    pub fn binlog_row_value_options(&self) -> &str {
        self.variable("binlog_row_value_options").unwrap_or_default()
    }

    /// Returns `binlog_checksum`: NONE or CRC32.
    pub fn binlog_checksum(&self) -> &str {
        self.variable("binlog_checksum").unwrap_or("NONE")
    }

    /// Returns `gtid_mode` of MySQL; MariaDB always has GTIDs and no such variable.
    pub fn gtid_mode(&self) -> Option<&str> {
        self.variable("gtid_mode")
    }

    /// Tells whether the log can be followed by GTID set.
    pub fn has_gtids(&self) -> bool {
        match self.flavor() {
            Flavor::MySql => self.gtid_mode() == Some("ON"),
            Flavor::MariaDb => true,
            Flavor::TiDb => false,
        }
    }

    /// Returns how the server treats upper case in the names of schemas and tables: 0 distinguishes, 1 stores lower
    /// case, 2 stores as given and compares without case.
    pub fn lower_case_table_names(&self) -> u8 {
        self.variable("lower_case_table_names").and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    /// Returns `time_zone`, with SYSTEM resolved to the name of the system's zone.
    pub fn time_zone(&self) -> &str {
        match self.variable("time_zone") {
            Some("SYSTEM") | None => self.variable("system_time_zone").unwrap_or("SYSTEM"),
            Some(zone) => zone,
        }
    }

    /// Returns `sql_mode`.
    pub fn sql_mode(&self) -> &str {
        self.variable("sql_mode").unwrap_or_default()
    }

    /// Tells whether the log holds what ON DELETE and ON UPDATE do to children (MySQL 9.6 and later, unless InnoDB's
    /// own foreign keys are chosen).
    pub fn logs_cascades(&self) -> bool {
        self.version.at_least(Flavor::MySql, (9, 6, 0)) && !self.is_on("innodb_native_foreign_keys")
    }

    /// Returns the version of Amazon Aurora, if this is one.
    pub fn aurora_version(&self) -> Option<&str> {
        self.variable("aurora_version")
    }

    /// Returns after how many seconds the server drops a log file; 0 means never, `None` that it does not say.
    pub fn log_retention(&self) -> Option<u64> {
        if self.variable("binlog_expire_logs_auto_purge").is_some()
            && !self.is_on("binlog_expire_logs_auto_purge")
        {
            return Some(0);
        }
        let seconds = self.variable("binlog_expire_logs_seconds").and_then(|text| text.parse().ok());
        let days = self.variable("expire_logs_days").and_then(|text| text.parse::<f64>().ok());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few hundred days at most"
        )]
        let days = days.map(|days| (days * 86_400.0) as u64);
        match (seconds, days) {
            (Some(0) | None, Some(days)) => Some(days),
            (seconds, _) => seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(rows: &[(&str, &str)]) -> ServerFacts {
        ServerFacts::from_variables(
            rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn what_an_old_server_does_not_say_has_its_old_meaning() {
        let facts = facts(&[("version", "5.7.44-log"), ("gtid_mode", "OFF"), ("expire_logs_days", "3")]);
        assert_eq!(facts.binlog_row_metadata(), "MINIMAL");
        assert_eq!(facts.log_retention(), Some(3 * 86_400));
        assert!(!facts.has_gtids());
        assert!(!facts.logs_cascades());
    }

    #[test]
    fn cascades_are_logged_from_nine_six_on() {
        let version = ("version", "9.7.0");
        assert!(facts(&[version, ("innodb_native_foreign_keys", "OFF")]).logs_cascades());
        assert!(!facts(&[version, ("innodb_native_foreign_keys", "ON")]).logs_cascades());
    }
}

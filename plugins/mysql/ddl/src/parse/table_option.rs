//! Table options.
//!
//! Source: MySQL manual, "CREATE TABLE Statement", table options; MariaDB manual, "CREATE TABLE", table options.

use super::parser::{Parse, Parser};
use crate::{FirstOption, TableOptions};
use tidegate_model::NameRole;

/// Options with one value, besides those that we look into.
const PLAIN: &[&str] = &[
    "AFFINITY",
    "AUTOEXTEND_SIZE",
    "AUTO_ID_CACHE",
    "AUTO_RANDOM_BASE",
    "AVG_ROW_LENGTH",
    "CHECKSUM",
    "COMMENT",
    "COMPRESSION",
    "CONNECTION",
    "DELAY_KEY_WRITE",
    "ENCRYPTED",
    "ENCRYPTION",
    "ENCRYPTION_KEY_ID",
    "ENGINE_ATTRIBUTE",
    "IETF_QUOTES",
    "INSERT_METHOD",
    "ITEF_QUOTES",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "PAGE_CHECKSUM",
    "PAGE_COMPRESSED",
    "PAGE_COMPRESSION_LEVEL",
    "PASSWORD",
    "PRE_SPLIT_REGIONS",
    "ROW_FORMAT",
    "SECONDARY_ENGINE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "SHARD_ROW_ID_BITS",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "STORAGE",
    "TABLE_CHECKSUM",
    "TABLESPACE",
    "TRANSACTIONAL",
    "TTL_ENABLE",
    "TTL_JOB_INTERVAL",
];

impl Parser<'_> {
    /// Passes the options of CREATE TABLE.
    pub(super) fn table_options(&mut self, options: &mut TableOptions) -> Parse<()> {
        loop {
            let comma = usize::from(self.is_symbol(0, ','));
            if !self.begins_table_option(comma) {
                return Ok(());
            }
            if comma == 1 {
                self.advance();
            }
            self.table_option(options)?;
        }
    }

    /// Tells whether a table option begins at `ahead`.
    pub(super) fn begins_table_option(&self, ahead: usize) -> bool {
        let looked_into =
            ["ENGINE", "TYPE", "AUTO_INCREMENT", "UNION", "COLLATE", "CHARSET", "SEQUENCE", "TTL"];
        self.is_any(ahead, &looked_into)
            || self.is_any(ahead, PLAIN)
            || self.is(ahead, "CHARACTER") && self.is(ahead + 1, "SET")
            || self.is(ahead, "DEFAULT")
                && self.is_any(ahead + 1, &["CHARACTER", "CHAR", "CHARSET", "COLLATE"])
            || self.is_any(ahead, &["DATA", "INDEX"]) && self.is(ahead + 1, "DIRECTORY")
            || self.is(ahead, "START") && self.is(ahead + 1, "TRANSACTION")
            || self.is(ahead, "WITH") && self.is(ahead + 1, "SYSTEM")
            || self.is(ahead, "PLACEMENT") && self.is(ahead + 1, "POLICY")
            || self.begins_engine_option(ahead)
    }

    /// Tells whether an option of an engine's own (MariaDB), `name = value`, begins at `ahead`.
    pub(super) fn begins_engine_option(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|token| self.as_identifier(token).is_some())
            && self.is_symbol(ahead + 1, '=')
    }

    pub(super) fn table_option(&mut self, options: &mut TableOptions) -> Parse<()> {
        if self.character_set(options)? || self.collate(options)? {
            return Ok(());
        }
        if self.accept_words(&["START", "TRANSACTION"]) {
            options.start_transaction = true;
            return Ok(());
        }
        if self.accept_words(&["WITH", "SYSTEM", "VERSIONING"]) {
            options.system_versioning = true;
            return Ok(());
        }
        if self.accept_any(&["DATA", "INDEX", "PLACEMENT"]).is_some() {
            self.advance();
            self.accept_symbol('=');
            return self.skip_one();
        }
        if self.accept_any(&["ENGINE", "TYPE"]).is_some() {
            self.accept_symbol('=');
            options.engine = Some(self.name_or_string()?);
            options.note(FirstOption::Engine);
            return Ok(());
        }
        if self.accept("AUTO_INCREMENT") {
            self.accept_symbol('=');
            options.auto_increment = Some(self.integer()?);
            return Ok(());
        }
        if self.accept("UNION") {
            self.accept_symbol('=');
            return self.merged_tables();
        }
        if self.accept("SEQUENCE") {
            self.accept_symbol('=');
            options.sequence = self.peek(0).is_none_or(|token| self.text(token) != "0");
            return self.skip_one();
        }
        if self.accept("TTL") {
            return self.time_to_live();
        }
        self.identifier()?;
        self.accept_symbol('=');
        self.skip_one()
    }

    /// Passes the tables of a MERGE table.
    fn merged_tables(&mut self) -> Parse<()> {
        self.expect_symbol('(')?;
        while !self.accept_symbol(')') {
            self.table_name(NameRole::Read)?;
            self.accept_symbol(',');
        }
        Ok(())
    }

    /// Passes TiDB's `TTL = column + INTERVAL n unit`.
    fn time_to_live(&mut self) -> Parse<()> {
        self.accept_symbol('=');
        self.identifier()?;
        self.expect_symbol('+')?;
        self.expect("INTERVAL")?;
        self.skip_one()?;
        self.identifier().map(|_| ())
    }
}

//! Runs statements on a server and, as its log has them, through the tracker, and compares.

use super::{
    live::Live,
    server_tables::{describe, everything, is_mariadb},
};
use std::sync::Arc;
use tidegate_model::{
    Session, TableName, TableState,
    charset::{Collation, Server as Family},
};
use tidegate_mysql_ddl::{Flavor, Parsed, Tracker, parse};
use tidegate_test_servers::Server;

pub(crate) struct SideBySide {
    live: Live,
    flavor: Flavor,
    tracker: Tracker,
    session: Session,
    /// Where the log ends.
    file: String,
    offset: String,
    /// How many statements the server ran.
    pub(crate) ran: usize,
    /// How many times a table was left unknown.
    pub(crate) unknown: usize,
}

impl SideBySide {
    pub(crate) fn new(server: &Server, flavor: Flavor) -> Self {
        let mut tracker = Tracker::new(flavor);
        tracker.set_knows_all(true);
        let mut side_by_side = Self {
            live: Live::new(server),
            flavor,
            tracker,
            session: Session::default(),
            file: String::new(),
            offset: String::new(),
            ran: 0,
            unknown: 0,
        };
        (side_by_side.file, side_by_side.offset) = side_by_side.end_of_log();
        side_by_side.learn_session();
        side_by_side.run("CREATE DATABASE x");
        side_by_side.run("USE x");
        side_by_side
    }

    pub(crate) fn flavor(&self) -> Flavor {
        self.flavor
    }

    pub(crate) fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    fn end_of_log(&mut self) -> (String, String) {
        let query = if is_mariadb(self.flavor) { "SHOW MASTER STATUS" } else { "SHOW BINARY LOG STATUS" };
        let rows = self.live.rows(query);
        (rows[0][0].clone(), rows[0][1].clone())
    }

    /// Asks for what a query event says of its session.
    fn learn_session(&mut self) {
        let utf8mb4 = if is_mariadb(self.flavor) { "'-'" } else { "@@default_collation_for_utf8mb4" };
        let query = format!(
            "SELECT CAST(CONV(HEX(@@sql_mode + 0), 16, 10) AS CHAR), @@collation_server, \
             @@explicit_defaults_for_timestamp, IFNULL(DATABASE(), ''), {utf8mb4}"
        );
        let row = self.live.rows(&query).remove(0);
        let modes = self.live.rows("SELECT @@sql_mode").remove(0).remove(0);
        let bit =
            |name: &str, bit: u32| if modes.split(',').any(|mode| mode == name) { 1_u64 << bit } else { 0 };
        let family = if is_mariadb(self.flavor) { Family::MariaDb } else { Family::MySql };
        let collation = |name: &str| Collation::by_name(name, family).map(|collation| collation.id);
        self.session = Session {
            default_schema: Some(Arc::from(row[3].as_str())),
            sql_mode: Some(bit("REAL_AS_FLOAT", 0) | bit("ANSI_QUOTES", 2) | bit("NO_BACKSLASH_ESCAPES", 20)),
            server_collation: collation(&row[1]),
            utf8mb4_collation: collation(&row[4]),
            explicit_defaults_for_timestamp: Some(row[2] == "1" || row[2] == "ON"),
            ..Session::default()
        };
    }

    /// Runs a statement and compares all tables; tells whether it is in the log.
    pub(crate) fn run(&mut self, sql: &str) -> bool {
        let errors = self.live.rows(&format!("{sql};\nSELECT @@error_count"));
        // Some statements leave the count as it was; only this one is logged when it fails.
        let failed =
            sql.starts_with("CREATE OR REPLACE TABLE") && errors.last().is_none_or(|row| row[0] != "0");
        let (file, offset) = (self.file.clone(), self.offset.clone());
        (self.file, self.offset) = self.end_of_log();
        if sql.starts_with("SET ") || sql.starts_with("USE ") {
            self.learn_session();
            return true;
        }
        if offset == self.offset {
            return false;
        }
        self.ran += 1;
        for row in self.live.rows(&format!("SHOW BINLOG EVENTS IN '{file}' FROM {offset}")) {
            if row[2] == "Query" {
                self.track(&row[5..].join("\t"), failed);
            }
        }
        self.compare(sql);
        true
    }

    fn track(&mut self, logged: &str, failed: bool) {
        let text = match logged.strip_prefix("use ") {
            Some(rest) => rest.split_once("; ").map_or(logged, |(_, text)| text),
            None => logged,
        };
        match parse(text, &self.session, self.flavor) {
            Ok(Parsed::Ddl(definition)) if failed => {
                self.tracker.apply_failed(&definition);
            }
            Ok(Parsed::Ddl(definition)) => {
                for change in self.tracker.apply(&definition, &self.session) {
                    if let tidegate_model::SchemaChange::Table {
                        name,
                        state: TableState::Unknown { reason },
                    } = change
                    {
                        eprintln!("{text}\n  leaves {name} unknown: {reason}");
                        self.unknown += 1;
                    }
                }
            }
            Ok(Parsed::Unknown) => panic!("{text}: unknown"),
            Ok(_) => {}
            Err(error) => panic!("{text}: {error}"),
        }
    }

    fn compare(&mut self, sql: &str) {
        let server = everything(&mut self.live, self.flavor);
        for ((schema, table), expected) in &server.tables {
            let name = TableName::new(schema.as_str(), table.as_str());
            match self.tracker.table(&name) {
                Some(TableState::Known(known)) => {
                    let actual = describe(known);
                    assert_eq!(&actual, expected, "{name} after\n{sql}\nleft the tracker, right the server");
                }
                Some(TableState::Unknown { .. }) => {}
                other => panic!("{name} is {other:?} to the tracker after\n{sql}"),
            }
        }
        for change in self.tracker.snapshot() {
            match change {
                tidegate_model::SchemaChange::Table { state: TableState::Unknown { .. }, .. } => {}
                tidegate_model::SchemaChange::Table { name, .. } => {
                    let key = (name.schema.to_string(), name.table.to_string());
                    assert!(server.tables.contains_key(&key), "{name} is not on the server after\n{sql}");
                }
                tidegate_model::SchemaChange::Schema { name, collation } => {
                    let known = collation.and_then(Collation::by_id).map(|collation| collation.name);
                    assert_eq!(known, server.schemas.get(&*name).map(String::as_str), "{name} after\n{sql}");
                }
            }
        }
    }
}

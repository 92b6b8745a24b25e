//! Runs statements on a server and, as its log has them, through the tracker, and compares.

use super::{
    live::Live,
    server_tables::{describe, everything, is_mariadb},
};
use std::sync::Arc;
use tidegate_model::{
    SchemaChange, Session, TableName, TableState,
    charset::{Collation, Server as Family},
};
use tidegate_mysql_ddl::{Flavor, Parsed, Tracker, from_show_create, parse, render};
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
                    if let SchemaChange::Table { name, state: TableState::Unknown { reason } } = change {
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
        let mut differences = self.differences();
        if !differences.is_empty() {
            // MariaDB's information_schema now and then leaves out what it cannot open at the moment.
            differences = self.differences();
        }
        assert!(differences.is_empty(), "after\n{sql}\n{}", differences.join("\n"));
    }

    /// Returns where the tracker is wrong.
    fn differences(&mut self) -> Vec<String> {
        let server = everything(&mut self.live, self.flavor);
        let mut differences = Vec::new();
        for ((schema, table), expected) in &server.tables {
            let name = TableName::new(schema.as_str(), table.as_str());
            match self.tracker.table(&name) {
                Some(TableState::Known(known)) if describe(known) == *expected => {}
                Some(TableState::Known(known)) => {
                    let tracked = describe(known);
                    differences.push(format!(
                        "{name} is to the tracker\n{tracked:#?}\nand to the server\n{expected:#?}"
                    ));
                }
                Some(TableState::Unknown { .. }) => {}
                other => differences.push(format!("{name} is {other:?} to the tracker")),
            }
        }
        for change in self.tracker.snapshot() {
            match change {
                SchemaChange::Table { state: TableState::Unknown { .. }, .. } => {}
                SchemaChange::Table { name, .. } => {
                    let key = (name.schema.to_string(), name.table.to_string());
                    if !server.tables.contains_key(&key) {
                        differences.push(format!("{name} is not on the server"));
                    }
                }
                SchemaChange::Schema { name, collation } => {
                    let tracked = collation.and_then(Collation::by_id).map(|collation| collation.name);
                    let expected = server.schemas.get(&*name).map(String::as_str);
                    if tracked != expected {
                        differences.push(format!(
                            "{name} has {tracked:?} to the tracker and {expected:?} on the server"
                        ));
                    }
                }
            }
        }
        differences
    }

    /// Compares what is read from SHOW CREATE TABLE of every table.
    pub(crate) fn compare_shown(&mut self) {
        compare_shown(&mut self.live, self.flavor);
    }

    /// Runs what CREATE TABLE … LIKE would be replaced by, for every table of which the schema says all.
    pub(crate) fn compare_rendered(&mut self) -> usize {
        let mut rendered = 0;
        for change in self.tracker.snapshot() {
            let SchemaChange::Table { name, state: TableState::Known(schema) } = change else { continue };
            if !self.tracker.is_lossless(&name) {
                continue;
            }
            let copy = TableName::new("x", "rendered");
            let sql = render(&schema, &copy, &self.session).unwrap();
            self.live.rows(&format!("DROP TABLE IF EXISTS x.rendered;\n{sql}"));
            let copied = everything(&mut self.live, self.flavor);
            let copied = copied.tables.get(&("x".to_owned(), "rendered".to_owned()));
            let mut expected = describe(&schema);
            expected.retain(|line| !line.starts_with("foreign"));
            assert_eq!(copied, Some(&expected), "{sql}");
            rendered += 1;
        }
        rendered
    }
}

/// Compares what is read from SHOW CREATE TABLE of every table, and returns how many there are.
pub(crate) fn compare_shown(live: &mut Live, flavor: Flavor) -> usize {
    let server = everything(live, flavor);
    for ((schema, table), expected) in &server.tables {
        let name = TableName::new(schema.as_str(), table.as_str());
        let rows = live.rows(&format!("SHOW CREATE TABLE {}", name.quoted()));
        let session = Session { default_schema: Some(name.schema.clone()), ..Session::default() };
        let shown = from_show_create(&rows[0][1], &session, flavor)
            .unwrap_or_else(|error| panic!("{error}: {}", rows[0][1]));
        assert_eq!(&describe(&shown), expected, "{}", rows[0][1]);
    }
    server.tables.len()
}

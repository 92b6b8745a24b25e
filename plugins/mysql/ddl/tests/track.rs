//! The tracker held against real servers: after every statement that is in the log it knows what the server knows, or
//! says that it does not know.

#![cfg(test)]

use tidegate_mysql_ddl::Flavor;
use tidegate_test_servers::{MariaDb, MySql, Server, TiDb};

#[path = "track/generator.rs"]
mod generator;
#[path = "track/live.rs"]
mod live;
#[path = "track/server_tables.rs"]
mod server_tables;
#[path = "track/side_by_side.rs"]
mod side_by_side;
#[path = "track/statements.rs"]
mod statements;

use generator::Generator;
use live::Live;
use side_by_side::{SideBySide, compare_shown};

/// How many statements a generator makes; about half of them are refused by the server.
const GENERATED: usize = 250;

/// Another seed for the generators, to look further.
const SEED: &str = "TIDEGATE_TEST_SEED";

/// Options that spare the disk.
const HASTY: [&str; 2] = ["--sync-binlog=0", "--innodb-flush-log-at-trx-commit=0"];

fn mysql() -> Option<Server> {
    tidegate_test_servers::or_skip(MySql::builder().options(HASTY).start()).unwrap()
}

fn mariadb() -> Option<Server> {
    tidegate_test_servers::or_skip(MariaDb::builder().options(HASTY).start()).unwrap()
}

fn listed(side_by_side: &mut SideBySide, lists: &[&[&str]]) {
    let mut refused = Vec::new();
    for sql in lists.iter().flat_map(|list| list.iter()) {
        if !side_by_side.run(sql) {
            refused.push(*sql);
        }
    }
    assert!(refused.is_empty(), "the server refused {refused:#?}");
    assert_eq!(side_by_side.unknown, 0, "statements that are all modelled left tables unknown");
    side_by_side.compare_shown();
    side_by_side.run("SET sql_mode=''");
    assert!(side_by_side.compare_rendered() > 10, "most tables are said in full");
}

fn generated(side_by_side: &mut SideBySide, seed: u64) {
    let seed = std::env::var(SEED).map_or(seed, |seed| seed.parse().unwrap());
    let mut generator = Generator::new(seed, side_by_side.flavor());
    for _ in 0..GENERATED {
        let sql = generator.next(side_by_side.tracker());
        side_by_side.run(&sql);
    }
    eprintln!(
        "seed {seed}: {} statements were run, {} tables unknown",
        side_by_side.ran, side_by_side.unknown
    );
    assert!(side_by_side.ran > GENERATED / 4, "most statements were refused");
}

#[test]
fn listed_statements_on_mysql() {
    let Some(server) = mysql() else { return };
    let mut side_by_side = SideBySide::new(&server, Flavor::mysql(90700));
    listed(&mut side_by_side, &[statements::BOTH, statements::MYSQL]);
}

#[test]
fn listed_statements_on_mariadb() {
    let Some(server) = mariadb() else { return };
    let mut side_by_side = SideBySide::new(&server, Flavor::mariadb(101118));
    listed(&mut side_by_side, &[statements::BOTH, statements::MARIADB]);
}

#[test]
fn generated_statements_on_mysql() {
    let Some(server) = mysql() else { return };
    generated(&mut SideBySide::new(&server, Flavor::mysql(90700)), 1);
}

#[test]
fn generated_statements_on_mariadb() {
    let Some(server) = mariadb() else { return };
    generated(&mut SideBySide::new(&server, Flavor::mariadb(101118)), 2);
}

/// TiDB has no log to follow; but the sink reads its tables.
#[test]
fn tables_shown_by_tidb() {
    let Some(server) = tidegate_test_servers::or_skip(TiDb::builder().start()).unwrap() else { return };
    let mut live = Live::new(&server);
    live.rows("CREATE DATABASE x;\nUSE x;");
    // Those that need other modes are left out, and those of which TiDB shows the defaults as they were written, where
    // MySQL, and so the tracker, writes them anew.
    let fits = |sql: &&&str| {
        sql.starts_with("CREATE TABLE")
            && !["slashed", "odd_"].iter().any(|name| sql.contains(name))
            && !sql.contains("\"quoted")
    };
    for sql in statements::BOTH.iter().filter(fits) {
        live.rows(sql);
    }
    live.rows("CREATE TABLE own (a BIGINT AUTO_RANDOM PRIMARY KEY, b VECTOR(3), c JSON, d DATETIME, KEY (d)) TTL = d + INTERVAL 3 MONTH");
    let tables = compare_shown(&mut live, Flavor::tidb(80011));
    assert!(tables > 20, "only {tables} tables were made");
}

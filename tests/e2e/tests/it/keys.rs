//! Rows find their row, and no other, whatever the keys are.

mod scenarios;

use crate::corpus::{create_schema, key_cases_on};
use scenarios::{SCENARIOS, Scenario};
use std::fmt::Write as _;
use tidegate_e2e::{Pipeline, assert_equal};
use tidegate_test_servers::{Builder, Kind, MySql, Server, server_or_skip};

/// Takes all scenarios through their steps, a run for the tables and one for all changes.
fn scenarios_arrive_at(kind: Kind) {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(Builder::new(kind).start());
    let scenarios: Vec<&Scenario> =
        SCENARIOS.iter().filter(|scenario| !scenario.lacking.contains(&kind)).collect();
    let tables: Vec<&str> = scenarios.iter().flat_map(|scenario| scenario.tables).copied().collect();
    let pipeline = Pipeline::new("keys", &source, &target).sink_setting("lanes: 4");
    let create = "CREATE DATABASE k CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE k;";
    let setup: String = scenarios.iter().map(|scenario| scenario.setup).collect();
    source.client().execute(&format!("{create}{setup}")).unwrap();
    pipeline.run_well();
    assert_equal(&source, &target, &tables);
    for scenario in scenarios {
        source.client().database("k").execute(scenario.changes).unwrap();
    }
    pipeline.run_well();
    assert_equal(&source, &target, &tables);
}

#[test]
fn keys_of_every_kind_work_on_mysql() {
    scenarios_arrive_at(Kind::MySql);
}

#[test]
fn keys_of_every_kind_work_on_mariadb() {
    scenarios_arrive_at(Kind::MariaDb);
}

#[test]
fn keys_of_every_kind_work_on_tidb() {
    scenarios_arrive_at(Kind::TiDb);
}

/// Every type that can be a primary key finds its rows.
fn key_types_arrive_at(kind: Kind) {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(Builder::new(kind).start());
    let pipeline = Pipeline::new("key-types", &source, &target);
    let cases = key_cases_on(&[Kind::MySql, kind]);
    let tables: Vec<String> = cases.iter().map(|case| case.key_table()).collect();
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let all: String = cases.iter().map(|case| case.as_key()).collect();
    source.client().execute(&(create_schema() + &all)).unwrap();
    pipeline.run_well();
    assert_equal(&source, &target, &tables);
    for change in
        ["UPDATE TABLE_ SET n = n + 100", "DELETE FROM TABLE_ WHERE n % 2 = 0", "DELETE FROM TABLE_"]
    {
        let sql: Vec<String> = tables.iter().map(|table| change.replace("TABLE_", table)).collect();
        source.client().execute(&sql.join(";")).unwrap();
        pipeline.run_well();
        assert_equal(&source, &target, &tables);
    }
}

#[test]
fn keys_of_every_type_find_their_rows_on_mysql() {
    key_types_arrive_at(Kind::MySql);
}

#[test]
fn keys_of_every_type_find_their_rows_on_mariadb() {
    key_types_arrive_at(Kind::MariaDb);
}

#[test]
fn keys_of_every_type_find_their_rows_on_tidb() {
    key_types_arrive_at(Kind::TiDb);
}

/// Random changes in a small domain, so that keys are freed and taken again all the time, in transactions of random
/// length and in statements of many rows.
fn history(seed: u64, statements: usize) -> String {
    let mut state = seed;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut sql = String::from("BEGIN;");
    for _ in 0..statements {
        let (id, u, n) = (random(40), random(30), random(1000));
        let text = ["a", "A", "b", "B", "é", "E", "ab", "AB", "abc", "", "ß", "ss"][random(12) as usize];
        let _ = match random(9) {
            0 => write!(sql, "INSERT IGNORE INTO k.h VALUES ({id}, {u}, '{text}{}', {n});", random(4)),
            1 => write!(sql, "REPLACE INTO k.h VALUES ({id}, {u}, '{text}', {n});"),
            2 => {
                write!(sql, "INSERT INTO k.h VALUES ({id}, NULL, NULL, {n}) ON DUPLICATE KEY UPDATE n = {n};")
            }
            3 => write!(sql, "UPDATE IGNORE k.h SET u = {u} WHERE id = {id};"),
            4 => write!(sql, "UPDATE IGNORE k.h SET id = {id}, n = {n} WHERE u = {u};"),
            5 => write!(sql, "UPDATE IGNORE k.h SET t = '{text}' WHERE id = {id};"),
            6 => write!(
                sql,
                "UPDATE IGNORE k.h SET id = id + 1, u = u - 1 WHERE id < {id} ORDER BY id DESC LIMIT 5;"
            ),
            7 => write!(sql, "DELETE FROM k.h WHERE id = {id} OR u = {u};"),
            _ => write!(
                sql,
                "INSERT IGNORE INTO k.h SELECT id + 20, u + 3, CONCAT(t, '{}'), {n} FROM k.h;",
                random(9)
            ),
        };
        if random(6) == 0 {
            sql.push_str("COMMIT; BEGIN;");
        }
    }
    sql + "COMMIT;"
}

fn histories_arrive_at(kind: Kind) {
    let source = server_or_skip!(MySql::builder().option("--sync-binlog=0").start());
    let target = server_or_skip!(Builder::new(kind).start());
    let create = "CREATE DATABASE k CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; CREATE TABLE k.h (id INT PRIMARY KEY, \
                  u INT, t VARCHAR(20), n INT, UNIQUE KEY (u), UNIQUE KEY (t)) ;";
    source.client().execute(create).unwrap();
    let pipeline = Pipeline::new("histories", &source, &target).sink_setting("lanes: 4");
    for seed in 1..4 {
        source.client().execute(&history(seed, 1500)).unwrap();
        pipeline.run_well();
        assert_equal(&source, &target, &["k.h"]);
    }
}

#[test]
fn random_histories_over_three_unique_keys_arrive_at_mysql() {
    histories_arrive_at(Kind::MySql);
}

#[test]
fn random_histories_over_three_unique_keys_arrive_at_mariadb() {
    histories_arrive_at(Kind::MariaDb);
}

#[test]
fn random_histories_over_three_unique_keys_arrive_at_tidb() {
    histories_arrive_at(Kind::TiDb);
}

/// Changes the target's tables between two runs, applies changes, and takes the target's own columns away again.
fn other_tables_at_the_target(source: &Server, target: &Server, alter: &str, changes: &str, restore: &str) {
    let setup = "CREATE DATABASE k; CREATE TABLE k.t (id INT PRIMARY KEY, v VARCHAR(10), n INT NOT NULL); CREATE TABLE \
                 k.loose (id INT, v VARCHAR(10), n INT NOT NULL); INSERT INTO k.t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3); \
                 INSERT INTO k.loose SELECT * FROM k.t;";
    source.client().execute(setup).unwrap();
    let pipeline = Pipeline::new("others", source, target);
    pipeline.run_well();
    target.client().execute(alter).unwrap();
    source.client().execute(changes).unwrap();
    pipeline.run_well();
    target.client().execute(restore).unwrap();
    assert_equal(source, target, &["k.t", "k.loose"]);
}

const CHANGES: &str = "UPDATE k.t SET v = 'A' WHERE id = 1; UPDATE k.t SET id = 9 WHERE id = 2; DELETE FROM k.t WHERE id = 3; \
                       INSERT INTO k.t VALUES (4, 'd', 4), (5, NULL, 5); UPDATE k.loose SET n = n + 10; DELETE FROM k.loose \
                       WHERE id = 2; INSERT INTO k.loose VALUES (2, 'b', 2);";

#[test]
fn a_target_may_have_more_columns() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    let alter = "ALTER TABLE k.t ADD x INT NOT NULL DEFAULT 5 FIRST, ADD y VARCHAR(9) DEFAULT 'why' AFTER v; UPDATE k.t SET x = \
                 id; ALTER TABLE k.loose ADD x INT DEFAULT 5 AFTER id;";
    let kept = "CREATE TABLE k.kept AS SELECT id, x, y FROM k.t";
    let restore = format!("{kept}; ALTER TABLE k.t DROP x, DROP y; ALTER TABLE k.loose DROP x");
    other_tables_at_the_target(&source, &target, alter, CHANGES, &restore);
    let kept = target.client().rows("SELECT * FROM k.kept ORDER BY id").unwrap();
    assert_eq!(kept, [["1", "1", "why"], ["4", "5", "why"], ["5", "5", "why"], ["9", "2", "why"]]);
}

#[test]
fn a_target_may_have_other_keys() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    let alter = "ALTER TABLE k.t DROP PRIMARY KEY, ADD PRIMARY KEY (n), ADD UNIQUE KEY (v); ALTER TABLE k.loose ADD PRIMARY KEY \
                 (id);";
    other_tables_at_the_target(&source, &target, alter, CHANGES, "DO 0");
}

#[test]
fn a_target_may_lack_the_key() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    let alter = "ALTER TABLE k.t DROP PRIMARY KEY; INSERT INTO k.t VALUES (0, 'own', 0)";
    other_tables_at_the_target(&source, &target, alter, CHANGES, "DELETE FROM k.t WHERE id = 0");
}

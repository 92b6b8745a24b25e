//! Block-allow lists and event rules.

use super::{assert_stopped, query, run, run_well, tables};
use tidegate_e2e::{Pipeline, assert_equal, lease, pair};
use tidegate_test_servers::{Kind, MariaDb, server_or_skip};

const LIST: &str = "block-allow-list";
const EVENTS: &str = "binlog-event";

/// The truth table of the lists, with schemas of the server never replicated.
#[test]
fn lists_decide_about_rows_and_tables() {
    let script = "CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.t1 (id INT PRIMARY KEY); CREATE TABLE a.t2 (id INT PRIMARY KEY);
        CREATE TABLE b.t1 (id INT PRIMARY KEY); INSERT INTO a.t1 VALUES (1); INSERT INTO a.t2 VALUES (1); INSERT INTO b.t1 VALUES (1);
        BEGIN; INSERT INTO a.t1 VALUES (2); INSERT INTO b.t1 VALUES (2); UPDATE a.t2 SET id = 3; COMMIT; DELETE FROM a.t1 WHERE id = 1;";
    let source = server_or_skip!(tidegate_e2e::lease(Kind::MySql));
    let target = server_or_skip!(tidegate_e2e::lease(Kind::MySql));
    let pair = tidegate_e2e::Pair { source, target };
    for (config, expected) in [
        ("{ do-dbs: [a] }", "a.t1 a.t2"),
        ("{ ignore-dbs: [a] }", "b.t1"),
        ("{ do-dbs: [a], do-tables: [{ db-name: a, tbl-name: t1 }] }", "a.t1"),
        ("{ do-tables: [{ db-name: a, tbl-name: t1 }] }", "a.t1"),
        ("{ ignore-tables: [{ db-name: \"*\", tbl-name: t1 }] }", "a.t2"),
        (
            "{ do-tables: [{ db-name: a, tbl-name: \"t*\" }], ignore-tables: [{ db-name: a, tbl-name: t1 }] }",
            "a.t1 a.t2",
        ),
        ("{ do-dbs: [\"~^[ab]$\"], ignore-tables: [{ db-name: b, tbl-name: \"~.\" }] }", "a.t1 a.t2"),
        ("{ do-dbs: [A] }", "a.t1 a.t2"),
        ("{ case-sensitive: true, do-dbs: [A, b] }", "b.t1"),
    ] {
        tidegate_e2e::clean(&pair.source).unwrap();
        tidegate_e2e::clean(&pair.target).unwrap();
        run_well(&pair, &[(LIST, config)], script);
        assert_eq!(tables(&pair.target), expected, "{config}");
        assert_equal(&pair.source, &pair.target, &expected.split(' ').collect::<Vec<_>>());
    }
}

/// What a list says of a part of a statement is done to that part only.
#[test]
fn statements_are_filtered_element_by_element() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let filters = [(LIST, "{ do-dbs: [a], ignore-tables: [{ db-name: a, tbl-name: \"no*\" }] }")];
    run_well(&pair, &filters, "
        CREATE DATABASE a; CREATE TABLE a.t (id INT PRIMARY KEY); CREATE TABLE a.u (id INT PRIMARY KEY); CREATE TABLE a.no1 (id INT
        PRIMARY KEY); CREATE TABLE a.no2 (id INT PRIMARY KEY); INSERT INTO a.t VALUES (1); INSERT INTO a.no1 VALUES (1);
        DROP TABLE a.no1, a.u; CREATE TABLE a.v (id INT PRIMARY KEY); CREATE TABLE a.w (id INT PRIMARY KEY); INSERT INTO a.w VALUES (7);
        RENAME TABLE a.w TO a.w2, a.no2 TO a.no3, a.v TO a.v2; INSERT INTO a.w2 VALUES (8); CREATE DATABASE b; CREATE TABLE b.t (id INT);
        DROP DATABASE b; ALTER TABLE a.no3 ADD x INT; TRUNCATE a.no3;");
    assert_eq!(tables(&pair.target), "a.t a.v2 a.w2");
    assert_equal(&pair.source, &pair.target, &["a.t", "a.w2"]);
}

/// A filtered CREATE is tracked all the same: its copies and later statements keep their columns.
#[test]
fn what_is_filtered_is_tracked() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let filters = [(LIST, "{ do-dbs: [a], ignore-tables: [{ db-name: a, tbl-name: model }] }")];
    run_well(&pair, &filters, "
        CREATE DATABASE a; CREATE TABLE a.model (id INT PRIMARY KEY, v VARCHAR(9) NOT NULL DEFAULT 'x', UNIQUE KEY (v));
        CREATE TABLE a.t LIKE a.model; INSERT INTO a.t VALUES (1, 'y'); ALTER TABLE a.model ADD w INT; CREATE TABLE a.u LIKE a.model;
        INSERT INTO a.u VALUES (1, 'y', 2); INSERT INTO a.model VALUES (1, 'z', 3);
        CREATE TABLE a.c AS SELECT * FROM a.model;");
    assert_eq!(tables(&pair.target), "a.c a.t a.u");
    assert_equal(&pair.source, &pair.target, &["a.t", "a.u", "a.c"]);
}

/// A rename over the list's border would lose rows or a table: it stops, and says what one can do.
#[test]
fn renames_over_the_border_stop() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let setup = "CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.t (id INT PRIMARY KEY); CREATE TABLE b.u (id INT PRIMARY KEY); \
                 INSERT INTO a.t VALUES (1); INSERT INTO b.u VALUES (1);";
    for (rename, parts) in [
        ("RENAME TABLE a.t TO b.t;", ["a.t", "b.t", "widen the list"]),
        ("RENAME TABLE b.u TO a.u;", ["b.u", "a.u", "widen the list"]),
        ("ALTER TABLE a.t RENAME TO b.t;", ["a.t", "b.t", "widen the list"]),
        ("RENAME TABLE a.t TO b.x, b.u TO a.t;", ["a.t", "b.x", "widen the list"]),
    ] {
        tidegate_e2e::clean(&pair.source).unwrap();
        tidegate_e2e::clean(&pair.target).unwrap();
        let outcome = run(&pair, &[(LIST, "{ do-dbs: [a] }")], &format!("{setup}{rename}"));
        assert_stopped(&outcome, &parts);
        // The statement itself did nothing.
        assert!(["", "a.t"].contains(&tables(&pair.target).as_str()), "{rename}");
    }
    // One of the choices: an event rule before the list.
    let ignore = "[{ schema-pattern: b, table-pattern: \"*\", events: [rename table], action: Ignore }]";
    tidegate_e2e::clean(&pair.source).unwrap();
    tidegate_e2e::clean(&pair.target).unwrap();
    let script = format!("{setup}RENAME TABLE b.u TO b.u2; INSERT INTO a.t VALUES (2);");
    run_well(&pair, &[(EVENTS, ignore), (LIST, "{ do-dbs: [a] }")], &script);
    assert_eq!(query(&pair.target, "SELECT * FROM a.t"), "1 2");
}

#[test]
fn event_rules_ignore_and_forbid() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: a, table-pattern: \"log*\", events: [truncate table, drop table, delete], action: Ignore }, \
                 { schema-pattern: a, table-pattern: only, events: [all dml, create table], action: Do }, \
                 { schema-pattern: a, table-pattern: t, events: [drop column], action: Error }, \
                 { schema-pattern: a, table-pattern: sql, events: [], sql-pattern: [\"^ALTER.*secret\"], action: Ignore }]";
    run_well(&pair, &[(EVENTS, rules)], "
        CREATE DATABASE a; CREATE TABLE a.log1 (id INT PRIMARY KEY); INSERT INTO a.log1 VALUES (1), (2); DELETE FROM a.log1 WHERE id = 1;
        TRUNCATE a.log1; INSERT INTO a.log1 VALUES (3); CREATE TABLE a.only (id INT PRIMARY KEY); INSERT INTO a.only VALUES (1);
        ALTER TABLE a.only ADD INDEX i (id); CREATE TABLE a.sql (id INT PRIMARY KEY); ALTER TABLE a.sql ADD INDEX secret (id);
        ALTER TABLE a.sql ADD INDEX public (id); CREATE TABLE a.t (id INT PRIMARY KEY, x INT, y INT); ALTER TABLE a.t ADD z INT;
        INSERT INTO a.t VALUES (1, 1, 1, 1); CREATE TABLE a.log2 (id INT PRIMARY KEY); CREATE TABLE a.gone (id INT); DROP TABLE a.log2, a.gone;");
    assert_eq!(tables(&pair.target), "a.log1 a.log2 a.only a.sql a.t");
    assert_eq!(query(&pair.target, "SELECT * FROM a.log1 ORDER BY id"), "1 2 3");
    assert_eq!(query(&pair.target, "SELECT * FROM a.only"), "1");
    let indexes = "SELECT TABLE_NAME, INDEX_NAME FROM information_schema.statistics WHERE TABLE_SCHEMA = 'a' AND INDEX_NAME != 'PRIMARY'";
    assert_eq!(query(&pair.target, indexes), "sql,public");
    pair.source.client().execute("ALTER TABLE a.t DROP COLUMN y").unwrap();
    let outcome = super::pipeline(&pair, &[(EVENTS, rules)]).run();
    assert_stopped(&outcome, &["forbids `drop column` on a.t"]);
}

/// A column that only the source has stops the pipeline, with the table; nothing is dropped in silence.
#[test]
fn a_column_that_the_target_lacks_stops() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: a, table-pattern: t, events: [alter table], action: Ignore }]";
    let outcome = run(&pair, &[(EVENTS, rules)], "
        CREATE DATABASE a; CREATE TABLE a.t (id INT PRIMARY KEY); INSERT INTO a.t VALUES (1); ALTER TABLE a.t ADD extra INT;
        INSERT INTO a.t VALUES (2, 2);");
    assert_stopped(&outcome, &["target table a.t has no column `extra`"]);
    assert_eq!(query(&pair.target, "SELECT * FROM a.t"), "1");
    // The remedy: the target gets the column, and the run goes on where it stopped.
    pair.target.client().execute("ALTER TABLE a.t ADD extra INT").unwrap();
    super::pipeline(&pair, &[(EVENTS, rules)]).run_well();
    assert_equal(&pair.source, &pair.target, &["a.t"]);
}

/// A statement that is not understood stops, unless a rule for all schemas leaves it out by its text.
#[test]
fn what_is_not_understood_can_be_left_out() {
    let source = server_or_skip!(MariaDb::builder().start());
    let target = server_or_skip!(lease(Kind::MySql));
    let script = "CREATE DATABASE a; CREATE TABLE a.t (id INT PRIMARY KEY); CREATE TABLE a.p (id INT PRIMARY KEY) PARTITION BY RANGE (id)
        (PARTITION x VALUES LESS THAN (5), PARTITION y VALUES LESS THAN (9)); ALTER TABLE a.p CONVERT PARTITION x TO TABLE a.q;
        INSERT INTO a.t VALUES (1);";
    source.client().execute(script).unwrap();
    let pipeline = || Pipeline::new("unknown", &source, &target);
    assert_stopped(&pipeline().run(), &["cannot be understood", "sql-pattern"]);
    let rule = "[{ schema-pattern: \"*\", sql-pattern: [\"convert partition\"], action: Ignore }]";
    pipeline().filter(EVENTS, rule).run_well();
    assert_eq!(query(&target, "SELECT * FROM a.t"), "1");
}

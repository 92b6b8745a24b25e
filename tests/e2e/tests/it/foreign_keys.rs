//! Foreign keys: what the source's cascades did happens at the target exactly once, whether the log tells of it or not.

use tidegate_e2e::{Pipeline, assert_equal};
use tidegate_test_servers::{Builder, Kind, MariaDb, MySql, Server, server_or_skip};

const TABLES: &[&str] =
    &["f.parent", "f.child", "f.grandchild", "f.nulled", "f.tree", "f.strict", "f.chosen", "f.by_unique"];

const CREATE: &str = "
CREATE DATABASE f CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE f;
CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(9) UNIQUE, n INT);
CREATE TABLE child (id INT PRIMARY KEY, parent INT, n INT,
  FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE grandchild (id INT PRIMARY KEY, child INT,
  FOREIGN KEY (child) REFERENCES child (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE nulled (id INT PRIMARY KEY, parent INT,
  FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE SET NULL ON UPDATE SET NULL);
CREATE TABLE tree (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE);
CREATE TABLE strict (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id));
CREATE TABLE chosen (id INT PRIMARY KEY, tree INT, FOREIGN KEY (tree) REFERENCES tree (id) ON DELETE SET NULL);
CREATE TABLE by_unique (id INT PRIMARY KEY, code VARCHAR(9),
  FOREIGN KEY (code) REFERENCES parent (code) ON DELETE SET NULL ON UPDATE CASCADE);
INSERT INTO parent VALUES (1, 'a', 0), (2, 'b', 0), (3, 'c', 0), (4, 'd', 0), (5, 'e', 0), (6, NULL, 0), (7, 'g', 0);
INSERT INTO child VALUES (10, 1, 0), (11, 1, 0), (20, 2, 0), (30, 3, 0), (31, 3, 0), (70, 7, 0), (90, NULL, 0);
INSERT INTO grandchild VALUES (100, 10), (101, 10), (200, 20), (300, 30), (310, 31), (700, 70);
INSERT INTO nulled VALUES (1, 1), (2, 2), (3, 3), (4, NULL);
INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (10, NULL), (11, 10), (20, 20);
INSERT INTO strict VALUES (1, 4), (2, 5);
INSERT INTO chosen VALUES (1, 3), (2, 11), (3, 1);
INSERT INTO by_unique VALUES (1, 'a'), (2, 'b'), (3, 'g'), (4, NULL);
";

/// Cascades in chains and in one transaction with changes of their own parents, children and grandchildren.
const CHANGES: &str = "
USE f;
DELETE FROM parent WHERE id = 1;
UPDATE parent SET id = 22 WHERE id = 2;
UPDATE child SET id = 32 WHERE id = 31;
BEGIN; INSERT INTO child VALUES (33, 3, 1); INSERT INTO grandchild VALUES (330, 33); DELETE FROM parent WHERE id = 3;
INSERT INTO parent VALUES (3, 'c', 9); INSERT INTO child VALUES (30, 3, 9); INSERT INTO grandchild VALUES (300, 30); COMMIT;
BEGIN; UPDATE child SET n = 5 WHERE id = 20; UPDATE parent SET id = 2 WHERE id = 22; UPDATE child SET n = 6 WHERE parent = 2;
UPDATE grandchild SET id = 201 WHERE child = 20; COMMIT;
DELETE FROM tree WHERE id = 2;
BEGIN; UPDATE tree SET up = 1 WHERE id = 11; DELETE FROM tree WHERE id = 1; COMMIT;
DELETE FROM tree WHERE id = 20;
INSERT INTO tree VALUES (30, NULL), (31, 30), (32, 31), (33, 30);
UPDATE tree SET up = NULL WHERE id = 32;
DELETE FROM tree WHERE id = 30;
BEGIN; DELETE FROM strict WHERE id = 1; DELETE FROM parent WHERE id = 4; INSERT INTO parent VALUES (4, 'd', 1);
INSERT INTO strict VALUES (9, 4); COMMIT;
UPDATE parent SET code = 'B' WHERE code = 'b';
UPDATE parent SET code = 'z' WHERE code = 'g';
REPLACE INTO parent VALUES (7, 'zz', 2);
";

/// Changes that the source made without looking at foreign keys, beside some that it looked at.
const UNCHECKED: &str = "
USE f;
BEGIN; SET foreign_key_checks = 0; INSERT INTO child VALUES (99, 999, 0); DELETE FROM parent WHERE id = 5; COMMIT;
SET foreign_key_checks = 1;
INSERT INTO parent VALUES (999, NULL, 0); UPDATE parent SET id = 1000 WHERE id = 999;
SET foreign_key_checks = 0; UPDATE parent SET id = 30 WHERE id = 3; DELETE FROM tree WHERE id = 10; REPLACE INTO parent
VALUES (2, 'again', 0); SET foreign_key_checks = 1;
DELETE FROM parent WHERE id = 30; DELETE FROM child WHERE id = 20;
";

/// Tables and changes, once in one run and once in a run for each statement.
fn cascades_arrive(source: &Server, target: &Server) {
    let pipeline = Pipeline::new("cascades", source, target).sink_setting("lanes: 4");
    source.client().execute(&format!("{CREATE}{CHANGES}")).unwrap();
    pipeline.run_well();
    assert_equal(source, target, TABLES);
    source.client().execute(&format!("DROP DATABASE f; {CREATE}")).unwrap();
    pipeline.run_well();
    assert_equal(source, target, TABLES);
    source.client().execute(CHANGES).unwrap();
    pipeline.run_well();
    assert_equal(source, target, TABLES);
}

fn from_mysql(native: &str, target: Kind) {
    let option = format!("--innodb-native-foreign-keys={native}");
    let source = server_or_skip!(MySql::builder().option(option).start());
    let target = server_or_skip!(Builder::new(target).start());
    cascades_arrive(&source, &target);
}

#[test]
fn cascades_in_the_log_arrive_at_mysql() {
    from_mysql("OFF", Kind::MySql);
}

#[test]
fn cascades_in_the_log_arrive_at_mariadb() {
    from_mysql("OFF", Kind::MariaDb);
}

#[test]
fn cascades_in_the_log_arrive_at_tidb() {
    from_mysql("OFF", Kind::TiDb);
}

#[test]
fn cascades_outside_the_log_arrive_at_mysql() {
    from_mysql("ON", Kind::MySql);
}

#[test]
fn cascades_outside_the_log_arrive_at_mariadb() {
    from_mysql("ON", Kind::MariaDb);
}

#[test]
fn cascades_outside_the_log_arrive_at_tidb() {
    from_mysql("ON", Kind::TiDb);
}

#[test]
fn cascades_of_mariadb_arrive_at_mariadb() {
    let source = server_or_skip!(MariaDb::builder().start());
    let target = server_or_skip!(MariaDb::builder().start());
    cascades_arrive(&source, &target);
}

fn unchecked_changes_arrive(native: &str) {
    let option = format!("--innodb-native-foreign-keys={native}");
    let source = server_or_skip!(MySql::builder().option(option).start());
    let target = server_or_skip!(MySql::builder().start());
    let pipeline = Pipeline::new("unchecked", &source, &target);
    source.client().execute(CREATE).unwrap();
    pipeline.run_well();
    source.client().execute(UNCHECKED).unwrap();
    pipeline.run_well();
    assert_equal(&source, &target, TABLES);
}

#[test]
fn changes_without_checks_arrive_beside_cascades_in_the_log() {
    unchecked_changes_arrive("OFF");
}

#[test]
fn changes_without_checks_arrive_beside_cascades_outside_the_log() {
    unchecked_changes_arrive("ON");
}

/// With checks on at the target and native cascades there, the log's own cascades must not meet them twice.
#[test]
fn cascades_in_the_log_arrive_at_a_target_with_native_ones() {
    let source = server_or_skip!(MySql::builder().option("--innodb-native-foreign-keys=OFF").start());
    let target = server_or_skip!(MySql::builder().option("--innodb-native-foreign-keys=ON").start());
    cascades_arrive(&source, &target);
}

const LINKED: &str = "
CREATE DATABASE f; CREATE TABLE f.parent (id INT PRIMARY KEY);
CREATE TABLE f.child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES f.parent (id) ON DELETE CASCADE);
INSERT INTO f.parent VALUES (1), (2); INSERT INTO f.child VALUES (10, 1), (20, 2);
";

fn with_native_keys() -> tidegate_test_servers::Result<Server> {
    MySql::builder().option("--innodb-native-foreign-keys=ON").start()
}

/// `run` and `check` say the same, and nothing of the table arrived.
fn assert_refused(pipeline: &Pipeline, target: &Server, parts: &[&str], kept: &str) {
    let run = pipeline.run();
    assert_ne!(run.code, Some(0), "{}", run.stderr);
    let check = pipeline.command("check", &[]);
    assert_ne!(check.code, Some(0), "{}", check.stdout);
    for part in parts {
        assert!(run.stderr.contains(part), "no `{part}` in:\n{}", run.stderr);
        let text = format!("{}{}", check.stdout, check.stderr);
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(run.stderr.contains("binlog.000001"), "no position in:\n{}", run.stderr);
    assert_eq!(target.client().execute("SELECT COUNT(*) FROM f.child").unwrap(), kept);
}

/// What a parent that is left out takes with it at the source would stay at the target.
#[test]
fn a_child_without_its_parent_is_refused() {
    let source = server_or_skip!(with_native_keys());
    let target = server_or_skip!(MySql::builder().start());
    source.client().execute(LINKED).unwrap();
    target
        .client()
        .execute("CREATE DATABASE f; CREATE TABLE f.child (id INT PRIMARY KEY, parent INT)")
        .unwrap();
    let ignored = "[{ schema-pattern: f, table-pattern: \"*\", events: [all ddl], action: Ignore }]";
    let pipeline = Pipeline::new("orphans", &source, &target)
        .filter("block-allow-list", "{ ignore-tables: [{ db-name: f, tbl-name: parent }] }")
        .filter("binlog-event", ignored);
    let parts = ["changes rows of f.child", "leave f.parent out", "let f.parent pass the filters"];
    assert_refused(&pipeline, &target, &parts, "0\n");
}

/// A cascade that is neither in the log nor at the target does not happen there.
#[test]
fn a_cascade_that_the_target_lacks_is_refused() {
    let source = server_or_skip!(with_native_keys());
    let target = server_or_skip!(MySql::builder().start());
    source.client().execute(LINKED).unwrap();
    let tables = "CREATE DATABASE f; CREATE TABLE f.parent (id INT PRIMARY KEY); CREATE TABLE f.child (id INT PRIMARY KEY, \
                  parent INT)";
    target.client().execute(tables).unwrap();
    let ignored = "[{ schema-pattern: f, table-pattern: \"*\", events: [all ddl], action: Ignore }]";
    let pipeline = Pipeline::new("keyless", &source, &target).filter("binlog-event", ignored);
    let parts = ["f.child has no foreign key that does the same", "add the same foreign key at the target"];
    assert_refused(&pipeline, &target, &parts, "0\n");
    // Another action is another key.
    let key = "ALTER TABLE f.child ADD CONSTRAINT k FOREIGN KEY (parent) REFERENCES f.parent (id) ON DELETE SET NULL";
    target.client().execute(key).unwrap();
    assert_refused(&pipeline, &target, &parts, "0\n");
    let key = "ALTER TABLE f.child DROP FOREIGN KEY k, ADD CONSTRAINT l FOREIGN KEY (PARENT) REFERENCES f.parent (id) ON DELETE \
               CASCADE";
    target.client().execute(key).unwrap();
    source.client().execute("DELETE FROM f.parent WHERE id = 1").unwrap();
    pipeline.run_well();
    assert_equal(&source, &target, &["f.parent", "f.child"]);
}

/// So is one that a statement adds at the source alone, although no row of the child follows; also after a restart.
#[test]
fn a_cascade_that_only_the_source_gets_is_refused() {
    let source = server_or_skip!(with_native_keys());
    let target = server_or_skip!(MySql::builder().start());
    let tables = "CREATE DATABASE f; CREATE TABLE f.parent (id INT PRIMARY KEY); CREATE TABLE f.child (id INT PRIMARY KEY, \
                  parent INT); INSERT INTO f.parent VALUES (1); INSERT INTO f.child VALUES (10, 1);";
    let adding = "ALTER TABLE f.child ADD FOREIGN KEY (parent) REFERENCES f.parent (id) ON DELETE CASCADE; \
                  DELETE FROM f.parent;";
    source.client().execute(&format!("{tables}{adding}")).unwrap();
    target
        .client()
        .execute("CREATE DATABASE f; CREATE TABLE f.child (id INT PRIMARY KEY, parent INT)")
        .unwrap();
    let ignored = "[{ schema-pattern: f, table-pattern: child, events: [all ddl], action: Ignore }]";
    let pipeline = Pipeline::new("late", &source, &target).filter("binlog-event", ignored);
    let parts = ["f.child has no foreign key that does the same"];
    assert_refused(&pipeline, &target, &parts, "1\n");
    assert_refused(&pipeline, &target, &parts, "1\n");
    assert_eq!(target.client().execute("SELECT COUNT(*) FROM f.parent").unwrap(), "1\n");
}

/// A cluster that compares names without case links what it stores in another case than the source.
#[test]
fn cascades_find_names_in_another_case() {
    let source = server_or_skip!(with_native_keys());
    let target = server_or_skip!(Builder::new(Kind::TiDb).start());
    source.client().execute(&LINKED.replace("f.parent", "f.Parent").replace("f.child", "f.Child")).unwrap();
    target.client().execute(LINKED.split_once("INSERT").unwrap().0).unwrap();
    let ignored = "[{ schema-pattern: f, table-pattern: \"*\", events: [all ddl], action: Ignore }]";
    let pipeline = Pipeline::new("cases", &source, &target).filter("binlog-event", ignored);
    source.client().execute("DELETE FROM f.Parent WHERE id = 1").unwrap();
    pipeline.run_well();
    assert_eq!(target.client().execute("SELECT * FROM f.child").unwrap(), "20\t2\n");
}

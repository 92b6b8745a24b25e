//! What the tracker says when it cannot know.

#![cfg(test)]

use tidegate_model::{SchemaChange, Session, TableName, TableState};
use tidegate_mysql_ddl::{Flavor, Parsed, Tracker, from_show_create, parse, render};

fn session() -> Session {
    Session { default_schema: Some("d".into()), ..Session::default() }
}

fn definition(sql: &str) -> tidegate_mysql_ddl::Definition {
    match parse(sql, &session(), Flavor::mysql(80036)) {
        Ok(Parsed::Ddl(definition)) => *definition,
        other => panic!("{sql}: {other:?}"),
    }
}

fn apply(tracker: &mut Tracker, sql: &str) -> Vec<SchemaChange> {
    tracker.apply(&definition(sql), &session())
}

/// `name=known|unknown|dropped|never seen …`
fn states(tracker: &Tracker, names: &str) -> String {
    let state = |name: &str| match tracker.table(&TableName::new("d", name)) {
        Some(TableState::Known(_)) => "known",
        Some(TableState::Unknown { .. }) => "unknown",
        Some(TableState::Dropped) => "dropped",
        None => "never seen",
    };
    names.split(' ').map(|name| format!("{name}={}", state(name))).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_never_seen_becomes_unknown_when_it_changes() {
    let mut tracker = Tracker::new(Flavor::mysql(80036));
    apply(&mut tracker, "ALTER TABLE a ADD c INT");
    apply(&mut tracker, "RENAME TABLE b TO c");
    apply(&mut tracker, "ALTER TABLE e RENAME f");
    apply(&mut tracker, "CREATE TABLE IF NOT EXISTS g (a INT)");
    apply(&mut tracker, "CREATE TABLE h LIKE nothing");
    apply(&mut tracker, "CREATE INDEX i ON i (a)");
    apply(&mut tracker, "TRUNCATE j");
    assert_eq!(
        states(&tracker, "a b c e f g h i j"),
        "a=unknown b=dropped c=unknown e=dropped f=unknown g=never seen h=unknown i=unknown j=never seen"
    );
}

#[test]
fn a_tracker_that_knows_all_knows_what_is_not_there() {
    let mut tracker = Tracker::new(Flavor::mysql(80036));
    tracker.set_knows_all(true);
    apply(&mut tracker, "CREATE TABLE IF NOT EXISTS g (a INT)");
    assert!(apply(&mut tracker, "CREATE TABLE IF NOT EXISTS g (b TEXT)").is_empty());
    assert!(apply(&mut tracker, "RENAME TABLE a_view TO another").is_empty());
    assert_eq!(states(&tracker, "g another"), "g=known another=never seen");
}

#[test]
fn a_schema_that_is_known_whole_or_began_empty_has_no_other_tables() {
    let mut tracker = Tracker::new(Flavor::mysql(80036));
    tracker.set_knows_all_of("d".into());
    apply(&mut tracker, "CREATE TABLE IF NOT EXISTS g (a INT)");
    apply(&mut tracker, "CREATE TABLE IF NOT EXISTS other.g (a INT)");
    assert_eq!(states(&tracker, "g"), "g=known");
    assert_eq!(tracker.exists(&TableName::new("other", "g")), None);
    apply(&mut tracker, "DROP SCHEMA other");
    apply(&mut tracker, "CREATE SCHEMA IF NOT EXISTS other");
    apply(&mut tracker, "CREATE TABLE IF NOT EXISTS other.g (a INT)");
    assert_eq!(tracker.exists(&TableName::new("other", "g")), Some(true));
}

#[test]
fn what_cannot_be_modelled_makes_only_its_table_unknown() {
    let mut tracker = Tracker::new(Flavor::mariadb(101106));
    apply(&mut tracker, "CREATE TABLE a (a INT)");
    apply(&mut tracker, "CREATE TABLE b (a VECTOR(3))");
    apply(&mut tracker, "CREATE TABLE c (a INT) WITH SYSTEM VERSIONING");
    apply(&mut tracker, "CREATE TABLE e (a INT) AS SELECT 1 AS b");
    apply(&mut tracker, "ALTER TABLE a DROP COLUMN nowhere");
    assert_eq!(states(&tracker, "a b c e"), "a=unknown b=unknown c=unknown e=unknown");
    apply(&mut tracker, "RENAME TABLE b TO f, c TO b");
    apply(&mut tracker, "DROP TABLE a");
    assert_eq!(states(&tracker, "a b c f"), "a=dropped b=unknown c=dropped f=unknown");
    apply(&mut tracker, "CREATE OR REPLACE TABLE b (a INT)");
    assert_eq!(states(&tracker, "b"), "b=known");
}

#[test]
fn a_swap_is_followed_pair_by_pair() {
    let mut tracker = Tracker::new(Flavor::mysql(80036));
    apply(&mut tracker, "CREATE TABLE a (of_a INT)");
    apply(&mut tracker, "CREATE TABLE b (of_b INT)");
    let changes = apply(&mut tracker, "RENAME TABLE a TO t, b TO a, t TO b");
    let first_column = |name: &str| {
        tracker.schema_of(&TableName::new("d", name)).map(|schema| schema.columns[0].name.to_string())
    };
    assert_eq!(first_column("a").as_deref(), Some("of_b"));
    assert_eq!(first_column("b").as_deref(), Some("of_a"));
    assert_eq!(changes.len(), 3);
}

#[test]
fn a_statement_that_failed_leaves_its_tables_unknown() {
    let mut tracker = Tracker::new(Flavor::mariadb(101106));
    apply(&mut tracker, "CREATE TABLE a (a INT)");
    apply(&mut tracker, "CREATE TABLE b (a INT)");
    tracker.apply_failed(&definition("CREATE OR REPLACE TABLE a LIKE b"));
    assert_eq!(states(&tracker, "a b"), "a=unknown b=known");
    tracker.apply_failed(&definition("DROP DATABASE d"));
    assert_eq!(states(&tracker, "a b"), "a=unknown b=unknown");
}

#[test]
fn a_snapshot_is_loaded_as_it_was() {
    let mut tracker = Tracker::new(Flavor::mysql(80036));
    apply(&mut tracker, "CREATE DATABASE d CHARACTER SET latin1");
    apply(&mut tracker, "CREATE TABLE p (id INT PRIMARY KEY)");
    apply(&mut tracker, "CREATE TABLE a (a INT, FOREIGN KEY (a) REFERENCES p (id))");
    apply(&mut tracker, "ALTER TABLE unseen FORCE");
    let mut other = Tracker::new(Flavor::mysql(80036));
    other.load(tracker.snapshot());
    assert_eq!(other.snapshot(), tracker.snapshot());
    // The key that was made for the foreign key gives way to a better one, also after loading.
    for tracker in [&mut tracker, &mut other] {
        apply(tracker, "ALTER TABLE a ADD b INT, ADD KEY better (a, b)");
        let keys: Vec<String> = tracker
            .schema_of(&TableName::new("d", "a"))
            .map(|schema| schema.keys.iter().map(|key| key.name.to_string()).collect())
            .unwrap();
        assert_eq!(keys, ["better"]);
    }
    assert!(tracker.is_lossless(&TableName::new("d", "a")));
    assert!(!other.is_lossless(&TableName::new("d", "a")));
    apply(&mut other, "DROP DATABASE d");
    assert_eq!(other.collation_of("d"), None);
    assert_eq!(states(&other, "a p unseen"), "a=dropped p=dropped unseen=dropped");
}

#[test]
fn what_is_not_said_is_not_rendered() {
    let name = TableName::new("d", "t");
    let generated =
        from_show_create("CREATE TABLE t (a INT, b INT AS (a))", &session(), Flavor::mysql(80036)).unwrap();
    let error = render(&generated, &name, &session()).expect_err("a generated column");
    assert_eq!(
        error.to_string(),
        "d.t cannot be written as CREATE TABLE: the expression of the generated column b is not known"
    );
    let error =
        from_show_create("CREATE VIEW v AS SELECT 1", &session(), Flavor::mysql(80036)).expect_err("a view");
    assert_eq!(error.to_string(), "the table's definition cannot be used: it is no CREATE TABLE");
}

#[test]
fn quotes_are_rendered_for_the_session() {
    let no_backslash_escapes = Session { sql_mode: Some(1 << 20), ..session() };
    let sql = r"CREATE TABLE t (a VARCHAR(9) DEFAULT 'a\\''b', e ENUM('x''\\') ) CHARACTER SET latin1";
    let schema = from_show_create(sql, &session(), Flavor::mysql(80036)).unwrap();
    for session in [session(), no_backslash_escapes] {
        let rendered = render(&schema, &schema.name, &session).unwrap();
        let again = from_show_create(&rendered, &session, Flavor::mysql(80036)).unwrap();
        assert_eq!(again, schema, "{rendered}");
    }
}

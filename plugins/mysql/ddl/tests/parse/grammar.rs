//! Statements that are put in the place of others.

use super::session;
use tidegate_model::{Grammar, TableName};
use tidegate_mysql_ddl::Flavor;

fn refused(sql: &str) -> String {
    Flavor::mysql(80_400).read(sql, &session(0)).expect_err(sql)
}

#[test]
fn a_schema_change_is_taken_apart_as_its_source_does() {
    let sql = "ALTER TABLE T ADD KEY k (a), DROP COLUMN b;";
    let statement = Flavor::mysql(80_400).read(sql, &session(0)).unwrap();
    assert_eq!((statement.sql.as_str(), statement.elements.len()), (sql, 2));
    assert_eq!(statement.names[0].table, TableName::new("d", "T"));
    let folded = Flavor::mysql(80_400).folding(true).read(sql, &session(0)).unwrap();
    assert_eq!(folded.names[0].table, TableName::new("d", "t"));
    let quoted = Flavor::mysql(80_400).read("CREATE TABLE t (a TEXT COMMENT 'a; b') /* ; c */", &session(0));
    assert_eq!(quoted.unwrap().elements.len(), 1);
}

#[test]
fn what_is_no_single_schema_change_is_refused() {
    for (sql, why) in [
        ("", "empty"),
        ("-- nothing", "empty"),
        ("ALTER TABLE t ADD c INT; DROP TABLE u", "more than one statement"),
        (";DROP TABLE u", "more than one statement"),
        ("ALTER TABLE t ADD (", "at byte"),
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("COMMIT", "bounds a transaction"),
        ("CREATE VIEW v AS SELECT 1", "about views"),
        ("CREATE TEMPORARY TABLE t (a INT)", "temporary tables"),
        ("NONSENSE", "no statement that is known"),
        ("CREATE TABLE t SELECT 1 AS a", "by a query"),
        ("CREATE TABLE t (a INT) START TRANSACTION AS SELECT 1 AS a", "by a query"),
    ] {
        let said = refused(sql);
        assert!(said.contains(why), "{sql}: {said}");
    }
}

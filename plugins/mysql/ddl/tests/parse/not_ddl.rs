//! Statements that are no DDL of tables and schemas.

use super::session;
use tidegate_model::Session;
use tidegate_mysql_ddl::{
    Dml, Flavor, OtherObject as O, Parsed, TransactionControl as T, Xid, noted, parse, redefines, touched,
    written,
};

fn parsed(sql: &str) -> Parsed {
    parse(sql, &session(0), Flavor::mysql(80036)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[test]
fn other_objects() {
    let cases = [
        ("CREATE VIEW v AS SELECT 1", O::View),
        (
            "CREATE OR REPLACE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v` AS select 1",
            O::View,
        ),
        ("ALTER DEFINER=CURRENT_USER() SQL SECURITY INVOKER VIEW v AS SELECT 1", O::View),
        ("CREATE JSON RELATIONAL DUALITY VIEW v AS SELECT 1", O::View),
        ("DROP VIEW IF EXISTS a, b", O::View),
        ("CREATE DEFINER=`a b`@`%` TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", O::Trigger),
        ("DROP TRIGGER g", O::Trigger),
        ("CREATE DEFINER=root@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t", O::Event),
        ("ALTER EVENT e DISABLE", O::Event),
        ("DROP EVENT IF EXISTS e", O::Event),
        ("CREATE DEFINER=`root`@`10.0.0.1` PROCEDURE p() BEGIN DROP TABLE t; END", O::Routine),
        ("CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a", O::Routine),
        ("ALTER PROCEDURE p COMMENT 'x'", O::Routine),
        ("DROP FUNCTION f", O::Routine),
        ("CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", O::LoadableFunction),
        ("CREATE FUNCTION IF NOT EXISTS f RETURNS STRING SONAME 'x.so'", O::LoadableFunction),
        ("CREATE TEMPORARY TABLE t (a INT)", O::TemporaryTable),
        ("CREATE OR REPLACE TEMPORARY TABLE t (a INT)", O::TemporaryTable),
        ("DROP TEMPORARY TABLE IF EXISTS t", O::TemporaryTable),
        ("DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `t`", O::TemporaryTable),
        ("CREATE USER 'a'@'%' IDENTIFIED WITH 'caching_sha2_password' AS '$A$005$\u{7}x'", O::User),
        ("ALTER USER a IDENTIFIED BY 'x'", O::User),
        ("RENAME USER a TO b", O::User),
        ("DROP USER a, b", O::User),
        ("CREATE ROLE r", O::Role),
        ("DROP ROLE r", O::Role),
        ("SET DEFAULT ROLE ALL TO a", O::Role),
        ("GRANT SELECT ON *.* TO a", O::Grant),
        ("REVOKE ALL ON s.* FROM a", O::Grant),
        ("SET PASSWORD FOR a = 'x'", O::Password),
        ("CREATE TABLESPACE ts ADD DATAFILE 'x.ibd'", O::Tablespace),
        ("CREATE UNDO TABLESPACE ts ADD DATAFILE 'x.ibu'", O::Tablespace),
        ("DROP LOGFILE GROUP g ENGINE=NDB", O::LogfileGroup),
        ("CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')", O::Server),
        ("CREATE RESOURCE GROUP g TYPE=USER", O::ResourceGroup),
        ("SET RESOURCE GROUP g", O::ResourceGroup),
        (
            "CREATE OR REPLACE SPATIAL REFERENCE SYSTEM 4120 NAME 'x' DEFINITION 'y'",
            O::SpatialReferenceSystem,
        ),
        ("INSTALL COMPONENT 'file://x'", O::Component),
        ("UNINSTALL PLUGIN p", O::Plugin),
        ("ALTER INSTANCE ROTATE INNODB MASTER KEY", O::Instance),
        ("FLUSH TABLES", O::Flush),
        ("ANALYZE TABLE t", O::TableMaintenance),
        ("OPTIMIZE NO_WRITE_TO_BINLOG TABLE t", O::TableMaintenance),
        ("REPAIR TABLE t QUICK", O::TableMaintenance),
        ("CACHE INDEX t IN c", O::KeyCache),
        ("CREATE SEQUENCE s START WITH 1", O::Sequence),
        ("DROP SEQUENCE IF EXISTS s", O::Sequence),
        ("CREATE PACKAGE p AS END", O::Package),
        ("# Dummy event replacing event type 160 that slave cannot handle.", O::Nothing),
        ("/* nothing */ ;", O::Nothing),
        ("", O::Nothing),
    ];
    for (sql, expected) in cases {
        assert_eq!(parsed(sql), Parsed::Ignored(expected), "{sql}");
        assert!(!expected.name().is_empty());
    }
}

#[test]
fn changes_of_rows() {
    let cases = [
        ("INSERT INTO t VALUES (1)", Dml::Insert),
        ("update t set a = 'it''s \\' -- '", Dml::Update),
        ("/* hint */ DELETE FROM t", Dml::Delete),
        ("REPLACE t SELECT 1", Dml::Replace),
        ("LOAD DATA INFILE 'x' INTO TABLE t", Dml::Load),
        ("CALL p()", Dml::Call),
        ("DO f()", Dml::Do),
        ("SELECT `s`.`f`(1)", Dml::Query),
        ("WITH a AS (SELECT 1) DELETE FROM t", Dml::Query),
    ];
    for (sql, expected) in cases {
        assert_eq!(parsed(sql), Parsed::Dml(expected), "{sql}");
        assert!(!expected.name().is_empty());
    }
}

#[test]
fn transactions() {
    let xid =
        |format, global: &str, branch: &str| Xid { format, global: global.into(), branch: branch.into() };
    let cases = [
        ("BEGIN", T::Begin),
        ("begin work", T::Begin),
        ("START TRANSACTION", T::Begin),
        ("COMMIT", T::Commit),
        ("ROLLBACK", T::Rollback),
        ("ROLLBACK WORK", T::Rollback),
        ("ROLLBACK TO `a`", T::RollbackTo),
        ("ROLLBACK TO SAVEPOINT a", T::RollbackTo),
        ("SAVEPOINT `a`", T::Savepoint),
        ("RELEASE SAVEPOINT a", T::Release),
        ("XA START X'6162',X'',1", T::XaStart(xid(1, "ab", ""))),
        ("XA END X'6162',X'63',2", T::XaEnd(xid(2, "ab", "c"))),
        ("XA PREPARE 'ab'", T::XaPrepare(xid(1, "ab", ""))),
        ("XA COMMIT X'6162',X'63',0x2", T::XaCommit { xid: xid(2, "ab", "c"), one_phase: false }),
        ("XA COMMIT X'6162',X'63',1 ONE PHASE", T::XaCommit { xid: xid(1, "ab", "c"), one_phase: true }),
        ("XA ROLLBACK 'ab','c'", T::XaRollback(xid(1, "ab", "c"))),
    ];
    for (sql, expected) in cases {
        assert_eq!(parsed(sql), Parsed::Transaction(expected), "{sql}");
    }
}

#[test]
fn what_nobody_knows() {
    for sql in [
        "CREATE WHATEVER x",
        "FROBNICATE t",
        "IMPORT TABLE FROM 'x'",
        "SET a = 1",
        "'x'",
        "ALTER THING",
        "()",
    ] {
        assert_eq!(parsed(sql), Parsed::Unknown, "{sql}");
    }
}

#[test]
fn what_does_not_fit() {
    let cases = [
        ("CREATE TABLE t (a INT", "`)` expected at byte 21 (the end)"),
        ("CREATE TABLE t (a)", "a type expected at byte 17, near `)`"),
        ("ALTER TABLE t FROB x", "a spec of ALTER TABLE expected at byte 14, near `FROB x`"),
        ("DROP TABLE a b", "the end of the statement expected at byte 13, near `b`"),
        ("DROP TABLE 'a'", "a name expected at byte 11, near `'a'`"),
        ("DROP TABLE `a", "a quoted name that is not closed at byte 11"),
        ("DROP TABLE a /* never", "a comment that is not closed at byte 13"),
        ("TRUNCATE TABLE", "a name expected at byte 14 (the end)"),
        ("RENAME TABLE a, b", "TO expected at byte 14, near `, b`"),
        ("CREATE TABLE t (a INT DEFAULT)", "a default expected at byte 29, near `)`"),
    ];
    for (sql, expected) in cases {
        let error = parse(sql, &session(0), Flavor::mysql(80036)).expect_err(sql);
        assert_eq!(error.to_string(), expected, "{sql}");
    }
    let error = parse("DROP TABLE t", &Session::default(), Flavor::mysql(80036)).expect_err("no schema");
    assert!(error.to_string().starts_with("the session has no default schema"));
}

#[test]
fn tables_that_come_and_go_beside_the_others() {
    let names = |sql: &str| {
        let noted = noted(sql, &session(0), Flavor::mariadb(101106))?;
        let tables = noted.tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Some((noted.made, noted.temporary, tables))
    };
    assert_eq!(names("CREATE TEMPORARY TABLE w.base (a INT)"), Some((true, true, "w.base".into())));
    assert_eq!(
        names("DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `w`.`a`,`w`.`b`"),
        Some((false, true, "w.a w.b".into()))
    );
    assert_eq!(names("CREATE OR REPLACE SEQUENCE w.s START 5"), Some((true, false, "w.s".into())));
    assert_eq!(names("DROP SEQUENCE IF EXISTS w.s, w.t"), Some((false, false, "w.s w.t".into())));
    assert_eq!(names("CREATE TABLE w.a (a INT)"), None);
}

#[test]
fn the_only_table_that_is_written() {
    let name = |sql: &str| written(sql, &session(0), Flavor::mysql(80036)).map(|table| table.to_string());
    for sql in [
        "INSERT INTO mysql.rds_heartbeat2(id, value) values (1,1479205300253) ON DUPLICATE KEY UPDATE value = values(value)",
        "REPLACE mysql.rds_heartbeat2 SET id = 1, value = NOW()",
        "UPDATE mysql.rds_heartbeat2 SET value = 2 WHERE id IN (1)",
        "DELETE FROM mysql.rds_heartbeat2",
    ] {
        assert_eq!(name(sql).as_deref(), Some("mysql.rds_heartbeat2"), "{sql}");
    }
    for sql in [
        "INSERT INTO mysql.a VALUES (f(1))",
        "INSERT INTO mysql.a VALUES (d.now())",
        "INSERT INTO mysql.a SELECT * FROM d.v",
        "UPDATE mysql.a, d.t SET d.t.x = 1",
        "DELETE d.t FROM d.t JOIN mysql.a",
        "DELETE FROM mysql.a USING mysql.a, d.t",
        "CALL p()",
    ] {
        assert_eq!(name(sql), None, "{sql}");
    }
}

#[test]
fn tables_of_what_is_not_understood() {
    let names = |sql: &str| {
        let tables = touched(sql, &session(0), Flavor::mariadb(110400))?;
        Some(tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(names("ALTER TABLE w.t CONVERT PARTITION p TO TABLE w.u").as_deref(), Some("w.t w.u"));
    assert_eq!(
        names("CREATE OR REPLACE TABLE w.t (a INT, UNIQUE (a, p WITHOUT OVERLAPS))").as_deref(),
        Some("w.t")
    );
    assert_eq!(names("FROB w.t"), None);
    let redefines = |sql: &str| redefines(sql, &session(0), Flavor::mariadb(110400));
    assert!(
        redefines("/* x */ ALTER FROB w.t")
            && redefines("rename frob a")
            && redefines("CREATE OR REPLACE FROB")
    );
    assert!(redefines("SET STATEMENT x = 1 FOR ALTER FROB w.t"));
    assert!(!redefines("FROB w.t") && !redefines("CREATE FROB w.t") && !redefines("DROP FROB alter"));
}

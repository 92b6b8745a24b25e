//! The collations that are put into statements.

#![cfg(test)]

use tidegate_model::Session;
use tidegate_mysql_ddl::{Defaults, Flavor, Parsed, insert, insertions, parse};

const UTF8MB4_GENERAL: u16 = 45;
const UTF8MB4_BIN: u16 = 46;
const UTF8MB4_0900: u16 = 255;
const LATIN1_SWEDISH: u16 = 8;

/// Completes a statement of a MySQL 8 whose object inherits `inherited` for a TiDB where it inherits utf8mb4_bin.
fn for_tidb(sql: &str, inherited: u16) -> String {
    let session = Session { default_schema: Some("d".into()), ..Session::default() };
    let source = Defaults { session: &session, flavor: Flavor::mysql(80036), inherited };
    let target = Defaults { session: &session, flavor: Flavor::tidb(80011), inherited: UTF8MB4_BIN };
    let Ok(Parsed::Ddl(definition)) = parse(sql, &session, source.flavor) else {
        panic!("{sql}");
    };
    let completed = insert(sql, &insertions(&definition, source, target));
    assert!(parse(&completed, &session, source.flavor).is_ok(), "{completed}");
    completed
}

#[test]
fn defaults_that_differ_are_said() {
    let cases = [
        ("CREATE DATABASE s", "CREATE DATABASE s CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"),
        ("CREATE DATABASE s CHARSET utf8mb4", "CREATE DATABASE s COLLATE utf8mb4_0900_ai_ci CHARSET utf8mb4"),
        ("CREATE DATABASE s COLLATE utf8mb4_bin", "CREATE DATABASE s COLLATE utf8mb4_bin"),
        (
            "ALTER DATABASE s CHARACTER SET utf8mb3",
            "ALTER DATABASE s CHARACTER SET utf8mb3 COLLATE utf8_general_ci",
        ),
        ("ALTER DATABASE s READ ONLY=1", "ALTER DATABASE s READ ONLY=1"),
        (
            "CREATE TABLE t (a VARCHAR(5), b INT) COMMENT='x' PARTITION BY HASH (b)",
            "CREATE TABLE t (a VARCHAR(5), b INT) COMMENT='x' CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci PARTITION BY HASH (b)",
        ),
        (
            "CREATE TABLE t (a VARCHAR(5) CHARACTER SET utf8mb4 NOT NULL, b TEXT) CHARSET=utf8mb4",
            "CREATE TABLE t (a VARCHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL, b TEXT) CHARSET=utf8mb4 COLLATE utf8mb4_0900_ai_ci",
        ),
        (
            "CREATE TABLE t (a VARCHAR(5) CHARACTER SET latin1 BINARY, b CHAR(2) COLLATE latin1_bin) COLLATE=utf8mb4_bin",
            "CREATE TABLE t (a VARCHAR(5) CHARACTER SET latin1 BINARY, b CHAR(2) COLLATE latin1_bin) COLLATE=utf8mb4_bin",
        ),
        ("CREATE TABLE t LIKE u", "CREATE TABLE t LIKE u"),
        (
            "ALTER TABLE t ADD c VARCHAR(5) NOT NULL, ADD d INT, MODIFY e ENUM('x') DEFAULT 'x'",
            "ALTER TABLE t ADD c VARCHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL, ADD d INT, MODIFY e ENUM('x') CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci DEFAULT 'x'",
        ),
        ("ALTER TABLE t ADD c CHAR(5) BINARY", "ALTER TABLE t ADD c CHAR(5) BINARY"),
        (
            "ALTER TABLE t ADD c TEXT, COLLATE utf8mb4_unicode_ci",
            "ALTER TABLE t ADD c TEXT, COLLATE utf8mb4_unicode_ci",
        ),
        (
            "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4, ADD c TEXT",
            "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci, ADD c TEXT",
        ),
        (
            "ALTER TABLE t DEFAULT CHARSET latin1 ENGINE=InnoDB, ADD c TEXT",
            "ALTER TABLE t DEFAULT CHARSET latin1 ENGINE=InnoDB COLLATE latin1_swedish_ci, ADD c TEXT",
        ),
        ("DROP TABLE t", "DROP TABLE t"),
    ];
    for (sql, expected) in cases {
        assert_eq!(for_tidb(sql, UTF8MB4_0900), expected);
    }
}

#[test]
fn another_character_set_is_inherited() {
    let cases = [
        ("ALTER TABLE t ADD c CHAR(5) BINARY", "ALTER TABLE t ADD c CHAR(5) CHARACTER SET latin1 BINARY"),
        (
            "ALTER TABLE t ADD c CHAR(5)",
            "ALTER TABLE t ADD c CHAR(5) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        ),
    ];
    for (sql, expected) in cases {
        assert_eq!(for_tidb(sql, LATIN1_SWEDISH), expected);
    }
}

#[test]
fn what_is_the_same_or_not_known_stays() {
    for inherited in [UTF8MB4_BIN, 0] {
        for sql in ["CREATE TABLE t (a VARCHAR(5))", "ALTER TABLE t ADD a TEXT", "CREATE DATABASE s"] {
            assert_eq!(for_tidb(sql, inherited), sql);
        }
    }
}

#[test]
fn the_session_chooses_the_default_of_utf8mb4() {
    let source_session = Session { utf8mb4_collation: Some(UTF8MB4_GENERAL), ..Session::default() };
    let session = Session::default();
    let sql = "CREATE DATABASE s CHARACTER SET utf8mb4";
    let source = Defaults { session: &source_session, flavor: Flavor::mysql(80036), inherited: 0 };
    let target = Defaults { session: &session, flavor: Flavor::mysql(80036), inherited: 0 };
    let Ok(Parsed::Ddl(definition)) = parse(sql, &session, source.flavor) else {
        panic!("{sql}");
    };
    let completed = insert(sql, &insertions(&definition, source, target));
    assert_eq!(completed, "CREATE DATABASE s COLLATE utf8mb4_general_ci CHARACTER SET utf8mb4");
    assert!(insertions(&definition, source, source).is_empty());
}

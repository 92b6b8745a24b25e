//! SQL modes: what quotes mean.

use super::{ANSI_QUOTES, NO_BACKSLASH_ESCAPES, check, definition};
use tidegate_mysql_ddl::{DefaultValue, Flavor, StatementKind};

#[test]
fn double_quotes_are_names_under_ansi_quotes() {
    let cases = [
        (r#"CREATE TABLE "s"."a""b" ("c d" INT DEFAULT '5')"#, "create table | s.a\"b"),
        (r#"DROP TABLE "a", `b"c`"#, "drop table, drop table | d.a d.b\"c"),
        (r#"RENAME TABLE "a.b" TO "c"."d""#, "rename table | d.a.b >c.d"),
        (r#"ALTER TABLE "t" ADD "x" INT COMMENT 'a "quoted" word'"#, "alter table | d.t"),
        (r#"CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES "p" ("b"))"#, "create table | d.t ^d.p"),
        (r#"TRUNCATE "t""#, "truncate table | d.t"),
        (r#"CREATE DATABASE "s""#, "create database | s"),
    ];
    check(&cases, ANSI_QUOTES, Flavor::mysql(80036));
}

fn default_of(sql: &str, mode: u64) -> DefaultValue {
    let StatementKind::CreateTable(create) = definition(sql, mode, Flavor::mysql(80036)).kind else {
        panic!("{sql}");
    };
    create.columns[0].default.clone().unwrap()
}

#[test]
fn double_quotes_are_strings_else() {
    let sql = r#"CREATE TABLE t (a CHAR(9) DEFAULT "it's ""so""")"#;
    assert_eq!(default_of(sql, 0), DefaultValue::String(r#"it's "so""#.into()));
}

#[test]
fn backslashes_escape_or_not() {
    let escaping = r"CREATE TABLE t (a CHAR(9) DEFAULT 'a\'b\\c\n\%', b INT)";
    assert_eq!(default_of(escaping, 0), DefaultValue::String("a'b\\c\n\\%".into()));
    let plain = r"CREATE TABLE t (a CHAR(9) DEFAULT 'a\', b CHAR(9) DEFAULT '\n')";
    assert_eq!(default_of(plain, NO_BACKSLASH_ESCAPES), DefaultValue::String(r"a\".into()));
    check(
        &[(plain, "create table | d.t"), (r"DROP TABLE `a\`", r"drop table | d.a\")],
        NO_BACKSLASH_ESCAPES,
        Flavor::mysql(80036),
    );
    check(
        &[(escaping, "create table | d.t"), (r"DROP TABLE `a\`", r"drop table | d.a\")],
        0,
        Flavor::mysql(80036),
    );
}

#[test]
fn literals() {
    let cases = [
        ("x'4142'", DefaultValue::Bytes(b"AB".to_vec())),
        ("0x4142", DefaultValue::Bytes(b"AB".to_vec())),
        ("0x142", DefaultValue::Bytes(vec![1, 0x42])),
        ("b'101'", DefaultValue::Bytes(vec![5])),
        ("0b100000001", DefaultValue::Bytes(vec![1, 1])),
        ("_utf8mb4 'x'", DefaultValue::String("x".into())),
        ("N'x'", DefaultValue::String("x".into())),
        ("-1.5e3", DefaultValue::Number("-1.5e3".into())),
        (".5", DefaultValue::Number(".5".into())),
        ("FALSE", DefaultValue::Bool(false)),
        ("NULL", DefaultValue::Null),
        ("LOCALTIMESTAMP(3)", DefaultValue::Now(3)),
        ("( 1 + 1 )", DefaultValue::Expression("( 1 + 1 )".into())),
    ];
    for (text, expected) in cases {
        assert_eq!(
            default_of(&format!("CREATE TABLE t (a INT DEFAULT {text} NOT NULL)"), 0),
            expected,
            "{text}"
        );
    }
}

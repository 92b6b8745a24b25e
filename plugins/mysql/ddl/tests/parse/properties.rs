//! What holds of every text.

use super::{ANSI_QUOTES, NO_BACKSLASH_ESCAPES, session};
use proptest::prelude::*;
use tidegate_mysql_ddl::{Flavor, Parsed, parse};

/// Pieces of SQL that are likely to meet.
const PIECES: &[&str] = &[
    "CREATE",
    "TABLE",
    "ALTER",
    "DROP",
    "RENAME",
    "TRUNCATE",
    "IF",
    "NOT",
    "EXISTS",
    "LIKE",
    "(",
    ")",
    ",",
    ".",
    ";",
    "=",
    "t",
    "`a``b`",
    "\"q\"",
    "'s'",
    "'",
    "`",
    "\"",
    "\\",
    "/*",
    "*/",
    "/*!50100",
    "/*!99999",
    "--",
    "-- ",
    "#",
    "\n",
    "1",
    "0x1F",
    "x'4'",
    "b'1'",
    "1e",
    "1.5",
    ".5",
    "ADD",
    "COLUMN",
    "INT",
    "VARCHAR",
    "DEFAULT",
    "NULL",
    "PRIMARY",
    "KEY",
    "UNIQUE",
    "CHANGE",
    "MODIFY",
    "AFTER",
    "FIRST",
    "TO",
    "ON",
    "INDEX",
    "PARTITION",
    "BY",
    "HASH",
    "REFERENCES",
    "é",
    "表",
    "CHARACTER",
    "SET",
    "ENUM",
    "AS",
    "SELECT",
    "FROM",
    "CONSTRAINT",
    "CHECK",
    "XA",
    "COMMIT",
    "N'",
    "_utf8mb4",
    "DATABASE",
    "EXCHANGE",
    "WITH",
    "UNION",
    "ORDER",
    "-",
    "+",
    "COMMENT",
    "ENGINE",
    "GENERATED",
    "ALWAYS",
    "DEFINER",
    "@",
];

fn flavors() -> impl Strategy<Value = Flavor> {
    prop_oneof![Just(Flavor::mysql(80036)), Just(Flavor::mariadb(101106)), Just(Flavor::tidb(80011))]
}

fn modes() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(ANSI_QUOTES),
        Just(NO_BACKSLASH_ESCAPES),
        Just(ANSI_QUOTES | NO_BACKSLASH_ESCAPES)
    ]
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => proptest::sample::select(PIECES).prop_map(str::to_owned), 1 => ".{0,4}"];
    (proptest::collection::vec(piece, 0..40), prop_oneof![Just(" "), Just("")])
        .prop_map(|(pieces, space)| pieces.join(space))
}

fn holds(sql: &str, mode: u64, flavor: Flavor) {
    let Ok(Parsed::Ddl(definition)) = parse(sql, &session(mode), flavor) else {
        return;
    };
    let statement = &definition.statement;
    assert_eq!(statement.render(&[], |_| None).as_deref(), Some(sql));
    for name in &statement.names {
        assert!(sql.get(name.span.clone()).is_some());
    }
    assert!(statement.names.is_sorted_by(|a, b| a.span.end <= b.span.start));
    assert!(!statement.elements.is_empty());
    if let Some(list) = &statement.list {
        assert_eq!(list.start, statement.elements.first().unwrap().span.start);
        assert_eq!(list.end, statement.elements.last().unwrap().span.end);
        assert!(statement.elements.is_sorted_by(|a, b| a.span.end <= b.span.start));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_taken(sql in "\\PC{0,60}", mode in modes(), flavor in flavors()) {
        holds(&sql, mode, flavor);
    }

    #[test]
    fn any_soup_is_taken(sql in soup(), mode in modes(), flavor in flavors()) {
        holds(&sql, mode, flavor);
    }

    #[test]
    fn any_table_is_taken(inner in soup(), mode in modes(), flavor in flavors()) {
        holds(&format!("CREATE TABLE t ({inner})"), mode, flavor);
        holds(&format!("ALTER TABLE t {inner}"), mode, flavor);
        holds(&format!("DROP TABLE {inner}"), mode, flavor);
    }
}

//! MySQL 9.7.

use crate::{
    answer,
    log::{self, Log},
    render,
    types::{COMMON, Case, MYSQL, statements},
};
use tidegate_model::{Encoding, Image, Operation};
use tidegate_mysql_binlog::{EventType, Partition, rows_flags};
use tidegate_test_servers::{MySql, Server, server_or_skip};

/// Compares the after images of a table's inserts with the table.
pub(crate) fn compare_inserts(server: &Server, log: &Log, table: &str, what: &str) {
    let schema = log.rows(table)[0].set.table.clone();
    let rows = log.rows(table);
    let client = log::client(server).option("--init-command=SET time_zone = '+00:00'");
    let answer = client.rows(&answer::query(&schema)).unwrap();
    assert_eq!(answer.len(), rows.len(), "{what}");
    for (row, expected) in rows.iter().zip(&answer) {
        assert_eq!(row.set.operation, Operation::Insert);
        assert!(row.batch.transactions[row.set.transactions[row.row] as usize].closed);
        compare_image(row.after(), row.row, expected, what);
    }
}

pub(crate) fn compare_image(image: &Image, row: usize, expected: &[String], what: &str) {
    assert_eq!(image.columns.len(), expected.len(), "{what}");
    for (column, expected) in image.columns.iter().zip(expected) {
        let own = render::value(column, row);
        let short = |text: &str| text.chars().take(100).collect::<String>();
        assert!(
            answer::same(column, &own, expected),
            "{what}: decoded {} of {}, the server has {} of {}",
            short(&own),
            own.len(),
            short(expected),
            expected.len()
        );
    }
}

#[test]
fn every_type_arrives_with_its_edge_values() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    let cases: Vec<&Case> = COMMON.iter().chain(MYSQL).collect();
    log::client(&server).execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &[]);
    for (number, (column_type, _)) in cases.iter().enumerate() {
        compare_inserts(&server, &log, &format!("t{number}"), column_type);
    }
}

/// The same log, compressed and without checksums.
#[test]
fn compressed_transactions_hold_the_same() {
    let options =
        ["--binlog-row-metadata=FULL", "--binlog-transaction-compression=ON", "--binlog-checksum=NONE"];
    let server = server_or_skip!(MySql::builder().options(options).start());
    let cases: Vec<&Case> = COMMON.iter().chain(MYSQL).collect();
    log::client(&server).execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &[]);
    assert!(log.events.contains(&EventType::TRANSACTION_PAYLOAD));
    for (number, (column_type, _)) in cases.iter().enumerate() {
        compare_inserts(&server, &log, &format!("t{number}"), column_type);
    }
}

/// The names of the columns that an image has, each with its value.
fn image(image: &Image, row: usize) -> String {
    let columns = image.columns.iter().map(|column| {
        let diff = if column.encoding == Encoding::JsonDiff { " diff" } else { "" };
        format!("{}{diff}={}", column.column.name, render::value(column, row))
    });
    columns.collect::<Vec<_>>().join(" ")
}

pub(crate) fn images(log: &Log, table: &str) -> Vec<String> {
    let text = |row: &log::Row<'_>| {
        let (before, after) = (image(row.before(), row.row), image(row.after(), row.row));
        format!("{} [{before}] [{after}]", row.set.operation.name())
    };
    log.rows(table).iter().map(text).collect()
}

/// With minimal metadata, under a schema that is known otherwise.
#[test]
fn absent_columns_are_absent_and_null_is_null() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    let client = log::client(&server);
    let table = "CREATE TABLE m (id INT PRIMARY KEY, a INT UNSIGNED, b TEXT, g INT AS (a + 1) STORED, i INT INVISIBLE)";
    client
        .execute(&format!("CREATE DATABASE shop; USE shop; {table}; INSERT INTO m (id) VALUES (0)"))
        .unwrap();
    let schema = log::read(&server, &[]).rows("m")[0].set.table.clone();
    let statements = "USE shop; DELETE FROM m; RESET BINARY LOGS AND GTIDS; SET GLOBAL binlog_row_metadata = MINIMAL;
        SET binlog_row_image = MINIMAL; INSERT INTO m (id, a) VALUES (1, 7); UPDATE m SET a = NULL; DELETE FROM m;
        SET binlog_row_image = NOBLOB; INSERT INTO m (id, b) VALUES (2, 'x'); UPDATE m SET i = 1; DELETE FROM m;
        SET binlog_row_image = FULL; INSERT INTO m (id, b) VALUES (3, 'x'); UPDATE m SET b = ''; DELETE FROM m;";
    client.execute(statements).unwrap();
    let log = log::read(&server, &[schema]);
    assert_eq!(
        images(&log, "m"),
        [
            "insert [] [id=1 a=7 g=8]",
            "update [id=1] [a=NULL g=NULL]",
            "delete [id=1] []",
            "insert [] [id=2 a=NULL b=78 g=NULL i=NULL]",
            "update [id=2 a=NULL g=NULL i=NULL] [id=2 a=NULL g=NULL i=1]",
            "delete [id=2 a=NULL g=NULL i=1] []",
            "insert [] [id=3 a=NULL b=78 g=NULL i=NULL]",
            "update [id=3 a=NULL b=78 g=NULL i=NULL] [id=3 a=NULL b= g=NULL i=NULL]",
            "delete [id=3 a=NULL b= g=NULL i=NULL] []",
        ]
    );
}

#[test]
fn json_diffs_are_kept_apart_from_values() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    let statements = "CREATE DATABASE shop; USE shop; SET binlog_row_value_options = PARTIAL_JSON;
        CREATE TABLE j (id INT PRIMARY KEY, x JSON, n INT, y JSON, z JSON);
        INSERT INTO j VALUES (1, JSON_OBJECT('a', REPEAT('x', 50)), 0, '[1, 2]', NULL), (2, '{}', 0, '{}', NULL);
        UPDATE j SET x = JSON_SET(x, '$.a', 'b'), y = '3' WHERE id = 1;
        UPDATE j SET n = 1;
        UPDATE j SET y = JSON_REPLACE(y, '$', 4) WHERE id = 1;
        SET binlog_row_image = MINIMAL;
        UPDATE j SET x = JSON_REMOVE(x, '$.a') WHERE id = 1;
        UPDATE j SET z = 'true' WHERE id = 2;";
    log::client(&server).execute(statements).unwrap();
    let log = log::read(&server, &[]);
    assert!(log.events.contains(&EventType::PARTIAL_UPDATE_ROWS));
    let rows = images(&log, "j");
    // Replace (0) at `$.a` the string (0c) "b".
    assert!(rows[2].contains("[id=1 x diff=0003242E61030C0162 n=0 y=050300 z=NULL]"), "{}", rows[2]);
    // No change is a diff of nothing.
    assert!(rows[3].ends_with("[id=1 x diff= n=1 y diff= z=NULL]"), "{}", rows[3]);
    assert!(rows[4].ends_with("[id=2 x diff= n=1 y diff= z=NULL]"), "{}", rows[4]);
    assert!(rows[6].ends_with("[id=1] [x diff=0203242E61]"), "{}", rows[6]);
    assert!(rows[7].ends_with("[id=2] [z=0401]"), "{}", rows[7]);
}

/// Which rows a foreign key cascaded to, and which partition rows lie in.
#[test]
fn rows_events_tell_cascades_and_partitions() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    let statements = "CREATE DATABASE shop; USE shop; CREATE TABLE p (id INT PRIMARY KEY);
        CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE);
        CREATE TABLE h (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;
        INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1); DELETE FROM p;
        INSERT INTO h VALUES (2); UPDATE h SET id = 7; DELETE FROM h;";
    log::client(&server).execute(statements).unwrap();
    let log = log::read(&server, &[]);
    use rows_flags::{CASCADES_LOGGED, NO_FOREIGN_KEY_CHECKS, STATEMENT_END};
    let expected = [
        ("shop.p", STATEMENT_END | CASCADES_LOGGED, None),
        ("shop.c", STATEMENT_END | CASCADES_LOGGED, None),
        ("shop.c", NO_FOREIGN_KEY_CHECKS | CASCADES_LOGGED, None),
        ("shop.p", STATEMENT_END | CASCADES_LOGGED, None),
        ("shop.h", STATEMENT_END | CASCADES_LOGGED, Some(Partition { rows: 2, before: None })),
        ("shop.h", STATEMENT_END | CASCADES_LOGGED, Some(Partition { rows: 3, before: Some(2) })),
        ("shop.h", STATEMENT_END | CASCADES_LOGGED, Some(Partition { rows: 3, before: None })),
    ];
    let extra: Vec<_> =
        log.extra.iter().map(|(table, flags, part)| (table.as_str(), *flags, *part)).collect();
    assert_eq!(extra, expected);
    // An insert into the child maps the parent too, of which no row follows.
    let maps = log.events.iter().filter(|event| **event == EventType::TABLE_MAP).count();
    assert!(maps > 6, "{maps}");
}

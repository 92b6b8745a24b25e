//! MySQL 9.7.

use crate::{
    log::{self, Log},
    render,
    types::{COMMON, Case, MYSQL, statements},
};
use tidegate_model::{Image, Operation};
use tidegate_test_servers::{MySql, Server, server_or_skip};

/// Compares the after images of a table's inserts with the table.
pub(crate) fn compare_inserts(server: &Server, log: &Log, table: &str, what: &str) {
    let schema = log.schema(table);
    let rows = log.rows(table);
    let client = log::client(server).option("--init-command=SET time_zone = '+00:00'");
    let answer = client.rows(&render::query(&schema)).unwrap();
    assert_eq!(answer.len(), rows.len(), "{what}");
    for (row, expected) in rows.iter().zip(&answer) {
        assert_eq!(row.set.operation, Operation::Insert);
        if what == "UUID" || what.starts_with("INET") || what.contains("COMPR") { println!("{what} {:?} {:?} own {}", row.after().columns[1].column.kind, expected, render::value(&row.after().columns[1], row.row).chars().take(80).collect::<String>()); }
        compare_image(row.after(), row.row, expected, what);
    }
}

pub(crate) fn compare_image(image: &Image, row: usize, expected: &[String], what: &str) {
    assert_eq!(image.columns.len(), expected.len(), "{what}");
    for (column, expected) in image.columns.iter().zip(expected) {
        let own = render::value(column, row);
        let short = |text: &str| text.chars().take(100).collect::<String>();
        assert!(
            render::same(column, &own, expected),
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

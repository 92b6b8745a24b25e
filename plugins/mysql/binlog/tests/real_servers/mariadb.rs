//! MariaDB 10.11.

use crate::{
    log,
    mysql::compare_inserts,
    types::{COMMON, Case, MARIADB, statements},
};
use tidegate_test_servers::{MariaDb, server_or_skip};

#[test]
fn every_type_arrives_with_its_edge_values() {
    let server = server_or_skip!(MariaDb::builder().option("--binlog-row-metadata=FULL").start());
    let cases: Vec<&Case> = COMMON.iter().chain(MARIADB).collect();
    log::client(&server).execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &[]);
    for (number, (column_type, _)) in cases.iter().enumerate() {
        compare_inserts(&server, &log, &format!("t{number}"), column_type);
    }
}

//! MariaDB 10.11.

use crate::{
    log,
    mysql::{compare_inserts, images},
    types::{COMMON, Case, MARIADB, fixed, statements},
};
use tidegate_mysql_binlog::{EventType, Problem};
use tidegate_test_servers::{MariaDb, server_or_skip};

#[test]
fn every_type_arrives_with_its_edge_values() {
    let server = server_or_skip!(MariaDb::builder().option("--binlog-row-metadata=FULL").start());
    let cases: Vec<&Case> = COMMON.iter().chain(MARIADB).collect();
    log::client(&server).execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &fixed(&cases));
    for (number, (column_type, _)) in cases.iter().enumerate() {
        compare_inserts(&server, &log, &format!("t{number}"), column_type);
    }
}

/// The same, compressed, and without metadata under schemas that are known otherwise.
#[test]
fn compressed_rows_hold_the_same() {
    let options = ["--binlog-row-metadata=FULL", "--binlog-checksum=NONE"];
    let server = server_or_skip!(MariaDb::builder().options(options).start());
    let cases: Vec<&Case> = COMMON.iter().chain(MARIADB).collect();
    let client = log::client(&server);
    client.execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &fixed(&cases));
    let schemas: Vec<_> =
        (0..cases.len()).map(|number| log.rows(&format!("t{number}"))[0].set.table.clone()).collect();
    let again = "DROP DATABASE shop; RESET MASTER; SET GLOBAL binlog_row_metadata = NO_LOG;
        SET GLOBAL log_bin_compress = ON; SET GLOBAL log_bin_compress_min_len = 10;";
    client.execute(again).unwrap();
    client.execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &schemas);
    assert!(log.events.contains(&EventType::WRITE_ROWS_COMPRESSED_V1));
    for (number, (column_type, _)) in cases.iter().enumerate() {
        compare_inserts(&server, &log, &format!("t{number}"), column_type);
    }
}

/// Tables as MySQL 5.5 and MariaDB 5.3 made them: the log does not tell their fractional digits.
#[test]
fn old_formats_of_times_arrive() {
    let server = server_or_skip!(MariaDb::builder().option("--binlog-row-metadata=FULL").start());
    let old = |case: &&Case| ["DATE", "TIME"].iter().any(|word| case.0.contains(word));
    let cases: Vec<&Case> = COMMON.iter().filter(old).collect();
    let client = log::client(&server);
    client.execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &[]);
    let schemas: Vec<_> =
        (0..cases.len()).map(|number| log.rows(&format!("t{number}"))[0].set.table.clone()).collect();
    let again = "DROP DATABASE shop; RESET MASTER; SET GLOBAL mysql56_temporal_format = OFF";
    client.execute(again).unwrap();
    client.execute(&statements(&cases)).unwrap();
    let log = log::read(&server, &schemas);
    for (number, (column_type, _)) in cases.iter().enumerate() {
        compare_inserts(&server, &log, &format!("t{number}"), column_type);
    }
    let error = log::read_with(&server, &[], log::LIMITS).err().unwrap();
    assert!(matches!(error.problem, Problem::Stop { .. }), "{error}");
}

#[test]
fn minimal_images_lack_what_was_not_said() {
    let server = server_or_skip!(MariaDb::builder().option("--binlog-row-metadata=FULL").start());
    let statements = "CREATE DATABASE shop; USE shop; SET binlog_row_image = MINIMAL;
        CREATE TABLE m (id INT PRIMARY KEY, a INT DEFAULT 5, b INT DEFAULT 7); INSERT INTO m (id, b) VALUES (1, 1);
        UPDATE m SET a = NULL; DELETE FROM m; CREATE TABLE n (a INT DEFAULT 5); INSERT INTO n VALUES ();";
    log::client(&server).execute(statements).unwrap();
    let log = log::read(&server, &[]);
    let expected = ["insert [] [id=1 b=1]", "update [id=1] [a=NULL]", "delete [id=1] []"];
    assert_eq!(images(&log, "m"), expected);
    assert_eq!(images(&log, "n"), ["insert [] [a=5]"]);
}

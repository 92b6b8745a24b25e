//! Statements that MariaDB logs and MySQL does not.

use crate::harness::*;
use std::sync::Arc;
use tidegate_test_servers::{MariaDb, server_or_skip};

const OPTIONS: [&str; 2] = ["--binlog-row-metadata=MINIMAL", "--binlog-format=ROW"];

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_touch_a_replicated_table_passes() {
    let server = server_or_skip!(MariaDb::builder().options(OPTIONS).start());
    let client = server.client();
    client
        .execute(
            "CREATE DATABASE w; CREATE TABLE w.base (id INT PRIMARY KEY); INSERT INTO w.base VALUES (1);
        SET SESSION binlog_format = 'MIXED'; CREATE TEMPORARY TABLE w.base (id INT PRIMARY KEY, x INT);
        INSERT INTO w.base VALUES (7, 7); TRUNCATE w.base; ALTER TABLE w.base ADD y INT; CREATE INDEX i ON w.base (x);
        DROP TABLE w.base; SET SESSION binlog_format = 'ROW'; INSERT INTO w.base VALUES (2);
        CREATE SEQUENCE w.s; SELECT NEXTVAL(w.s); INSERT INTO w.base VALUES (3);
        SET GLOBAL mysql56_temporal_format = OFF; CREATE TABLE w.unwanted (a TIME(3), b DATETIME(6));
        INSERT INTO w.unwanted VALUES ('10:00:00.5', '2024-01-02 03:04:05.6'); INSERT INTO w.base VALUES (4);
        CREATE DATABASE u; CREATE TABLE u.p (id INT) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (5), PARTITION b VALUES LESS THAN (9));
        ALTER TABLE u.p CONVERT PARTITION a TO TABLE u.q; INSERT INTO w.base VALUES (5)",
        )
        .unwrap();
    let mut setup = Setup::new(settings(&server, "earliest".into()), "w");
    setup.wants = Arc::new(|table| *table.schema == *"w" && *table.table != *"unwanted");
    let changes = setup.read().await.unwrap();
    let ours: Vec<_> = of("w.base", &changes);
    assert_eq!(
        ours,
        [
            "ddl CREATE TABLE w.base (id INT PRIMARY KEY)",
            "insert w.base 1",
            "insert w.base 2",
            "insert w.base 3",
            "insert w.base 4",
            "insert w.base 5"
        ]
    );
    assert!(of("w.s", &changes).is_empty());
    // What is wanted and not understood stops, unless a filter leaves it out; its tables are not known any more then.
    client.execute("CREATE TABLE w.p (id INT) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (5), PARTITION b VALUES LESS THAN (9));
        ALTER TABLE w.p CONVERT PARTITION a TO TABLE w.q; INSERT INTO w.base VALUES (6)").unwrap();
    let setup =
        || Setup::new(settings(&server, "earliest".into()), "w").resume(&end(&changes), schemas(&changes));
    let error = setup().read().await.unwrap_err();
    assert!(error.message.contains("cannot be understood"), "{error}");
    let mut setup = setup();
    setup.leaves_out = Arc::new(|sql| sql.contains("CONVERT PARTITION"));
    let changes = setup.read().await.unwrap();
    assert_eq!(of("insert", &changes), ["insert w.base 6"]);
    client.execute("INSERT INTO w.p VALUES (7)").unwrap();
    let setup =
        Setup::new(settings(&server, "earliest".into()), "w").resume(&end(&changes), schemas(&changes));
    let error = setup.read().await.unwrap_err();
    assert!(error.message.contains("w.p") || error.to_string().contains("w.p"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_in_part_only_is_told_as_far_as_it_ran() {
    let server = server_or_skip!(MariaDb::builder().options(OPTIONS).start());
    let client = server.client();
    client.execute("CREATE DATABASE w; CREATE TABLE w.a (id INT PRIMARY KEY); CREATE TABLE w.b (id INT PRIMARY KEY); CREATE TABLE w.c (id INT PRIMARY KEY)").unwrap();
    client.execute("DROP TABLE w.a, w.missing").unwrap_err();
    client
        .execute("CREATE OR REPLACE TABLE w.b (id INT PRIMARY KEY) SELECT 1 AS id UNION ALL SELECT 1")
        .unwrap_err();
    client.execute("INSERT INTO w.c VALUES (1)").unwrap();
    let changes = Setup::new(settings(&server, "earliest".into()), "w").read().await.unwrap();
    let drops: Vec<_> = lines(&changes).into_iter().filter(|line| line.contains("DROP")).collect();
    assert!(drops.len() == 2 && drops.iter().all(|drop| drop.contains("IF EXISTS")), "{drops:?}");
    assert_eq!(of("insert", &changes), ["insert w.c 1"]);
    // Rows of an XA transaction that were undone cannot be taken out of those that are held.
    client
        .execute(
            "CREATE TABLE w.m (id INT PRIMARY KEY) ENGINE = MyISAM; XA START 'x'; INSERT INTO w.c VALUES (2); SAVEPOINT a;
        INSERT INTO w.c VALUES (3); INSERT INTO w.m VALUES (4); ROLLBACK TO a; XA END 'x'; XA PREPARE 'x'; XA COMMIT 'x'",
        )
        .unwrap();
    let setup = Setup::new(settings(&server, "latest".into()), "w").resume(&end(&changes), schemas(&changes));
    let error = setup.read().await.unwrap_err();
    assert!(error.message.contains("ROLLBACK TO SAVEPOINT"), "{error}");
}

//! Statements in the log, and transactions that come to nothing.

use crate::{harness::*, mysql};
use tidegate_test_servers::{MySql, server_or_skip};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_logged_as_a_statement_stops() {
    let server = server_or_skip!(MySql::builder().start());
    server.client().execute("CREATE DATABASE s; CREATE TABLE s.t (id INT PRIMARY KEY); SET SESSION binlog_format = 'STATEMENT'; INSERT INTO s.t VALUES (1)").unwrap();
    let error = Setup::new(settings(&server, "earliest".into()), "s").read().await.unwrap_err();
    assert!(error.message.contains("QUERY event: INSERT"), "{error}");
    assert!(error.place.as_ref().is_some_and(|place| place.contains("binlog.0")), "{error}");
    assert!(error.hint.as_ref().is_some_and(|hint| hint.contains("binlog_format = ROW")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn savepoints_and_things_that_are_not_replicated_pass() {
    let Some(server) = mysql() else { return };
    let start = here(server);
    let sql = "CREATE DATABASE odd; CREATE TABLE odd.t (id INT PRIMARY KEY);
        CREATE VIEW odd.v AS SELECT * FROM odd.t; CREATE USER odd_user; CREATE TRIGGER odd.tr BEFORE INSERT ON odd.t FOR EACH ROW SET @x = 1;
        BEGIN; INSERT INTO odd.t VALUES (1); SAVEPOINT a; INSERT INTO odd.t VALUES (2); ROLLBACK TO a; INSERT INTO odd.t VALUES (3); COMMIT;
        BEGIN; INSERT INTO odd.t VALUES (4); ROLLBACK; FLUSH TABLES; ANALYZE TABLE odd.t; DROP USER odd_user; INSERT INTO odd.t VALUES (5);";
    server.client().execute(sql).unwrap();
    let changes = Setup::new(settings(server, start), "odd").read().await.unwrap();
    let ours: Vec<_> = lines(&changes).into_iter().filter(|line| line.contains("odd")).collect();
    assert_eq!(
        ours,
        [
            "ddl CREATE DATABASE odd",
            "ddl CREATE TABLE odd.t (id INT PRIMARY KEY)",
            "insert odd.t 1",
            "insert odd.t 3",
            "insert odd.t 5"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_source_hands_over_at_once_and_a_stop_ends_it() {
    // A server of its own: a DDL of another test would close the batch.
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute("CREATE DATABASE calm; CREATE TABLE calm.t (id INT PRIMARY KEY)").unwrap();
    let mut reader = Setup::new(settings(&server, "latest".into()), "calm").for_ever().open().await.unwrap();
    reader.next().await.unwrap().unwrap();
    reader.set_waiting(false);
    server.client().execute("INSERT INTO calm.t VALUES (1)").unwrap();
    // Nobody waits, so the batch stays open …
    let open = tokio::time::timeout(std::time::Duration::from_millis(500), reader.next()).await;
    assert!(open.is_err());
    // … until somebody does.
    reader.set_waiting(true);
    assert_eq!(lines(&reader.rows(1).await.unwrap()), ["insert calm.t 1"]);
    reader.source.stop();
    while reader.next().await.unwrap().is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_writes_to_system_tables_only_passes() {
    let Some(server) = mysql() else { return };
    let start = here(server);
    let sql = "CREATE DATABASE beats; CREATE TABLE mysql.beat (id INT PRIMARY KEY, value BIGINT); SET SESSION binlog_format = 'STATEMENT';
        INSERT INTO mysql.beat(id, value) values (1,14792) ON DUPLICATE KEY UPDATE value = values(value);
        SET SESSION binlog_format = 'ROW'; DROP TABLE mysql.beat; CREATE TABLE beats.t (id INT PRIMARY KEY); INSERT INTO beats.t VALUES (1)";
    server.client().execute(sql).unwrap();
    let changes = Setup::new(settings(server, start), "beats").read().await.unwrap();
    assert_eq!(of("insert beats", &changes), ["insert beats.t 1"]);
}

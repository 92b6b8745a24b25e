//! What tests rely on: real servers that start, keep their data, and obey.

#![cfg(test)]

use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use tidegate_test_servers::{Error, MariaDb, MySql, Server, TiDb, Tls, server_or_skip};

fn version(server: &Server) -> String {
    server.client().execute("SELECT VERSION()").unwrap().trim().to_owned()
}

fn make_table(server: &Server) {
    let statements = "CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, note MEDIUMTEXT);\
                      INSERT INTO shop.orders VALUES (1, 'Grüße'), (2, NULL);";
    server.client().execute(statements).unwrap();
}

fn rows(server: &Server) -> Vec<Vec<String>> {
    server.client().database("shop").rows("SELECT id, note FROM orders ORDER BY id").unwrap()
}

/// A table survives an orderly restart and a crash, on the same port.
fn data_survives(mut server: Server) {
    let port = server.port();
    make_table(&server);
    server.restart().unwrap();
    assert_eq!(rows(&server), [["1", "Grüße"], ["2", "NULL"]]);
    server.kill().unwrap();
    assert!(TcpStream::connect(server.address()).is_err(), "a killed server listens no more");
    server.start().unwrap();
    assert_eq!(rows(&server), [["1", "Grüße"], ["2", "NULL"]]);
    assert_eq!(server.port(), port);
}

#[test]
fn mysql_keeps_its_data_across_restart_and_crash() {
    let server = server_or_skip!(MySql::builder().start());
    assert!(version(&server).starts_with("9."), "{}", version(&server));
    data_survives(server);
}

#[test]
fn mariadb_keeps_its_data_across_restart_and_crash() {
    let server = server_or_skip!(MariaDb::builder().start());
    assert!(version(&server).contains("MariaDB"), "{}", version(&server));
    data_survives(server);
}

#[test]
fn tidb_keeps_its_data_across_restart_and_crash() {
    let server = server_or_skip!(TiDb::builder().start());
    assert!(version(&server).contains("TiDB"), "{}", version(&server));
    data_survives(server);
}

/// Two servers of one kind run at once as different members of a replication topology.
#[test]
fn two_mysql_servers_are_different_servers() {
    let builder = MySql::builder();
    let (one, two) = (server_or_skip!(builder.start()), server_or_skip!(builder.start()));
    let identity = |server: &Server| server.client().rows("SELECT @@server_uuid, @@server_id").unwrap();
    assert_ne!(identity(&one), identity(&two));
    assert_ne!(one.port(), two.port());
    let row = &identity(&one)[0];
    assert_eq!(row[1], one.port().to_string());
}

/// A new MySQL writes a binary log with GTIDs that holds nothing of its own making.
#[test]
fn a_new_mysql_has_an_empty_binary_log_with_gtids() {
    let server = server_or_skip!(MySql::builder().start());
    let client = server.client();
    let settings =
        "SELECT @@gtid_mode, @@binlog_format, @@binlog_row_image, @@binlog_row_metadata, @@log_bin";
    assert_eq!(client.rows(settings).unwrap(), [["ON", "ROW", "FULL", "MINIMAL", "1"]]);
    assert_eq!(client.execute("SELECT @@gtid_executed").unwrap().trim(), "");
    make_table(&server);
    let executed = client.execute("SELECT @@gtid_executed").unwrap();
    assert!(executed.trim().ends_with(":1-3"), "{executed}");
    let log = server.data_dir().join("binlog.000001");
    let output = server.program("mysqlbinlog").unwrap().arg("--verbose").arg(log).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("INSERT INTO `shop`.`orders`"));
    assert!(server.program("mysqldump").is_ok());
}

/// An option of the test wins over the default, at the start and at a restart.
#[test]
fn options_win_over_defaults() {
    let builder = MySql::builder().option("--binlog-format=STATEMENT");
    let mut server = server_or_skip!(builder.option("--gtid-mode=OFF_PERMISSIVE").start());
    let query = "SELECT @@binlog_format, @@gtid_mode";
    assert_eq!(server.client().rows(query).unwrap(), [["STATEMENT", "OFF_PERMISSIVE"]]);
    server.restart_with(["--binlog-format=MIXED"]).unwrap();
    assert_eq!(server.client().rows(query).unwrap(), [["MIXED", "OFF_PERMISSIVE"]]);
}

#[test]
fn tidb_reads_options_of_its_configuration_file() {
    let builder = TiDb::builder().option("performance.txn-entry-size-limit = 65536");
    let server = server_or_skip!(builder.start());
    make_table(&server);
    let error = server.client().execute("UPDATE shop.orders SET note = REPEAT('x', 100000)").unwrap_err();
    assert!(error.to_string().contains("ERROR 8025"), "{error}");
}

/// A server that refuses its options is an error that shows its log, not a skipped test.
#[test]
fn a_server_that_does_not_start_shows_its_log() {
    drop(server_or_skip!(MySql::builder().start()));
    let error = MySql::builder().option("--no-such-option=1").start().unwrap_err();
    assert!(matches!(error, Error::Server { .. }));
    assert!(error.to_string().contains("no-such-option"), "{error}");
}

fn session_cipher(server: &Server, option: &str) -> Result<String, Error> {
    server.client().option(option).execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
}

#[test]
fn mysql_encrypts_when_asked_and_only_then() {
    let server = server_or_skip!(MySql::builder().tls(Tls::On).start());
    assert!(session_cipher(&server, "--ssl-mode=REQUIRED").unwrap().contains("TLS_"));
    assert!(server.data_dir().join("ca.pem").is_file());
    let plain = server_or_skip!(MySql::builder().start());
    assert!(session_cipher(&plain, "--ssl-mode=REQUIRED").is_err());
    assert!(session_cipher(&plain, "--ssl-mode=DISABLED").is_ok());
}

#[test]
fn mariadb_and_tidb_encrypt_when_asked() {
    let mariadb = server_or_skip!(MariaDb::builder().tls(Tls::On).start());
    assert!(session_cipher(&mariadb, "--ssl").unwrap().contains("TLS_"));
    let tidb = server_or_skip!(TiDb::builder().tls(Tls::On).start());
    assert!(session_cipher(&tidb, "--ssl").unwrap().contains("TLS_"));
    let plain = server_or_skip!(TiDb::builder().start());
    assert!(!session_cipher(&plain, "--ssl").unwrap().contains("TLS_"));
}

/// A paused server keeps its connections but says nothing until it is resumed.
#[test]
fn a_paused_server_is_silent_until_it_is_resumed() {
    let mut server = server_or_skip!(MySql::builder().start());
    server.pause().unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(stream.read(&mut [0; 1]).is_err(), "it greets nobody while it is paused");
    server.resume().unwrap();
    assert_eq!(server.client().execute("SELECT 1").unwrap(), "1\n");
    server.pause().unwrap();
    server.stop().unwrap();
    assert_eq!(server.process_id(), None);
}

/// A test ends: its server and everything that the server wrote are gone.
#[test]
fn dropping_a_server_removes_it() {
    let server = server_or_skip!(MySql::builder().start());
    let (folder, id) = (server.data_dir(), server.process_id().unwrap());
    assert!(folder.is_dir() && server.socket().unwrap().exists());
    assert!(server.log_tail().contains("ready for connections"));
    drop(server);
    assert!(!folder.parent().unwrap().exists());
    assert!(!Path::new(&format!("/proc/{id}")).exists());
}

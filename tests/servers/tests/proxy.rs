//! What fault tests rely on: each fault does to a real server and a real client what it says.

#![cfg(test)]

use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use tidegate_test_servers::proxy::{Fault, Proxy, When};
use tidegate_test_servers::{Client, MySql, Result, Server, Tls, server_or_skip};

const SOON: Duration = Duration::from_secs(10);

/// Tests that share a server use tables of their own.
fn start(builder: &tidegate_test_servers::Builder) -> Result<(Server, Proxy)> {
    let server = builder.start()?;
    server.client().execute("CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)")?;
    let proxy = Proxy::start(server.address())?;
    Ok((server, proxy))
}

fn through(server: &Server, proxy: &Proxy) -> Client {
    server.client().port(proxy.port()).database("shop")
}

fn ids(server: &Server) -> Vec<String> {
    let rows = server.client().rows("SELECT id FROM shop.orders ORDER BY id").unwrap();
    rows.into_iter().flatten().collect()
}

fn insert(client: &Client, id: u32) -> Result<String> {
    client.execute(&format!("BEGIN; INSERT INTO orders VALUES ({id}); COMMIT; SELECT 'heard'"))
}

/// Starts a client that goes on while the test does something else.
fn in_background(client: &Client, statement: &str) -> Child {
    let mut command = client.command();
    command.arg(format!("--execute={statement}")).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn wait_for_statement(server: &Server, part: &str) {
    let query = format!("SELECT COUNT(*) FROM performance_schema.processlist WHERE info LIKE '{part}%'");
    for _ in 0..500 {
        if server.client().execute(&query).unwrap().trim() == "1" {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("no client runs `{part}`");
}

/// The server commits, the client only learns that its connection is gone.
#[test]
fn a_lost_answer_is_executed_but_never_heard() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy);
    let trap = proxy.arm(When::starts_with("COMMIT"), Fault::LoseAnswer);
    let error = insert(&client, 1).unwrap_err().to_string();
    assert!(error.contains("ERROR 2013"), "{error}");
    assert!(trap.wait(SOON));
    assert_eq!(ids(&server), ["1"]);
    assert_eq!(insert(&client, 2).unwrap(), "heard\n", "a trap springs once");
}

/// The connection ends before COMMIT: the server rolls back.
#[test]
fn a_cut_before_a_statement_keeps_it_from_the_server() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy);
    let trap = proxy.arm(When::starts_with("commit").nth(2), Fault::CutBefore);
    insert(&client, 1).unwrap();
    assert!(!trap.has_sprung());
    let error = insert(&client, 2).unwrap_err().to_string();
    assert!(error.contains("ERROR 2013"), "{error}");
    assert!(trap.has_sprung());
    insert(&client, 3).unwrap();
    assert_eq!(ids(&server), ["1", "3"]);
}

/// The client sees a deadlock that the server knows nothing of, and goes on as it likes.
#[test]
fn an_injected_error_is_all_that_the_client_sees() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy);
    let deadlock = || Fault::error(1213, b"40001", "Deadlock found when trying to get lock");
    proxy.arm(When::contains("into orders"), deadlock());
    let error = client.execute("INSERT INTO orders VALUES (1)").unwrap_err().to_string();
    assert!(error.contains("ERROR 1213 (40001) at line 1: Deadlock found"), "{error}");
    assert_eq!(ids(&server).len(), 0);

    proxy.arm(When::contains("into orders"), deadlock());
    let forced = client.clone().option("--force");
    let both = "INSERT INTO orders VALUES (1); INSERT INTO orders VALUES (2)";
    assert!(forced.execute(both).is_ok(), "--force goes on after an error");
    assert_eq!(ids(&server), ["2"]);
    assert_eq!(proxy.connections_made(), 2);

    proxy.arm(When::contains("into orders"), deadlock());
    proxy.disarm();
    client.execute("INSERT INTO orders VALUES (1)").unwrap();
}

/// The server has done what the client is told to have failed.
#[test]
fn an_error_after_a_statement_is_a_lie() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy);
    let trap =
        proxy.arm(When::contains("into orders"), Fault::error_after(1105, b"HY000", "context canceled"));
    let error = client.execute("INSERT INTO orders VALUES (1)").unwrap_err().to_string();
    assert!(error.contains("ERROR 1105 (HY000) at line 1: context canceled"), "{error}");
    assert!(trap.has_sprung());
    assert_eq!(ids(&server), ["1"]);
}

/// A network that drops every packet is told from a closed one by nothing but silence.
#[test]
fn a_black_hole_is_silent_and_can_be_restored() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy);
    let trap = proxy.arm(When::starts_with("SELECT 41"), Fault::BlackHole);
    let mut waiting = in_background(&client, "SELECT 41 + 1");
    assert!(trap.wait(SOON));
    assert_eq!(client.execute("SELECT 1").unwrap(), "1\n", "other connections live on");
    proxy.black_hole();
    let mut new = in_background(&client, "SELECT 2");
    thread::sleep(Duration::from_millis(300));
    assert!(waiting.try_wait().unwrap().is_none());
    assert!(new.try_wait().unwrap().is_none());
    proxy.restore();
    assert_eq!(waiting.wait_with_output().unwrap().stdout, b"42\n");
    assert_eq!(new.wait_with_output().unwrap().stdout, b"2\n");
}

/// All connections end at once, in the middle of a statement, and new ones are served.
#[test]
fn a_cut_ends_every_connection_at_once() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy);
    let sleepers = ["SELECT SLEEP(60)", "DO SLEEP(60)"].map(|sleep| {
        let sleeper = in_background(&client, sleep);
        wait_for_statement(&server, sleep);
        sleeper
    });
    assert_eq!(proxy.connections_open(), 2);
    proxy.cut();
    for sleeper in sleepers {
        let output = sleeper.wait_with_output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains("ERROR 2013"));
    }
    assert_eq!(proxy.connections_open(), 0);
    assert_eq!(client.execute("SELECT 1").unwrap(), "1\n");
}

/// Messages of more than 16 MiB pass in both directions, unharmed.
#[test]
fn large_messages_pass_unharmed() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let client = through(&server, &proxy).option("--max-allowed-packet=64M");
    let text = "abcdefghij".repeat(2_000_000);
    let answer = client.execute(&format!("SELECT '{text}'")).unwrap();
    assert!(answer.trim_end() == text, "{} bytes came back", answer.len());
}

/// The server offers encryption: the proxy takes the offer away, so that it sees statements.
#[test]
fn statements_are_seen_though_the_server_could_encrypt() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder().tls(Tls::On)));
    let client = through(&server, &proxy).option("--compress");
    let trap = proxy.arm(When::starts_with("COMMIT"), Fault::LoseAnswer);
    assert!(insert(&client, 1).is_err());
    assert!(trap.wait(SOON));
    let error = client.option("--ssl-mode=REQUIRED").execute("SELECT 1").unwrap_err().to_string();
    assert!(error.contains("SSL"), "{error}");
}

/// Prepared statements count when they are executed, by the library that Tidegate uses.
#[tokio::test]
async fn executions_of_prepared_statements_are_seen() {
    let (server, proxy) = server_or_skip!(start(&MySql::builder()));
    let options = OptsBuilder::default()
        .ip_or_hostname("127.0.0.1")
        .tcp_port(proxy.port())
        .user(Some(server.user()))
        .pass(Some(server.password()))
        .db_name(Some("shop"))
        .prefer_socket(false);
    let mut connection = Conn::new(options).await.unwrap();
    let trap = proxy.arm(When::starts_with("INSERT INTO orders").nth(2), Fault::LoseAnswer);
    let insert = "INSERT INTO orders VALUES (?)";
    connection.exec_drop(insert, (1,)).await.unwrap();
    assert!(connection.exec_drop(insert, (2,)).await.is_err());
    assert!(trap.has_sprung());
    assert_eq!(ids(&server), ["1", "2"]);
}

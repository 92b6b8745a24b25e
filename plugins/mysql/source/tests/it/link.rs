//! Connections that break, and servers that change.

use crate::{harness::*, heavy};
use std::time::{Duration, Instant};
use tidegate_test_servers::{MySql, proxy::Proxy, server_or_skip};

fn through(proxy: &Proxy, settings: serde_json::Value) -> serde_json::Value {
    let mut settings = settings;
    settings["port"] = proxy.port().into();
    settings
}

fn ids(lines: &[String]) -> Vec<u32> {
    let id = |line: &String| line.rsplit([' ', ',']).find_map(|word| word.parse().ok());
    lines.iter().filter_map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_loses_and_doubles_nothing() {
    let Some(server) = heavy() else { return };
    server
        .client()
        .execute("CREATE DATABASE cuts; CREATE TABLE cuts.t (v TEXT, id INT PRIMARY KEY)")
        .unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let setup = Setup::new(through(&proxy, settings(server, "latest".into())), "cuts").for_ever().rows(500);
    let mut reader = setup.open().await.unwrap();
    let mut all = vec![reader.next().await.unwrap().unwrap()];
    // One transaction that is longer than what lies between network and decoder.
    let fill = "SET SESSION cte_max_recursion_depth = 100000; INSERT INTO cuts.t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT REPEAT('x', 5000), i FROM n;";
    server.client().execute(fill).unwrap();
    for _ in 0..3 {
        all.extend(reader.rows(3000).await.unwrap());
        proxy.cut();
    }
    all.extend(reader.rows(10_000 - lines(&all).len()).await.unwrap());
    server.client().execute("INSERT INTO cuts.t VALUES ('last', 10001)").unwrap();
    all.extend(reader.rows(1).await.unwrap());
    assert_eq!(ids(&lines(&all)), (1..=10_001).collect::<Vec<_>>());
    assert!(reader.source.observe().reconnects >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_without_a_connection_is_not_caught_up() {
    let Some(server) = heavy() else { return };
    server.client().execute("CREATE DATABASE gone; CREATE TABLE gone.t (id INT PRIMARY KEY)").unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let mut reader = Setup::new(through(&proxy, settings(server, "latest".into())), "gone")
        .for_ever()
        .open()
        .await
        .unwrap();
    let mut caught_up = async |wanted: (bool, bool), what: &str| {
        for _ in 0..100 {
            let next = reader.source.next(&mut reader.demand);
            drop(tokio::time::timeout(Duration::from_millis(50), next).await);
            let seen = reader.source.observe();
            if (seen.connected, seen.caught_up) == wanted {
                return;
            }
        }
        panic!("{what}");
    };
    caught_up((true, true), "heartbeats say that there is no more").await;
    proxy.black_hole();
    caught_up((false, false), "the connection is dead").await;
    proxy.cut();
    proxy.restore();
    caught_up((true, true), "it goes on").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_dead() {
    // Nobody else may write to it while it is to be silent.
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute("CREATE DATABASE hush; CREATE TABLE hush.t (id INT PRIMARY KEY)").unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let setup = Setup::new(through(&proxy, settings(&server, "latest".into())), "hush").for_ever();
    let mut reader = setup.set("connect-timeout", "1s".into()).open().await.unwrap();
    reader.next().await.unwrap().unwrap();
    // Heartbeats keep an idle connection alive.
    let idle = tokio::time::timeout(Duration::from_secs(2), reader.next()).await;
    assert!(idle.is_err() && reader.source.observe().reconnects == 0);
    let made = proxy.connections_made();
    proxy.black_hole();
    server.client().execute("INSERT INTO hush.t VALUES (1)").unwrap();
    let began = Instant::now();
    let restore = async {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert!(proxy.connections_made() > made, "the dead connection was not noticed");
        proxy.cut();
        proxy.restore();
    };
    let (changes, ()) = tokio::join!(reader.rows(1), restore);
    assert_eq!(lines(&changes.unwrap()), ["insert hush.t 1"]);
    assert!(reader.source.observe().reconnects >= 1 && began.elapsed() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_is_waited_for() {
    let mut server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute("CREATE DATABASE r; CREATE TABLE r.t (id INT PRIMARY KEY)").unwrap();
    let mut reader = Setup::new(settings(&server, "latest".into()), "r").for_ever().open().await.unwrap();
    reader.next().await.unwrap().unwrap();
    server
        .client()
        .execute("INSERT INTO r.t VALUES (1); FLUSH BINARY LOGS; INSERT INTO r.t VALUES (2)")
        .unwrap();
    let mut all = reader.rows(2).await.unwrap();
    let restarted = tokio::task::spawn_blocking(move || {
        server.kill().unwrap();
        server.start().unwrap();
        server.client().execute("INSERT INTO r.t VALUES (3)").unwrap();
        server
    });
    all.extend(reader.rows(1).await.unwrap());
    let _server = restarted.await.unwrap();
    assert_eq!(lines(&all), ["insert r.t 1", "insert r.t 2", "insert r.t 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lags_is_waited_for() {
    let Some(server) = heavy() else { return };
    let other = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    other.client().execute("SET sql_log_bin = 0; CREATE DATABASE lags; CREATE TABLE lags.t (id INT PRIMARY KEY); SET sql_log_bin = 1; RESET BINARY LOGS AND GTIDS").unwrap();
    let changes = Setup::new(settings(server, "latest".into()), "lags").read().await.unwrap();
    let behind = end(&changes);
    let executed = behind.applied.gtids.clone().unwrap().to_string();
    let catch_up = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        // What a replica has when it has caught up, and one transaction more.
        let sql = format!(
            "SET GLOBAL gtid_purged = '{executed}'; CREATE DATABASE elsewhere; INSERT INTO lags.t VALUES (7);"
        );
        other.client().execute(&sql).unwrap();
    };
    let began = Instant::now();
    let setup = Setup::new(settings(&other, "latest".into()), "lags").resume(&behind, Vec::new()).for_ever();
    let (reader, ()) = tokio::join!(setup.open(), catch_up);
    let mut reader = reader.unwrap();
    assert!(began.elapsed() > Duration::from_secs(1));
    let changes = reader.rows(2).await.unwrap();
    assert_eq!(lines(&changes), ["ddl CREATE DATABASE elsewhere", "insert lags.t 7"]);
}

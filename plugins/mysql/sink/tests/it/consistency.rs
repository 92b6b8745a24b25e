//! The two levels of consistency, foreign keys, quiet times, and several sources with one target.

use crate::{
    cells,
    feed::{Feed, INT, TEXT, delete, index, insert, table, update},
    stage::Stage,
};
use serde_json::json;
use std::time::Duration;
use tidegate_plugin::Change;
use tidegate_test_servers::{MySql, TiDb, server_or_skip};

/// The target holds whole source transactions at any time, also one that is larger than a window.
#[tokio::test(flavor = "multi_thread")]
async fn under_transaction_the_target_shows_whole_transactions_only() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)");
    let a = table("t", "a", &[("id", INT)]);
    let mut feed = Feed::default();
    for n in 0..20 {
        let size = if n == 7 { 500 } else { 10 };
        feed.push((0..size).map(|row| insert(&a, cells![n * 1_000 + row])).collect());
    }
    let settings = || json!({ "consistency": "transaction", "window-rows": 50 });
    let (mut sink, _) = stage.open(settings()).await.unwrap();
    let client = stage.server.client();
    let watch = tokio::task::spawn_blocking(move || {
        for _ in 0..40 {
            let found = client.rows("SELECT id DIV 1000, COUNT(*) FROM t.a GROUP BY 1").unwrap();
            for row in found {
                let whole = if row[0] == "7" { "500" } else { "10" };
                assert_eq!(row[1], whole, "transaction {} is seen in part", row[0]);
            }
        }
    });
    for change in feed.parts(60) {
        sink.write(change).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sink.flush().await.unwrap();
    sink.close().await.unwrap();
    watch.await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.a"), "690\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn tidb_refuses_a_transaction_that_it_cannot_hold_unless_told() {
    let stage = Stage::new(server_or_skip!(TiDb::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)");
    let a = table("t", "a", &[("id", INT)]);
    let mut feed = Feed::default();
    feed.push((0..500).map(|row| insert(&a, cells![row])).collect());
    let settings =
        |oversize: &str| json!({ "consistency": "transaction", "window-rows": 50, "oversize": oversize });
    for (oversize, fails) in [("stop", true), ("row", false)] {
        let (mut sink, _) = stage.open(settings(oversize)).await.unwrap();
        let mut outcome = Ok(());
        for change in feed.parts(60) {
            outcome = sink.write(change).await;
            if outcome.is_err() {
                break;
            }
        }
        assert_eq!(outcome.is_err(), fails);
        if !fails {
            sink.flush().await.unwrap();
        }
        sink.close().await.unwrap();
    }
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.a"), "500\n");
}

/// What the log does not say of children the target does itself, in the order of the source.
#[tokio::test(flavor = "multi_thread")]
async fn cascades_that_are_not_logged_happen_at_the_target() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(
        "CREATE DATABASE t; CREATE TABLE t.p (id INT PRIMARY KEY, v VARCHAR(100)); \
         CREATE TABLE t.c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE ON UPDATE CASCADE)",
    );
    let parent = table("t", "p", &[("id", INT), ("v", TEXT)]);
    let child = table("t", "c", &[("id", INT), ("p", INT)]);
    let mut feed = Feed::default();
    for n in 1..=40 {
        feed.push(vec![
            insert(&parent, cells![n, "x"]),
            insert(&child, cells![n, n]),
            insert(&child, cells![n + 100, n]),
        ]);
        if n % 2 == 0 {
            feed.push(vec![delete(&parent, cells![n, "x"])]);
        } else {
            feed.push(vec![update(&parent, cells![n, "x"], cells![n + 1_000, "x"])]);
        }
    }
    stage.apply(&feed, 5, json!({ "lanes": 4 })).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*), SUM(id > 1000) FROM t.p"), "20\t20\n");
    assert_eq!(stage.sql("SELECT COUNT(*), SUM(p > 1000) FROM t.c"), "40\t40\n");
}

/// While nothing is at hand what is buffered becomes durable by itself, and a mere move of the position, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_stream_becomes_durable() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)");
    let a = table("t", "a", &[("id", INT)]);
    let mut feed = Feed::default();
    feed.push(vec![insert(&a, cells![1])]);
    feed.push(Vec::new());
    let (mut sink, _) = stage.open(json!({})).await.unwrap();
    let changes: Vec<Change> = feed.batches(None, 1);
    for (number, change) in changes.into_iter().enumerate() {
        sink.write(change).await.unwrap();
        // Dropped again and again, as the engine does when something arrives.
        for _ in 0..3 {
            let _ = tokio::time::timeout(Duration::from_millis(1), sink.idle()).await;
        }
        while sink.durable().is_none_or(|durable| index(&durable.applied) <= number) {
            tokio::time::timeout(Duration::from_secs(10), sink.idle()).await.unwrap().unwrap();
        }
    }
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.a"), "1\n");
    sink.close().await.unwrap();
}

/// Two source tables share a target: what one of them takes away stops.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_sources_cannot_drop_their_target() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)");
    let one = table("s1", "a", &[("id", INT)]);
    let two = table("s2", "a", &[("id", INT)]);
    let mut feed = Feed::default();
    feed.route(&[("s1", "a"), ("s2", "a")], ("t", "a"));
    feed.push(vec![insert(&one, cells![1]), insert(&two, cells![2])]);
    stage.apply(&feed, 1, json!({})).await.unwrap();
    feed.ddl("DROP TABLE `t`.`a`", &[("s2", "a")]);
    let error = stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("would take away what other source tables have"), "{error}");
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.a"), "2\n");
}

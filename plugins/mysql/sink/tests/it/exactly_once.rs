//! One lane or several: nothing lost, nothing doubled, whatever happens to connections and processes.

use crate::{
    cells,
    feed::{BIGINT, Feed, INT, TEXT, delete, insert, table, update},
    stage::Stage,
};
use serde_json::json;
use tidegate_test_servers::{
    MySql,
    proxy::{Fault, When},
    server_or_skip,
};

pub(crate) const TABLES: &str = "CREATE DATABASE t; \
    CREATE TABLE t.keyed (id INT PRIMARY KEY, u BIGINT, v VARCHAR(100), UNIQUE KEY (u)); \
    CREATE TABLE t.bare (a INT, b VARCHAR(100))";

/// Transactions with every operation on a keyed and on a keyless table, with duplicates in the latter.
pub(crate) fn history(count: i64) -> (Feed, String, String) {
    let keyed = table("t", "keyed", &[("id", INT), ("u", BIGINT), ("v", TEXT)]);
    let bare = table("t", "bare", &[("a", INT), ("b", TEXT)]);
    let mut feed = Feed::default();
    let (mut rows, mut lines) = (std::collections::BTreeMap::new(), Vec::new());
    for n in 0..count {
        let mut changes =
            vec![insert(&keyed, cells![n, n * 10, "new"]), insert(&bare, cells![n % 3, "same"])];
        rows.insert(n, (n * 10, "new".to_owned()));
        lines.push((n % 3, "same"));
        if n % 2 == 1 {
            // Two rows swap the values of a unique key, by way of NULL.
            let (a, b) = (n - 1, n);
            let (x, y) = (rows[&a].clone(), rows[&b].clone());
            changes.push(update(&keyed, cells![a, x.0, &*x.1], cells![a, None, "moved"]));
            changes.push(update(&keyed, cells![b, y.0, &*y.1], cells![b, x.0, "moved's"]));
            changes.push(update(&keyed, cells![a, None, "moved"], cells![a, y.0, "moved"]));
            rows.insert(a, (y.0, "moved".to_owned()));
            rows.insert(b, (x.0, "moved's".to_owned()));
        }
        if n % 5 == 4 {
            let old = rows.remove(&(n - 2)).unwrap();
            changes.push(delete(&keyed, cells![n - 2, old.0, &*old.1]));
            changes.push(delete(&bare, cells![(n - 1) % 3, "same"]));
            let at = lines.iter().position(|line| *line == ((n - 1) % 3, "same")).unwrap();
            lines.remove(at);
            changes.push(update(&bare, cells![n % 3, "same"], cells![n % 3, "SAME"]));
            let at = lines.iter().position(|line| *line == (n % 3, "same")).unwrap();
            lines[at] = (n % 3, "SAME");
        }
        feed.push(changes);
    }
    let keyed: String = rows.iter().map(|(id, (u, v))| format!("{id}\t{u}\t{v}\n")).collect();
    lines.sort_unstable();
    let bare: String = lines.iter().map(|(a, b)| format!("{a}\t{b}\n")).collect();
    (feed, keyed, bare)
}

pub(crate) fn assert_equal(stage: &Stage, keyed: &str, bare: &str) {
    assert_eq!(stage.sql("SELECT * FROM t.keyed ORDER BY id"), keyed);
    assert_eq!(stage.sql("SELECT * FROM t.bare ORDER BY a, BINARY b"), bare);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_arrive_and_a_restart_goes_on_behind_them() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(50);
    let first = Feed { transactions: feed.transactions[..30].to_vec(), ..Feed::default() };
    stage.apply(&first, 3, json!({ "lanes": 1, "window-rows": 10 })).await.unwrap();
    stage.apply(&feed, 7, json!({ "lanes": 1 })).await.unwrap();
    assert_equal(&stage, &keyed, &bare);
}

/// Each COMMIT is executed once, and its answer lost once.
#[tokio::test(flavor = "multi_thread")]
async fn a_share_whose_commit_was_not_answered_is_neither_lost_nor_doubled() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(40);
    for (fault, nth) in [(Fault::LoseAnswer, 4), (Fault::LoseAnswer, 7), (Fault::CutBefore, 6)] {
        stage.proxy.disarm();
        stage.sql("TRUNCATE t.keyed; TRUNCATE t.bare; DROP DATABASE IF EXISTS tidegate");
        let trap = stage.proxy.arm(When::starts_with("COMMIT").nth(nth), fault);
        stage.apply(&feed, 2, json!({ "lanes": 1, "window-rows": 15 })).await.unwrap();
        assert!(trap.has_sprung());
        assert_equal(&stage, &keyed, &bare);
    }
}

/// An answer to COMMIT that would come again, such as TiDB's to a transaction that is too large, stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_refused_stops() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(40);
    let fault = Fault::error(8004, b"HY000", "Transaction is too large");
    let trap = stage.proxy.arm(When::starts_with("COMMIT").nth(4), fault);
    let settings = || json!({ "lanes": 1, "window-rows": 15 });
    let error = stage.apply(&feed, 2, settings()).await.unwrap_err();
    assert!(trap.has_sprung());
    assert_eq!(error.kind, tidegate_plugin::ErrorKind::Definite, "{error}");
    assert!(error.to_string().contains("error 8004"), "{error}");
    stage.apply(&feed, 2, settings()).await.unwrap();
    assert_equal(&stage, &keyed, &bare);
}

/// A statement in the middle of a share fails for a while: the whole share is repeated.
#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_a_deadlock_ends_is_repeated_whole() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(40);
    let fault = Fault::error(1213, b"40001", "Deadlock found when trying to get lock");
    let trap = stage.proxy.arm(When::contains("INSERT INTO `t`.`bare`").nth(3), fault);
    stage.apply(&feed, 2, json!({ "lanes": 1, "window-rows": 15 })).await.unwrap();
    assert!(trap.has_sprung());
    assert_eq!(stage.health.retries(), 1);
    assert_equal(&stage, &keyed, &bare);
}

/// A lane that waits for its target says so in the middle of a write.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_away_is_told() {
    let mut stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(20);
    let (mut sink, _) = stage.open(json!({ "lanes": 1, "window-rows": 15 })).await.unwrap();
    let mut changes = feed.batches(None, 5).into_iter();
    sink.write(changes.next().unwrap()).await.unwrap();
    sink.flush().await.unwrap();
    assert!(stage.health.is_connected());
    stage.server.kill().unwrap();
    let health = stage.health.clone();
    let writing = tokio::spawn(async move {
        for change in changes {
            sink.write(change).await.unwrap();
        }
        sink.flush().await.unwrap();
    });
    while health.is_connected() || health.retries() < 2 {
        assert!(!writing.is_finished());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    stage.server.start().unwrap();
    writing.await.unwrap();
    assert!(health.is_connected());
    assert_equal(&stage, &keyed, &bare);
}

/// The process vanishes at any time; the next one goes on from the target's checkpoint.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_vanishes_leaves_nothing_half_done() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(60);
    for round in 0..6 {
        let (mut sink, resume) = stage.open(json!({ "lanes": 1, "window-rows": 9 })).await.unwrap();
        for change in feed.batches(resume.as_deref(), 1).into_iter().take(5 + round) {
            sink.write(change).await.unwrap();
        }
        drop(sink);
    }
    stage.apply(&feed, 4, json!({ "lanes": 1 })).await.unwrap();
    assert_equal(&stage, &keyed, &bare);
}

/// Of two processes the younger one wins, and the older one stops without a trace.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_fences_the_first_off() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, keyed, bare) = history(20);
    let (mut old, _) = stage.open(json!({ "lanes": 1 })).await.unwrap();
    let batches = feed.batches(None, 10);
    old.write(batches[0].clone()).await.unwrap();
    old.flush().await.unwrap();
    let (mut new, resume) = stage.open(json!({ "lanes": 1 })).await.unwrap();
    old.write(batches[1].clone()).await.unwrap();
    let error = old.flush().await.unwrap_err();
    assert!(error.to_string().contains("another process has taken it over"), "{error}");
    for change in feed.batches(resume.as_deref(), 10) {
        new.write(change).await.unwrap();
    }
    new.flush().await.unwrap();
    assert_equal(&stage, &keyed, &bare);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_row_stops_unless_told_otherwise() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let keyed = table("t", "keyed", &[("id", INT), ("u", BIGINT), ("v", TEXT)]);
    let mut feed = Feed::default();
    let change = |id: i64| update(&keyed, cells![id, id, "a"], cells![id, id, "b"]);
    feed.push((1..=3).map(change).collect());
    stage.sql("INSERT INTO t.keyed VALUES (2, 2, 'a')");
    let error = stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("not there"), "{error}");
    assert!(error.place.unwrap().contains("t.keyed, binlog.000001:4"));
    assert_eq!(stage.sql("SELECT v FROM t.keyed"), "a\n");
    stage.apply(&feed, 1, json!({ "on-missing": "count" })).await.unwrap();
    assert_eq!(stage.sql("SELECT id, v FROM t.keyed"), "2\tb\n");
    stage.sql("UPDATE t.keyed SET v = 'a'; DROP DATABASE tidegate");
    stage.apply(&feed, 1, json!({ "on-missing": "upsert" })).await.unwrap();
    assert_eq!(stage.sql("SELECT id, v FROM t.keyed"), "1\tb\n2\tb\n3\tb\n");
}

//! Several lanes: uneven windows are finished as they were planned.

use crate::{
    cells,
    feed::{Feed, INT, TEXT, delete, insert, table, update},
    stage::Stage,
};
use serde_json::json;
use std::time::Duration;
use tidegate_test_servers::{
    MySql,
    proxy::{Fault, When},
    server_or_skip,
};

const ROWS: i64 = 6_000;

/// Windows of many rows over three tables, one without a key.
fn history() -> (Feed, String) {
    let a = table("t", "a", &[("id", INT), ("u", INT), ("v", TEXT)]);
    let b = table("t", "b", &[("id", INT), ("u", INT), ("v", TEXT)]);
    let bare = table("t", "bare", &[("n", INT)]);
    let mut feed = Feed::default();
    for n in 0..ROWS {
        let mut changes = vec![insert(&a, cells![n, n, "x"]), insert(&b, cells![-n, n, "x"])];
        if n % 10 == 0 {
            changes.push(insert(&bare, cells![n % 7]));
        }
        if n % 2 == 1 {
            changes.push(update(&a, cells![n, n, "x"], cells![n, n, "y"]));
            changes.push(delete(&b, cells![-n, n, "x"]));
        }
        if n % 4 == 2 {
            // The unique value that a deleted row has freed.
            changes.push(update(&b, cells![-n, n, "x"], cells![-n, n - 1, "taken"]));
        }
        feed.push(changes);
    }
    let expected = format!("{ROWS}\t{}\n{}\t{}\n{}\n", ROWS / 2, ROWS / 2, ROWS / 4, ROWS / 10);
    (feed, expected)
}

fn assert_equal(stage: &Stage, expected: &str) {
    let found = stage.sql(
        "SELECT COUNT(*), SUM(v = 'y') FROM t.a; SELECT COUNT(*), SUM(v = 'taken' AND u = -id - 1) FROM t.b; \
         SELECT COUNT(*) FROM t.bare",
    );
    assert_eq!(found, expected);
}

const TABLES: &str = "DROP DATABASE IF EXISTS tidegate; DROP DATABASE IF EXISTS t; CREATE DATABASE t; \
    CREATE TABLE t.a (id INT PRIMARY KEY, u INT, v VARCHAR(100), UNIQUE KEY (u)); \
    CREATE TABLE t.b (id INT PRIMARY KEY, u INT, v VARCHAR(100), UNIQUE KEY (u)); \
    CREATE TABLE t.bare (n INT)";

#[tokio::test(flavor = "multi_thread")]
async fn several_lanes_apply_large_windows() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, expected) = history();
    stage.apply(&feed, 100, json!({ "lanes": 4, "window-rows": 4_000 })).await.unwrap();
    assert_equal(&stage, &expected);
    let lanes = stage.sql("SELECT COUNT(DISTINCT lane), COUNT(DISTINCT connection) FROM tidegate.lane");
    assert_eq!(lanes, "4\t4\n");
}

/// One lane fails for good while the others commit; the next process has another number of lanes and other batches.
#[tokio::test(flavor = "multi_thread")]
async fn an_uneven_window_is_finished_by_another_number_of_lanes() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    let (feed, expected) = history();
    for (nth, lanes) in [(14, 2), (15, 1), (16, 7), (13, 4)] {
        stage.sql(TABLES);
        let fault = Fault::error(1105, b"HY000", "broken on purpose");
        stage.proxy.disarm();
        let trap = stage.proxy.arm(When::starts_with("UPDATE tidegate.lane SET `window`").nth(nth), fault);
        let settings = json!({ "lanes": 4, "window-rows": 4_000 });
        let error = stage.apply(&feed, 100, settings).await.unwrap_err();
        assert!(trap.has_sprung(), "{error}");
        let standing = stage.sql("SELECT COUNT(DISTINCT `window`) FROM tidegate.lane");
        assert_eq!(standing, "2\n", "the window is not uneven");
        stage.apply(&feed, 37, json!({ "lanes": lanes, "window-rows": 3_000 })).await.unwrap();
        assert_equal(&stage, &expected);
        assert_eq!(stage.sql("SELECT COUNT(*) FROM tidegate.lane"), format!("{lanes}\n"));
    }
}

/// A process pauses between the end of an uneven window and its new layout; its successor keeps the pipeline.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_fenced_off_does_not_lay_out_anew() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, expected) = history();
    let fault = Fault::error(1105, b"HY000", "broken on purpose");
    stage.proxy.arm(When::starts_with("UPDATE tidegate.lane SET `window`").nth(14), fault);
    let settings = || json!({ "lanes": 4, "window-rows": 4_000 });
    stage.apply(&feed, 100, settings()).await.unwrap_err();
    let (mut old, resume) = stage.open(settings()).await.unwrap();
    let claim = When::starts_with("INSERT IGNORE INTO tidegate.pipeline");
    let trap = stage.proxy.arm(claim, Fault::BlackHole);
    for change in feed.batches(resume.as_deref(), 100) {
        if trap.has_sprung() || old.write(change).await.is_err() {
            break;
        }
    }
    assert!(trap.wait(Duration::from_secs(20)), "the window was not finished");
    let (mut new, resume) = stage.open(settings()).await.unwrap();
    stage.proxy.restore();
    let error = old.flush().await.unwrap_err();
    assert!(error.to_string().contains("another process has taken it over"), "{error}");
    for change in feed.batches(resume.as_deref(), 100) {
        new.write(change).await.unwrap();
    }
    new.flush().await.unwrap();
    assert_equal(&stage, &expected);
}

/// What decided the plan has changed while a window is uneven: refused, with what to do.
#[tokio::test(flavor = "multi_thread")]
async fn an_uneven_window_is_not_finished_by_another_plan() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let (feed, expected) = history();
    let fault = Fault::error(1105, b"HY000", "broken on purpose");
    stage.proxy.arm(When::starts_with("UPDATE tidegate.lane SET `window`").nth(14), fault);
    let settings = || json!({ "lanes": 4, "window-rows": 4_000 });
    stage.apply(&feed, 100, settings()).await.unwrap_err();
    stage.sql("ALTER TABLE t.b DROP INDEX u");
    let error = stage.apply(&feed, 100, settings()).await.unwrap_err();
    assert!(error.to_string().contains("the target's tables or their keys changed"), "{error}");
    stage.sql("ALTER TABLE t.b ADD UNIQUE INDEX u (u)");
    let mut other = feed.clone();
    other.transactions.swap(5_000, 5_002);
    let error = stage.apply(&other, 100, settings()).await.unwrap_err();
    assert!(error.to_string().contains("its rows read differently"), "{error}");
    // Another source has a DDL before the rows that are still missing.
    let standing = stage.sql("SELECT lane, `window` FROM tidegate.lane ORDER BY lane");
    let mut ddl = Feed::default();
    ddl.ddl("ALTER TABLE `t`.`a` ADD COLUMN n INT", &[("t", "a")]);
    let (mut sink, _) = stage.open(settings()).await.unwrap();
    let error = match sink.write(ddl.batches(None, 1).remove(0)).await {
        Ok(()) => sink.flush().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.to_string().contains("has a DDL before its end"), "{error}");
    drop(sink);
    assert_eq!(stage.sql("SELECT lane, `window` FROM tidegate.lane ORDER BY lane"), standing);
    stage.apply(&feed, 100, settings()).await.unwrap();
    assert_equal(&stage, &expected);
}

//! The target fails over and has lost a part of what it acknowledged: the pipeline goes back to what is there.

use crate::{
    cells,
    feed::{Feed, INT, insert, table},
    stage::Stage,
};
use serde_json::json;
use tidegate_plugin::{Change, ErrorKind, PluginError, Sink};
use tidegate_test_servers::{
    MySql,
    proxy::{Fault, When},
    server_or_skip,
};

/// Rows enough for all lanes, and what one lane applies.
const LARGE: usize = 1_500;
const SMALL: usize = 20;

/// Each row tells which connection wrote it.
const TABLES: &str = "DROP DATABASE IF EXISTS tidegate; DROP DATABASE IF EXISTS t; CREATE DATABASE t; \
    CREATE TABLE t.a (id INT PRIMARY KEY, c BIGINT DEFAULT (CONNECTION_ID()))";

/// A change for each of the first three windows: by one lane, by all, and `third` rows or a DDL.
fn history(third: Option<usize>) -> Feed {
    let a = table("t", "a", &[("id", INT)]);
    let mut feed = Feed::default();
    let mut id = 0;
    let mut rows = |count: usize| {
        id += count as i64;
        (id - count as i64..id).map(|id| insert(&a, cells![id])).collect()
    };
    feed.push(rows(SMALL));
    feed.push(rows(LARGE));
    match third {
        Some(count) => feed.push(rows(count)),
        None => feed.ddl("ALTER TABLE `t`.`a` ADD COLUMN n INT", &[("t", "a")]),
    }
    feed
}

/// Takes a lane's commit of the second window back, as a server does that never got it, and ends all connections.
fn lose(stage: &Stage, lane: usize, older: &str) {
    let lost = stage.sql(&format!(
        "DELETE FROM t.a WHERE id >= {SMALL} AND c = (SELECT connection FROM tidegate.lane WHERE lane = {lane}); \
         SELECT ROW_COUNT(); UPDATE tidegate.lane SET `window` = 1, record = '{older}' WHERE lane = {lane};"
    ));
    assert_ne!(lost, "0\n", "the lane had no share");
    stage.proxy.cut();
}

async fn write(sink: &mut Box<dyn Sink>, change: Change) -> Result<(), PluginError> {
    sink.write(change).await?;
    sink.flush().await
}

/// Writes two windows, loses a lane's commit of the second one, and writes the third; then goes on from what is there.
async fn rewinds(stage: &Stage, lanes: &[usize], feed: &Feed, expected: &str) {
    stage.sql(TABLES);
    let settings = || json!({ "lanes": 2, "window-rows": 2_000 });
    let (mut sink, resume) = stage.open(settings()).await.unwrap();
    let mut changes = feed.batches(resume.as_deref(), 1).into_iter();
    write(&mut sink, changes.next().unwrap()).await.unwrap();
    let record = stage.sql("SELECT record FROM tidegate.lane WHERE `window` = 1");
    write(&mut sink, changes.next().unwrap()).await.unwrap();
    lanes.iter().for_each(|lane| lose(stage, *lane, record.trim()));
    let error = write(&mut sink, changes.next().unwrap()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Transient, "{lanes:?}: {error}");
    assert!(error.to_string().contains("it has lost commits"), "{lanes:?}: {error}");
    drop(sink);
    stage.apply(feed, 1, settings()).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*), COUNT(DISTINCT id) FROM t.a"), expected, "{lanes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_commit_of_any_lane_rewinds_before_anything_is_sent() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    for third in [SMALL, LARGE] {
        let rows = SMALL + LARGE + third;
        for lanes in [&[0][..], &[1], &[0, 1]] {
            rewinds(&stage, lanes, &history(Some(third)), &format!("{rows}\t{rows}\n")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ddl_is_not_executed_at_a_target_that_has_lost_commits() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    let rows = SMALL + LARGE;
    for lanes in [&[0][..], &[1], &[0, 1]] {
        rewinds(&stage, lanes, &history(None), &format!("{rows}\t{rows}\n")).await;
    }
}

/// The intent is there and a window before it is not: nobody may move the checkpoint behind the DDL.
#[tokio::test(flavor = "multi_thread")]
async fn an_intent_ahead_of_its_rows_is_refused() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(TABLES);
    let feed = history(None);
    let first = Feed { transactions: feed.transactions[..1].to_vec(), ..Feed::default() };
    stage.apply(&first, 1, json!({ "lanes": 1 })).await.unwrap();
    let older = stage.sql("SELECT record FROM tidegate.lane");
    let alter = |sql: &str| sql.starts_with("ALTER");
    let trap = stage.proxy.arm(When::matches(alter), Fault::LoseAnswer);
    stage.apply(&feed, 1, json!({ "lanes": 1 })).await.unwrap_err();
    assert!(trap.has_sprung());
    stage.sql(&format!("UPDATE tidegate.lane SET `window` = 1, record = '{}'", older.trim()));
    let error = stage.apply(&feed, 1, json!({ "lanes": 1 })).await.unwrap_err();
    assert!(error.to_string().contains("was begun behind window 2"), "{error}");
    assert_eq!(stage.sql("SELECT `window` FROM tidegate.lane"), "1\n");
}

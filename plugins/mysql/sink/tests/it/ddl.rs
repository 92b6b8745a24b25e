//! DDL: executed once, whatever happens in between.

use crate::{
    cells,
    feed::{Feed, INT, TEXT, insert, keyed, table},
    stage::Stage,
};
use serde_json::json;
use std::sync::Arc;
use tidegate_model::Session;
use tidegate_plugin::Change;
use tidegate_test_servers::{
    MySql, TiDb,
    proxy::{Fault, When},
    server_or_skip,
};

/// Statements of every kind with rows between them, and what the target holds at the end.
pub(crate) fn history() -> Feed {
    let before = table("t", "a", &[("id", INT), ("v", TEXT)]);
    let after = table("t", "a", &[("id", INT), ("v", TEXT), ("n", INT)]);
    let other = table("t", "b", &[("id", INT), ("v", TEXT)]);
    let mut feed = Feed::default();
    feed.ddl("CREATE DATABASE `t`", &[("t", "")]);
    feed.ddl("CREATE TABLE `t`.`a` (id INT PRIMARY KEY, v VARCHAR(100))", &[("t", "a")]);
    feed.ddl("CREATE TABLE `t`.`b` (id INT PRIMARY KEY, v VARCHAR(100))", &[("t", "b")]);
    feed.push(vec![insert(&before, cells![1, "a"]), insert(&other, cells![1, "b"])]);
    feed.ddl(
        "RENAME TABLE `t`.`a` TO `t`.`x`, `t`.`b` TO `t`.`a`, `t`.`x` TO `t`.`b`",
        &[("t", "a"), ("t", "b")],
    );
    feed.push(vec![insert(&before, cells![2, "in b's place"])]);
    feed.ddl("TRUNCATE TABLE `t`.`b`", &[("t", "b")]);
    feed.push(vec![insert(&other, cells![7, "alone"])]);
    feed.ddl("ALTER TABLE `t`.`a` ADD COLUMN n INT DEFAULT 5", &[("t", "a")]);
    feed.push(vec![insert(&after, cells![3, "c", 6])]);
    feed.ddl("CREATE TABLE `t`.`c` (id INT)", &[("t", "c")]);
    feed.ddl("DROP TABLE `t`.`c`", &[("t", "c")]);
    feed
}

pub(crate) fn assert_equal(stage: &Stage) {
    assert_eq!(stage.sql("SELECT * FROM t.a ORDER BY id"), "1\tb\t5\n2\tin b's place\t5\n3\tc\t6\n");
    assert_eq!(stage.sql("SELECT * FROM t.b"), "7\talone\n");
    assert_eq!(
        stage.sql("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 't' ORDER BY 1"),
        "a\nb\n"
    );
    assert_eq!(
        stage.sql("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'tidegate'"),
        "5\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ddl_of_every_kind_happens_between_the_rows_around_it() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.apply(&history(), 3, json!({ "lanes": 2 })).await.unwrap();
    assert_equal(&stage);
    assert_eq!(stage.sql("SELECT done FROM tidegate.ddl"), "1\n");
}

/// Each statement is executed and its answer lost, or its connection cut before it; the next start decides.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_ddl_is_decided_and_completed() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    let faults = || [Fault::LoseAnswer, Fault::CutBefore];
    for part in [
        "TABLE `t`.`a` (id",
        "TABLE `t`.`a` TO",
        "TABLE `t`.`b`\n",
        "ADD COLUMN n",
        "TABLE `t`.`c`\n",
        "SET done = 1",
    ] {
        for fault in faults() {
            stage.proxy.disarm();
            stage.sql("DROP DATABASE IF EXISTS t; DROP DATABASE IF EXISTS tidegate");
            let wanted = part.trim_end().to_owned();
            let whole = part.ends_with('\n');
            let statement = move |sql: &str| {
                !sql.contains("tidegate.ddl (")
                    && if whole { sql.ends_with(&wanted) } else { sql.contains(&wanted) }
            };
            let trap = stage.proxy.arm(When::matches(statement), fault);
            let error = stage.apply(&history(), 3, json!({ "lanes": 2 })).await.unwrap_err();
            assert!(trap.has_sprung(), "{part}");
            assert_eq!(error.kind, tidegate_plugin::ErrorKind::Transient, "{part}: {error}");
            stage.apply(&history(), 3, json!({ "lanes": 3 })).await.unwrap();
            assert_equal(&stage);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_counts_as_done_only_if_it_holds_the_sources_rows() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    let (id, v) = ("id INT", "v VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci");
    let mut feed = Feed::default();
    let schema = keyed(&table("t", "a", &[("id", INT), ("v", TEXT)]), 0);
    feed.ddl_making("CREATE TABLE `t`.`a` (id INT PRIMARY KEY, v VARCHAR(100))", &schema);
    stage.sql("CREATE DATABASE t");
    for (columns, lack) in [
        (format!("{id} PRIMARY KEY"), "it has no column `v`"),
        (format!("{id} PRIMARY KEY, v VARCHAR(10)"), "column `v` does not hold all values: it is shorter"),
        (format!("{id} PRIMARY KEY, v VARCHAR(100) NOT NULL"), "column `v` does not hold NULL"),
        (format!("{id} PRIMARY KEY, v VARCHAR(100) AS ('x')"), "column `v` is computed"),
        (format!("{id}, {v}, UNIQUE (v)"), "it has no unique key like `PRIMARY`"),
    ] {
        stage.sql(&format!("CREATE TABLE t.a ({columns})"));
        let error = stage.apply(&feed, 1, json!({})).await.expect_err(&columns);
        assert!(error.to_string().contains(lack), "{columns}: {error}");
        stage.sql("DROP TABLE t.a");
    }
    // As a table into which several shards are merged.
    stage.sql(&format!("CREATE TABLE t.a (shard VARCHAR(5), {v}, {id}, PRIMARY KEY (shard, id))"));
    stage.apply(&feed, 1, json!({})).await.unwrap();
}

/// A refused statement leaves nothing behind: a filter may drop it, and the stream goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_ddl_stops_and_can_be_left_out() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    let mut feed = Feed::default();
    feed.ddl("ALTER TABLE `t`.`gone` ADD COLUMN n INT", &[("t", "gone")]);
    let error = stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("refuses"), "{error}");
    let mut left_out = Feed::default();
    left_out.ddl("", &[]);
    stage.apply(&left_out, 1, json!({})).await.unwrap();
}

/// The source's session cannot be made at the target, whose tables of time zones are empty: nothing was sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_target_refuses_leaves_no_intent_behind() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    let mut feed = Feed::default();
    feed.ddl("CREATE DATABASE `t`", &[("t", "")]);
    let (mut sink, _) = stage.open(json!({})).await.unwrap();
    let mut change = feed.batches(None, 1).remove(0);
    if let Change::Ddl(ddl) = &mut change {
        let zone = Some("Nowhere/At_all".into());
        ddl.session = Arc::new(Session { time_zone: zone, ..(*ddl.session).clone() });
    }
    sink.write(change).await.unwrap();
    let error = sink.flush().await.unwrap_err();
    assert!(error.to_string().contains("1298") && error.place.is_some(), "{error}");
    std::mem::drop(sink);
    let mut left_out = Feed::default();
    left_out.ddl("", &[]);
    stage.apply(&left_out, 1, json!({})).await.unwrap();
}

/// The process dies between two attempts of a RENAME: what tells of the first must outlive it.
#[tokio::test(flavor = "multi_thread")]
async fn a_rename_is_decided_whatever_step_of_its_repetition_is_interrupted() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    for again in ["DROP TABLE IF EXISTS `tidegate`", "CREATE TABLE `tidegate`", "REPLACE INTO tidegate.ddl"] {
        stage.sql("DROP DATABASE IF EXISTS t; DROP DATABASE IF EXISTS tidegate");
        let rename = |sql: &str| !sql.contains("tidegate.ddl (") && sql.contains("TABLE `t`.`a` TO");
        for when in [When::matches(rename), When::starts_with(again)] {
            stage.proxy.disarm();
            let trap = stage.proxy.arm(when, Fault::CutBefore);
            stage.apply(&history(), 3, json!({})).await.unwrap_err();
            assert!(trap.has_sprung(), "{again}");
        }
        stage.apply(&history(), 3, json!({})).await.unwrap();
        assert_eq!(stage.sql("SELECT v FROM t.a WHERE id = 1"), "b\n", "{again}");
    }
}

/// InnoDB keeps names in a form of its own; a swap that happened is not done again, which would undo it.
#[tokio::test(flavor = "multi_thread")]
async fn an_exchanged_partition_is_found_under_any_name() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(
        "CREATE DATABASE `t-1`; CREATE TABLE `t-1`.`a-b` (id INT PRIMARY KEY) PARTITION BY RANGE (id) \
         (PARTITION p0 VALUES LESS THAN (9)); CREATE TABLE `t-1`.`c d` (id INT PRIMARY KEY); \
         INSERT INTO `t-1`.`a-b` VALUES (1); INSERT INTO `t-1`.`c d` VALUES (2)",
    );
    let mut feed = Feed::default();
    feed.ddl(
        "ALTER TABLE `t-1`.`a-b` EXCHANGE PARTITION p0 WITH TABLE `t-1`.`c d`",
        &[("t-1", "a-b"), ("t-1", "c d")],
    );
    let statement = |sql: &str| sql.contains("EXCHANGE") && !sql.contains("tidegate.ddl (");
    let trap = stage.proxy.arm(When::matches(statement), Fault::LoseAnswer);
    stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(trap.has_sprung());
    stage.apply(&feed, 1, json!({})).await.unwrap();
    assert_eq!(stage.sql("SELECT * FROM `t-1`.`a-b`; SELECT * FROM `t-1`.`c d`"), "2\n1\n");
}

/// TiDB drops tables one by one, each by a job with the same text: the first one's says nothing of the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_drop_that_tidb_has_half_done_is_completed() {
    let stage = Stage::new(server_or_skip!(TiDb::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT); CREATE TABLE t.b (id INT)");
    let mut feed = Feed::default();
    feed.ddl("DROP TABLE `t`.`a`, `t`.`b`", &[("t", "a"), ("t", "b")]);
    let statement = |sql: &str| sql.starts_with("DROP");
    let trap = stage.proxy.arm(When::matches(statement), Fault::CutBefore);
    stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(trap.has_sprung());
    let intent = stage.sql("SELECT HEX(record) FROM tidegate.ddl WHERE done = 0");
    let bytes: Vec<u8> = intent
        .trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let intent: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let nonce = intent["nonce"].as_u64().unwrap();
    let marked = format!("DROP /* tidegate:{nonce:016x}-{}-{} */ TABLE t.a", intent["number"], intent["at"]);
    stage.server.client().option("--comments").execute(&marked).unwrap();
    let jobs = "SELECT COUNT(*) FROM information_schema.DDL_JOBS WHERE QUERY LIKE '%tidegate:%TABLE t.a'";
    assert_eq!(stage.sql(jobs), "1\n");
    stage.apply(&feed, 1, json!({})).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 't'"), "0\n");
}

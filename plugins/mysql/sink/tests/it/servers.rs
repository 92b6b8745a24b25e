//! What each server does in its own way: MariaDB and TiDB.

use crate::{ddl, exactly_once, feed::Feed, stage::Stage};
use serde_json::json;
use tidegate_test_servers::{
    MariaDb, TiDb,
    proxy::{Fault, When},
    server_or_skip,
};

/// Lost answers and cut connections at COMMIT, with one lane and with two.
async fn nothing_is_lost_or_doubled(stage: &Stage) {
    stage.sql(exactly_once::TABLES);
    let (feed, keyed, bare) = exactly_once::history(40);
    for (fault, nth, lanes) in
        [(Fault::LoseAnswer, 4, 1), (Fault::LoseAnswer, 7, 2), (Fault::CutBefore, 6, 2)]
    {
        stage.proxy.disarm();
        stage.sql("TRUNCATE t.keyed; TRUNCATE t.bare; DROP DATABASE IF EXISTS tidegate");
        let trap = stage.proxy.arm(When::starts_with("COMMIT").nth(nth), fault);
        stage.apply(&feed, 2, json!({ "lanes": lanes, "window-rows": 15 })).await.unwrap();
        assert!(trap.has_sprung());
        exactly_once::assert_equal(stage, &keyed, &bare);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_loses_and_doubles_nothing() {
    nothing_is_lost_or_doubled(&Stage::new(server_or_skip!(MariaDb::builder().start()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tidb_loses_and_doubles_nothing() {
    nothing_is_lost_or_doubled(&Stage::new(server_or_skip!(TiDb::builder().start()))).await;
}

/// TiDB keeps each statement with its job, marker included: so each interruption is decided.
#[tokio::test(flavor = "multi_thread")]
async fn tidb_tells_what_became_of_a_ddl() {
    let stage = Stage::new(server_or_skip!(TiDb::builder().start()));
    for part in ["`t`.`a` (id", "`t`.`a` TO", "ADD COLUMN n", "SET done = 1"] {
        for fault in [Fault::LoseAnswer, Fault::CutBefore] {
            stage.proxy.disarm();
            stage.sql("DROP DATABASE IF EXISTS t; DROP DATABASE IF EXISTS tidegate");
            let statement = move |sql: &str| !sql.contains("tidegate.ddl (") && sql.contains(part);
            let trap = stage.proxy.arm(When::matches(statement), fault);
            stage.apply(&ddl::history(), 3, json!({ "lanes": 2 })).await.unwrap_err();
            assert!(trap.has_sprung(), "{part}");
            stage.apply(&ddl::history(), 3, json!({ "lanes": 3 })).await.unwrap();
            ddl::assert_equal(&stage);
        }
    }
}

/// A TiDB server that stops answers with an error and its job goes on: a swap must not be sent again.
#[tokio::test(flavor = "multi_thread")]
async fn tidb_is_asked_what_became_of_a_ddl_that_it_answered_with_an_error() {
    let stage = Stage::new(server_or_skip!(TiDb::builder().start()));
    for (part, after) in [("`t`.`a` TO", true), ("`t`.`a` TO", false), ("TRUNCATE", true)] {
        stage.proxy.disarm();
        stage.sql("DROP DATABASE IF EXISTS t; DROP DATABASE IF EXISTS tidegate");
        let statement = move |sql: &str| !sql.contains("tidegate.ddl (") && sql.contains(part);
        let (code, state, message) = (1105, b"HY000", "context canceled");
        let fault =
            if after { Fault::error_after(code, state, message) } else { Fault::error(code, state, message) };
        let trap = stage.proxy.arm(When::matches(statement), fault);
        let outcome = stage.apply(&ddl::history(), 3, json!({ "lanes": 2 })).await;
        assert!(trap.has_sprung(), "{part}");
        assert_eq!(outcome.is_ok(), after, "{part}: {outcome:?}");
        stage.apply(&ddl::history(), 3, json!({ "lanes": 2 })).await.unwrap();
        ddl::assert_equal(&stage);
    }
}

/// Several tables are dropped by as many jobs, and the process dies between them.
#[tokio::test(flavor = "multi_thread")]
async fn tidb_drops_the_tables_that_an_interrupted_drop_left() {
    let stage = Stage::new(server_or_skip!(TiDb::builder().start()));
    let mut feed = Feed::default();
    feed.ddl("CREATE DATABASE `t`", &[("t", "")]);
    feed.ddl("CREATE TABLE `t`.`a` (id INT)", &[("t", "a")]);
    feed.ddl("CREATE TABLE `t`.`b` (id INT)", &[("t", "b")]);
    feed.ddl("DROP TABLE `t`.`a`, `t`.`b`", &[("t", "a"), ("t", "b")]);
    let drop = |sql: &str| !sql.contains("tidegate.ddl (") && sql.contains("`t`.`a`, `t`.`b`");
    let trap = stage.proxy.arm(When::matches(drop), Fault::LoseAnswer);
    stage.apply(&feed, 3, json!({})).await.unwrap_err();
    assert!(trap.has_sprung());
    // As if the second job had never been begun.
    stage.sql("CREATE TABLE t.b (id INT)");
    stage.apply(&feed, 3, json!({})).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 't'"), "0\n");
}

/// MariaDB's ALTER is not decided by us: it stops with both choices, and goes on with the operator's.
#[tokio::test(flavor = "multi_thread")]
async fn mariadb_leaves_an_interrupted_alter_to_the_operator() {
    let stage = Stage::new(server_or_skip!(MariaDb::builder().start()));
    for (fault, answer) in [(Fault::LoseAnswer, 2), (Fault::CutBefore, 3)] {
        stage.proxy.disarm();
        stage.sql("DROP DATABASE IF EXISTS t; DROP DATABASE IF EXISTS tidegate");
        let alter = |sql: &str| !sql.contains("tidegate.ddl (") && sql.contains("ADD COLUMN n");
        let trap = stage.proxy.arm(When::matches(alter), fault);
        stage.apply(&ddl::history(), 3, json!({})).await.unwrap_err();
        assert!(trap.has_sprung());
        let error = stage.apply(&ddl::history(), 3, json!({})).await.unwrap_err();
        assert!(error.to_string().contains("does not tell whether it was executed"), "{error}");
        stage.sql(&format!("UPDATE tidegate.ddl SET done = {answer}"));
        stage.apply(&ddl::history(), 3, json!({})).await.unwrap();
        ddl::assert_equal(&stage);
    }
}

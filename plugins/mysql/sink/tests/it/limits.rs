//! What is larger than the target takes.

use crate::{
    cells,
    feed::{Cell, Feed, INT, insert, table},
    stage::Stage,
};
use serde_json::json;
use std::time::Duration;
use tidegate_model::ColumnKind;
use tidegate_plugin::ErrorKind;
use tidegate_test_servers::{
    MySql, TiDb,
    proxy::{Fault, When},
    server_or_skip,
};

/// Large rows go by themselves; one that is larger than a packet of the target stops, and says what to do.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_the_target_does_not_take_stops() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(
        "SET GLOBAL max_allowed_packet = 1048576; CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY, v LONGBLOB)",
    );
    let a = table("t", "a", &[("id", INT), ("v", ColumnKind::Blob { length_bytes: 4 })]);
    let row =
        |id: i64, bytes: usize| insert(&a, vec![Some(Cell::Int(id)), Some(Cell::Bytes(vec![b'x'; bytes]))]);
    let mut feed = Feed::default();
    // Each is written in two bytes a byte.
    feed.push(vec![row(1, 100_000), row(2, 450_000), row(3, 500_000), row(4, 100_000), row(5, 450_000)]);
    stage.apply(&feed, 1, json!({})).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*), SUM(LENGTH(v)) FROM t.a"), "5\t1600000\n");
    feed.push(vec![row(6, 530_000)]);
    let error = stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Definite);
    assert!(error.to_string().contains("the target takes 1047552 (max_allowed_packet)"), "{error}");
    assert!(error.place.unwrap().starts_with("t.a, binlog.000001:"));
    // The server gives new connections the new limit.
    stage.sql("SET GLOBAL max_allowed_packet = 4194304");
    stage.apply(&feed, 1, json!({})).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.a"), "6\n");
}

async fn findings(stage: &Stage, settings: serde_json::Value) -> Vec<(String, String)> {
    let none: [tidegate_plugin::RoutedTable; 0] = [];
    let findings = stage.sink(settings).check("p", &none).await.unwrap();
    let told = findings
        .into_iter()
        .filter(|finding| ["target-packet", "target-transaction"].contains(&&*finding.item));
    told.map(|finding| (format!("{:?}", finding.level), finding.message)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_the_limits_of_the_target() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("SET GLOBAL max_allowed_packet = 1048576");
    let told = findings(&stage, json!({})).await;
    assert!(told.len() == 1 && told[0].1.contains("statements of up to 1MiB"), "{told:?}");
    let stage = Stage::new(server_or_skip!(TiDb::builder().start()));
    let told = findings(&stage, json!({ "window-bytes": "90MiB" })).await;
    assert!(told.len() == 2 && told[1].1.contains("txn-total-size-limit"), "{told:?}");
    assert_eq!(told[1].0, "Warning");
    assert_ne!(findings(&stage, json!({})).await[1].0, "Warning");
}

/// While a window is applied, one is planned, one waits, and one is gathered: no more, for each may be a quarter of the
/// memory.
#[tokio::test(flavor = "multi_thread")]
async fn four_windows_are_at_hand_at_most() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)");
    let a = table("t", "a", &[("id", INT)]);
    let mut feed = Feed::default();
    for n in 0..8 {
        feed.push(vec![insert(&a, cells![n])]);
    }
    stage.proxy.arm(When::starts_with("INSERT INTO `t`"), Fault::BlackHole);
    let (mut sink, _) = stage.open(json!({ "window-rows": 1 })).await.unwrap();
    let mut written = 0;
    for change in feed.batches(None, 1) {
        let write = tokio::time::timeout(Duration::from_millis(500), sink.write(change));
        let Ok(outcome) = write.await else { break };
        outcome.unwrap();
        written += 1;
    }
    assert_eq!(written, 3, "the fourth window has no place yet");
}

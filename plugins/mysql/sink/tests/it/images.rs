//! Images that do not hold the whole row, as under `binlog_row_image=MINIMAL`.

use crate::{
    cells,
    feed::{Cell, Feed, INT, delete, insert, table, update},
    stage::Stage,
};
use serde_json::json;
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, TableSchema};
use tidegate_test_servers::{MariaDb, MySql, TiDb, server_or_skip};

/// The same table where a column is NOT NULL and has a default.
fn defaulted(table: &TableSchema, column: usize, default: &str) -> Arc<TableSchema> {
    let mut table = table.clone();
    let old = (*table.columns[column]).clone();
    table.columns[column] =
        Arc::new(Column { nullable: false, default: ColumnDefault::Literal(default.into()), ..old });
    Arc::new(table)
}

fn int(value: i64) -> Option<Cell> {
    Some(Cell::Int(value))
}

/// An insert whose image lacks a column of the key by which the target finds rows: alone, and among others.
#[tokio::test(flavor = "multi_thread")]
async fn inserts_may_lack_the_key_of_the_target() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(
        "CREATE DATABASE t; CREATE TABLE t.a (id INT, part INT NOT NULL DEFAULT 0, v INT, PRIMARY KEY (id, part)); \
         CREATE TABLE t.own (id INT AUTO_INCREMENT PRIMARY KEY, v INT)",
    );
    let a = defaulted(&table("t", "a", &[("id", INT), ("part", INT), ("v", INT)]), 1, "0");
    let own = table("t", "own", &[("v", INT)]);
    let mut feed = Feed::default();
    feed.push(vec![insert(&own, cells![0])]);
    feed.push(vec![insert(&a, vec![int(0), None, int(0)])]);
    let mut many = Vec::new();
    for n in 1..20 {
        many.push(insert(&own, cells![n]));
        many.push(insert(&a, vec![int(n), None, int(n)]));
        // The row that was inserted without its key is found by it.
        many.push(update(&a, vec![int(n), int(0), None], vec![None, None, int(n * 10)]));
    }
    feed.push(many);
    stage.apply(&feed, 1, json!({ "window-rows": 1 })).await.unwrap();
    assert_eq!(stage.sql("SELECT COUNT(*), COUNT(DISTINCT v), MAX(id) FROM t.own"), "20\t20\t20\n");
    assert_eq!(stage.sql("SELECT COUNT(*), SUM(v), MAX(part) FROM t.a"), "20\t1900\t0\n");
}

/// A column is compared with the target's when it comes, not with the first rows of its table.
#[tokio::test(flavor = "multi_thread")]
async fn columns_that_came_later_are_compared_too() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY, v DECIMAL(10,1)); INSERT INTO t.a VALUES (1, 1)");
    let decimal = ColumnKind::Decimal { precision: 10, scale: 2, unsigned: false };
    let a = table("t", "a", &[("id", INT), ("v", decimal)]);
    let mut feed = Feed::default();
    feed.push(vec![delete(&a, vec![int(1), None])]);
    feed.push(vec![insert(&a, cells![2, 125])]);
    let (mut sink, _) = stage.open(json!({ "window-rows": 1 })).await.unwrap();
    for change in feed.batches(None, 1) {
        sink.write(change).await.unwrap();
    }
    let error = sink.flush().await.unwrap_err();
    assert!(error.to_string().contains("1 digits behind the point instead of 2"), "{error}");
}

/// The default of a TIMESTAMP is in the zone of whoever created the table: only the zero value is one instant.
#[tokio::test(flavor = "multi_thread")]
async fn the_default_of_a_timestamp_is_not_guessed() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY, ts TIMESTAMP NULL)");
    let plain = table("t", "a", &[("id", INT), ("ts", ColumnKind::Timestamp { fsp: 0 })]);
    for (default, is_known) in [("0000-00-00 00:00:00", true), ("2020-01-01 00:00:00", false)] {
        stage.sql("DROP DATABASE IF EXISTS tidegate; TRUNCATE t.a");
        let mut feed = Feed::default();
        feed.push(vec![insert(&defaulted(&plain, 1, default), vec![int(1), None])]);
        let outcome = stage.apply(&feed, 1, json!({})).await;
        assert_eq!(outcome.is_ok(), is_known, "{outcome:?}");
    }
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.a"), "0\n");
}

/// A column that an UPDATE stamps keeps the source's value, in the key and where the image lacks it.
async fn nothing_is_stamped(stage: &Stage) {
    let stamped = "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP";
    stage.sql(&format!(
        "CREATE DATABASE t; CREATE TABLE t.a (id INT, ts {stamped}, v INT, PRIMARY KEY (id, ts)); \
         CREATE TABLE t.b (id INT PRIMARY KEY, ts {stamped}, v INT, own {stamped})"
    ));
    let columns = [("id", INT), ("ts", ColumnKind::Timestamp { fsp: 0 }), ("v", INT)];
    let (a, b) = (table("t", "a", &columns), table("t", "b", &columns));
    let then = 1_600_000_000_000_000;
    let mut feed = Feed::default();
    for n in 0..5 {
        feed.push(vec![insert(&a, cells![n, then, n]), insert(&b, cells![n, then, n])]);
    }
    feed.push(vec![update(&a, cells![0, then, 0], cells![0, then, 10])]);
    let change = |n: i64| update(&a, cells![n, then, n], cells![n, then, n + 10]);
    feed.push((1..5).map(change).collect());
    let change = |n: i64| update(&b, vec![int(n), None, None], vec![None, None, int(n + 10)]);
    feed.push((0..5).map(change).collect());
    let (mut sink, _) = stage.open(json!({ "window-rows": 1 })).await.unwrap();
    for (number, part) in feed.batches(None, 1).into_iter().enumerate() {
        if number == 5 {
            stage.sql("UPDATE t.b SET ts = ts, own = FROM_UNIXTIME(1600000000)");
        }
        sink.write(part).await.unwrap();
        sink.flush().await.unwrap();
    }
    sink.close().await.unwrap();
    for table in ["t.a", "t.b"] {
        let found = stage
            .sql(&format!("SELECT SUM(v), MIN(UNIX_TIMESTAMP(ts)), MAX(UNIX_TIMESTAMP(ts)) FROM {table}"));
        assert_eq!(found, "60\t1600000000\t1600000000\n", "{table}");
    }
    // What the source does not have is the target's own.
    assert_eq!(stage.sql("SELECT COUNT(*) FROM t.b WHERE UNIX_TIMESTAMP(own) > 1600000000"), "5\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stamped_at_mysql() {
    nothing_is_stamped(&Stage::new(server_or_skip!(MySql::builder().start()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stamped_at_mariadb() {
    nothing_is_stamped(&Stage::new(server_or_skip!(MariaDb::builder().start()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stamped_at_tidb() {
    nothing_is_stamped(&Stage::new(server_or_skip!(TiDb::builder().start()))).await;
}

//! Images that do not hold the whole row, as under `binlog_row_image=MINIMAL`.

use crate::{
    cells,
    feed::{Cell, Feed, INT, insert, table, update},
    stage::Stage,
};
use serde_json::json;
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, TableSchema};
use tidegate_test_servers::{MySql, server_or_skip};

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

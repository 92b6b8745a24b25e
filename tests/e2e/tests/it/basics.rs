//! The main job in small: rows and schema changes arrive, and a restart goes on where it stopped.

use tidegate_e2e::{Pipeline, assert_equal};
use tidegate_test_servers::{MySql, TiDb, server_or_skip};

const CREATE: &str = "CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, item VARCHAR(20), price \
                      DECIMAL(10,2)); INSERT INTO shop.orders VALUES (1, 'tea', 2.50), (2, 'rice', 1), (3, NULL, NULL);";

#[test]
fn rows_and_tables_arrive_and_a_restart_goes_on() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    source.client().execute(CREATE).unwrap();
    let pipeline = Pipeline::new("basics", &source, &target);
    pipeline.run_well();
    assert_equal(&source, &target, &["shop.orders"]);
    source
        .client()
        .execute(
            "UPDATE shop.orders SET price = 3 WHERE id = 1; DELETE FROM shop.orders WHERE id = 2; ALTER TABLE shop.orders \
             ADD COLUMN n INT NOT NULL DEFAULT 7; INSERT INTO shop.orders VALUES (9, 'salt', 0.5, 1)",
        )
        .unwrap();
    pipeline.run_well();
    assert_equal(&source, &target, &["shop.orders"]);
}

#[test]
fn rows_and_tables_arrive_at_tidb() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(TiDb::builder().start());
    source.client().execute(CREATE).unwrap();
    Pipeline::new("basics", &source, &target).run_well();
    assert_equal(&source, &target, &["shop.orders"]);
}

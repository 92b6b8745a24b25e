//! The demo's data: two shops that sell while we look.

use anyhow::Result;
use std::{
    thread,
    time::{Duration, Instant},
};
use tidegate_test_servers::Server;

/// The source's tables.
pub(crate) const SCHEMA: &str = "
CREATE DATABASE shop_eu; CREATE DATABASE shop_us; CREATE DATABASE internal;
CREATE TABLE shop_eu.orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer INT, total DECIMAL(12,2), state ENUM('new','paid','sent'), at DATETIME(6));
CREATE TABLE shop_us.orders LIKE shop_eu.orders;
CREATE TABLE shop_eu.customers (id INT PRIMARY KEY, name VARCHAR(40), about JSON);
CREATE TABLE shop_us.customers LIKE shop_eu.customers;
CREATE TABLE shop_eu.sessions (token BINARY(16), until TIMESTAMP);
CREATE TABLE internal.secrets (id INT PRIMARY KEY);
";

/// What must exist at the target before: the merged table has a column more than its sources.
pub(crate) const TARGET: &str = "
CREATE DATABASE all_shops;
CREATE TABLE all_shops.customers (id INT, name VARCHAR(40), about JSON, shop VARCHAR(10), PRIMARY KEY (shop, id));
";

/// The tables that arrive as they are.
pub(crate) const TABLES: [&str; 2] = ["shop_eu.orders", "shop_us.orders"];

/// Questions to the target, with the source's form of each.
pub(crate) const QUESTIONS: [(&str, &str); 2] = [
    (
        "SELECT shop, COUNT(*), SUM(id), SUM(CRC32(name)) FROM all_shops.customers GROUP BY shop ORDER BY shop",
        "SELECT 'eu', COUNT(*), SUM(id), SUM(CRC32(name)) FROM shop_eu.customers UNION ALL SELECT 'us', COUNT(*), SUM(id), \
         SUM(CRC32(name)) FROM shop_us.customers",
    ),
    (
        "SELECT COUNT(*) FROM information_schema.tables WHERE TABLE_NAME IN ('sessions', 'secrets')",
        "SELECT 0",
    ),
];

/// A change behind all others, and the question whether it has arrived.
pub(crate) const LAST: &str = "INSERT INTO shop_eu.orders (customer, total) VALUES (-1, 0)";
/// See [`LAST`].
pub(crate) const HAS_LAST: &str = "SELECT COUNT(*) FROM shop_eu.orders WHERE customer = -1";

/// Sells in both shops for a while; returns the number of transactions.
pub(crate) fn load(source: &Server, time: Duration) -> Result<u64> {
    thread::scope(|scope| {
        let shops = ["shop_eu", "shop_us"].map(|shop| scope.spawn(move || sell(source, shop, time)));
        let mut total = 0;
        for shop in shops {
            total += shop.join().map_err(|_| anyhow::anyhow!("a shop panicked"))??;
        }
        Ok(total)
    })
}

fn sell(source: &Server, shop: &str, time: Duration) -> Result<u64> {
    let (end, mut round, mut transactions) = (Instant::now() + time, 0_u64, 0);
    while Instant::now() < end {
        let mut sql = format!("USE {shop};");
        for number in 0..200 {
            let customer = round * 200 + number;
            sql.push_str(&format!(
                "BEGIN; INSERT INTO customers VALUES ({customer}, 'Customer {customer}', '{{\"vip\": {}}}'); INSERT INTO \
                 orders (customer, total, state, at) VALUES ({customer}, {number}.25, 'new', NOW(6)), ({customer}, 7, \
                 'new', NOW(6)); UPDATE orders SET state = 'paid' WHERE id = LAST_INSERT_ID(); DELETE FROM orders WHERE id \
                 = CAST(LAST_INSERT_ID() AS SIGNED) - 50; COMMIT;",
                number % 7 == 0
            ));
            transactions += 1;
        }
        match round {
            1 => sql.push_str("ALTER TABLE orders ADD COLUMN note VARCHAR(20) DEFAULT 'none' AFTER total;"),
            3 => sql.push_str("CREATE INDEX by_state ON orders (state);"),
            _ => {}
        }
        source.client().execute(&sql)?;
        round += 1;
    }
    Ok(transactions)
}

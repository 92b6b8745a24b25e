//! Compressed transactions, and events that span packets.

use crate::{harness::*, heavy};
use tidegate_plugin::Change;

fn ids(changes: &[Change], schema: &str) -> usize {
    lines(changes).iter().filter(|line| line.starts_with(&format!("insert {schema}."))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_transaction_is_read_in_parts() {
    let Some(server) = heavy() else { return };
    let start = here(server);
    // 20 MB that do not compress: more than a packet of the protocol.
    let sql = "CREATE DATABASE packed; CREATE TABLE packed.t (id INT PRIMARY KEY, v VARBINARY(1024));
        SET SESSION binlog_transaction_compression = ON; SET SESSION cte_max_recursion_depth = 100000;
        INSERT INTO packed.t VALUES (0, 'small');
        INSERT INTO packed.t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, RANDOM_BYTES(1024) FROM n;
        INSERT INTO packed.t VALUES (-1, 'last');";
    server.client().execute(sql).unwrap();
    let setup = || Setup::new(settings(server, start.clone()), "packed");
    let changes = setup().read().await.unwrap();
    assert_eq!(ids(&changes, "packed"), 20_002);
    // Inside of it is a place to go on.
    let inside = changes.iter().rposition(|change| !change.end().applied.is_boundary()).unwrap();
    let (done, left) = changes.split_at(inside + 1);
    let read = setup().resume(done.last().unwrap().end(), schemas(done)).read().await.unwrap();
    assert_eq!(ids(&read, "packed"), ids(left, "packed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_may_be_longer_than_a_packet() {
    let Some(server) = heavy() else { return };
    let start = here(server);
    let sql = "CREATE DATABASE wide; CREATE TABLE wide.t (id INT PRIMARY KEY, v LONGTEXT);
        INSERT INTO wide.t VALUES (1, REPEAT('a', 100)), (2, REPEAT('b', 40000000)), (3, 'c'); INSERT INTO wide.t VALUES (4, 'd');";
    server.client().execute(sql).unwrap();
    let changes = Setup::new(settings(server, start), "wide").read().await.unwrap();
    let ours: Vec<_> = lines(&changes).into_iter().filter(|line| line.starts_with("insert wide")).collect();
    assert_eq!(
        ours,
        ["insert wide.t 1,a…100", "insert wide.t 2,b…40000000", "insert wide.t 3,c", "insert wide.t 4,d"]
    );
}

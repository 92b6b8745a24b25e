//! Where a stream begins.

use crate::{harness::*, mysql};

#[tokio::test(flavor = "multi_thread")]
async fn earliest_reads_everything() {
    let Some(server) = mysql() else { return };
    let sql = "CREATE DATABASE early; CREATE TABLE early.t (id INT PRIMARY KEY, v VARCHAR(9));
        INSERT INTO early.t VALUES (1, 'a'), (2, NULL); UPDATE early.t SET v = 'b' WHERE id = 2; DELETE FROM early.t WHERE id = 1;";
    server.client().execute(sql).unwrap();
    let changes = Setup::new(settings(server, "earliest".into()), "early").read().await.unwrap();
    let lines: Vec<_> = lines(&changes).into_iter().filter(|line| line.contains("early")).collect();
    assert_eq!(
        lines,
        [
            "ddl CREATE DATABASE early",
            "ddl CREATE TABLE early.t (id INT PRIMARY KEY, v VARCHAR(9))",
            "insert early.t 1,a",
            "insert early.t 2,NULL",
            "update early.t 2,NULL > 2,b",
            "delete early.t 1,a",
        ]
    );
}

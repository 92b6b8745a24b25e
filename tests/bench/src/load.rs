//! The log: sysbench's tables, filled and then changed by small mixed transactions from several sessions.

use anyhow::{Context, Result};
use std::thread;
use tidegate_test_servers::{MySql, Server, say};

/// Sysbench's number of tables in its examples, and our number of writing sessions.
pub(crate) const TABLES: u32 = 4;

/// A server with the log, and what it holds.
pub(crate) struct Source {
    pub(crate) server: Server,
    /// Row changes in the log.
    pub(crate) changes: u64,
    /// Bytes of the log.
    pub(crate) bytes: u64,
    /// The executed GTID set, to which every run goes.
    pub(crate) gtids: String,
}

/// Settings of a server whose own durability is not what is measured.
pub(crate) const FAST: [&str; 5] = [
    "--innodb-flush-log-at-trx-commit=0",
    "--sync-binlog=0",
    "--innodb-buffer-pool-size=1G",
    "--innodb-redo-log-capacity=2G",
    "--skip-innodb-doublewrite",
];

/// Fills a server's log: `rows` thousand inserts, then `transactions` thousand transactions that update an indexed and
/// a plain column, delete and insert a row.
pub(crate) fn generate(rows: u32, transactions: u32) -> Result<Source> {
    let server = MySql::builder()
        .options(FAST)
        .option("--max-binlog-size=1G")
        .option("--binlog-row-metadata=FULL")
        .start()?;
    say(format_args!("filling {TABLES} tables with {rows},000 rows"));
    let per_table = rows * 1000 / TABLES;
    server.client().execute(&schema()).context("creating the tables")?;
    each_table(&server, |table| format!("CALL bench.fill_{table}({per_table})"))?;
    say(format_args!("running {transactions},000 mixed transactions"));
    let per_session = transactions * 1000 / TABLES;
    each_table(&server, |table| format!("CALL bench.mix_{table}({per_session}, {per_table})"))?;
    server.client().execute("FLUSH BINARY LOGS")?;
    let logs = server.client().rows("SHOW BINARY LOGS")?;
    let bytes = logs.iter().filter_map(|log| log.get(1)?.parse::<u64>().ok()).sum();
    let gtids =
        server.client().execute("SELECT @@GLOBAL.gtid_executed")?.replace("\\n", "").trim().to_owned();
    let changes = u64::from(per_table * TABLES) + u64::from(per_session * TABLES) * 4;
    Ok(Source { server, changes, bytes, gtids })
}

fn each_table(server: &Server, call: impl Fn(u32) -> String + Sync) -> Result<()> {
    thread::scope(|scope| {
        let sessions: Vec<_> = (1..=TABLES)
            .map(|table| {
                let (call, client) = (&call, server.client());
                scope.spawn(move || client.execute(&call(table)))
            })
            .collect();
        for session in sessions {
            session.join().map_err(|_| anyhow::anyhow!("a session panicked"))??;
        }
        Ok(())
    })
}

/// Sysbench's table and its `oltp_write_only` transaction, as procedures so that no round trips slow the generation.
fn schema() -> String {
    let mut sql = String::from("CREATE DATABASE bench; CREATE DATABASE sbtest;\n");
    for table in 1..=TABLES {
        let text = |length: u32| {
            let part = "LPAD(FLOOR(RAND() * 99999999999), 11, '0')";
            let parts = vec![part; (length / 12) as usize].join(", '-', ");
            format!("CONCAT({parts})")
        };
        let (c, pad) = (text(120), text(60));
        sql.push_str(&format!(
            "CREATE TABLE sbtest.sbtest{table} (id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT \
             NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY k_{table} (k));\n\
             DELIMITER //\n\
             CREATE PROCEDURE bench.fill_{table}(total INT) BEGIN DECLARE done INT DEFAULT 0; WHILE done < total DO \
             INSERT INTO sbtest.sbtest{table} (k, c, pad) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
             WHERE i < 500) SELECT FLOOR(RAND() * total), {c}, {pad} FROM n; SET done = done + 500; END WHILE; END//\n\
             CREATE PROCEDURE bench.mix_{table}(total INT, ids INT) BEGIN DECLARE done INT DEFAULT 0; DECLARE victim INT; \
             WHILE done < total DO SET victim = 1 + FLOOR(RAND() * ids); START TRANSACTION; \
             UPDATE sbtest.sbtest{table} SET k = k + 1 WHERE id = 1 + FLOOR(ids * (done * 7919 % total) / total); \
             UPDATE sbtest.sbtest{table} SET c = {c} WHERE id = 1 + FLOOR(ids * (done * 104729 % total) / total); \
             DELETE FROM sbtest.sbtest{table} WHERE id = victim; \
             INSERT INTO sbtest.sbtest{table} (id, k, c, pad) VALUES (victim, done, {c}, {pad}); \
             COMMIT; SET done = done + 1; END WHILE; END//\n\
             DELIMITER ;\n"
        ));
    }
    sql
}

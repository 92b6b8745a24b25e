//! Where a stream begins.

use crate::{harness::*, mysql};
use tidegate_plugin::ErrorKind;
use tidegate_test_servers::{MySql, server_or_skip};

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

#[tokio::test(flavor = "multi_thread")]
async fn latest_reads_what_comes() {
    let Some(server) = mysql() else { return };
    server
        .client()
        .execute(
            "CREATE DATABASE late; CREATE TABLE late.t (id INT PRIMARY KEY); INSERT INTO late.t VALUES (1)",
        )
        .unwrap();
    let mut reader = Setup::new(settings(server, "latest".into()), "late").for_ever().open().await.unwrap();
    // The first start fixes its place although nothing happens.
    let first = reader.next().await.unwrap().unwrap();
    assert!(first.end().applied.gtids.is_some() && first.end().applied.log.is_some());
    server.client().execute("INSERT INTO late.t VALUES (2)").unwrap();
    assert_eq!(lines(&reader.rows(1).await.unwrap()), ["insert late.t 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_and_position_is_a_place_between_transactions() {
    let Some(server) = mysql() else { return };
    server.client().execute("CREATE DATABASE place; CREATE TABLE place.t (id INT PRIMARY KEY)").unwrap();
    let changes = Setup::new(settings(server, "latest".into()), "place").read().await.unwrap();
    let log = end(&changes).applied.log.unwrap();
    server.client().execute("INSERT INTO place.t VALUES (1), (2)").unwrap();
    let at = |offset: u64| settings(server, serde_json::json!({ "file": &*log.file, "position": offset }));
    let changes = Setup::new(at(log.offset), "place").read().await.unwrap();
    let ours: Vec<_> = lines(&changes).into_iter().filter(|line| line.contains("place")).collect();
    assert_eq!(ours, ["insert place.t 1", "insert place.t 2"]);
    // The GTIDs before the place were found, so that reading could go on elsewhere.
    let gtids = server.client().execute("SELECT @@GLOBAL.gtid_executed").unwrap();
    let gtids = gtids.trim().replace("\\n", "").parse().unwrap();
    assert!(end(&changes).applied.gtids.is_some_and(|own| own.contains(&gtids) || gtids.contains(&own)));
    let error = Setup::new(at(log.offset + 1), "place").read().await.unwrap_err();
    assert!(error.message.contains("lies within an event"), "{error}");
    let error = Setup::new(at(log.offset + 90), "place").read().await.unwrap_err();
    assert!(error.message.contains("lies within"), "{error}");
    let error = Setup::new(at(u64::MAX >> 8), "place").read().await.unwrap_err();
    assert!(error.message.contains("never existed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_of_a_gtid_set_are_read() {
    let Some(server) = mysql() else { return };
    server.client().execute("CREATE DATABASE gaps; CREATE TABLE gaps.t (id INT PRIMARY KEY)").unwrap();
    let start = here(server);
    // Other tests write too: the numbers of our own transactions are found in what was read.
    for id in 1..=4 {
        server.client().execute(&format!("INSERT INTO gaps.t VALUES ({id})")).unwrap();
    }
    let uuid = server.client().execute("SELECT @@server_uuid").unwrap().trim().to_owned();
    let changes = Setup::new(settings(server, start), "gaps").rows(1).read().await.unwrap();
    let mut ours = Vec::new();
    for change in &changes {
        if let tidegate_plugin::Change::Batch(batch) = change
            && batch.rows() > 0
        {
            ours.push(batch.transactions.last().unwrap().gtid.clone().unwrap().to_string());
        }
    }
    assert_eq!(ours.len(), 4);
    let number = |gtid: &str| gtid.rsplit(':').next().unwrap().parse::<u64>().unwrap();
    let (second, fourth) = (number(&ours[1]), number(&ours[3]));
    let set = format!("{uuid}:1-{}:{}-{fourth}", second - 1, second + 1);
    let gtid = |set: &str| settings(server, serde_json::json!({ "gtid": set }));
    let changes = Setup::new(gtid(&set), "gaps").read().await.unwrap();
    assert_eq!(
        lines(&changes).into_iter().filter(|line| line.contains("gaps")).collect::<Vec<_>>(),
        ["insert gaps.t 2"]
    );
    let error = Setup::new(gtid(&format!("{uuid}:1-999999")), "gaps").read().await.unwrap_err();
    assert!(error.message.contains("never executed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purged_position_is_refused_before_anything_is_read() {
    let server = server_or_skip!(MySql::builder().start());
    let sql = "CREATE DATABASE p; CREATE TABLE p.t (id INT PRIMARY KEY); INSERT INTO p.t VALUES (1); FLUSH BINARY LOGS;
        INSERT INTO p.t VALUES (2); FLUSH BINARY LOGS;";
    server.client().execute(sql).unwrap();
    let files: Vec<_> =
        server.client().rows("SHOW BINARY LOGS").unwrap().into_iter().map(|row| row[0].clone()).collect();
    let uuid = server.client().execute("SELECT @@server_uuid").unwrap().trim().to_owned();
    let changes = Setup::new(settings(&server, "earliest".into()), "p").rows(1).read().await.unwrap();
    let early = changes
        .iter()
        .find(|change| change.end().applied.log.as_ref().is_some_and(|log| *log.file == *files[0]));
    let early = early.unwrap().end().clone();
    server.client().execute(&format!("PURGE BINARY LOGS TO '{}'", files[2])).unwrap();
    let file = settings(&server, serde_json::json!({ "file": files[0] }));
    let gtid = settings(&server, serde_json::json!({ "gtid": format!("{uuid}:1") }));
    let never = settings(&server, serde_json::json!({ "file": "binlog.999999" }));
    for (settings, text) in [(file, "has purged"), (gtid, "has purged"), (never, "has no log file")] {
        let error = Setup::new(settings, "p").open().await.err().unwrap();
        assert!(
            error.message.contains(text) && error.kind == ErrorKind::World && error.hint.is_some(),
            "{error}"
        );
    }
    let error = Setup::new(settings(&server, "latest".into()), "p")
        .resume(&early, Vec::new())
        .open()
        .await
        .err()
        .unwrap();
    assert!(error.message.contains("has purged"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_start_and_no_checkpoint_is_an_error() {
    let Some(server) = mysql() else { return };
    let error = Setup::new(settings(server, serde_json::Value::Null), "x").open().await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Input);
}

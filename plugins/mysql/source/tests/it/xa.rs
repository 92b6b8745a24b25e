//! XA transactions: prepared in one place of the log, decided in another.

use crate::{harness::*, mysql};
use tidegate_plugin::Change;

const SQL: &str = "CREATE DATABASE xa; CREATE TABLE xa.t (id INT PRIMARY KEY, v TEXT);
    XA START 'one', 'b', 7; INSERT INTO xa.t VALUES (1, REPEAT('a', 3000)), (2, 'b'); XA END 'one', 'b', 7; XA PREPARE 'one', 'b', 7;";

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_where_they_are_decided() {
    let Some(server) = mysql() else { return };
    let (client, start) = (server.client(), here(server));
    client.execute(SQL).unwrap();
    client
        .execute("XA START 'two'; INSERT INTO xa.t VALUES (3, 'c'); XA END 'two'; XA PREPARE 'two'")
        .unwrap();
    client.execute("INSERT INTO xa.t VALUES (4, 'd')").unwrap();
    client.execute("XA ROLLBACK 'two'").unwrap();
    client
        .execute(
            "XA START 'three'; INSERT INTO xa.t VALUES (5, 'e'); XA END 'three'; XA COMMIT 'three' ONE PHASE",
        )
        .unwrap();
    client.execute("XA COMMIT 'one', 'b', 7; INSERT INTO xa.t VALUES (6, 'f')").unwrap();
    // So little memory that held rows go to the state folder.
    let setup = |changes: &[Change]| {
        let setup = Setup::new(settings(server, start.clone()), "xa").set("xa-memory", "1KiB".into()).rows(1);
        match changes.last() {
            Some(last) => setup.resume(last.end(), schemas(changes)),
            None => setup,
        }
    };
    let inserts = |changes: &[Change]| -> Vec<String> {
        lines(changes).into_iter().filter(|line| line.starts_with("insert xa.t")).collect()
    };
    let changes = setup(&[]).read().await.unwrap();
    let wanted =
        ["insert xa.t 4,d", "insert xa.t 5,e", "insert xa.t 1,a…3000", "insert xa.t 2,b", "insert xa.t 6,f"];
    assert_eq!(inserts(&changes), wanted);
    // Wherever it is resumed, also inside XA COMMIT, the held rows are found again.
    let mut holes = 0;
    assert!(changes.len() < 60, "{}", changes.len());
    for at in 1..=changes.len() {
        let (done, left) = changes.split_at(at);
        let end = done.last().unwrap().end();
        holes += usize::from(end.resume.gtids != end.applied.gtids);
        let read = setup(done).read().await.unwrap_or_else(|error| panic!("{}: {error}", end.applied));
        assert_eq!(inserts(&read), inserts(left), "behind {}", end.applied);
    }
    assert!(holes >= 3, "{holes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_its_prepare_stops() {
    let Some(server) = mysql() else { return };
    let client = server.client();
    client.execute(&SQL.replace("xa", "xb").replace("'one'", "'alone'")).unwrap();
    let setup = Setup::new(settings(server, "latest".into()), "xb").for_ever();
    let mut reader = setup.open().await.unwrap();
    reader.next().await.unwrap();
    client.execute("XA COMMIT 'alone', 'b', 7").unwrap();
    let error = reader.rows(1).await.unwrap_err();
    assert!(error.message.contains("prepared before the start") && error.hint.is_some(), "{error}");
}

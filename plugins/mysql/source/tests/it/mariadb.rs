//! MariaDB: GTIDs of its own, compressed events, XA.

use crate::harness::*;
use tidegate_test_servers::{MariaDb, server_or_skip};

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_is_followed_by_its_own_gtids() {
    let options = ["--binlog-row-metadata=FULL", "--log-bin-compress=ON", "--binlog-format=ROW"];
    let server = server_or_skip!(MariaDb::builder().options(options).start());
    let client = server.client();
    client.execute("CREATE DATABASE m; CREATE TABLE m.t (id INT PRIMARY KEY, v TEXT);
        INSERT INTO m.t VALUES (1, 'a'), (2, REPEAT('b', 5000)), (3, 'c'); UPDATE m.t SET v = REPEAT('d', 5000) WHERE id = 3;
        XA START 'x'; INSERT INTO m.t VALUES (4, 'e'); XA END 'x'; XA PREPARE 'x'").unwrap();
    client.execute("INSERT INTO m.t VALUES (5, 'f'); FLUSH BINARY LOGS; XA COMMIT 'x'; INSERT INTO m.t VALUES (6, 'g')").unwrap();
    let setup = |start| Setup::new(settings(&server, start), "m").rows(1);
    let changes = setup("earliest".into()).read().await.unwrap();
    let rows = |changes: &[tidegate_plugin::Change]| -> Vec<String> {
        lines(changes).into_iter().filter(|line| !line.starts_with("ddl")).collect()
    };
    let wanted = [
        "insert m.t 1,a",
        "insert m.t 2,b…5000",
        "insert m.t 3,c",
        "update m.t 3,c > 3,d…5000",
        "insert m.t 5,f",
        "insert m.t 4,e",
        "insert m.t 6,g",
    ];
    assert_eq!(rows(&changes), wanted);
    for at in 1..=changes.len() {
        let (done, left) = changes.split_at(at);
        let end = done.last().unwrap().end();
        assert!(end.applied.gtids.is_some());
        let read = setup("latest".into()).resume(end, schemas(done)).read().await;
        let read = read.unwrap_or_else(|error| panic!("{}: {error}", end.applied));
        assert_eq!(rows(&read), rows(left), "behind {} ({:?})", end.applied, end.resume);
    }
    let error = setup(serde_json::json!({ "gtid": "0-1-99999" })).open().await.err().unwrap();
    assert!(error.message.contains("never executed"), "{error}");
    let files = client.rows("SHOW BINARY LOGS").unwrap();
    client.execute(&format!("PURGE BINARY LOGS TO '{}'", files.last().unwrap()[0])).unwrap();
    let error = setup(serde_json::json!({ "gtid": "0-1-1" })).open().await.err().unwrap();
    assert!(error.message.contains("has purged"), "{error}");
}

//! What tables look like where the log does not say.

use crate::{harness::*, minimal};
use tidegate_test_servers::{MySql, server_or_skip};

#[tokio::test(flavor = "multi_thread")]
async fn the_current_schema_holds_if_the_log_has_no_ddl() {
    let server = server_or_skip!(MySql::builder().options(["--binlog-row-metadata=MINIMAL"]).start());
    let client = server.client();
    client.execute("CREATE DATABASE m; CREATE TABLE m.still (id INT PRIMARY KEY, a INT, b INT); CREATE TABLE m.moved LIKE m.still").unwrap();
    let start = here(&server);
    client
        .execute(
            "INSERT INTO m.still VALUES (1, 2, 3); INSERT INTO m.moved VALUES (4, 5, 6);
        ALTER TABLE m.moved MODIFY COLUMN a INT AFTER b; INSERT INTO m.moved VALUES (7, 8, 9);
        CREATE TABLE m.fresh (id INT PRIMARY KEY); INSERT INTO m.fresh VALUES (10)",
        )
        .unwrap();
    // Two columns of one type have changed places: nothing but the log could tell.
    let error = Setup::new(settings(&server, start.clone()), "m").read().await.unwrap_err();
    assert!(error.message.contains("m.moved") && error.hint.is_some() && error.place.is_some(), "{error}");
    let mut setup = Setup::new(settings(&server, start.clone()), "m");
    setup.wants = std::sync::Arc::new(|table| *table.table != *"moved" && *table.schema == *"m");
    let changes = setup.read().await.unwrap();
    let rows: Vec<_> = lines(&changes).into_iter().filter(|line| line.starts_with("insert")).collect();
    assert_eq!(rows, ["insert m.still 1,2,3", "insert m.fresh 10"]);
    // The operator may know better …
    let changes = Setup::new(settings(&server, start.clone()), "m")
        .set("assume-current-schema", true.into())
        .read()
        .await;
    assert!(changes.is_ok());
    // … or say how it was.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schema.sql");
    std::fs::write(&file, "CREATE DATABASE m; USE m; CREATE TABLE still (id INT PRIMARY KEY, a INT, b INT); CREATE TABLE moved LIKE still;").unwrap();
    let setup = Setup::new(settings(&server, start), "m").set("schema-file", file.to_str().unwrap().into());
    let changes = setup.read().await.unwrap();
    let rows: Vec<_> = lines(&changes).into_iter().filter(|line| line.starts_with("insert")).collect();
    assert_eq!(
        rows,
        ["insert m.still 1,2,3", "insert m.moved 4,5,6", "insert m.moved 7,8,9", "insert m.fresh 10"]
    );
    let moved = changes.iter().filter_map(|change| match change {
        tidegate_plugin::Change::Batch(batch) => {
            Some(batch.row_sets.iter().filter(|set| *set.table.name.table == *"moved"))
        }
        tidegate_plugin::Change::Ddl(_) => None,
    });
    let orders: Vec<Vec<String>> = moved
        .flatten()
        .map(|set| set.table.columns.iter().map(|column| column.name.to_string()).collect())
        .collect();
    assert_eq!(orders, [["id", "a", "b"], ["id", "b", "a"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_first_start_learns_is_in_the_checkpoint() {
    let Some(server) = minimal() else { return };
    server
        .client()
        .execute("CREATE DATABASE learn; CREATE TABLE learn.t (id INT PRIMARY KEY, v VARCHAR(9))")
        .unwrap();
    let changes = Setup::new(settings(server, "latest".into()), "learn").read().await.unwrap();
    let known = schemas(&changes);
    server.client().execute("INSERT INTO learn.t VALUES (1, 'a'); ALTER TABLE learn.t ADD w INT; INSERT INTO learn.t VALUES (2, 'b', 3)").unwrap();
    let setup = Setup::new(settings(server, "latest".into()), "learn").resume(&end(&changes), known);
    let rows: Vec<_> = lines(&setup.read().await.unwrap())
        .into_iter()
        .filter(|line| line.contains("insert learn"))
        .collect();
    assert_eq!(rows, ["insert learn.t 1,a", "insert learn.t 2,b,3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_nobody_wants_need_no_schema() {
    let Some(server) = minimal() else { return };
    let start = here(server);
    server.client().execute("CREATE DATABASE skip; CREATE TABLE skip.t (id INT PRIMARY KEY); INSERT INTO skip.t VALUES (1); DROP TABLE skip.t").unwrap();
    let changes = Setup::new(settings(server, start), "nothing").read().await.unwrap();
    assert!(lines(&changes).iter().all(|line| line.starts_with("ddl")));
    let read: u64 = changes
        .iter()
        .map(|change| match change {
            tidegate_plugin::Change::Batch(batch) => batch.rows_read,
            tidegate_plugin::Change::Ddl(_) => 0,
        })
        .sum();
    assert!(read >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_table_is_known_though_it_is_made_if_not_exists() {
    let Some(server) = minimal() else { return };
    let client = server.client();
    client.execute("CREATE DATABASE fresh; CREATE TABLE fresh.t (id INT PRIMARY KEY)").unwrap();
    // Where the whole schema was looked at, what is not there is new.
    let mut reader = Setup::new(settings(server, "latest".into()), "fresh").for_ever().open().await.unwrap();
    client.execute("CREATE TABLE IF NOT EXISTS fresh.a (id INT PRIMARY KEY); INSERT INTO fresh.a VALUES (1); ALTER TABLE fresh.a ADD b INT; INSERT INTO fresh.a VALUES (2, 3)").unwrap();
    let mut changes = Vec::new();
    while !of("insert fresh", &changes).iter().any(|line| line == "insert fresh.a 2,3") {
        changes.push(reader.next().await.unwrap().unwrap());
    }
    assert_eq!(of("insert fresh", &changes), ["insert fresh.a 1", "insert fresh.a 2,3"]);
    // After a restart that is not known any more, but the server can be asked.
    client.execute("CREATE TABLE IF NOT EXISTS fresh.b (id INT PRIMARY KEY); INSERT INTO fresh.b VALUES (4); CREATE TABLE IF NOT EXISTS fresh.c (id INT PRIMARY KEY); INSERT INTO fresh.c VALUES (5)").unwrap();
    let setup = Setup::new(settings(server, "latest".into()), "fresh");
    let changes = setup.resume(&end(&changes), schemas(&changes)).read().await.unwrap();
    assert_eq!(of("insert fresh", &changes), ["insert fresh.b 4", "insert fresh.c 5"]);
}

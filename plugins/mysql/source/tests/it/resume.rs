//! Going on behind a checkpoint.

use crate::{harness::*, minimal, mysql};
use tidegate_model::Position;
use tidegate_plugin::{Change, ErrorKind};
use tidegate_test_servers::Server;

/// Fills a schema and returns the changes of reading it in batches of three rows.
async fn thirds(server: &Server, schema: &str) -> Vec<Change> {
    let start = here(server);
    let sql = format!(
        "CREATE DATABASE {schema}; CREATE TABLE {schema}.t (id INT PRIMARY KEY);
         INSERT INTO {schema}.t VALUES (1), (2), (3), (4), (5), (6), (7), (8); INSERT INTO {schema}.t VALUES (9);"
    );
    server.client().execute(&sql).unwrap();
    Setup::new(settings(server, start), schema).rows(3).read().await.unwrap()
}

fn rows_after(changes: &[Change], end: &Position) -> Vec<String> {
    let behind = changes.iter().position(|change| change.end().applied == *end).unwrap() + 1;
    lines(&changes[behind..]).into_iter().filter(|line| line.starts_with("insert")).collect()
}

async fn goes_on_everywhere(server: &Server, schema: &str) {
    let changes = thirds(server, schema).await;
    let mut inside = 0;
    for (index, change) in changes.iter().enumerate() {
        let known = schemas(&changes[..=index]);
        let end = change.end();
        inside += usize::from(!end.applied.is_boundary());
        let setup = Setup::new(settings(server, "latest".into()), schema).resume(end, known);
        let read = setup.read().await.unwrap_or_else(|error| panic!("{}: {error}", end.applied));
        let read: Vec<_> = of(schema, &read).into_iter().filter(|line| line.starts_with("insert")).collect();
        assert_eq!(read, rows_after(&changes, &end.applied), "behind {}", end.applied);
    }
    assert!(inside >= 2, "{inside} batches end inside the transaction");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_a_batch_is_a_place_to_go_on_by_gtid() {
    let Some(server) = mysql() else { return };
    goes_on_everywhere(server, "bygtid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_a_batch_is_a_place_to_go_on_by_file() {
    let Some(server) = minimal() else { return };
    goes_on_everywhere(server, "byfile").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_copy_of_the_transaction_is_refused() {
    let Some(server) = mysql() else { return };
    let changes = thirds(server, "copy").await;
    let inside = changes.iter().find(|change| !change.end().applied.is_boundary()).unwrap();
    let mut end = inside.end().clone();
    if let Some(inside) = &mut end.applied.inside {
        inside.hash ^= 1;
    }
    end.resume = end.applied.clone();
    let setup = Setup::new(settings(server, "latest".into()), "copy").resume(&end, schemas(&changes));
    let error = setup.read().await.unwrap_err();
    assert!(error.message.contains("other rows") && error.place.is_some(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_ends_exactly_at_the_cut() {
    let Some(server) = mysql() else { return };
    let changes = thirds(server, "cutting").await;
    let ours: Vec<_> =
        changes.iter().filter(|change| matches!(change, Change::Batch(batch) if batch.rows() > 0)).collect();
    let begin = changes
        .iter()
        .find(|change| matches!(change, Change::Ddl(ddl) if ddl.statement.sql.contains("TABLE cutting")))
        .unwrap();
    for cut in &ours {
        let setup = Setup::new(settings(server, "latest".into()), "cutting")
            .resume(begin.end(), schemas(&changes))
            .cut(&cut.end().applied);
        let read = setup.read().await.unwrap();
        let at = read.iter().position(|change| change.end().applied == cut.end().applied);
        let before = lines(&read[..=at.expect("a batch ends at the cut")]);
        let wanted = ours.iter().position(|change| change.end() == cut.end()).unwrap();
        let wanted: usize = ours[..=wanted].iter().map(|change| lines(&[(**change).clone()]).len()).sum();
        assert_eq!(before.iter().filter(|line| line.contains("cutting")).count(), wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_another_server_is_refused() {
    let (Some(server), Some(other)) = (minimal(), mysql()) else { return };
    let changes = Setup::new(settings(server, "latest".into()), "none").read().await.unwrap();
    let mut foreign = end(&changes);
    foreign.source = "mysql server 00000000-0000-0000-0000-000000000000".into();
    let error = Setup::new(settings(server, "latest".into()), "none")
        .resume(&foreign, Vec::new())
        .open()
        .await
        .err()
        .unwrap();
    assert!(error.message.contains("of another server"), "{error}");
    // With GTIDs it is the history that counts: this one has another.
    let changes = Setup::new(settings(other, "latest".into()), "none").read().await.unwrap();
    let mut diverged = end(&changes);
    let lost = "00000000-0000-0000-0000-000000000001:1-5";
    for position in [&mut diverged.applied, &mut diverged.resume] {
        let set = position.gtids.as_mut().unwrap();
        set.union(&lost.parse().unwrap());
    }
    other.client().execute("CREATE DATABASE more").unwrap();
    let error = Setup::new(settings(other, "latest".into()), "none")
        .resume(&diverged, Vec::new())
        .open()
        .await
        .err()
        .unwrap();
    assert!(error.message.contains(lost) && error.kind == ErrorKind::World, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_made_from_a_query_is_one_transaction() {
    let Some(server) = mysql() else { return };
    let start = here(server);
    let sql = "CREATE DATABASE ctas; CREATE TABLE ctas.a (id INT PRIMARY KEY); INSERT INTO ctas.a VALUES (1), (2), (3), (4);
        CREATE TABLE ctas.b SELECT * FROM ctas.a;";
    server.client().execute(sql).unwrap();
    let changes = Setup::new(settings(server, start), "ctas").rows(2).read().await.unwrap();
    for (index, change) in changes.iter().enumerate() {
        let setup = Setup::new(settings(server, "latest".into()), "ctas").rows(2);
        let read = setup.resume(change.end(), schemas(&changes[..=index])).read().await;
        let read = read.unwrap_or_else(|error| panic!("{}: {error}", change.end().applied));
        let ours = |changes: &[Change]| {
            lines(changes).into_iter().filter(|line| line.contains("ctas")).collect::<Vec<_>>()
        };
        let known: Vec<_> = ours(&read);
        let wanted: Vec<_> = ours(&changes[index + 1..]);
        assert_eq!(known, wanted, "behind {}", change.end().applied);
    }
    let made = lines(&changes).iter().filter(|line| line.contains("ctas.b")).count();
    assert!(made >= 4, "{:?}", lines(&changes));
}

//! Recorded log files, read without their server.

use crate::harness::*;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tidegate_model::Checkpoint;
use tidegate_plugin::{ErrorKind, Goal};
use tidegate_test_servers::{MariaDb, MySql, Server, server_or_skip};

const HISTORY: &str = "CREATE DATABASE f; CREATE TABLE f.t (id INT PRIMARY KEY, v VARCHAR(2000)); INSERT INTO f.t VALUES (1, 'a'), (2, NULL);
    XA START 'x'; INSERT INTO f.t VALUES (3, 'held'); XA END 'x'; XA PREPARE 'x'; INSERT INTO f.t VALUES (4, 'between');
    FLUSH BINARY LOGS; XA COMMIT 'x'; ALTER TABLE f.t ADD n INT; UPDATE f.t SET n = id WHERE id < 3; FLUSH BINARY LOGS;
    BEGIN; INSERT INTO f.t VALUES (5, 'b', 5); DELETE FROM f.t WHERE id = 1; INSERT INTO f.t VALUES (6, 'c', 6); COMMIT;";

/// Copies the log of a server out of its data folder.
fn recorded(server: &Server, folder: &Path) -> Vec<PathBuf> {
    let names = server.client().rows("SHOW BINARY LOGS").unwrap().into_iter().map(|row| row[0].clone());
    let copy = |name: String| {
        let to = folder.join(&name);
        fs::copy(server.data_dir().join(name), &to).unwrap();
        to
    };
    names.map(copy).collect()
}

fn from(files: &[PathBuf]) -> Setup {
    Setup::new(serde_json::json!({ "files": files }), "f")
}

async fn refused(setup: Setup, kind: ErrorKind, texts: &[&str]) {
    let error = setup.read().await.unwrap_err();
    let text = format!("{error} {}", error.hint.as_deref().unwrap_or_default());
    assert_eq!(error.kind, kind, "{text}");
    texts.iter().for_each(|expected| assert!(text.contains(expected), "{expected} is not in: {text}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_say_what_their_server_says_and_reading_goes_on_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    // Compressed, and too long to be held whole.
    let long = "SET SESSION binlog_transaction_compression = ON; SET SESSION cte_max_recursion_depth = 100000; INSERT INTO f.t WITH RECURSIVE \
                n AS (SELECT 10 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i, HEX(RANDOM_BYTES(900)), 0 FROM n;";
    server.client().execute(&format!("{HISTORY}{long}")).unwrap();
    let followed = Setup::new(settings(&server, "earliest".into()), "f").read().await.unwrap();
    let files = recorded(&server, folder.path());
    assert!(files.len() >= 3);
    drop(server);
    let read = from(&files).rows(2).read().await.unwrap();
    let expected = of("f", &followed);
    assert!(expected.len() > 3_000);
    assert_eq!(of("f", &read), expected);
    let last = end(&read).applied;
    assert!(
        last.is_boundary()
            && last.gtids.is_none()
            && *last.log.unwrap().file == *files.last().unwrap().file_name().unwrap()
    );

    let inside = read.iter().position(|change| !change.end().applied.is_boundary()).unwrap();
    for split in (1..40).chain([inside + 1, read.len() - 1, read.len()]) {
        let (done, left) = read.split_at(split);
        let again = from(&files).resume(&end(done), schemas(done)).read().await.unwrap();
        assert_eq!(of("f", &again), of("f", left), "behind change {split}, at {}", end(done).applied);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_mariadb_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_or_skip!(MariaDb::builder().option("--binlog-row-metadata=FULL").start());
    // Its sessions do nothing else while they hold a prepared transaction.
    let history =
        HISTORY.replace("XA COMMIT 'x';", "").replace("XA PREPARE 'x';", "XA PREPARE 'x'; XA COMMIT 'x';");
    server.client().execute(&history).unwrap();
    let followed = Setup::new(settings(&server, "earliest".into()), "f").read().await.unwrap();
    let read = from(&recorded(&server, folder.path())).read().await.unwrap();
    assert!(of("f", &read).len() > 8);
    assert_eq!(of("f", &read), of("f", &followed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_ends_where_it_is_cut_off_and_damage_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(HISTORY).unwrap();
    let files = recorded(&server, folder.path());
    let whole = from(&files).read().await.unwrap();
    let lines = of("f", &whole);
    let last = files.last().unwrap();
    let bytes = fs::read(last).unwrap();
    // Somewhere in the last transaction, whose rows are the last four lines.
    for cut in [1, 40, 90, 130] {
        fs::write(last, &bytes[..bytes.len() - cut]).unwrap();
        let read = from(&files).read().await.unwrap();
        assert_eq!(of("f", &read), lines[..lines.len() - 3], "cut off by {cut} bytes");
        // The rest is read when it is there.
        fs::write(last, &bytes).unwrap();
        let rest = from(&files).resume(&end(&read), schemas(&read)).read().await.unwrap();
        assert_eq!(of("f", &rest), lines[lines.len() - 3..], "cut off by {cut} bytes");
    }
    // With a row to a batch a part of it was handed on.
    fs::write(last, &bytes[..bytes.len() - 40]).unwrap();
    let read = from(&files).rows(1).read().await.unwrap();
    let done = of("f", &read).len();
    assert!(!end(&read).applied.is_boundary() && done < lines.len() && done > lines.len() - 3);
    let shorter = from(&files).resume(&end(&read), schemas(&read)).read().await.unwrap();
    assert_eq!(of("f", &shorter), [""; 0]);
    fs::write(last, &bytes[..bytes.len() - 170]).unwrap();
    refused(from(&files).resume(&end(&read), schemas(&read)), ErrorKind::World, &["end before"]).await;
    fs::write(last, &bytes).unwrap();
    let rest = from(&files).resume(&end(&read), schemas(&read)).read().await.unwrap();
    assert_eq!(of("f", &rest), lines[done..]);

    let first = fs::read(&files[0]).unwrap();
    fs::write(&files[0], &first[..first.len() - 1]).unwrap();
    refused(from(&files), ErrorKind::Definite, &["ends within the event", "binlog.000001:"]).await;
    let mut flipped = first.clone();
    flipped[first.len() / 2] ^= 1;
    fs::write(&files[0], &flipped).unwrap();
    let error = from(&files).read().await.unwrap_err();
    assert!(error.place.is_some() && error.hint.is_some(), "{error}");
    fs::write(&files[0], b"\xfdbin....").unwrap();
    refused(from(&files), ErrorKind::Input, &["encrypted", "through the server"]).await;
    fs::write(&files[0], b"hello").unwrap();
    refused(from(&files), ErrorKind::Input, &["no binary log file", "binlog.000001"]).await;
    fs::remove_file(&files[0]).unwrap();
    refused(from(&files), ErrorKind::Input, &["cannot be read", "binlog.000001"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_must_be_consecutive_and_hold_the_positions() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(HISTORY).unwrap();
    let files = recorded(&server, folder.path());
    let count = files.len();
    let gap = [files[0].clone(), files[2].clone()];
    refused(from(&gap), ErrorKind::Input, &["binlog.000003 does not follow binlog.000001", "in order"]).await;
    // A file under another one's name is known by where the log says that it goes on.
    let renamed = folder.path().join(format!("binlog.{:06}", count + 1));
    fs::rename(&files[count - 1], &renamed).unwrap();
    let wrong = [files[count - 2].with_file_name(format!("binlog.{count:06}")), renamed];
    fs::rename(&files[count - 2], &wrong[0]).unwrap();
    let texts = [format!("goes on in binlog.{count:06}"), format!("the next one is binlog.{:06}", count + 1)];
    refused(from(&wrong), ErrorKind::Definite, &[&texts[0], &texts[1]]).await;

    let files = recorded(&server, folder.path());
    let whole = from(&files).rows(1).read().await.unwrap();
    let position = |checkpoint: &Checkpoint| checkpoint.applied.log.clone().unwrap();
    let split = whole.iter().position(|change| {
        *position(change.end()).file == *"binlog.000002" && change.end().applied.is_boundary()
    });
    let (before, behind) = whole.split_at(split.unwrap() + 1);
    let place = position(&end(before));
    let start = serde_json::json!({ "file": &*place.file, "position": place.offset });
    let started = from(&files).set("start", start).read().await.unwrap();
    assert!(of("f", behind).len() > 3);
    assert_eq!(of("f", &started), of("f", behind));
    let start = serde_json::json!({ "file": &*place.file, "position": place.offset + 1 });
    refused(from(&files).set("start", start), ErrorKind::World, &["lies within an event"]).await;
    let mut setup = from(&files);
    setup.goal = Some(Goal::Position(end(before).applied));
    assert_eq!(of("f", &setup.read().await.unwrap()), of("f", before));
    let mut setup = from(&files);
    let far = tidegate_model::LogPosition { file: "binlog.000099".into(), offset: 4 };
    setup.goal = Some(Goal::Position(tidegate_model::Position { gtids: None, log: Some(far), inside: None }));
    refused(setup, ErrorKind::Input, &["lies behind the end of the log files"]).await;
    let lacking = from(&files[..1]).resume(&end(before), schemas(before));
    refused(lacking, ErrorKind::World, &["no log file holds binlog.000002:"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_does_not_tell_a_schema_file_does() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_or_skip!(MySql::builder().options(["--binlog-row-metadata=MINIMAL"]).start());
    server
        .client()
        .execute(
            "CREATE DATABASE f; CREATE TABLE f.old (id INT PRIMARY KEY, v VARCHAR(9)); FLUSH BINARY LOGS",
        )
        .unwrap();
    let account = [
        format!("--port={}", server.port()),
        format!("--user={}", server.user()),
        format!("--password={}", server.password()),
    ];
    let mut dump = server.program("mysqldump").unwrap();
    let dump = dump.args(["--no-defaults", "--host=127.0.0.1", "--protocol=tcp"]).args(&account);
    let dump = dump
        .args([
            "--get-server-public-key",
            "--no-tablespaces",
            "--set-gtid-purged=OFF",
            "--no-data",
            "--databases",
            "f",
        ])
        .output()
        .unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    server.client().execute("CREATE TABLE f.new (id INT PRIMARY KEY); INSERT INTO f.new VALUES (1); INSERT INTO f.old VALUES (2, 'a')").unwrap();
    let files = recorded(&server, folder.path());
    let file = &files[files.len() - 1..];
    let error = from(file).read().await.unwrap_err();
    let hint = error.hint.as_deref().unwrap_or_default();
    assert!(
        error.message.contains("f.old") && hint.contains("mysqldump --no-data") && error.place.is_some(),
        "{error}"
    );
    let schema = folder.path().join("schema.sql");
    fs::write(&schema, dump.stdout).unwrap();
    let read = from(file).set("schema-file", schema.display().to_string().into()).read().await.unwrap();
    assert_eq!(
        of("f", &read),
        ["ddl CREATE TABLE f.new (id INT PRIMARY KEY)", "insert f.new 1", "insert f.old 2,a"]
    );
    // A table that nobody wants needs no schema.
    let mut setup = from(file);
    setup.wants = std::sync::Arc::new(|table| *table.table == *"new");
    assert_eq!(of("f.new", &setup.read().await.unwrap()).len(), 2);
}

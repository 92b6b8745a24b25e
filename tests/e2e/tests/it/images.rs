//! Whatever the source writes into its log (partial images, partial documents, names or none, compressed), the rows
//! arrive the same.

use crate::types::corpus_arrives;
use tidegate_e2e::{Pipeline, assert_equal};
use tidegate_test_servers::{Builder, Kind, MySql, server_or_skip};

/// Runs the whole corpus from a source with these options to a server of the same kind.
fn corpus_arrives_from(source: Kind, options: &[&str]) {
    let quick = ["--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0"];
    let target = server_or_skip!(Builder::new(source).options(quick).start());
    let source =
        server_or_skip!(Builder::new(source).options(quick).options(options.iter().copied()).start());
    corpus_arrives(&source, &target, &Pipeline::new("images", &source, &target));
}

#[test]
fn minimal_images_with_full_metadata() {
    corpus_arrives_from(Kind::MySql, &["--binlog-row-image=MINIMAL", "--binlog-row-metadata=FULL"]);
}

#[test]
fn images_without_blobs_compressed() {
    corpus_arrives_from(Kind::MySql, &["--binlog-row-image=NOBLOB", "--binlog-transaction-compression=ON"]);
}

#[test]
fn partial_documents_with_full_metadata_compressed() {
    let options = [
        "--binlog-row-value-options=PARTIAL_JSON",
        "--binlog-row-metadata=FULL",
        "--binlog-transaction-compression=ON",
    ];
    corpus_arrives_from(Kind::MySql, &options);
}

#[test]
fn compressed_events_of_mariadb() {
    let options = ["--log-bin-compress=ON", "--log-bin-compress-min-len=10", "--binlog-row-metadata=FULL"];
    corpus_arrives_from(Kind::MariaDb, &options);
}

#[test]
fn minimal_images_of_mariadb() {
    corpus_arrives_from(Kind::MariaDb, &["--binlog-row-image=MINIMAL", "--binlog-row-metadata=MINIMAL"]);
}

const DOCUMENTS: &str = r#"
CREATE DATABASE d CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE d.keyed (id INT PRIMARY KEY, a JSON, n INT, b JSON, t TEXT);
CREATE TABLE d.keyless (id INT, a JSON, n INT, b JSON, t TEXT);
INSERT INTO d.keyed VALUES
  (1, '{"a": 1, "b": [1, 2, 3, {"c": "long enough to be worth a difference ................................"}]}', 1,
   '["x", "y", "z"]', 't'),
  (2, CONCAT('{"k": "', REPEAT('x', 1000), '", "n": 1, "m": {"x": {"y": "old value"}}}'), 2, '[]', NULL),
  (3, NULL, NULL, CONCAT('[', REPEAT('12345, ', 20000), '0]'), 'u'),
  (4, '{"date": "x........................................"}', 4, '{"n": 1.5}', 'v');
INSERT INTO d.keyless SELECT * FROM d.keyed;
INSERT INTO d.keyless SELECT * FROM d.keyed;
"#;

/// Changes that stand in the log as differences where the server finds that shorter.
const DOCUMENT_CHANGES: &[&str] = &[
    "UPDATE TABLE_ SET a = JSON_SET(a, '$.a', 2) WHERE id = 1",
    "UPDATE TABLE_ SET a = JSON_REPLACE(a, '$.b[3].c', 'short'), b = JSON_SET(b, '$[1]', 'Y') WHERE id = 1",
    "UPDATE TABLE_ SET a = JSON_REMOVE(a, '$.b[0]'), n = n + 1 WHERE id = 1",
    "UPDATE TABLE_ SET a = JSON_SET(a, '$.\"new key\"', JSON_OBJECT('z', 1)) WHERE id = 1",
    "UPDATE TABLE_ SET a = JSON_REPLACE(a, '$.m.x.y', 'new value'), t = 'changed' WHERE id = 2",
    "UPDATE TABLE_ SET a = JSON_REMOVE(a, '$.n', '$.m.x') WHERE id = 2",
    "UPDATE TABLE_ SET b = JSON_SET(b, '$[0]', -1, '$[19999]', 99999) WHERE id = 3",
    "UPDATE TABLE_ SET b = JSON_REMOVE(b, '$[5]'), a = '{}' WHERE id = 3",
    "UPDATE TABLE_ SET b = JSON_SET(b, '$[20001]', 'appended') WHERE id = 3",
    "UPDATE TABLE_ SET a = JSON_REPLACE(a, '$.date', CAST('2024-01-02' AS DATE)) WHERE id = 4",
    "UPDATE TABLE_ SET b = JSON_REPLACE(b, '$.n', CAST('1.10' AS DECIMAL(5,2))), a = JSON_SET(a, '$.more', x'00ff') WHERE id = 4",
    "UPDATE TABLE_ SET a = JSON_SET(a, '$.date', 'again'), a = JSON_SET(a, '$.date', 'and again') WHERE id = 4",
    "UPDATE TABLE_ SET n = 7 WHERE id = 4",
    "UPDATE TABLE_ SET a = NULL, b = JSON_SET(b, '$.n', NULL) WHERE id = 4",
    "UPDATE TABLE_ SET id = id + 10, a = JSON_SET(a, '$.a', 3) WHERE id = 1",
    "DELETE FROM TABLE_ WHERE id IN (2, 11) LIMIT 1",
];

/// Changes documents in place, first all in one transaction, then each in its own.
fn documents_arrive(options: &[&str]) {
    let source = server_or_skip!(MySql::builder().options(options.iter().copied()).start());
    let target = server_or_skip!(MySql::builder().start());
    let pipeline = Pipeline::new("documents", &source, &target);
    let tables = ["d.keyed", "d.keyless"];
    let changes =
        tables.iter().flat_map(|table| DOCUMENT_CHANGES.iter().map(|change| change.replace("TABLE_", table)));
    let changes: Vec<String> = changes.collect();
    for separator in [";", ";COMMIT;"] {
        source.client().execute(&format!("DROP DATABASE IF EXISTS d; {DOCUMENTS}")).unwrap();
        source.client().execute(&format!("BEGIN; {}; COMMIT", changes.join(separator))).unwrap();
        pipeline.run_well();
        assert_equal(&source, &target, &tables);
    }
}

#[test]
fn changes_inside_documents_arrive() {
    documents_arrive(&["--binlog-row-value-options=PARTIAL_JSON"]);
}

#[test]
fn changes_inside_documents_arrive_with_minimal_images() {
    documents_arrive(&["--binlog-row-value-options=PARTIAL_JSON", "--binlog-row-image=MINIMAL"]);
}

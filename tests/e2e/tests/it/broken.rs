//! Values that a server does not take today and that are there all the same: text that is no text in its own character set
//! (MySQL still has and logs what came with old files), and the error value of an ENUM.

use tidegate_e2e::{Pipeline, contents};
use tidegate_test_servers::{Kind, MySql, Server, TiDb, server_or_skip};

/// Makes a table with broken UTF-8 by importing a file of binary strings as one of text; its log has only the tables
/// and an update, with broken text in both images.
fn break_text(source: &Server) {
    let data = source.data_dir().display().to_string();
    let sql = format!(
        "CREATE DATABASE broken CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; CREATE TABLE broken.t (id INT PRIMARY KEY, v \
         VARCHAR(5)); SET sql_log_bin = 0; CREATE TABLE broken.raw (id INT PRIMARY KEY, v VARBINARY(20)); INSERT INTO broken.raw \
         VALUES (1, x'ff'), (2, x'61c328'), (3, x'eda080'), (4, 'ok'), (5, x'e2275c'); ALTER TABLE broken.t DISCARD TABLESPACE; \
         FLUSH TABLES broken.raw FOR EXPORT;\n\\! cp {data}/broken/raw.ibd {data}/broken/t.ibd\nUNLOCK TABLES; ALTER TABLE \
         broken.t IMPORT TABLESPACE; SET sql_log_bin = 1; UPDATE broken.t SET id = id + 10;"
    );
    source.client().option("--commands").option("--system-command").execute(&sql).unwrap();
}

/// Returns the bytes themselves, which `contents` does not.
fn bytes(server: &Server) -> Vec<String> {
    server.client().rows("SELECT CONCAT(id, ' ', HEX(v)) FROM broken.t ORDER BY id").unwrap().concat()
}

#[test]
fn broken_text_arrives_at_tidb() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(TiDb::builder().start());
    break_text(&source);
    let pipeline = Pipeline::new("broken", &source, &target).sink_setting("on-missing: upsert");
    pipeline.run_well();
    assert_eq!(bytes(&source), ["11 FF", "12 61C328", "13 EDA080", "14 6F6B", "15 E2275C"]);
    assert_eq!(bytes(&source), bytes(&target));
    // Now the rows are there, to be found and changed.
    source
        .client()
        .execute("UPDATE broken.t SET id = id + 1 ORDER BY id DESC; DELETE FROM broken.t WHERE id = 13")
        .unwrap();
    pipeline.run_well();
    assert_eq!(bytes(&source), bytes(&target));
}

#[test]
fn broken_text_stops_where_it_cannot_be_held() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    break_text(&source);
    let outcome = Pipeline::new("broken", &source, &target).sink_setting("on-missing: upsert").run();
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("broken.t") || outcome.stderr.contains("`broken`.`t`"),
        "{}",
        outcome.stderr
    );
    assert_eq!(target.kind(), Kind::MySql);
    assert_eq!(contents(&target, "broken.t").unwrap(), Vec::<String>::new());
}

/// TiDB holds an ENUM's error value and its empty member, and leaves a row alone that shall change from one to the other.
#[test]
fn error_values_beside_an_empty_member_stop_at_tidb() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(TiDb::builder().start());
    source
        .client()
        .execute(
            "CREATE DATABASE broken; CREATE TABLE broken.t (id INT PRIMARY KEY, v ENUM('', 'b')); INSERT INTO broken.t VALUES \
             (1, 'b'), (2, ''), (3, 1); SET sql_mode = ''; UPDATE broken.t SET v = 'no such' WHERE id = 2;",
        )
        .unwrap();
    let outcome = Pipeline::new("broken", &source, &target).run();
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("error value of an ENUM"), "{}", outcome.stderr);
}

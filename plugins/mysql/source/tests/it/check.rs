//! What a check finds.

use crate::{harness::*, mysql};
use tidegate_plugin::Level;
use tidegate_test_servers::{MySql, Tls, server_or_skip};

#[tokio::test(flavor = "multi_thread")]
async fn a_check_names_what_is_wrong_and_what_mends_it() {
    let options = [
        "--binlog-row-metadata=MINIMAL",
        "--gtid-mode=OFF",
        "--binlog-expire-logs-seconds=60",
        "--innodb-native-foreign-keys=ON",
    ];
    let server = server_or_skip!(MySql::builder().options(options).tls(Tls::On).start());
    server
        .client()
        .execute(
            "CREATE DATABASE c; CREATE TABLE c.p (id INT PRIMARY KEY);
        CREATE TABLE c.k (id INT, FOREIGN KEY (id) REFERENCES c.p (id) ON DELETE CASCADE);
        CREATE USER weak IDENTIFIED BY 'w'; GRANT SELECT ON c.* TO weak",
        )
        .unwrap();
    let mut settings = settings(&server, serde_json::json!({ "file": "binlog.999999" }));
    let report = Setup::new(settings.clone(), "c").build().check().await.unwrap();
    let level =
        |item: &str| report.findings.iter().find(|finding| finding.item == item).map(|finding| finding.level);
    assert_eq!(level("version"), Some(Level::Ok));
    assert_eq!(level("tls"), Some(Level::Warning));
    assert_eq!(level("grants"), Some(Level::Ok));
    assert_eq!(level("binlog-format"), Some(Level::Ok));
    assert_eq!(level("binlog-row-metadata"), Some(Level::Warning));
    assert_eq!(level("gtid-mode"), Some(Level::Warning));
    assert_eq!(level("log-retention"), Some(Level::Warning));
    assert_eq!(level("foreign-keys"), Some(Level::Warning));
    assert_eq!(level("keys"), Some(Level::Warning));
    assert_eq!(level("server-id"), Some(Level::Ok));
    assert_eq!(level("start"), Some(Level::Error));
    let names: Vec<_> = report.tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(names, ["c.k", "c.p"]);
    settings["user"] = "weak".into();
    settings["password"] = "w".into();
    settings["start"] = serde_json::Value::Null;
    let report = Setup::new(settings.clone(), "c").build().check().await.unwrap();
    let grants = report.findings.iter().find(|finding| finding.item == "grants").unwrap();
    assert_eq!(grants.level, Level::Error);
    assert!(grants.remedy.as_ref().is_some_and(|remedy| remedy.contains("REPLICATION SLAVE")));
    settings["password"] = "wrong".into();
    let error = Setup::new(settings, "c").build().check().await.err().unwrap();
    assert!(error.hint.is_some() && !format!("{error:?}").contains("wrong"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_id_that_is_taken_is_refused() {
    let Some(server) = mysql() else { return };
    let own = server.client().execute("SELECT @@server_id").unwrap().trim().parse::<u32>().unwrap();
    let with = |id: u32| {
        Setup::new(settings(server, "latest".into()), "clash").set("server-id", id.into()).for_ever()
    };
    let error = with(own).open().await.err().unwrap();
    assert!(error.message.contains("the source's own"), "{error}");
    // What follows the log already is a reader of another pipeline.
    let other =
        Setup::new(settings(server, "latest".into()), "other").set("server-id", 4711.into()).for_ever();
    let mut other = other.open().await.unwrap();
    other.next().await.unwrap();
    let error = with(4711).open().await.err().unwrap();
    assert!(error.message.contains("taken by another reader") && error.message.contains("other"), "{error}");
    // The same pipeline may come again: it takes its own place.
    let again =
        Setup::new(settings(server, "latest".into()), "other").set("server-id", 4711.into()).for_ever();
    assert!(again.open().await.is_ok());
}

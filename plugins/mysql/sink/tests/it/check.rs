//! What the target must be like: `check` finds it, and a run does not pass over it.

use crate::{
    cells,
    feed::{Feed, INT, insert, keyed, table},
    stage::Stage,
};
use serde_json::json;
use tidegate_plugin::{Level, RoutedTable};
use tidegate_test_servers::{MySql, server_or_skip};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_see_triggers_is_found() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql(
        "CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY); CREATE USER poor IDENTIFIED BY 'p'; \
         GRANT PROCESS ON *.* TO poor; GRANT ALL ON tidegate.* TO poor; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON t.* TO poor",
    );
    let schema = keyed(&table("t", "a", &[("id", INT)]), 0);
    let routed = RoutedTable {
        columns: schema.columns.clone(),
        targets: vec![schema.name.clone()],
        table: schema,
        unlogged_cascades: false,
    };
    let errors = async |settings: serde_json::Value| {
        let findings = stage.sink(settings).check("p", std::slice::from_ref(&routed)).await.unwrap();
        let errors = findings.into_iter().filter(|finding| finding.level == Level::Error);
        errors
            .map(|finding| format!("{} / {}", finding.message, finding.remedy.unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let found = errors(json!({ "user": "poor", "password": "p" })).await;
    assert!(
        matches!(found.as_slice(), [one] if one.contains("triggers") && one.contains("GRANT TRIGGER ON `t`.`a`")),
        "{found:?}"
    );
    let allowed = errors(json!({ "user": "poor", "password": "p", "allow-triggers": ["t.a"] })).await;
    assert!(allowed.is_empty(), "{allowed:?}");
    stage.sql("GRANT TRIGGER ON t.* TO poor");
    assert!(errors(json!({ "user": "poor", "password": "p" })).await.is_empty());
}

/// The checkpoint goes with the rows only where both have transactions, whatever the server's default is.
#[tokio::test(flavor = "multi_thread")]
async fn the_checkpoint_is_kept_with_transactions() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("SET GLOBAL default_storage_engine = MyISAM; CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY) ENGINE=InnoDB");
    let schema = keyed(&table("t", "a", &[("id", INT)]), 0);
    let mut feed = Feed::default();
    feed.push(vec![insert(&schema, cells![1])]);
    stage.apply(&feed, 1, json!({})).await.unwrap();
    let engines = "SELECT DISTINCT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'tidegate'";
    assert_eq!(stage.sql(engines), "InnoDB\n");
    stage.sql("ALTER TABLE tidegate.lane ENGINE=MyISAM");
    let error = stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("tidegate.lane on the target is in the engine MyISAM"), "{error}");
}

//! What `validate`, `check` and `explain` say of pipelines with filters, and their exit codes.

use super::{pipeline, says};
use tidegate_e2e::{Pair, Pipeline, pair};
use tidegate_test_servers::{Kind, server_or_skip};

const SCHEMA: &str = "CREATE DATABASE shop_1; CREATE DATABASE shop_2; CREATE TABLE shop_1.orders (id INT PRIMARY KEY, a INT); CREATE TABLE \
                      shop_2.orders (id INT PRIMARY KEY, a INT); CREATE TABLE shop_1.sessions (id INT); CREATE TABLE shop_1.secrets (id \
                      INT PRIMARY KEY);";

const FILTERS: [(&str, &str); 3] = [
    (
        "block-allow-list",
        "{ do-dbs: [\"shop_*\"], ignore-tables: [{ db-name: \"shop_*\", tbl-name: secrets }] }",
    ),
    (
        "binlog-event",
        "[{ schema-pattern: \"shop_*\", table-pattern: \"*\", events: [truncate table], action: Ignore }]",
    ),
    (
        "route",
        "[{ schema-pattern: \"shop_*\", target-schema: shop }, { schema-pattern: \"shop_*\", table-pattern: orders, target-schema: shop, \
      target-table: orders }]",
    ),
];

fn prepared(pair: &Pair) -> Pipeline {
    pair.source.client().execute(SCHEMA).unwrap();
    let target = "CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, a INT); CREATE TABLE shop.sessions (id INT);";
    pair.target.client().execute(target).unwrap();
    pipeline(pair, &FILTERS)
}

#[test]
fn explain_tells_which_rule_decides() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let pipeline = prepared(&pair);
    says(
        &pipeline.command("explain", &["--table", "shop_1.orders"]),
        0,
        &[
            "route 1 leads to shop.orders",
            "→ shop.orders (id, a)",
            "may lead other source tables to shop.orders",
        ],
    );
    says(
        &pipeline.command("explain", &["--table", "shop_1.secrets"]),
        0,
        &["ignore-tables[0]", "nothing reaches the sink"],
    );
    // A table without a key takes one lane, and explain says why.
    says(&pipeline.command("explain", &["--table", "shop_1.sessions"]), 0, &["one lane"]);
    says(&pipeline.command("explain", &["--table", "shop_1.ordres"]), 2, &["no table", "shop_1.orders"]);
    let sql = ["--sql", "ALTER TABLE shop_2.orders ADD b INT, ADD INDEX (b)"];
    says(&pipeline.command("explain", &sql), 0, &["ALTER TABLE `shop`.`orders` ADD b INT, ADD INDEX (b)"]);
    let sql = ["--sql", "DROP TABLE shop_1.orders, shop_1.secrets"];
    says(&pipeline.command("explain", &sql), 0, &["DROP TABLE `shop`.`orders`", "is dropped"]);
    says(
        &pipeline.command("explain", &["--sql", "TRUNCATE shop_1.orders"]),
        0,
        &["nothing reaches the sink", "truncate table"],
    );
    says(&pipeline.command("explain", &["--sql", "ALTER TABL x"]), 0, &["none that is known"]);
    says(&pipeline.command("explain", &["--sql", "CREATE VIEW v AS SELECT 1"]), 0, &["not replicated"]);
    let json = pipeline.command("explain", &["--json", "--table", "shop_1.orders"]);
    assert!(json.stdout.starts_with('{') && json.stdout.contains("\"ok\":true"), "{}", json.stdout);
}

#[test]
fn validate_finds_all_mistakes_at_once_and_connects_to_nothing() {
    let pair = server_or_skip!(pair(Kind::MySql));
    says(&pipeline(&pair, &FILTERS).command("validate", &[]), 0, &[]);
    let wrong = pipeline(
        &pair,
        &[
            ("block-allow-list", "{ do-dbs: [\"a[\"], do-tabels: [] }"),
            ("binlog-event", "[{ schema-pattern: a, events: [trunkate table], action: Ignore }]"),
            ("rout", "[]"),
        ],
    );
    // A wrong port: nothing listens there, and nobody notices.
    let wrong = wrong.through(pair.source.port(), 1).through(pair.target.port(), 1);
    says(
        &wrong.command("validate", &[]),
        2,
        &["do-tabels", "do-tables", "trunkate table", "truncate table", "rout", "pipeline.yaml"],
    );
    let keys = Pipeline::new("filters", &pair.source, &pair.target).sink_setting("lane: 4");
    says(&keys.command("validate", &[]), 2, &["lane", "lanes", "pipeline.yaml"]);
}

#[test]
fn check_connects_and_changes_nothing() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let pipeline = prepared(&pair);
    says(&pipeline.command("check", &[]), 0, &["ok"]);
    let begun = Pipeline::new("filters", &pair.source, &pair.target).start("null");
    says(&begun.command("check", &[]), 3, &["error", "there is no checkpoint", "`start`"]);
    assert_eq!(super::query(&pair.target, "SHOW DATABASES LIKE 'tidegate'"), "", "check changes nothing");
    pipeline.run_well();
    says(&begun.command("check", &[]), 0, &["goes on at the checkpoint"]);
    let idle = pipeline.filter("route", "[{ schema-pattern: shop_9, table-pattern: x, target-schema: y }]");
    says(&idle.command("check", &[]), 0, &["warning", "rule 0 matches no table of the source"]);
    let dead = Pipeline::new("filters", &pair.source, &pair.target).through(pair.target.port(), 1);
    says(&dead.command("check", &[]), 3, &["error", "sink"]);
    let run = dead.run();
    assert_eq!(run.code, Some(3), "{}", run.stderr);
}

#[test]
fn check_finds_what_a_run_depends_on() {
    let pair = server_or_skip!(pair(Kind::MySql));
    prepared(&pair);
    pair.target.client().execute("ALTER TABLE shop.orders MODIFY a TINYINT").unwrap();
    let outcome = pipeline(&pair, &FILTERS).command("check", &[]);
    says(&outcome, 3, &["error", "shop.orders", "`a`"]);
    pair.target.client().execute("ALTER TABLE shop.orders DROP a").unwrap();
    says(&pipeline(&pair, &FILTERS).command("check", &[]), 3, &["error", "shop.orders", "`a`"]);
    pair.target.client().execute("ALTER TABLE shop.orders ADD a INT; CREATE TRIGGER shop.t BEFORE INSERT ON shop.orders FOR EACH ROW SET \
                                  NEW.a = 1").unwrap();
    says(&pipeline(&pair, &FILTERS).command("check", &[]), 3, &["error", "trigger"]);
}

/// A table that two rules match is reported once, and neither rule is called idle.
#[test]
fn check_reports_a_table_of_two_routes_once() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let execute = "CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)";
    pair.source.client().execute(execute).unwrap();
    let rule = |pattern| format!("{{ schema-pattern: shop, table-pattern: '{pattern}', target-schema: x }}");
    let rules = format!("[{}, {}]", rule("orders"), rule("order*"));
    let outcome = pipeline(&pair, &[("route", &rules)]).command("check", &[]);
    says(&outcome, 3, &["routes 0 and 1", "shop.orders"]);
    assert_eq!(outcome.stdout.matches("shop.orders").count(), 1, "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("warning  filter"), "{}", outcome.stdout);
}

/// A source that logs statements instead of rows cannot be followed.
#[test]
fn check_finds_a_source_without_rows() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let pipeline = Pipeline::new("filters", &pair.source, &pair.target);
    pair.source.client().execute("SET GLOBAL binlog_format = STATEMENT").unwrap();
    let outcome = pipeline.command("check", &[]);
    pair.source.client().execute("SET GLOBAL binlog_format = ROW").unwrap();
    says(&outcome, 3, &["binlog_format"]);
}

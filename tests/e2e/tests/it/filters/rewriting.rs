//! Schema changes that a component puts others in the place of.

use super::{pipeline, query, run_well, says};
use std::path::PathBuf;
use tidegate_e2e::pair;
use tidegate_test_guests::guest;
use tidegate_test_servers::{Kind, server_or_skip};

fn rewrite() -> Option<PathBuf> {
    guest("tests/guests/rust/rewrite").unwrap()
}

const ROUTE: (&str, &str) = ("route", "[{ schema-pattern: \"d\", target-schema: x }]");

#[test]
fn the_target_gets_the_statement_that_a_component_writes_under_the_names_of_the_routes() {
    let Some(rewrite) = rewrite() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let rewrite = rewrite.display().to_string();
    let words = "{ words: { \"FULLTEXT KEY a (c)\": \"KEY a (c(9))\", \" PARTITION BY HASH (id) PARTITIONS 3\": \"\", \"FULLTEXT b (c)\": \"KEY b \
                 (c(5))\" } }";
    run_well(&pair, &[ROUTE, (&rewrite, words)], "
        CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, c TEXT, FULLTEXT KEY a (c)); CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;
        INSERT INTO t VALUES (1, 'one'); INSERT INTO p VALUES (1), (2), (3); ALTER TABLE t ADD n INT DEFAULT 7, ADD FULLTEXT b (c);
        INSERT INTO t VALUES (2, 'two', 8);");
    assert_eq!(query(&pair.target, "SELECT id, c, n FROM x.t ORDER BY id"), "1,one,7 2,two,8");
    assert_eq!(query(&pair.target, "SELECT COUNT(*) FROM x.p"), "3");
    let keys = "SELECT INDEX_NAME, INDEX_TYPE, SUB_PART FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'x' AND \
                TABLE_NAME = 't' AND INDEX_NAME <> 'PRIMARY' ORDER BY INDEX_NAME";
    assert_eq!(query(&pair.target, keys), "a,BTREE,9 b,BTREE,5");
    let parts = "SELECT COUNT(PARTITION_NAME) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'x'";
    assert_eq!(query(&pair.target, parts), "0", "the partitions are gone");
}

#[test]
fn what_cannot_be_followed_stops_with_plugin_and_position() {
    let Some(rewrite) = rewrite() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let rewrite = rewrite.display().to_string();
    pair.source.client().execute("CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY)").unwrap();
    pipeline(&pair, &[]).run_well();
    pair.source.client().execute("ALTER TABLE d.t ADD n INT").unwrap();
    let refused = |words: &str, expected: &[&str]| {
        let outcome = pipeline(&pair, &[(&rewrite, words)]).run();
        says(&outcome, 1, &["the filter rewrites the statement", "the statement at ", "rewrite.wasm"]);
        says(&outcome, 1, expected);
    };
    refused("{ words: { \"ADD n INT\": \"ADD (\" } }", &["cannot be followed", "in the source's dialect"]);
    refused("{ words: { \"ADD n INT\": \"ADD n INT; DROP TABLE d.t\" } }", &["more than one statement"]);
    refused(
        "{ words: { \"ALTER TABLE d.t ADD n INT\": \"DELETE FROM d.t\" } }",
        &["no schema change but DELETE"],
    );
    refused(
        "{ words: { \"ALTER TABLE d.t\": \"ALTER TABLE d.u\" } }",
        &["about d.u, which the first one is not"],
    );
    assert_eq!(query(&pair.target, "SELECT COUNT(*) FROM d.t"), "0", "what comes before is there");
    says(&pipeline(&pair, &[(&rewrite, "{ words: { INT: BIGINT } }")]).run(), 0, &[]);
    let column =
        "SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'd' AND COLUMN_NAME = 'n'";
    assert_eq!(query(&pair.target, column), "bigint");
}

#[test]
fn explain_shows_what_a_component_writes() {
    let Some(rewrite) = rewrite() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let rewrite = rewrite.display().to_string();
    let pipeline =
        pipeline(&pair, &[ROUTE, (&rewrite, "{ words: { \"ADD a INT\": \"ADD a INT, ADD b INT\" } }")]);
    let outcome = pipeline.command("explain", &["--sql", "ALTER TABLE d.t ADD a INT"]);
    says(
        &outcome,
        0,
        &[
            "rewrites it: ALTER TABLE d.t ADD a INT, ADD b INT",
            "alter table on d.t passes\n  alter table on d.t passes",
            "→ ALTER TABLE `x`.`t` ADD a INT, ADD b INT",
        ],
    );
}

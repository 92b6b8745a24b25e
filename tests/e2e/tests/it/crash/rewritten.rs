//! Crashes within a schema change that a component put in the place of another one.

use super::{OF_DDL, assert_killed, recoveries};
use tidegate_e2e::{Pipeline, clean, pair};
use tidegate_test_servers::{Kind, Server, server_or_skip};

const SETUP: &str =
    "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, c TEXT); INSERT INTO d.t VALUES (1, 'one')";
const STEP: &str =
    "ALTER TABLE d.t ADD n INT DEFAULT 4, ADD FULLTEXT b (c); INSERT INTO d.t VALUES (2, 'two', 2)";
const WORDS: &str = "{ words: { \"FULLTEXT b (c)\": \"KEY b (c(5))\" } }";

#[test]
fn a_rewritten_statement_at_every_point() {
    let Some(rewrite) = tidegate_test_guests::guest("tests/guests/rust/rewrite").unwrap() else { return };
    let rewrite = rewrite.display().to_string();
    let pair = server_or_skip!(pair(Kind::MySql));
    for point in OF_DDL {
        clean(&pair.source).unwrap();
        clean(&pair.target).unwrap();
        let pipeline = || Pipeline::new("crash", &pair.source, &pair.target).filter(&rewrite, WORDS);
        pair.source.client().execute(SETUP).unwrap();
        pipeline().run_well();
        pair.source.client().execute(STEP).unwrap();
        assert_killed(&pipeline().env("TIDEGATE_CRASH_AT", point).run(), point);
        let outcome = pipeline().run_well();
        let open_intent = ["ddl-intent", "ddl-unanswered", "ddl-executed"].contains(&point);
        assert!(!open_intent || !recoveries(&outcome).is_empty(), "{point}: {}", outcome.stderr);
        let rows = |server: &Server| server.client().rows("SELECT * FROM d.t ORDER BY id").unwrap();
        assert_eq!(rows(&pair.target), rows(&pair.source), "{point}");
        let keys = pair.target.client().rows(
            "SELECT INDEX_TYPE FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'd' AND INDEX_NAME = 'b'",
        );
        assert_eq!(keys.unwrap().concat(), ["BTREE"], "{point}: once, and as the component wrote it");
    }
}

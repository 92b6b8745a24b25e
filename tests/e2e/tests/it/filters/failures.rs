//! Rows that a component fails on or refuses, under each policy.

use super::{pipeline, query, says};
use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};
use tidegate_e2e::{Pair, Pipeline, clean, pair};
use tidegate_test_guests::guest;
use tidegate_test_servers::{Kind, Server, server_or_skip};

/// Inserts, updates and deletes; a key with `bad` in it is one that the component does not like.
const SCRIPT: &str = "CREATE DATABASE d; USE d; CREATE TABLE t (s VARCHAR(40) PRIMARY KEY, n INT);
    INSERT INTO t VALUES ('a', 1), ('bad-1', 1), ('b', 1), ('c', 1), ('bad-2', 1), ('bad-3', 1), ('e', 1);
    UPDATE t SET n = 2; UPDATE t SET s = 'was-bad-3' WHERE s = 'bad-3'; DELETE FROM t WHERE s IN ('bad-1', 'c');
    INSERT INTO t VALUES ('bad-1', 5), ('f', 5);";

/// How many changes of rows it does not like are in it.
const BAD: usize = 3 + 3 + 1 + 1 + 1;

fn failing(pair: &Pair, guest: &Path, place: &str, what: &str, policy: &str) -> Pipeline {
    let config = format!("{{ where: {place}, what: {what}, value: bad }}");
    pipeline(pair, &[(&guest.display().to_string(), &config)])
        .filter_key(&format!("on-error: {policy}"))
        .filter_key("limits: { memory: 16MiB, call-time: 100ms }")
}

fn rows(server: &Server) -> String {
    query(server, "SELECT s, n FROM d.t WHERE s NOT LIKE '%bad%' ORDER BY s")
}

/// Fails unless the target has exactly the rows of the source that the component likes.
fn assert_only_bad_rows_are_lost(pair: &Pair, what: &str) {
    assert_eq!(rows(&pair.target), rows(&pair.source), "{what}");
    assert_eq!(query(&pair.target, "SELECT COUNT(*) FROM d.t WHERE s LIKE '%bad%'"), "0", "{what}");
}

const FAILURES: [(&str, &str); 6] = [
    ("rows", "trap"),
    ("rows", "loop"),
    ("rows", "allocate"),
    ("rows", "refuse"),
    ("rows", "short"),
    ("map", "none"),
];

#[test]
fn a_component_that_fails_on_rows_loses_exactly_these() {
    let Some(guest) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(SCRIPT).unwrap();
    for (place, what) in FAILURES.into_iter().chain([("rows", "refuse-rows")]) {
        clean(&pair.target).unwrap();
        let dropping = failing(&pair, &guest, place, what, "drop");
        let outcome = dropping.run_well();
        assert_only_bad_rows_are_lost(&pair, what);
        assert!(outcome.stderr.contains("which do not reach the target"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("bad-"), "a value in the log:\n{}", outcome.stderr);
        assert!(dropping.state_lines("dead-letters.jsonl").is_empty());

        clean(&pair.target).unwrap();
        let writing = failing(&pair, &guest, place, what, "dead-letter");
        writing.run_well();
        assert_only_bad_rows_are_lost(&pair, what);
        let letters = writing.state_lines("dead-letters.jsonl");
        let places: BTreeSet<String> = letters
            .iter()
            .map(|letter| format!("{}:{} {}", letter["file"], letter["offset"], letter["row"]))
            .collect();
        assert_eq!((letters.len(), places.len()), (BAD, BAD), "{what}: {letters:?}");
        for letter in letters {
            let holds = |image: &str| letter[image]["s"].as_str().is_some_and(|s| s.contains("bad"));
            assert!(holds("before") || holds("after"), "{what}: {letter}");
            assert_eq!((&letter["schema"], &letter["table"]), (&"d".into(), &"t".into()));
            assert_eq!(letter["refused"], what == "refuse-rows", "{letter}");
            assert!(letter["plugin"].as_str().unwrap().ends_with("hostile.wasm"), "{letter}");
            assert!(!letter["reason"].as_str().unwrap().is_empty(), "{letter}");
        }
    }
}

#[test]
fn what_it_says_of_tables_and_statements_is_never_given_up() {
    let Some(guest) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(SCRIPT).unwrap();
    for (place, named) in [("decide", "`decide` trapped"), ("judge", "`judge` trapped")] {
        let outcome = failing(&pair, &guest, place, "trap", "drop").run();
        says(&outcome, 1, &[named, "hostile.wasm"]);
    }
    let outcome = failing(&pair, &guest, "rows", "refuse-rows", "stop").run();
    says(&outcome, 1, &["refused a row: it is not liked", "table d.t, at or behind ", "on-error"]);
}

#[test]
fn a_run_without_hope_can_be_stopped() {
    let Some(guest) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let values: Vec<String> = (0..300).map(|row| format!("('bad-{row}', 1)")).collect();
    let sql = format!(
        "CREATE DATABASE d; CREATE TABLE d.t (s VARCHAR(40) PRIMARY KEY, n INT); INSERT INTO d.t VALUES {}",
        values.join(",")
    );
    pair.source.client().execute(&sql).unwrap();
    // Each of these rows takes longer than two calls may take: more than a minute in all.
    let failing = failing(&pair, &guest, "rows", "loop", "drop");
    let running = failing.spawn(&[]);
    let until = Instant::now() + Duration::from_secs(30);
    while !running.log().contains("which do not reach the target") {
        assert!(Instant::now() < until, "no row was lost:\n{}", running.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    running.ask_to_stop();
    // A second signal within a second is the same stop.
    std::thread::sleep(Duration::from_millis(1200));
    let asked = Instant::now();
    running.ask_to_stop();
    says(&running.wait(), 1, &["stopped at once"]);
    assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?}", asked.elapsed());
}

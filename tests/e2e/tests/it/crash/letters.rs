//! Crashes while rows are lost that a component fails on.

use super::{assert_killed, names_in, recoveries};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use tidegate_e2e::{Outcome, Pair, Pipeline, clean, pair};
use tidegate_test_servers::{Kind, Server, server_or_skip};

/// The source of the engine's crash points: a point that no test knows fails [`every_point_is_tested`].
const SOURCE: &str = include_str!("../../../../../core/engine/src/crash.rs");

/// The points of a dead letter.
const OF_LETTERS: [&str; 3] = ["letter-torn", "letter-written", "letter-durable"];

/// The point of a reset.
const OF_RESET: &str = "letters-stale";

/// Where a window is left uneven.
const UNEVEN: [&str; 4] = ["after-commit-0", "after-commit-1", "after-commit-2", "after-commit-3"];

const LETTERS: &str = "dead-letters.jsonl";
const CRASH: &str = "TIDEGATE_CRASH_AT";

/// How many rows the component does not like.
const BAD: usize = 20;

fn guest() -> Option<PathBuf> {
    tidegate_test_guests::guest("tests/guests/rust/hostile").unwrap()
}

/// Several windows of rows, some of which the component does not like; these are only inserted.
fn workload(pair: &Pair) {
    let source = pair.source.client();
    source
        .execute(
            "CREATE DATABASE d; CREATE TABLE d.t (s VARCHAR(40) PRIMARY KEY, n INT NOT NULL, UNIQUE KEY (n))",
        )
        .unwrap();
    let source = source.database("d");
    for round in 0..4 {
        let row = |row: u32| {
            let bad = if row % 300 == 150 { "bad" } else { "row" };
            format!("('{bad}-{row:06}', {row})")
        };
        let rows: Vec<String> = (round * 1500..(round + 1) * 1500).map(row).collect();
        let sql = format!(
            "INSERT INTO t VALUES {}; UPDATE t SET n = -n - 1 WHERE s LIKE 'row-%' AND n % 7 = 3; DELETE FROM t WHERE s LIKE 'row-%' AND n % 11 = 5",
            rows.join(",")
        );
        source.execute(&sql).unwrap();
    }
}

/// What the component does with bad rows, and what becomes of them.
#[derive(Clone, Copy)]
struct Component<'a> {
    guest: &'a Path,
    what: &'a str,
    policy: &'a str,
    call_time: &'a str,
}

impl Component<'_> {
    fn put_into(self, pipeline: Pipeline) -> Pipeline {
        pipeline
            .without_filters()
            .filter(
                &self.guest.display().to_string(),
                &format!("{{ where: rows, what: {}, value: bad }}", self.what),
            )
            .filter_key(&format!("on-error: {}", self.policy))
            .filter_key(&format!("limits: {{ memory: 16MiB, call-time: {} }}", self.call_time))
    }

    fn pipeline(self, pair: &Pair) -> Pipeline {
        let pipeline = Pipeline::new("letters", &pair.source, &pair.target)
            .sink_setting("lanes: 4")
            .sink_setting("window-rows: 1600")
            .memory("1MiB");
        self.put_into(pipeline)
    }
}

/// Has the next runs crash at a point.
fn crashing(pipeline: Pipeline, point: &str) -> Pipeline {
    pipeline.env(CRASH, point)
}

/// Has the next runs not crash.
fn well(pipeline: Pipeline) -> Pipeline {
    pipeline.env(CRASH, "nowhere")
}

fn rows(server: &Server, condition: &str) -> Vec<Vec<String>> {
    server.client().rows(&format!("SELECT s, n FROM d.t WHERE {condition} ORDER BY s")).unwrap()
}

/// Returns the keys of the rows in the dead letters; fails if one is there twice.
fn letters(pipeline: &Pipeline) -> BTreeSet<String> {
    let letters = pipeline.state_lines(LETTERS);
    let keys: BTreeSet<String> =
        letters.iter().map(|letter| letter["after"]["s"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), letters.len(), "a row has two dead letters");
    keys
}

/// Fails unless each row of the source is at the target or, a bad one, a dead letter, and none is both.
fn assert_nothing_is_lost_or_doubled(pair: &Pair, pipeline: &Pipeline, place: &str) {
    assert_eq!(rows(&pair.target, "s LIKE 'row-%'"), rows(&pair.source, "s LIKE 'row-%'"), "{place}");
    let keys = |server| rows(server, "s LIKE 'bad-%'").into_iter().map(|row| row[0].clone()).collect();
    let (all, arrived): (BTreeSet<String>, BTreeSet<String>) = (keys(&pair.source), keys(&pair.target));
    let lost = letters(pipeline);
    assert!(lost.is_disjoint(&arrived), "{place}: both lost and at the target");
    assert_eq!(lost.union(&arrived).cloned().collect::<BTreeSet<_>>(), all, "{place}");
}

#[test]
fn every_point_of_a_dead_letter() {
    let Some(guest) = guest() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    workload(&pair);
    for (what, policy) in [("trap", "dead-letter"), ("refuse-rows", "dead-letter"), ("trap", "drop")] {
        for point in OF_LETTERS {
            clean(&pair.target).unwrap();
            let component = Component { guest: &guest, what, policy, call_time: "10s" };
            let mut pipeline = component.pipeline(&pair);
            for count in [1, 2] {
                pipeline = crashing(pipeline, &format!("{point}:{count}"));
                assert_killed(&pipeline.run(), point);
            }
            pipeline = well(pipeline);
            pipeline.run_well();
            if policy == "drop" {
                assert_eq!(rows(&pair.target, "TRUE"), rows(&pair.source, "s LIKE 'row-%'"), "{point}");
                continue;
            }
            assert_nothing_is_lost_or_doubled(&pair, &pipeline, point);
            assert_eq!(letters(&pipeline).len(), BAD, "{what} {point}: all bad rows are letters");
        }
    }
}

#[test]
fn a_crash_at_a_reset_leaves_the_old_letters() {
    let Some(guest) = guest() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    workload(&pair);
    let component = Component { guest: &guest, what: "trap", policy: "dead-letter", call_time: "10s" };
    let mut pipeline = component.pipeline(&pair);
    pipeline.run_well();
    let reset = ["--until", "now", "--reset"];
    pipeline = crashing(pipeline, OF_RESET);
    assert_killed(&pipeline.run_with(&reset), OF_RESET);
    assert_eq!(letters(&pipeline).len(), BAD);
    clean(&pair.target).unwrap();
    // The plugin is mended meanwhile.
    let mended = Component { what: "nothing", ..component };
    pipeline = mended.put_into(well(pipeline));
    assert_eq!(pipeline.run_with(&reset).code, Some(0));
    assert_eq!(rows(&pair.target, "TRUE"), rows(&pair.source, "TRUE"));
    assert_eq!(pipeline.state_lines("dead-letters-1.jsonl").len(), BAD);
    assert!(pipeline.state_lines(LETTERS).is_empty());
}

/// Crashes so that a window is left uneven, goes on with another component, and looks whether `is_told` finds what it
/// waits for; returns the pipeline and whether it did.
fn crash_uneven(
    pair: &Pair,
    first: Component<'_>,
    then: Component<'_>,
    is_told: &dyn Fn(&Outcome) -> bool,
) -> bool {
    UNEVEN.iter().any(|point| {
        clean(&pair.target).unwrap();
        let pipeline = crashing(first.pipeline(pair), &format!("{point}:2"));
        assert_killed(&pipeline.run(), point);
        let pipeline = then.put_into(well(pipeline));
        let outcome = pipeline.run();
        let is_told = is_told(&outcome);
        // Whatever stopped it is mended.
        let last = first.put_into(pipeline);
        last.run_well();
        assert_nothing_is_lost_or_doubled(pair, &last, point);
        is_told
    })
}

/// The component is slow with bad rows: it fails where it has little time, and answers where it has more.
#[test]
fn a_window_is_finished_without_the_rows_that_it_was_begun_without() {
    let Some(guest) = guest() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    workload(&pair);
    let short = Component { guest: &guest, what: "slow", policy: "dead-letter", call_time: "100ms" };
    let long = Component { call_time: "60s", ..short };
    let finished = crash_uneven(&pair, short, long, &|outcome| {
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        recoveries(outcome).contains(&"finish-window".to_owned())
    });
    assert!(finished, "no crash left an uneven window");
}

#[test]
fn a_window_that_was_begun_with_a_row_is_not_finished_without_it() {
    let Some(guest) = guest() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    workload(&pair);
    let long = Component { guest: &guest, what: "slow", policy: "dead-letter", call_time: "60s" };
    let short = Component { call_time: "100ms", ..long };
    let stopped = crash_uneven(&pair, long, short, &|outcome| {
        outcome.code == Some(1) && outcome.stderr.contains("left unfinished was begun with a row")
    });
    assert!(stopped, "no crash left an uneven window");
}

#[test]
fn every_point_is_tested() {
    let tested = OF_LETTERS.into_iter().chain([OF_RESET]);
    assert_eq!(names_in(SOURCE), tested.collect::<BTreeSet<&str>>());
}

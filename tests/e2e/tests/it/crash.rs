//! The process dies at every named point of the protocol; the next run makes the target equal to the source.

mod interrupted;
mod letters;
mod rewritten;
mod windows;

use std::collections::BTreeSet;
use tidegate_e2e::Outcome;

/// The source of the crash points: a point that no test knows fails
/// [`every_point_is_tested_in_both_consistencies`].
const SOURCE: &str = include_str!("../../../../plugins/mysql/sink/src/crash.rs");

/// The points of starting and of windows; those with `{lane}` are there once a lane.
const OF_WINDOWS: [&str; 7] = [
    "before-start-commit",
    "after-start-commit",
    "after-fence-{lane}",
    "before-commit-{lane}",
    "commit-unanswered-{lane}",
    "after-commit-{lane}",
    "window-durable",
];

/// The points of a schema change.
const OF_DDL: [&str; 5] = ["ddl-settled", "ddl-intent", "ddl-unanswered", "ddl-executed", "ddl-done"];

/// Fails unless the process was killed where it was to be.
fn assert_killed(outcome: &Outcome, point: &str) {
    let reached = outcome.stderr.contains("crash point reached");
    assert!(
        outcome.code.is_none() && reached,
        "{point}: not killed there, exit code {:?}:\n{}",
        outcome.code,
        outcome.stderr
    );
}

/// Returns the recovery paths that a run reports.
fn recoveries(outcome: &Outcome) -> Vec<String> {
    let plain = without_colours(&outcome.stderr);
    let named = plain.split("recovery=").skip(1);
    named
        .map(|rest| {
            rest.trim_start_matches('"').split(['"', ' ', '\n']).next().unwrap_or_default().to_owned()
        })
        .collect()
}

fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) });
    }
    plain
}

/// Returns the names of the crash points in a source.
fn names_in(source: &str) -> BTreeSet<&str> {
    let (_, names) = source.split_once("fn name(self)").unwrap();
    let (names, _) = names.split_once("\n    }\n").unwrap();
    names.lines().filter_map(|line| line.split('"').nth(1)).collect()
}

#[test]
fn every_point_is_tested_in_both_consistencies() {
    let named = names_in(SOURCE);
    for consistency in ["row", "transaction"] {
        let windows = windows::RUNS.iter().filter(|run| run.consistency == consistency);
        let ddl = interrupted::RUNS.iter().filter(|run| run.consistency == consistency);
        let of_windows = windows.flat_map(|_| OF_WINDOWS);
        let tested = of_windows.chain(ddl.flat_map(|run| run.points.iter().copied()));
        assert_eq!(named, tested.collect::<BTreeSet<&str>>(), "{consistency}");
    }
}

//! Crashes while windows of rows are applied.

use super::{OF_WINDOWS, assert_killed, recoveries};
use std::collections::BTreeMap;
use tidegate_e2e::{Pair, Pipeline, assert_same, clean, pair};
use tidegate_test_servers::{Kind, server_or_skip};

const LANES: usize = 4;

/// How often a point is passed before the crash: not in the first window, which one lane applies.
const PASSED: usize = 2;

/// Rows of several windows: several unique keys, swaps, keyless duplicates, and schema changes between.
fn workload(pair: &Pair) {
    let source = pair.source.client();
    let rows = |from: u32, to: u32, row: fn(u32) -> String| (from..to).map(row).collect::<Vec<_>>().join(",");
    source
        .execute(
            "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, a INT NOT NULL, b INT, v VARCHAR(20), UNIQUE KEY (a), UNIQUE KEY (b)); \
             CREATE TABLE d.keyless (v INT, w VARCHAR(9)); CREATE TABLE d.pairs (x INT NOT NULL, y VARCHAR(9) NOT NULL, n INT, UNIQUE KEY (x, y)); \
             INSERT INTO d.t VALUES (-1, -1, -1, 'first');",
        )
        .unwrap();
    let source = source.database("d");
    for round in 0..3 {
        let base = round * 1500;
        let sql = format!(
            "INSERT INTO t VALUES {}; INSERT INTO pairs VALUES {}; INSERT INTO keyless VALUES {};\n\
             UPDATE t SET a = -a - 10 WHERE id >= {base}; UPDATE t SET b = b + 100000 WHERE id >= {base} ORDER BY b DESC;\n\
             BEGIN; UPDATE t SET b = NULL WHERE id = {one}; UPDATE t SET b = 100000 + {one} WHERE id = {two}; UPDATE t SET b = 100000 + {two} \
             WHERE id = {one}; COMMIT;\n\
             DELETE FROM t WHERE id >= {base} AND id % 5 = 0; INSERT INTO t SELECT id + 500000, a + 900000, b - 50000, 'copy' FROM t WHERE id >= \
             {base} AND id % 4 = 1 AND v <> 'copy';\n\
             UPDATE keyless SET w = 'changed' WHERE v % 3 = 0 LIMIT 40; DELETE FROM keyless WHERE v % 4 = 0 LIMIT 30;\n\
             UPDATE pairs SET y = CONCAT(y, '!'), n = n + 1 WHERE x % 2 = 0; BEGIN; DELETE FROM t; ROLLBACK;",
            rows(base, base + 1500, |id| format!("({id}, {id}, {id}, 'row {id}')")),
            rows(base, base + 600, |id| format!("({id}, 'y{}', {id})", id % 7)),
            rows(base, base + 150, |id| format!("({}, 'w{}')", id % 10, id % 2)),
            one = base + 1,
            two = base + 2,
        );
        source.execute(&sql).unwrap();
        match round {
            0 => source.execute("ALTER TABLE t ADD n INT NOT NULL DEFAULT 7; CREATE TABLE extra LIKE pairs; ALTER TABLE t DROP n"),
            1 => source.execute("RENAME TABLE pairs TO tmp, extra TO pairs, tmp TO extra; TRUNCATE TABLE extra; INSERT INTO extra VALUES (1, '1', 1)"),
            _ => source.execute("DROP TABLE extra"),
        }
        .unwrap();
    }
}

fn pipeline(pair: &Pair, consistency: &str) -> Pipeline {
    let lanes = if consistency == "row" { LANES } else { 1 };
    Pipeline::new("crash", &pair.source, &pair.target)
        .sink_setting(&format!("lanes: {lanes}"))
        .sink_setting("window-rows: 1600")
        .sink_setting(&format!("consistency: {consistency}"))
        .memory("1MiB")
}

fn points(lanes: usize) -> Vec<String> {
    let mut points = Vec::new();
    for point in OF_WINDOWS {
        if point.contains("{lane}") {
            points.extend((0..lanes).map(|lane| point.replace("{lane}", &lane.to_string())));
        } else {
            points.push(point.to_owned());
        }
    }
    points
}

/// Crashes at a point, crashes once more while that is mended, and runs to the end; returns what was recovered.
fn crash_at(pair: &Pair, consistency: &str, point: &str) -> Vec<String> {
    clean(&pair.target).unwrap();
    let start = point.contains("start");
    let chosen = if start { point.to_owned() } else { format!("{point}:{PASSED}") };
    assert_killed(&pipeline(pair, consistency).env("TIDEGATE_CRASH_AT", &chosen).run(), point);
    let again = pipeline(pair, consistency).env("TIDEGATE_CRASH_AT", point).run();
    assert!(matches!(again.code, None | Some(0)), "{point}, the second crash:\n{}", again.stderr);
    let last = pipeline(pair, consistency).run();
    assert_eq!(last.code, Some(0), "{point}:\n{}", last.stderr);
    assert_same(&pair.source, &pair.target);
    let mut recovered = recoveries(&again);
    recovered.extend(recoveries(&last));
    recovered
}

/// The recovery of a window that some lanes had committed and others had not.
const FINISHED: &str = "finish-window";

/// How often a crash is tried that is to leave a window uneven.
const ATTEMPTS: usize = 3;

/// Crashes at every point, of each lane's where there is one for each.
pub(super) struct Run {
    target: Kind,
    pub(super) consistency: &'static str,
    lanes: usize,
}

const IN_ROW: Run = Run { target: Kind::MySql, consistency: "row", lanes: LANES };
const IN_ROW_AT_TIDB: Run = Run { target: Kind::TiDb, ..IN_ROW };
const IN_TRANSACTION: Run = Run { consistency: "transaction", lanes: 1, ..IN_ROW };

/// All of them.
pub(super) const RUNS: [Run; 3] = [IN_ROW, IN_ROW_AT_TIDB, IN_TRANSACTION];

fn crash_everywhere(pair: &Pair, run: &Run) -> BTreeMap<String, Vec<String>> {
    workload(pair);
    let is_finished = |paths: &Vec<String>| paths.iter().any(|path| path == FINISHED);
    let crash = |point: String| {
        // On a busy machine the other lanes may have committed by then, and no window is left uneven.
        let attempts = if point.starts_with("after-commit") && run.lanes > 1 { ATTEMPTS } else { 1 };
        let mut paths = crash_at(pair, run.consistency, &point);
        for _ in 1..attempts {
            if !is_finished(&paths) {
                paths = crash_at(pair, run.consistency, &point);
            }
        }
        (point, paths)
    };
    points(run.lanes).into_iter().map(crash).collect()
}

/// A lane had committed and others had not: the window must have been finished, not begun anew.
fn assert_finished(recovered: &BTreeMap<String, Vec<String>>, point: &str, least: usize) {
    let finished = recovered.iter().filter(|(name, _)| name.starts_with(point));
    let finished = finished.filter(|(_, paths)| paths.iter().any(|path| path == FINISHED)).count();
    assert!(finished >= least, "{point}: {finished} crashes left an uneven window: {recovered:?}");
}

#[test]
fn every_point_in_row() {
    let pair = server_or_skip!(pair(IN_ROW.target));
    let recovered = crash_everywhere(&pair, &IN_ROW);
    assert_finished(&recovered, "after-commit", 3);
    assert_finished(&recovered, "commit-unanswered", 1);
}

#[test]
fn every_point_in_row_at_tidb() {
    let pair = server_or_skip!(pair(IN_ROW_AT_TIDB.target));
    let recovered = crash_everywhere(&pair, &IN_ROW_AT_TIDB);
    assert_finished(&recovered, "after-commit", 3);
}

#[test]
fn every_point_in_transaction() {
    let pair = server_or_skip!(pair(IN_TRANSACTION.target));
    crash_everywhere(&pair, &IN_TRANSACTION);
}

/// Crashes when a lane has committed its share; with which lane others are behind is left to the moment.
fn leave_uneven(pair: &Pair, lane: usize) {
    clean(&pair.target).unwrap();
    let point = format!("after-commit-{lane}");
    let crashed = pipeline(pair, "row").env("TIDEGATE_CRASH_AT", &format!("{point}:{PASSED}")).run();
    assert_killed(&crashed, &point);
}

/// The window is finished with the lanes that it was begun with, whatever the number is now.
#[test]
fn another_number_of_lanes_after_a_crash() {
    let pair = server_or_skip!(pair(Kind::MySql));
    workload(&pair);
    for (lanes, consistency) in [(1, "row"), (2, "row"), (7, "row"), (1, "transaction")] {
        let finished = (0..LANES).any(|lane| {
            leave_uneven(&pair, lane);
            let changed = Pipeline::new("crash", &pair.source, &pair.target)
                .sink_setting(&format!("lanes: {lanes}"))
                .sink_setting("window-rows: 900")
                .sink_setting(&format!("consistency: {consistency}"));
            let outcome = changed.run_well();
            assert_same(&pair.source, &pair.target);
            recoveries(&outcome).contains(&"finish-window".to_owned())
        });
        assert!(finished, "{lanes} lanes, {consistency}: no crash left an uneven window");
    }
}

/// Any other change of what the plan depends on is refused until the window is finished.
#[test]
fn other_filters_after_a_crash_are_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    workload(&pair);
    let refused = (0..LANES).find_map(|lane| {
        leave_uneven(&pair, lane);
        let list = "{ ignore-tables: [{ db-name: d, tbl-name: keyless }] }";
        let outcome = pipeline(&pair, "row").filter("block-allow-list", list).run();
        (outcome.code != Some(0)).then_some(outcome)
    });
    let outcome = refused.expect("no crash left an uneven window");
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("applied in part") && outcome.stderr.contains("changed since"),
        "{}",
        outcome.stderr
    );
    pipeline(&pair, "row").run_well();
    assert_same(&pair.source, &pair.target);
}

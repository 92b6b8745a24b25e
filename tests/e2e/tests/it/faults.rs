//! Lost answers, cut connections, error packets, restarts and silence: afterwards nothing is missing and nothing is twice.

mod servers;

use std::{ops::Range, thread, time::Duration};
use tidegate_e2e::{Outcome, Pair, Pipeline, assert_same, pair};
use tidegate_test_servers::{
    Kind,
    proxy::{Fault, Proxy, When},
    server_or_skip,
};

const SCHEMA: &str = "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, a INT, u INT, UNIQUE KEY (u)); CREATE TABLE d.keyless (v \
                      INT, w VARCHAR(9));";

/// Rows enough for several lanes: many of each kind, keys that wander, duplicates without a key.
fn load(pair: &Pair, rounds: Range<u32>) {
    let source = pair.source.client().database("d");
    for round in rounds {
        let base = round * 2000;
        let rows =
            |count: u32, row: fn(u32) -> String| (base..base + count).map(row).collect::<Vec<_>>().join(",");
        let sql = format!(
            "INSERT INTO t VALUES {}; UPDATE t SET u = -u WHERE id >= {base} AND id % 3 = 0; UPDATE t SET a = a + 1 WHERE id >= {base}; DELETE \
             FROM t WHERE id >= {base} AND id % 7 = 0; BEGIN; UPDATE t SET u = NULL WHERE id = {}; UPDATE t SET u = {} WHERE id = {}; UPDATE t \
             SET u = {} WHERE id = {}; COMMIT; INSERT INTO keyless VALUES {}; INSERT INTO keyless SELECT * FROM keyless LIMIT 20; DELETE FROM \
             keyless WHERE v % 5 = 0 LIMIT 10; UPDATE keyless SET w = 'x' WHERE v % 4 = 0 LIMIT 7;",
            rows(2000, |id| format!("({id}, {id}, {id})")),
            base + 1,
            base + 1,
            base + 2,
            base + 2,
            base + 1,
            rows(50, |id| format!("({}, 'w')", id % 9)),
        );
        source.execute(&sql).unwrap();
    }
}

/// Returns a pipeline whose target is reached through a proxy, in windows that just hold the largest transaction.
fn through(pair: &Pair, proxy: &Proxy, consistency: &str) -> Pipeline {
    let pipeline =
        Pipeline::new("faults", &pair.source, &pair.target).through(pair.target.port(), proxy.port());
    pipeline
        .sink_setting(&format!("consistency: {consistency}"))
        .sink_setting("window-rows: 2100")
        .memory("1MiB")
}

fn prepared(pair: &Pair) -> Proxy {
    pair.source.client().execute(SCHEMA).unwrap();
    load(pair, 0..2);
    Proxy::start(pair.target.address()).unwrap()
}

/// Makes the target anew, as it is when the tables are there and the rows are not: from here on only rows are applied.
fn tables_only(pair: &Pair) {
    tidegate_e2e::clean(&pair.target).unwrap();
    let uuid = pair.source.client().execute("SELECT @@server_uuid").unwrap();
    let tables = format!("{}:1-3", uuid.trim());
    let outcome = Pipeline::new("faults", &pair.source, &pair.target).run_with(&["--until", &tables]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

/// Lays one trap, runs, and fails unless it sprang, the run went on, and both sides are equal.
fn survives(pair: &Pair, consistency: &str, when: When, fault: Fault, what: &str) -> Outcome {
    let (outcome, happened) = try_fault(pair, consistency, when, fault, what);
    assert!(happened, "{what}, {consistency}: never happened");
    outcome
}

/// As [`survives`], and tells whether the fault happened at all.
fn try_fault(pair: &Pair, consistency: &str, when: When, fault: Fault, what: &str) -> (Outcome, bool) {
    tables_only(pair);
    let proxy = Proxy::start(pair.target.address()).unwrap();
    let trap = proxy.arm(when, fault);
    let outcome = through(pair, &proxy, consistency).run();
    assert_eq!(outcome.code, Some(0), "{what}, {consistency}:\n{}", outcome.stderr);
    assert_same(&pair.source, &pair.target);
    (outcome, trap.has_sprung())
}

/// The server commits and the answer is lost: the share is looked for, not repeated blindly. The first COMMITs are of the
/// start and of lanes that read their rows; those of shares must be among the others.
#[test]
fn answers_of_commits_are_lost() {
    for target in [Kind::MySql, Kind::TiDb] {
        let pair = server_or_skip!(pair(target));
        drop(prepared(&pair));
        for (consistency, last, least) in [("row", 9, 2), ("transaction", 9, 1)] {
            let mut found = 0;
            for nth in 2..=last {
                let when = When::starts_with("COMMIT").nth(nth);
                let (outcome, happened) =
                    try_fault(&pair, consistency, when, Fault::LoseAnswer, "a lost answer");
                let says = |path: &str| outcome.stderr.contains(path);
                let looked = says("share-was-committed") || says("opening source and sink again");
                found += usize::from(says("unknown-commit") && looked);
                if !happened || found > least {
                    break;
                }
            }
            assert!(found >= least, "{target}, {consistency}: {found} shares were found committed");
        }
    }
}

/// The connection is cut before a statement of each kind arrives: the whole share is repeated.
#[test]
fn connections_to_the_target_are_cut() {
    let pair = server_or_skip!(pair(Kind::MySql));
    drop(prepared(&pair));
    for consistency in ["row", "transaction"] {
        for (statement, nth) in [("COMMIT", 3), ("INSERT INTO `d`", 1), ("UPDATE", 3), ("DELETE", 1)] {
            let what = format!("a cut before {statement} {nth}");
            survives(&pair, consistency, When::contains(statement).nth(nth), Fault::CutBefore, &what);
        }
    }
}

/// Errors that go away when the share is repeated.
#[test]
fn transient_errors_repeat_the_share() {
    let pair = server_or_skip!(pair(Kind::MySql));
    drop(prepared(&pair));
    for consistency in ["row", "transaction"] {
        for (statement, nth, code, state, message) in [
            (
                "INSERT INTO `d`",
                1,
                1213,
                b"40001",
                "Deadlock found when trying to get lock; try restarting transaction",
            ),
            (
                "COMMIT",
                4,
                1213,
                b"40001",
                "Deadlock found when trying to get lock; try restarting transaction",
            ),
            ("UPDATE `d`", 1, 1205, b"HY000", "Lock wait timeout exceeded; try restarting transaction"),
            ("DELETE", 1, 1205, b"HY000", "Lock wait timeout exceeded; try restarting transaction"),
        ] {
            let when = When::contains(statement).nth(nth);
            survives(
                &pair,
                consistency,
                when,
                Fault::error(code, state, message),
                &format!("{code} at {statement}"),
            );
        }
    }
}

#[test]
fn transient_errors_of_tidb_repeat_the_share() {
    let pair = server_or_skip!(pair(Kind::TiDb));
    drop(prepared(&pair));
    for (statement, nth, code, message) in [
        (
            "COMMIT",
            2,
            9007,
            "Write conflict, txnStartTS=1, conflictStartTS=2, conflictCommitTS=3, key={tableID=1} [try again later]",
        ),
        ("INSERT INTO `d`", 2, 9007, "Write conflict, txnStartTS=1, conflictStartTS=2 [try again later]"),
        (
            "COMMIT",
            4,
            8028,
            "Information schema is changed during the execution of the statement [try again later]",
        ),
        ("INSERT INTO `d`", 3, 9005, "Region is unavailable"),
    ] {
        let when = When::contains(statement).nth(nth);
        survives(
            &pair,
            "row",
            when,
            Fault::error(code, b"HY000", message),
            &format!("{code} at {statement}"),
        );
    }
}

/// An error that does not go away stops, with the table and the position.
#[test]
fn definite_errors_stop_with_table_and_position() {
    let pair = server_or_skip!(pair(Kind::MySql));
    drop(prepared(&pair));
    let proxy = Proxy::start(pair.target.address()).unwrap();
    let error = Fault::error(1264, b"22003", "Out of range value for column 'a' at row 1");
    let trap = proxy.arm(When::contains("INSERT INTO `d`.`t`"), error);
    let outcome = through(&pair, &proxy, "row").run();
    assert!(trap.has_sprung());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    for part in ["1264", "d.t", "binlog.0000"] {
        assert!(outcome.stderr.contains(part), "no `{part}` in:\n{}", outcome.stderr);
    }
    // Nothing is lost: the next run goes on.
    through(&pair, &proxy, "row").run_well();
    assert_same(&pair.source, &pair.target);
}

/// Both sides are cut again and again while the source is written.
#[test]
fn cuts_on_both_sides_under_load() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let to_target = prepared(&pair);
    let to_source = Proxy::start(pair.source.address()).unwrap();
    let pipeline = through(&pair, &to_target, "row")
        .through(pair.source.port(), to_source.port())
        .source_setting("reconnect: { first: 50ms, longest: 200ms }");
    let mut running = pipeline.spawn(&[]);
    thread::scope(|scope| {
        let loading = scope.spawn(|| load(&pair, 2..6));
        let mut cuts = 0;
        while !loading.is_finished() || cuts < 8 {
            thread::sleep(Duration::from_millis(150));
            if cuts % 2 == 0 {
                to_source.cut()
            } else {
                to_target.cut()
            }
            cuts += 1;
        }
        loading.join().unwrap();
    });
    let last = "SELECT COUNT(*) FROM d.t WHERE id = 1000000";
    pair.source.client().execute("INSERT INTO d.t VALUES (1000000, 0, NULL)").unwrap();
    running.wait_until("the last row", || {
        pair.target.client().execute(last).is_ok_and(|count| count.trim() == "1")
    });
    assert_eq!(running.interrupt().code, Some(0));
    assert_same(&pair.source, &pair.target);
}

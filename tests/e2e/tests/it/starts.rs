//! Where a pipeline begins, goes on and ends, and on which server.

mod failover;
mod quiet;

use std::time::Duration;
use tidegate_e2e::{Outcome, Pair, Pipeline, assert_same, pair};
use tidegate_test_servers::{Kind, Server, server_or_skip};

const TABLE: &str = "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY);";

fn ids(server: &Server) -> String {
    let rows = server.client().rows("SELECT id FROM d.t ORDER BY id").unwrap();
    rows.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn insert(server: &Server, id: u32) {
    server.client().execute(&format!("INSERT INTO d.t VALUES ({id})")).unwrap();
}

fn executed(server: &Server) -> String {
    server.client().execute("SELECT @@gtid_executed").unwrap().replace("\\n", "").trim().to_owned()
}

fn uuid(server: &Server) -> String {
    server.client().execute("SELECT @@server_uuid").unwrap().trim().to_owned()
}

/// Returns the end of the source's log, as file and offset.
fn log_end(server: &Server) -> (String, String) {
    let rows = server.client().rows("SHOW BINARY LOG STATUS").unwrap();
    (rows[0][0].clone(), rows[0][1].clone())
}

fn pipeline(pair: &Pair) -> Pipeline {
    Pipeline::new("starts", &pair.source, &pair.target)
}

/// Makes the table on both sides, outside of what is replicated.
fn table_on_both(pair: &Pair) {
    pair.source.client().execute(TABLE).unwrap();
    pair.target.client().execute(TABLE).unwrap();
}

fn assert_refused(outcome: &Outcome, code: i32, parts: &[&str]) {
    assert_eq!(outcome.code, Some(code), "{}", outcome.stderr);
    for part in parts {
        assert!(outcome.stderr.contains(part), "no `{part}` in:\n{}", outcome.stderr);
    }
}

#[test]
fn earliest_reads_everything() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(TABLE).unwrap();
    for id in 1..4 {
        insert(&pair.source, id);
        pair.source.client().execute("FLUSH BINARY LOGS").unwrap();
    }
    pipeline(&pair).run_well();
    assert_eq!(ids(&pair.target), "1 2 3");
}

#[test]
fn latest_reads_what_comes() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    insert(&pair.source, 1);
    let pipeline = pipeline(&pair).start("latest");
    let mut running = pipeline.spawn(&[]);
    // `latest` is where the log ended when the run began to read: insert until something arrives.
    let mut next = 2;
    running.wait_until("a row", || {
        insert(&pair.source, next);
        next += 1;
        !ids(&pair.target).is_empty()
    });
    assert_eq!(running.interrupt().code, Some(0));
    let first: u32 = ids(&pair.target).split(' ').next().unwrap().parse().unwrap();
    assert!(first >= 2, "it began before it was started");
    pipeline.run_well();
    let expected: Vec<String> = (first..next).map(|id| id.to_string()).collect();
    assert_eq!(ids(&pair.target), expected.join(" "));
}

#[test]
fn a_file_and_offset_is_a_start() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    insert(&pair.source, 1);
    pair.source.client().execute("FLUSH BINARY LOGS").unwrap();
    insert(&pair.source, 2);
    let (file, offset) = log_end(&pair.source);
    insert(&pair.source, 3);
    insert(&pair.source, 4);
    pipeline(&pair).start(&format!("{{ file: {file}, position: {offset} }}")).run_well();
    assert_eq!(ids(&pair.target), "3 4");
}

/// A position within a transaction or an event, behind the end, in a file that never was.
#[test]
fn a_file_and_offset_that_is_none_is_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    let (file, begin) = log_end(&pair.source);
    insert(&pair.source, 1);
    let inside = begin.parse::<u64>().unwrap() + 100;
    for (start, part) in [
        (format!("{{ file: {file}, position: {inside} }}"), "lies within"),
        (format!("{{ file: {file}, position: 99999999 }}"), "99999999"),
        ("{ file: binlog.000099, position: 4 }".to_owned(), "binlog.000099"),
    ] {
        let outcome = pipeline(&pair).start(&start).run();
        assert_refused(&outcome, 3, &[part]);
        assert_eq!(ids(&pair.target), "");
    }
}

/// What a GTID set leaves out is read wherever it lies, and what it has is not.
#[test]
fn a_gtid_set_with_gaps_is_honoured() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    for id in 1..=8 {
        insert(&pair.source, id);
    }
    // Two transactions made the table; the third is the first row.
    let uuid = uuid(&pair.source);
    pipeline(&pair).start(&format!("{{ gtid: \"{uuid}:1-3:5-6:9\" }}")).run_well();
    assert_eq!(ids(&pair.target), "2 5 6 8");
    insert(&pair.source, 9);
    pipeline(&pair).run_well();
    assert_eq!(ids(&pair.target), "2 5 6 8 9");
}

#[test]
fn a_gtid_set_that_never_was_is_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    for set in
        [format!("{}:1-999", uuid(&pair.source)), "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5".to_owned()]
    {
        let outcome = pipeline(&pair).start(&format!("{{ gtid: \"{set}\" }}")).run();
        assert_refused(&outcome, 3, &["never executed"]);
    }
}

/// What was purged is noticed before anything is read.
#[test]
fn purged_positions_are_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(TABLE).unwrap();
    let (first, _) = log_end(&pair.source);
    let mut pipelines = vec![pipeline(&pair).start(&format!("{{ file: {first}, position: 4 }}"))];
    pipelines.push(pipeline(&pair).start(&format!("{{ gtid: \"{}:1\" }}", uuid(&pair.source))));
    pair.source.client().execute("FLUSH BINARY LOGS").unwrap();
    let (second, _) = log_end(&pair.source);
    pair.source.client().execute(&format!("PURGE BINARY LOGS TO '{second}'")).unwrap();
    for pipeline in pipelines {
        assert_refused(&pipeline.run(), 3, &["purged"]);
        assert_eq!(pair.target.client().execute("SHOW DATABASES LIKE 'd'").unwrap(), "");
    }
}

/// A checkpoint whose log was purged is refused too: rows would be missing.
#[test]
fn a_purged_checkpoint_is_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(TABLE).unwrap();
    insert(&pair.source, 1);
    pipeline(&pair).run_well();
    insert(&pair.source, 2);
    pair.source.client().execute("FLUSH BINARY LOGS").unwrap();
    let (second, _) = log_end(&pair.source);
    pair.source.client().execute(&format!("PURGE BINARY LOGS TO '{second}'")).unwrap();
    insert(&pair.source, 3);
    assert_refused(&pipeline(&pair).run(), 3, &["purged"]);
    assert_eq!(ids(&pair.target), "1");
}

#[test]
fn a_checkpoint_beats_a_start_and_a_reset_asks_for_it() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    let begin = executed(&pair.source);
    insert(&pair.source, 1);
    let from_begin = pipeline(&pair).start(&format!("{{ gtid: \"{begin}\" }}"));
    from_begin.run_well();
    insert(&pair.source, 2);
    let outcome = from_begin.run_well();
    assert!(outcome.stderr.contains("`start` is not used"), "{}", outcome.stderr);
    assert_eq!(ids(&pair.target), "1 2");
    pair.target.client().execute("DELETE FROM d.t").unwrap();
    insert(&pair.source, 3);
    let outcome = from_begin.run_with(&["--until", "now", "--reset"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(ids(&pair.target), "1 2 3");
    // Without a `start` there is nothing to say.
    let outcome = Pipeline::new("starts", &pair.source, &pair.target).run_well();
    assert_eq!(ids(&pair.target), "1 2 3", "{}", outcome.stderr);
}

#[test]
fn another_pipeline_has_its_own_checkpoint() {
    let pair = server_or_skip!(pair(Kind::MySql));
    table_on_both(&pair);
    pipeline(&pair).start("latest").run_well();
    insert(&pair.source, 1);
    Pipeline::new("others", &pair.source, &pair.target).start("latest").run_well();
    assert_eq!(ids(&pair.target), "");
    pipeline(&pair).run_well();
    assert_eq!(ids(&pair.target), "1");
}

#[test]
fn until_stops_where_it_is_told() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(TABLE).unwrap();
    insert(&pair.source, 1);
    insert(&pair.source, 2);
    let gtids = executed(&pair.source);
    pair.source.client().execute("INSERT INTO d.t VALUES (3), (4); BEGIN; INSERT INTO d.t VALUES (5); INSERT INTO d.t VALUES (6); COMMIT").unwrap();
    let (file, offset) = log_end(&pair.source);
    insert(&pair.source, 7);
    let pipeline = pipeline(&pair);
    for (until, expected) in
        [(gtids, "1 2"), (format!("{file}:{offset}"), "1 2 3 4 5 6"), ("now".into(), "1 2 3 4 5 6 7")]
    {
        let outcome = pipeline.run_with(&["--until", &until]);
        assert_eq!(outcome.code, Some(0), "{until}: {}", outcome.stderr);
        assert_eq!(ids(&pair.target), expected, "{until}");
        // Once more does nothing, and ends.
        assert_eq!(pipeline.run_with(&["--until", &until]).code, Some(0), "{until}");
        assert_eq!(ids(&pair.target), expected, "{until}");
    }
    assert_refused(&pipeline.run_with(&["--until", "tomorrow"]), 2, &["tomorrow"]);
    for never in ["another.000001:4", "0-1-7"] {
        assert_refused(&pipeline.run_with(&["--until", never]), 2, &["can never be reached"]);
    }
}

/// Ctrl-C ends between two transactions of the source, in both consistencies, and a further run goes on there.
#[test]
fn an_interrupt_ends_on_a_transaction_boundary() {
    for consistency in ["row", "transaction"] {
        let pair = server_or_skip!(pair(Kind::MySql));
        pair.source.client().execute(TABLE).unwrap();
        // Ten rows a transaction: a boundary has a multiple of ten.
        let load: String = (0..400)
            .map(|number| {
                let rows: Vec<String> = (0..10).map(|row| format!("({})", number * 10 + row)).collect();
                format!(
                    "BEGIN; INSERT INTO d.t VALUES {}; INSERT INTO d.t VALUES {}; COMMIT;",
                    rows[..6].join(","),
                    rows[6..].join(",")
                )
            })
            .collect();
        let pipeline = pipeline(&pair)
            .sink_setting(&format!("consistency: {consistency}"))
            .sink_setting("window-rows: 37");
        let mut running = pipeline.spawn(&[]);
        std::thread::scope(|scope| {
            scope.spawn(|| pair.source.client().execute(&load).unwrap());
            running.wait_until("a row", || {
                let count = pair.target.client().execute("SELECT COUNT(*) FROM d.t");
                count.is_ok_and(|count| count.trim().parse::<u32>().is_ok_and(|count| count > 50))
            });
            let outcome = running.interrupt();
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        });
        let count: u32 =
            pair.target.client().execute("SELECT COUNT(*) FROM d.t").unwrap().trim().parse().unwrap();
        assert!(count.is_multiple_of(10), "{consistency}: {count} rows: within a transaction");
        pipeline.run_well();
        assert_same(&pair.source, &pair.target);
    }
}

/// Two runs of one pipeline at once: the newer one takes over, the older one stops, and nothing is applied twice.
#[test]
fn the_newer_of_two_runs_takes_over() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(TABLE).unwrap();
    let pipeline = pipeline(&pair);
    let mut older = pipeline.spawn(&[]);
    insert(&pair.source, 1);
    older.wait_until("the first row", || {
        pair.target.client().execute("SELECT * FROM d.t").is_ok_and(|rows| rows.trim() == "1")
    });
    let same = Pipeline::new("starts", &pair.source, &pair.target).source_setting("server-id: 4711");
    let mut newer = same.spawn(&[]);
    newer.wait_until("the second row", || {
        std::thread::sleep(Duration::from_millis(200));
        let next = ids(&pair.source).split(' ').count() + 1;
        insert(&pair.source, u32::try_from(next).unwrap());
        newer_has_written(&pair)
    });
    let outcome = older.wait();
    assert_ne!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(newer.interrupt().code, Some(0));
    same.run_well();
    assert_same(&pair.source, &pair.target);
}

fn newer_has_written(pair: &Pair) -> bool {
    let epochs = pair.target.client().execute("SELECT epoch FROM tidegate.pipeline");
    let rows = ids(&pair.target).split(' ').count();
    epochs.is_ok_and(|epoch| epoch.trim().parse::<u32>().is_ok_and(|epoch| epoch > 1)) && rows > 3
}

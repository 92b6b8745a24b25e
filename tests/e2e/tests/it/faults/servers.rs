//! Servers that go away and come back, and a network that says nothing any more.

use super::{SCHEMA, load, prepared, tables_only, through};
use std::{thread, time::Duration};
use tidegate_e2e::{Pair, Pipeline, Running, assert_same, pair};
use tidegate_test_servers::{
    Kind,
    proxy::{Fault, Proxy, When},
    server_or_skip,
};

/// Writes a last row and waits for it.
fn catch_up(pair: &Pair, running: &mut Running) {
    pair.source.client().execute("INSERT INTO d.t VALUES (1000000, 0, NULL)").unwrap();
    let last = "SELECT COUNT(*) FROM d.t WHERE id = 1000000";
    running.wait_until("the last row", || {
        pair.target.client().execute(last).is_ok_and(|count| count.trim() == "1")
    });
}

fn wait_for_rows(pair: &Pair, running: &mut Running, least: u32) {
    running.wait_until("some rows", || {
        let count = pair.target.client().execute("SELECT COUNT(*) FROM d.t");
        count.is_ok_and(|count| count.trim().parse::<u32>().is_ok_and(|count| count >= least))
    });
}

#[test]
fn the_target_is_restarted_and_killed() {
    let mut pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(SCHEMA).unwrap();
    let pipeline = Pipeline::new("faults", &pair.source, &pair.target).sink_setting("window-rows: 1200");
    let mut running = pipeline.spawn(&[]);
    load(&pair, 0..1);
    wait_for_rows(&pair, &mut running, 1);
    pair.target.restart().unwrap();
    load(&pair, 1..3);
    pair.target.kill().unwrap();
    load(&pair, 3..4);
    pair.target.start().unwrap();
    catch_up(&pair, &mut running);
    let outcome = running.interrupt();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_same(&pair.source, &pair.target);
}

#[test]
fn the_source_is_restarted_and_killed() {
    let mut pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(SCHEMA).unwrap();
    let pipeline = Pipeline::new("faults", &pair.source, &pair.target)
        .source_setting("reconnect: { first: 50ms, longest: 500ms }");
    let mut running = pipeline.spawn(&[]);
    load(&pair, 0..1);
    wait_for_rows(&pair, &mut running, 1);
    pair.source.restart().unwrap();
    load(&pair, 1..2);
    pair.source.kill().unwrap();
    thread::sleep(Duration::from_millis(500));
    pair.source.start().unwrap();
    load(&pair, 2..3);
    catch_up(&pair, &mut running);
    let outcome = running.interrupt();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_same(&pair.source, &pair.target);
}

/// The network between source and pipeline drops every packet: the connection is dead, and that is noticed.
#[test]
fn a_silent_source_is_noticed() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(SCHEMA).unwrap();
    let proxy = Proxy::start(pair.source.address()).unwrap();
    let pipeline = Pipeline::new("faults", &pair.source, &pair.target)
        .through(pair.source.port(), proxy.port())
        .source_setting("heartbeat: 300ms")
        .source_setting("connect-timeout: 1s")
        .source_setting("reconnect: { first: 50ms, longest: 300ms }");
    let mut running = pipeline.spawn(&[]);
    load(&pair, 0..1);
    wait_for_rows(&pair, &mut running, 1);
    // A quiet source with heartbeats is not silent.
    let before = proxy.connections_made();
    thread::sleep(Duration::from_secs(2));
    assert_eq!(proxy.connections_made(), before, "a quiet connection was given up:\n{}", running.log());
    proxy.black_hole();
    load(&pair, 1..2);
    running.wait_until("a further connection", || proxy.connections_made() > before);
    proxy.restore();
    catch_up(&pair, &mut running);
    let outcome = running.interrupt();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_same(&pair.source, &pair.target);
}

/// The server falls silent while it is being asked for its log.
#[test]
fn a_source_that_does_not_answer_is_noticed() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(SCHEMA).unwrap();
    let proxy = Proxy::start(pair.source.address()).unwrap();
    let trap = proxy.arm(When::starts_with("SET @slave_uuid"), Fault::BlackHole);
    let pipeline = Pipeline::new("faults", &pair.source, &pair.target)
        .through(pair.source.port(), proxy.port())
        .source_setting("connect-timeout: 1s")
        .source_setting("reconnect: { first: 50ms, longest: 300ms }");
    let mut running = pipeline.spawn(&[]);
    assert!(trap.wait(Duration::from_secs(60)), "the log was not asked for:\n{}", running.log());
    load(&pair, 0..1);
    catch_up(&pair, &mut running);
    assert_eq!(running.interrupt().code, Some(0));
    assert_same(&pair.source, &pair.target);
}

/// A process that was cut off for so long that another took over: what it was about to commit does no harm.
#[test]
fn a_held_commit_does_no_harm() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let proxy = prepared(&pair);
    tables_only(&pair);
    let trap = proxy.arm(When::starts_with("COMMIT").nth(3), Fault::BlackHole);
    let pipeline = through(&pair, &proxy, "row");
    let held = pipeline.spawn(&[]);
    assert!(trap.wait(Duration::from_secs(60)), "no third COMMIT:\n{}", held.log());
    // The other one waits for the lock of the held lane, ends its connection, and goes on.
    let other = Pipeline::new("faults", &pair.source, &pair.target)
        .sink_setting("window-rows: 1500")
        .source_setting("server-id: 4712");
    other.run_well();
    assert_same(&pair.source, &pair.target);
    proxy.restore();
    thread::sleep(Duration::from_millis(500));
    load(&pair, 2..3);
    other.run_well();
    // It may stop, or start again as a newer run; what it held is void in any case.
    drop(held.interrupt());
    assert_same(&pair.source, &pair.target);
}

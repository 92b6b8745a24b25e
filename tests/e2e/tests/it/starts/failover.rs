//! Going on at another server: by GTIDs at one of the same history, never at one of another.

use super::{TABLE, assert_refused, ids, insert, pipeline};
use std::{
    thread,
    time::{Duration, Instant},
};
use tidegate_e2e::{Lease, Pair, Pipeline, assert_same, lease, pair};
use tidegate_test_servers::{
    Kind, PASSWORD, Server, USER,
    proxy::{Fault, Proxy, When},
    server_or_skip,
};

/// Makes `replica` follow `source`, from its beginning.
fn replicate(replica: &Server, source: &Server) {
    let change = format!(
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = {}, SOURCE_USER = '{USER}', SOURCE_PASSWORD = '{PASSWORD}', \
         SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1; START REPLICA;",
        source.port()
    );
    replica.client().execute(&change).unwrap();
}

fn wait_for_replica(replica: &Server, source: &Server) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let set = super::executed(source);
        let query = format!("SELECT GTID_SUBSET('{set}', @@gtid_executed)");
        if replica.client().execute(&query).unwrap().trim() == "1" {
            return;
        }
        assert!(Instant::now() < end, "the replica does not follow: {}", replica.log_tail());
        thread::sleep(Duration::from_millis(50));
    }
}

fn stop_replica(replica: &Server) {
    replica.client().execute("STOP REPLICA; RESET REPLICA ALL").unwrap();
}

fn moved(pair: &Pair, replica: &Lease) -> Pipeline {
    pipeline(pair).through(pair.source.port(), replica.port())
}

#[test]
fn a_replica_takes_over() {
    let mut pair = server_or_skip!(pair(Kind::MySql));
    let replica = server_or_skip!(lease(Kind::MySql));
    replicate(&replica, &pair.source);
    pair.source.client().execute(TABLE).unwrap();
    insert(&pair.source, 1);
    pipeline(&pair).run_well();
    insert(&pair.source, 2);
    wait_for_replica(&replica, &pair.source);
    let pipeline = moved(&pair, &replica);
    pair.source.kill().unwrap();
    stop_replica(&replica);
    replica.client().execute("ALTER TABLE d.t ADD a INT DEFAULT 5; INSERT INTO d.t VALUES (3, 4)").unwrap();
    pipeline.run_well();
    assert_same(&replica, &pair.target);
    pair.source.start().unwrap();
}

/// A window that was left uneven is finished from the replica's log: the same transactions lie elsewhere in it.
#[test]
fn a_replica_finishes_an_uneven_window() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let replica = server_or_skip!(lease(Kind::MySql));
    replicate(&replica, &pair.source);
    pair.source.client().execute(TABLE).unwrap();
    pipeline(&pair).run_well();
    let rows = |from: u32| (from..from + 1_500).map(|id| format!("({id})")).collect::<Vec<_>>().join(",");
    let inserts = [0, 1_500].map(|from| format!("INSERT INTO d.t VALUES {}", rows(from)));
    pair.source.client().execute(&inserts.join(";")).unwrap();
    let proxy = Proxy::start(pair.target.address()).unwrap();
    let fence = When::starts_with("UPDATE tidegate.lane SET `window`").nth(2);
    let trap = proxy.arm(fence, Fault::error(1105, b"HY000", "broken on purpose"));
    let outcome = pipeline(&pair).through(pair.target.port(), proxy.port()).run();
    assert!(trap.has_sprung() && outcome.code == Some(1), "{}", outcome.stderr);
    wait_for_replica(&replica, &pair.source);
    stop_replica(&replica);
    replica.client().execute("FLUSH BINARY LOGS").unwrap();
    insert(&replica, 3_000);
    let outcome = moved(&pair, &replica).run_well();
    assert!(outcome.stderr.contains("finish-window"), "{}", outcome.stderr);
    assert_same(&replica, &pair.target);
}

/// A replica that has not caught up yet is waited for.
#[test]
fn a_replica_that_lags_is_waited_for() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let replica = server_or_skip!(lease(Kind::MySql));
    replicate(&replica, &pair.source);
    pair.source.client().execute(TABLE).unwrap();
    wait_for_replica(&replica, &pair.source);
    replica.client().execute("STOP REPLICA").unwrap();
    insert(&pair.source, 1);
    pipeline(&pair).run_well();
    let moved = moved(&pair, &replica);
    let mut running = moved.spawn(&[]);
    running.wait_until("that it waits", || says_that_it_waits(&moved));
    insert(&pair.source, 2);
    replica.client().execute("START REPLICA").unwrap();
    running.wait_until("the row behind the lag", || ids(&pair.target) == "1 2");
    assert_eq!(running.interrupt().code, Some(0));
    stop_replica(&replica);
    assert_same(&replica, &pair.target);
}

/// Reads what the run has logged: it must say that the server lags.
fn says_that_it_waits(pipeline: &Pipeline) -> bool {
    let log = std::fs::read_to_string(pipeline.folder().join("run.err")).unwrap_or_default();
    log.contains("does not have") || log.contains("lag") || log.contains("behind")
}

/// A server that was promoted without transactions that the target already has is of another history.
#[test]
fn a_diverged_server_is_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let replica = server_or_skip!(lease(Kind::MySql));
    replicate(&replica, &pair.source);
    pair.source.client().execute(TABLE).unwrap();
    wait_for_replica(&replica, &pair.source);
    stop_replica(&replica);
    insert(&pair.source, 1);
    pipeline(&pair).run_well();
    insert(&replica, 2);
    let outcome = moved(&pair, &replica).run();
    assert_refused(&outcome, 3, &["history", "lacks"]);
    assert_eq!(ids(&pair.target), "1");
}

/// A replica that lags is waited for, also if it has a transaction of its own besides.
#[test]
fn a_replica_that_lags_and_has_rows_of_its_own_is_waited_for() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let replica = server_or_skip!(lease(Kind::MySql));
    replicate(&replica, &pair.source);
    pair.source.client().execute(TABLE).unwrap();
    wait_for_replica(&replica, &pair.source);
    replica.client().execute("STOP REPLICA SQL_THREAD; CREATE DATABASE own_rows").unwrap();
    insert(&pair.source, 1);
    pipeline(&pair).run_well();
    let moved = moved(&pair, &replica);
    let mut running = moved.spawn(&[]);
    running.wait_until("that it waits", || says_that_it_waits(&moved));
    replica.client().execute("START REPLICA").unwrap();
    insert(&pair.source, 2);
    running.wait_until("the row behind the lag", || ids(&pair.target) == "1 2");
    assert_eq!(running.interrupt().code, Some(0));
    stop_replica(&replica);
}

/// A server that has lost what it once sent gives the same numbers to other transactions.
#[test]
fn a_server_that_lost_its_transactions_is_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    pair.source.client().execute(TABLE).unwrap();
    insert(&pair.source, 1);
    pipeline(&pair).run_well();
    pair.source.client().execute("RESET BINARY LOGS AND GTIDS").unwrap();
    assert_refused(&pipeline(&pair).run(), 3, &["history", "lacks"]);
}

/// A server that has nothing to do with the checkpoint's.
#[test]
fn another_server_is_refused() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let other = server_or_skip!(lease(Kind::MySql));
    for server in [&pair.source, &other] {
        server.client().execute(TABLE).unwrap();
        insert(server, 1);
    }
    pipeline(&pair).run_well();
    insert(&other, 2);
    assert_refused(&moved(&pair, &other).run(), 3, &["lacks"]);
    assert_eq!(ids(&pair.target), "1");
}

/// Without GTIDs a position means something on its own server only.
#[test]
fn without_gtids_only_the_same_server_will_do() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let no_gtids = ["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"];
    let plain = || tidegate_test_servers::MySql::builder().options(no_gtids).start();
    let (source, other) = (server_or_skip!(plain()), server_or_skip!(plain()));
    for server in [&source, &other] {
        server.client().execute(TABLE).unwrap();
        insert(server, 1);
    }
    let pipeline = Pipeline::new("starts", &source, &pair.target);
    pipeline.run_well();
    insert(&source, 2);
    pipeline.run_well();
    assert_eq!(ids(&pair.target), "1 2");
    insert(&other, 2);
    insert(&other, 3);
    let outcome = Pipeline::new("starts", &other, &pair.target).run();
    assert_refused(&outcome, 3, &["another server"]);
    assert_eq!(ids(&pair.target), "1 2");
}

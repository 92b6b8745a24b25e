//! Sources on which nothing happens for a while.

use super::{TABLE, ids, insert};
use std::{thread, time::Duration};
use tidegate_e2e::{Pipeline, lease, pair};
use tidegate_test_servers::{Kind, MySql, server_or_skip};

/// Heartbeats come in the log's stream, but take no room in the file that positions count.
#[test]
fn heartbeats_do_not_move_a_position() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let no_gtids = ["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"];
    let source = server_or_skip!(MySql::builder().options(no_gtids).start());
    source.client().execute(TABLE).unwrap();
    let pipeline = Pipeline::new("starts", &source, &pair.target).source_setting("heartbeat: 100ms");
    pipeline.run_well();
    let mut running = pipeline.spawn(&[]);
    insert(&source, 1);
    running.wait_until("the first row", || ids(&pair.target) == "1");
    thread::sleep(Duration::from_secs(1));
    insert(&source, 2);
    running.wait_until("the row behind the heartbeats", || ids(&pair.target) == "1 2");
    assert_eq!(running.interrupt().code, Some(0));
    insert(&source, 3);
    pipeline.run_well();
    assert_eq!(ids(&pair.target), "1 2 3");
}

/// The text of an empty GTID set does not tell whose it is.
#[test]
fn a_stop_before_mariadbs_first_transaction_is_gone_on_from() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let source = server_or_skip!(lease(Kind::MariaDb));
    source.client().execute("RESET MASTER").unwrap();
    let pipeline = Pipeline::new("starts", &source, &pair.target);
    pipeline.run_well();
    source.client().execute(TABLE).unwrap();
    for id in 1..4 {
        insert(&source, id);
        pipeline.run_well();
    }
    assert_eq!(ids(&pair.target), "1 2 3");
}

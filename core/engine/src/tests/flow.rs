//! Order, bounds and demand.

use super::doubles::{Run, World};
use crate::Ending;
use std::{sync::Arc, time::Duration};

fn start(world: &Arc<World>, run: Run) -> tokio::task::JoinHandle<(Run, crate::Summary)> {
    let pipeline = world.pipeline();
    tokio::spawn(async move {
        let summary = run.go(&pipeline).await.unwrap();
        (run, summary)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_once_and_in_order() {
    let world = World::new(|state| {
        state.log = 500;
        state.kept = true;
        state.durable_every = 7;
    });
    let run = Run::default();
    let summary = run.go(&world.pipeline()).await.unwrap();
    assert_eq!(summary.ending, Ending::Goal);
    assert_eq!((summary.progress.rows_read, summary.progress.rows_written), (500, 500));
    assert_eq!(world.state().rows, (0..500).collect::<Vec<_>>());
    assert_eq!(world.state().released.last(), Some(&500), "the end is released before the source closes");
    assert_eq!(world.state().closed, ["sink", "source"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_under_way_are_bounded() {
    let world = World::new(|state| {
        state.log = 100;
        state.bytes = 1 << 20;
        state.gated = true;
        state.kept = true;
    });
    let running = start(&world, Run::default());
    // A quarter of 16 MiB lies between the stages: three changes of a little more than 1 MiB, and one in the
    // source stage's hand.
    world.until("the source is ahead", |state| state.handed_on == 4).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.state().handed_on, 4);
    world.gate.0.add_permits(1);
    world.until("the next one is asked for", |state| state.handed_on == 5).await;
    world.gate.0.add_permits(100);
    running.await.unwrap();
    assert_eq!(world.state().rows.len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_beyond_the_bound_passes_alone() {
    let world = World::new(|state| {
        state.log = 5;
        state.bytes = 40 << 20;
        state.gated = true;
        state.kept = true;
    });
    let running = start(&world, Run::default());
    world.until("one is under way, one waits", |state| state.handed_on == 2).await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(world.state().handed_on, 2);
    world.gate.0.add_permits(5);
    running.await.unwrap();
    assert_eq!(world.state().rows, [0, 1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demand_is_told_when_nothing_is_under_way() {
    let world = World::new(|state| {
        state.log = 3;
        state.on_demand = true;
        state.gated = true;
        state.kept = true;
    });
    let running = start(&world, Run::default());
    for expected in 1..=3 {
        world.until("the source hears of demand", |state| state.waits_answered == expected).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(world.state().waits_answered, expected, "the sink is still busy");
        world.gate.0.add_permits(1);
    }
    running.await.unwrap();
    assert_eq!(world.state().rows, [0, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sink_says_in_the_middle_of_a_write_is_shown() {
    let world = World::new(|state| {
        state.log = 1;
        state.gated = true;
        state.kept = true;
    });
    let run = Run::default();
    let telemetry = run.telemetry.clone();
    let running = start(&world, run);
    world.until("the sink is stuck", |state| state.handed_on == 1).await;
    assert!(telemetry.encode().contains(r#"tidegate_connected{pipeline="p",stage="sink"} 1"#));
    let outage = telemetry.health().outage();
    telemetry.health().retried();
    let page = telemetry.encode();
    assert!(page.contains(r#"tidegate_connected{pipeline="p",stage="sink"} 0"#), "{page}");
    assert!(page.contains(r#"tidegate_connected{pipeline="p",stage="source"} 1"#), "{page}");
    assert!(page.contains(r#"tidegate_sink_retries_total{pipeline="p"} 1"#), "{page}");
    drop(outage);
    world.gate.0.add_permits(1);
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_served() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new(|state| {
        state.log = 3;
        state.kept = true;
    });
    let run = Run::default();
    run.go(&world.pipeline()).await.unwrap();
    let server =
        crate::MetricsServer::start(([127, 0, 0, 1], 0).into(), run.telemetry.clone()).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    let rows =
        r#"tidegate_stage_rows_total{pipeline="p",stage="sink",schema="s",table="t",operation="insert"} 3"#;
    assert!(page.contains(rows), "{page}");
    assert!(page.contains(r#"tidegate_durable_log_offset_bytes{pipeline="p"} 3"#), "{page}");
}

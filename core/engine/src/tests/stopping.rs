//! Stopping on request.

use super::doubles::{Run, World};
use crate::{Ending, Pipeline, Stop};
use std::{sync::Arc, time::Duration};

async fn run_until_stopped(world: &Arc<World>, ask: impl AsyncFnOnce(Stop)) -> crate::Summary {
    let run = Run::default();
    let stop = run.stop.clone();
    let pipeline = Pipeline { patience: Duration::from_millis(200), ..world.pipeline() };
    let (summary, ()) = tokio::join!(run.go(&pipeline), ask(stop));
    summary.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_drains_what_was_read() {
    let world = World::new(|state| {
        state.log = 40;
        state.endless = true;
        state.kept = true;
        state.durable_every = 0;
    });
    let summary = run_until_stopped(&world, async |stop| {
        world.until("all is read", |state| state.handed_on == 40).await;
        stop.request();
    })
    .await;
    assert_eq!(summary.ending, Ending::Stopped);
    assert_eq!(world.state().rows.len(), 40, "flushed");
    assert_eq!(world.state().closed, ["sink", "source"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_request_drops_what_is_under_way() {
    let world = World::new(|state| {
        state.log = 40;
        state.endless = true;
        state.kept = true;
        state.gated = true;
    });
    let summary = run_until_stopped(&world, async |stop| {
        world.until("the sink is stuck", |state| state.handed_on == 40).await;
        stop.request();
        stop.request();
    })
    .await;
    assert_eq!(summary.ending, Ending::Cut);
    assert!(world.state().rows.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_ends_although_the_target_takes_nothing() {
    let world = World::new(|state| {
        state.log = 40;
        state.endless = true;
        state.kept = true;
        state.gated = true;
    });
    let summary = run_until_stopped(&world, async |stop| {
        world.until("the sink is stuck", |state| state.handed_on == 40).await;
        stop.request();
        for _ in 0..3 {
            // As long as something moves, it goes on.
            tokio::time::sleep(Duration::from_millis(120)).await;
            world.gate.0.add_permits(1);
        }
    })
    .await;
    assert_eq!(summary.ending, Ending::Overdue);
    assert_eq!(world.state().rows, [0, 1, 2]);
}

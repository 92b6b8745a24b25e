//! What happens after errors.

use super::doubles::{Run, World};
use crate::{Ending, StageName};
use tidegate_plugin::{ErrorKind, PluginError};

fn transient() -> PluginError {
    PluginError::transient("the connection is gone")
}

fn definite() -> PluginError {
    PluginError::definite("this will never work")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transient_errors_lose_and_double_nothing() {
    for durable_every in [1, 3, 10] {
        let world = World::new(|state| {
            state.log = 60;
            state.kept = true;
            state.durable_every = durable_every;
            state.sink_errors.extend([(0, transient as fn() -> _), (13, transient), (29, transient)]);
            state.source_errors.extend([(11, transient as fn() -> _), (1, transient)]);
        });
        let run = Run::default();
        let summary = run.go(&world.pipeline()).await.unwrap();
        assert_eq!(summary.ending, Ending::Goal);
        assert_eq!(world.state().rows, (0..60).collect::<Vec<_>>(), "durable every {durable_every}");
        assert!(summary.progress.retries >= 4, "{summary:?}");
        assert!(world.state().sink_errors.is_empty() && world.state().source_errors.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn definite_errors_end_the_run_with_their_stage() {
    let world = World::new(|state| {
        state.log = 60;
        state.kept = true;
        state.sink_errors.push_back((13, definite));
    });
    let run = Run::default();
    let fault = run.go(&world.pipeline()).await.unwrap_err();
    assert_eq!((fault.stage, fault.error.kind), (StageName::Sink, ErrorKind::Definite));
    assert_eq!(world.state().rows.len(), 13);
    let page = run.telemetry.encode();
    let taken =
        r#"tidegate_stage_rows_total{pipeline="p",stage="sink",schema="s",table="t",operation="insert"} 13"#;
    assert!(page.contains(taken), "what the sink did not take is not counted: {page}");
    for stage in ["source", "sink"] {
        let gone = format!(r#"tidegate_connected{{pipeline="p",stage="{stage}"}} 0"#);
        assert!(page.contains(&gone), "{page}");
    }

    let world = World::new(|state| {
        state.log = 60;
        state.source_errors.push_back((5, definite));
    });
    let fault = Run::default().go(&world.pipeline()).await.unwrap_err();
    assert_eq!((fault.stage, fault.error.kind), (StageName::Source, ErrorKind::Definite));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_that_never_opens_gives_up() {
    let world = World::new(|state| state.open_errors.extend([transient as fn() -> _; 9]));
    let fault = Run::default().go(&world.pipeline()).await.unwrap_err();
    assert_eq!(fault.error.kind, ErrorKind::World, "it is for the operator to bring it up");
    assert_eq!(world.state().starts.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_that_was_open_does_not_give_up() {
    let world = World::new(|state| {
        state.log = 5;
        state.kept = true;
        state.sink_errors.push_back((0, transient));
    });
    // Eight failures in a row behind a session that worked.
    world.state().sink_errors.extend([(0, transient as fn() -> _); 8]);
    Run::default().go(&world.pipeline()).await.unwrap();
    assert_eq!(world.state().rows, [0, 1, 2, 3, 4]);
}

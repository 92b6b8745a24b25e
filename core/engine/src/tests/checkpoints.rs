//! The order of a checkpoint, and where a run begins.

use super::doubles::{Run, World, change, number, position};
use crate::{
    Telemetry,
    stage::{Onward, Settle},
    state::{CheckpointFile, StateFolder},
};
use tidegate_plugin::Change;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_follows_the_stored_checkpoint() {
    let run = Run::default();
    let file = run.folder.path().join("p/checkpoint.json");
    let world = World::new(|state| {
        state.log = 50;
        state.checkpoint_file = Some(file);
    });
    run.go(&world.pipeline()).await.unwrap();
    let state = world.state();
    assert!(!state.stored_before_release.is_empty());
    assert!(state.stored_before_release.iter().all(|stored| *stored), "released before it was stored");
    assert_eq!(state.released.last(), Some(&50));
    drop(state);

    let folder = StateFolder::open(run.folder.path(), "p").unwrap();
    let (_, resume) = CheckpointFile::open(folder.path(), "a list", false).unwrap();
    assert_eq!(number(&resume.unwrap().checkpoint), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_run_goes_on_behind_the_checkpoint() {
    for kept in [true, false] {
        let world = World::new(|state| {
            state.log = 10;
            state.kept = kept;
        });
        let run = Run::default();
        run.go(&world.pipeline()).await.unwrap();
        world.state().log = 20;
        run.go(&world.pipeline()).await.unwrap();
        assert_eq!(world.state().starts, [None, Some(10)]);
        assert_eq!(world.state().rows, (0..20).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_begins_anew_but_only_once() {
    for kept in [true, false] {
        let world = World::new(|state| {
            state.log = 10;
            state.kept = kept;
            state.checkpoint = Some(position(7));
            // The first session of the run fails behind its first change; the second must not forget again.
            state.source_errors.push_back((5, || tidegate_plugin::PluginError::transient("cut off")));
        });
        let mut run = Run::default();
        run.plan.reset = true;
        run.go(&world.pipeline()).await.unwrap();
        let state = world.state();
        assert_eq!(state.resets, [true, false]);
        assert_eq!(state.starts[0], None);
        if kept {
            assert_eq!(state.rows, (0..10).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_transaction_that_goes_on_is_not_durable() {
    let telemetry = Telemetry::new("p");
    let (release, _released) = tokio::sync::watch::channel(None);
    let mut settle = Settle::new(Onward::Released(release), telemetry.clone());
    let (whole, mut part) = (change(0, 8), change(1_000_000, 8));
    if let Change::Batch(batch) = &mut part {
        batch.transactions[0].closed = false;
    }
    for change in [whole, part] {
        settle.passed(&change);
        settle.look(Some(change.end().clone()));
        let page = telemetry.encode();
        let first = r#"tidegate_durable_commit_timestamp_seconds{pipeline="p"} 1700000000.0"#;
        assert!(page.contains(first), "{page}");
    }
}

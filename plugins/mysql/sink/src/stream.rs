//! From gathered windows to durable ones: two tasks, so that one window is planned while the one before is applied.
//!
//! ```text
//! write ──gathered──▶ planner task ──planned──▶ applier task ──▶ lanes
//! ```
//!
//! A DDL passes through both: the planner waits until it is done, and then looks at the target's tables anew.

mod applier;
mod children;
mod planner;

pub(crate) use applier::{Applier, ApplierSetup};
pub(crate) use children::Children;
pub(crate) use planner::{Finish, Planner};

use crate::{gather::Gathered, plan::Digest, plan::Plan, plan::Window, state::Layout};
use std::sync::{Arc, Mutex, PoisonError};
use tidegate_model::{Checkpoint, Ddl, TableName};
use tidegate_plugin::PluginError;
use tokio::sync::{oneshot, watch};

/// What the planner gets.
#[derive(Debug)]
pub(crate) enum Item {
    /// A window.
    Window(Box<Gathered>),
    /// A schema change.
    Ddl(Box<Ddl>),
}

/// What the applier gets.
#[derive(Debug)]
pub(crate) enum Planned {
    /// A window with its plan.
    Window(Box<PlannedWindow>),
    /// A schema change; the answer comes when it is done.
    Ddl(Box<Ddl>, oneshot::Sender<()>),
}

/// A window with its plan.
#[derive(Debug)]
pub(crate) struct PlannedWindow {
    /// The window.
    pub(crate) window: Arc<Window>,
    /// Its plan.
    pub(crate) plan: Arc<Plan>,
    /// What decided the plan.
    pub(crate) layout: Layout,
    /// What is in it.
    pub(crate) digest: Digest,
    /// For a window that a crash left uneven: which lanes have committed it already.
    pub(crate) finish: Option<Vec<bool>>,
    /// Pairs of target and source table that occur for the first time.
    pub(crate) routes: Vec<(TableName, TableName)>,
    /// Whether the target's transaction is open already.
    pub(crate) continues: bool,
    /// Whether it stays open.
    pub(crate) continued: bool,
}

/// How far the applier is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Up to where everything is durable.
    pub(crate) durable: Option<Checkpoint>,
    /// How many items are done.
    pub(crate) done: u64,
    /// Whether a task has ended with an error.
    pub(crate) failed: bool,
}

/// Tells of a panic, as it is dropped by one.
struct Alarm(Report);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail(ended("in a panic"));
        }
    }
}

fn ended(how: &str) -> PluginError {
    PluginError::definite(format!("a task of the sink ended {how}: a bug in tidegate"))
        .hint("report it with the log of this run; nothing is lost, the checkpoint stands")
}

/// Where the tasks report.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    progress: watch::Sender<Progress>,
    failure: Arc<Mutex<Option<PluginError>>>,
}

impl Report {
    /// Returns a report and what follows it.
    pub(crate) fn new(durable: Option<Checkpoint>) -> (Self, watch::Receiver<Progress>) {
        let (progress, receiver) = watch::channel(Progress { durable, ..Progress::default() });
        (Self { progress, failure: Arc::default() }, receiver)
    }

    /// Says that an item is done, and that everything up to `durable` is durable.
    pub(crate) fn done(&self, durable: Option<Checkpoint>) {
        self.progress.send_modify(|progress| {
            progress.done += 1;
            if durable.is_some() {
                progress.durable = durable;
            }
        });
    }

    /// Says that a task has ended; the first error is kept.
    pub(crate) fn fail(&self, error: PluginError) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
        drop(failure);
        self.progress.send_modify(|progress| progress.failed = true);
    }

    /// Returns the error that ended a task, once.
    pub(crate) fn failure(&self) -> PluginError {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.unwrap_or_else(|| ended("without an error"))
    }

    /// Runs a task that reports here; a panic in it is an error too, and not a silence that others wait in for ever.
    pub(crate) async fn watch(self, task: impl Future<Output = ()>) {
        let _alarm = Alarm(self);
        task.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::ErrorKind;

    #[tokio::test]
    async fn a_task_that_panics_is_an_error() {
        let (report, mut progress) = Report::new(None);
        let task = tokio::spawn(report.clone().watch(async { panic!("as a bug would") }));
        progress.wait_for(|progress| progress.failed).await.unwrap();
        assert!(task.await.is_err());
        let error = report.failure();
        assert_eq!(error.kind, ErrorKind::Definite);
        assert!(error.message.contains("in a panic"), "{error}");
    }
}

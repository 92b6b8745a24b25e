//! Runs a pipeline: sessions one after the other, until the goal, a stop or an error that no retry mends.

use crate::{
    Fault, Pipeline, Plan, Progress, StateFolder, Stop, Telemetry,
    fault::Action,
    session::{Ended, Session},
};
use std::{sync::Arc, time::Duration};
use tidegate_model::Position;
use tidegate_plugin::ErrorKind;

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The goal was reached and everything before it is durable.
    Goal,
    /// It was asked to stop, and nothing was under way any more.
    Stopped,
    /// It was asked to stop at once: what was not durable will be read again.
    Cut,
    /// It was asked to stop, and then nothing moved: what was not durable will be read again.
    Overdue,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Why it ended.
    pub ending: Ending,
    /// The numbers at the end.
    pub progress: Progress,
}

/// Failed attempts in a row.
#[derive(Default)]
struct Attempts {
    failed: u32,
    was_open: bool,
    durable: Option<Position>,
}

/// Runs `pipeline` until its goal, a stop or an error.
///
/// # Errors
/// If a stage fails for good, or does not come up at all.
pub async fn run(
    pipeline: &Pipeline,
    plan: &Plan,
    state: &StateFolder,
    stop: &Stop,
    telemetry: &Arc<Telemetry>,
) -> Result<Summary, Fault> {
    let session = Session { pipeline, plan, state, stop, telemetry };
    let mut reset = plan.reset;
    let mut attempts = Attempts::default();
    let ending = loop {
        match attempt(&session, &mut reset, &mut attempts).await {
            Ok(Ended::Complete) if stop.is_requested() => break Ending::Stopped,
            Ok(Ended::Complete) => break Ending::Goal,
            Ok(Ended::Cut) => break Ending::Cut,
            Ok(Ended::Overdue) => break Ending::Overdue,
            Err(fault) => {
                let Some(wait) = attempts.after(&fault, pipeline, telemetry) else {
                    return Err(attempts.last(fault));
                };
                tokio::select! {
                    () = stop.requested() => break Ending::Stopped,
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    };
    let progress = telemetry.progress();
    let position = progress.durable.as_ref().map(ToString::to_string);
    tracing::info!(ending = ?ending, durable = position, rows = progress.rows_written, "pipeline ended");
    Ok(Summary { ending, progress })
}

async fn attempt(session: &Session<'_>, reset: &mut bool, attempts: &mut Attempts) -> Result<Ended, Fault> {
    let opened = tokio::select! {
        biased;
        // Nothing is read yet, so there is nothing to drain.
        () = session.stop.requested() => return Ok(Ended::Complete),
        opened = session.open(reset) => opened?,
    };
    attempts.was_open = true;
    session.stream(opened).await
}

impl Attempts {
    /// Returns the fault that ends the run. What never came up is for the operator to bring up.
    fn last(&self, mut fault: Fault) -> Fault {
        if !self.was_open && fault.error.kind == ErrorKind::Transient {
            fault.error.kind = ErrorKind::World;
        }
        fault
    }

    /// Returns how long to wait after `fault`, or `None` if the run ends.
    fn after(&mut self, fault: &Fault, pipeline: &Pipeline, telemetry: &Telemetry) -> Option<Duration> {
        if fault.action() == Action::Stop {
            return None;
        }
        let durable = telemetry.progress().durable;
        if durable != self.durable {
            self.durable = durable;
            self.failed = 0;
        }
        self.failed += 1;
        if !self.was_open && self.failed >= pipeline.retry.attempts_at_start {
            return None;
        }
        telemetry.retry(fault.stage);
        let wait = pipeline.retry.wait(self.failed);
        tracing::warn!(
            stage = fault.stage.name(),
            attempt = self.failed,
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            error = %Causes(fault),
            "stage failed, opening source and sink again at the checkpoint"
        );
        Some(wait)
    }
}

/// Writes an error with what caused it.
struct Causes<'a>(&'a Fault);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.error)?;
        let mut cause = std::error::Error::source(self.0);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

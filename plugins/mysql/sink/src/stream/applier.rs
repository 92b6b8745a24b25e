//! The applier task: nothing of a window is sent before every share of the one before is durable.

use super::{Planned, PlannedWindow, Report};
use crate::{
    crash::{Point, reach},
    ddl::{DdlRunner, remember},
    lane::{Acknowledged, Applied, Job, Lane, LaneSetup, Part},
    plan::Digest,
    settings::SinkSettings,
    state::{Claim, Layout, Record, Standing, schema_statements, start},
    statement::{Limits, quoted},
};
use std::sync::Arc;
use tidegate_model::Checkpoint;
use tidegate_mysql_connection::{Version, connect};
use tidegate_plugin::{Health, PluginError, Result};
use tokio::{sync::mpsc, task::JoinSet};
use tracing::{debug, warn};

/// What the applier is made of.
#[derive(Debug)]
pub(crate) struct ApplierSetup {
    /// The settings.
    pub(crate) settings: Arc<SinkSettings>,
    /// The pipeline.
    pub(crate) pipeline: Arc<str>,
    /// The target's version.
    pub(crate) version: Version,
    /// Our epoch.
    pub(crate) epoch: u64,
    /// The last window of the pipeline.
    pub(crate) window: u64,
    /// The last window of each lane at the start.
    pub(crate) lanes: Vec<u64>,
    /// How large statements become.
    pub(crate) limits: Limits,
    /// What runs DDL.
    pub(crate) ddl: DdlRunner,
    /// Where lanes say how they are.
    pub(crate) health: Health,
}

/// Applies planned windows.
#[derive(Debug)]
pub(crate) struct Applier {
    setup: ApplierSetup,
    lanes: Vec<Option<Lane>>,
    acknowledged: Arc<Acknowledged>,
    /// The number of the window that is applied next, if it is not the one behind the last.
    reported_missing: u64,
    /// What the parts of an open transaction held so far.
    parts: Digest,
}

impl Applier {
    /// Returns an applier whose lanes are not connected yet.
    pub(crate) fn new(setup: ApplierSetup) -> Self {
        let (acknowledged, lanes) = lanes(&setup);
        Self { setup, lanes, acknowledged, reported_missing: 0, parts: Digest::default() }
    }

    /// Applies until the planned items end.
    pub(crate) async fn run(mut self, mut planned: mpsc::Receiver<Planned>, report: Report) {
        while let Some(item) = planned.recv().await {
            let outcome = match item {
                Planned::Window(window) => self.apply(*window).await,
                Planned::Ddl(ddl, done) => {
                    let end = ddl.end.clone();
                    let outcome = self.execute(*ddl).await.map(|()| Some(end));
                    if outcome.is_ok() {
                        // The planner may be gone already; then nobody waits.
                        let _ = done.send(());
                    }
                    outcome
                }
            };
            match outcome {
                Ok(durable) => report.done(durable),
                Err(error) => return report.fail(error),
            }
        }
    }

    async fn execute(&mut self, ddl: tidegate_model::Ddl) -> Result<()> {
        let number = self.setup.window + 1;
        let record = Record {
            from: Some(ddl.begin.clone()),
            to: ddl.end.clone(),
            layout: Layout { lanes: self.lane_count(), ..Layout::default() },
            digest: Digest::default(),
            shares: vec![0],
        };
        self.setup.ddl.run(&ddl, number, &self.acknowledged, &record).await?;
        self.setup.window = number;
        // Lane 0's row has moved without its lane knowing.
        if let Some(Some(lane)) = self.lanes.first_mut() {
            lane.moved_to(number);
        }
        Ok(())
    }

    fn lane_count(&self) -> u32 {
        u32::try_from(self.lanes.len()).unwrap_or(u32::MAX)
    }

    /// Applies a window; returns its end if it is durable.
    async fn apply(&mut self, planned: PlannedWindow) -> Result<Option<Checkpoint>> {
        let finishing = planned.finish.is_some();
        let number = if finishing || planned.continues { self.setup.window } else { self.setup.window + 1 };
        self.parts.rows = if planned.continues { self.parts.rows } else { 0 };
        self.parts.sum = if planned.continues { self.parts.sum } else { 0 };
        self.parts.rows += planned.digest.rows;
        self.parts.sum = self.parts.sum.wrapping_add(planned.digest.sum);
        let shares = participants(&planned);
        let to = planned.window.to.clone();
        let record = Record {
            from: planned.window.from.clone(),
            to: to.clone(),
            layout: planned.layout,
            digest: self.parts,
            shares: shares.clone(),
        };
        let record: Arc<str> = quoted(record.text()?).into();
        let state = schema_statements(&self.setup.pipeline, number, &planned.window.schemas, false)?;
        let routes = planned.routes.iter();
        let routes = routes.map(|(target, source)| remember(&self.setup.pipeline, target, source));
        let state: Arc<[String]> = state.into_iter().chain(routes).collect();
        let nothing: Arc<[String]> = Arc::from([]);
        let part = match (planned.continues, planned.continued) {
            (false, false) => Part::Whole,
            (false, true) => Part::First,
            (true, true) => Part::Middle,
            (true, false) => Part::Last,
        };
        let mut jobs = Vec::with_capacity(shares.len());
        for (index, share) in shares.iter().enumerate() {
            let share = *share as usize;
            if planned.finish.as_ref().is_some_and(|done| done.get(share) == Some(&true)) {
                continue;
            }
            jobs.push(Job {
                number,
                window: planned.window.clone(),
                plan: planned.plan.clone(),
                share,
                record: record.clone(),
                state: if index == 0 { state.clone() } else { nothing.clone() },
                on_missing: self.setup.settings.on_missing,
                limits: self.setup.limits,
                part,
            });
        }
        let applied = self.run_jobs(jobs).await?;
        self.note(&applied, number);
        self.setup.window = number;
        if planned.continued {
            return Ok(None);
        }
        reach(Point::WindowDurable);
        debug!(window = number, rows = planned.window.rows, position = %to.applied, "window is durable");
        if finishing {
            self.lay_out_anew().await?;
        }
        Ok(Some(to))
    }

    /// Runs the shares of a window beside one another.
    async fn run_jobs(&mut self, jobs: Vec<Job>) -> Result<Vec<Applied>> {
        let mut tasks = JoinSet::new();
        for job in jobs {
            let index = job.share;
            let Some(mut lane) = self.lanes.get_mut(index).and_then(Option::take) else {
                return Err(PluginError::definite(format!(
                    "there is no lane {index}; this is a bug of Tidegate"
                )));
            };
            tasks.spawn(async move {
                let outcome = lane.apply(&job).await;
                (index, lane, outcome)
            });
        }
        let mut applied = Vec::new();
        let mut failure: Option<PluginError> = None;
        while let Some(ended) = tasks.join_next().await {
            let (index, lane, outcome) = ended.map_err(|error| {
                PluginError::definite("a lane ended in the middle of its share").because(error)
            })?;
            self.lanes[index] = Some(lane);
            match outcome {
                Ok(one) => applied.push(one),
                // An error that stops is told rather than one that may pass.
                Err(error) => {
                    let weaker = |old: &PluginError| old.kind == tidegate_plugin::ErrorKind::Transient;
                    if failure.as_ref().is_none_or(weaker) {
                        failure = Some(error);
                    }
                }
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(applied),
        }
    }

    /// After an uneven window was finished with the recorded number of lanes: goes on with the number that is set.
    async fn lay_out_anew(&mut self) -> Result<()> {
        let session = crate::lane::applying("start".to_owned(), Some(self.setup.version.flavor));
        let mut conn = connect(&self.setup.settings.connection(), &session).await?;
        let claim = Claim {
            pipeline: &self.setup.pipeline,
            lanes: self.setup.settings.lanes(),
            reset: false,
            flavor: self.setup.version.flavor,
            held: Some(self.setup.epoch),
        };
        let started = start(&mut conn, claim).await?;
        let Standing::Even { window, .. } = started.standing else {
            return Err(PluginError::transient(
                "the target's checkpoint changed while a window was finished",
            ));
        };
        if window != self.setup.window {
            return Err(PluginError::transient(
                "the target's checkpoint changed while a window was finished",
            ));
        }
        self.setup.epoch = started.epoch;
        self.setup.lanes = vec![window; claim.lanes];
        (self.acknowledged, self.lanes) = lanes(&self.setup);
        Ok(())
    }

    fn note(&mut self, applied: &[Applied], window: u64) {
        let missing: u64 = applied.iter().map(|applied| applied.missing).sum();
        if missing > 0 {
            self.reported_missing += missing;
            warn!(
                window,
                missing,
                total = self.reported_missing,
                "rows that were to be changed or deleted were not at the target"
            );
        }
    }
}

/// Returns the lanes of a start, not connected yet, and what was acknowledged of them.
fn lanes(setup: &ApplierSetup) -> (Arc<Acknowledged>, Vec<Option<Lane>>) {
    let acknowledged = Acknowledged::new(setup.pipeline.clone(), setup.epoch, setup.lanes.clone());
    let acknowledged = Arc::new(acknowledged);
    let shared = LaneSetup {
        connection: setup.settings.connection(),
        pipeline: setup.pipeline.clone(),
        acknowledged: acknowledged.clone(),
        version: setup.version,
        health: setup.health.clone(),
    };
    let lanes = setup.lanes.iter().enumerate();
    let lanes = lanes.map(|(index, last)| Some(Lane::new(shared.clone(), index, *last))).collect();
    (acknowledged, lanes)
}

/// The lanes that have a share of a window; the first lane carries the checkpoint of a window without rows.
fn participants(planned: &PlannedWindow) -> Vec<u32> {
    let shares = (0_u32..).zip(&planned.plan.shares);
    let lanes: Vec<u32> = shares.filter(|(_, share)| !share.is_empty()).map(|(lane, _)| lane).collect();
    if lanes.is_empty() { vec![0] } else { lanes }
}

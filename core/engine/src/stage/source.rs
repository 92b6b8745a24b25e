//! The source stage: asks for changes, and hands them on as far as the budget allows.

use super::{Released, busy::Clock};
use crate::{
    Fault, StageName, Stop, Telemetry,
    flow::{Flow, Item, Share},
    telemetry::RowCounters,
};
use std::{sync::Arc, time::Duration};
use tidegate_plugin::{Change, Demand, Source};
use tokio::{
    sync::{mpsc::UnboundedSender, watch},
    time::{Interval, MissedTickBehavior},
};

/// How often the source is asked how far it is while it has nothing to hand on.
const OBSERVE_EVERY: Duration = Duration::from_millis(250);

pub(crate) struct SourceStage {
    pub(crate) source: Box<dyn Source>,
    pub(crate) flow: Arc<Flow>,
    pub(crate) demand: Demand,
    /// Bounded by the flow's budget.
    pub(crate) output: UnboundedSender<Item>,
    pub(crate) released: watch::Receiver<Released>,
    pub(crate) stop: Stop,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) counters: RowCounters,
}

/// What the stage woke up for.
enum Wake {
    Stop,
    Released(bool),
    Observe,
    Change(Option<Change>),
}

impl SourceStage {
    /// Runs until the stream ends or the stages behind are gone.
    pub(crate) async fn run(mut self) -> Result<(), Fault> {
        let ended = self.stream().await?;
        self.telemetry.observe(self.source.observe());
        if !ended || self.output.send(Item::End).is_err() {
            return Ok(());
        }
        while self.released.changed().await.is_ok() {
            self.release().await?;
        }
        self.source.close().await.map_err(Fault::of(StageName::Source))
    }

    /// Hands changes on; returns whether the source ended the stream.
    async fn stream(&mut self) -> Result<bool, Fault> {
        let mut tick = tokio::time::interval(OBSERVE_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopping = false;
        let mut clock = Clock::start();
        loop {
            let wake = self.wake(&mut tick, stopping, &mut clock).await?;
            clock.report(&self.telemetry, StageName::Source);
            match wake {
                Wake::Stop => {
                    stopping = true;
                    tracing::info!("stopping at the next transaction boundary");
                    self.source.stop();
                }
                Wake::Released(true) => self.release().await?,
                Wake::Released(false) => return Ok(false),
                Wake::Observe => self.telemetry.observe(self.source.observe()),
                Wake::Change(None) => return Ok(true),
                Wake::Change(Some(change)) => {
                    if !self.hand_on(change, &mut tick).await? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    async fn wake(&mut self, tick: &mut Interval, stopping: bool, clock: &mut Clock) -> Result<Wake, Fault> {
        let wake = tokio::select! {
            biased;
            () = self.stop.requested(), if !stopping => Wake::Stop,
            changed = self.released.changed() => Wake::Released(changed.is_ok()),
            _ = tick.tick() => Wake::Observe,
            change = clock.work(self.source.next(&mut self.demand)) => {
                Wake::Change(change.map_err(Fault::of(StageName::Source))?)
            }
        };
        Ok(wake)
    }

    /// Returns whether the next stage is still there.
    async fn hand_on(&mut self, change: Change, tick: &mut Interval) -> Result<bool, Fault> {
        self.count(&change);
        let Some(share) = self.admit(change.bytes(), tick).await? else {
            return Ok(false);
        };
        Ok(self.output.send(Item::Change(change, share)).is_ok())
    }

    /// Waits for room, and goes on releasing meanwhile: the source may need that to make room on its side.
    async fn admit(&mut self, bytes: usize, tick: &mut Interval) -> Result<Option<Share>, Fault> {
        let flow = self.flow.clone();
        let admitted = flow.admit(bytes);
        tokio::pin!(admitted);
        loop {
            tokio::select! {
                biased;
                share = &mut admitted => return Ok(share),
                _ = tick.tick() => self.telemetry.observe(self.source.observe()),
                changed = self.released.changed() => {
                    if changed.is_err() {
                        return Ok(None);
                    }
                    self.release().await?;
                }
            }
        }
    }

    async fn release(&mut self) -> Result<(), Fault> {
        let checkpoint = self.released.borrow_and_update().clone();
        match checkpoint {
            Some(checkpoint) => {
                let released = self.source.release(&checkpoint).await;
                released.map_err(Fault::of(StageName::Source))
            }
            None => Ok(()),
        }
    }

    fn count(&mut self, change: &Change) {
        self.telemetry.observe(self.source.observe());
        match change {
            Change::Batch(batch) => {
                self.telemetry.read(batch.rows_read);
                self.counters.count(batch);
            }
            Change::Ddl(_) => self.counters.count_ddl(1),
        }
    }
}

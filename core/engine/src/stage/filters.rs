//! The filter stage: a thread of its own, since filters compute and never wait.

use crate::{Fault, StageName, Telemetry, filter::Host, flow::Item, lost::LostRows, telemetry::Activity};
use std::{sync::Arc, time::Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

pub(crate) struct FilterStageLoop {
    pub(crate) host: Host<LostRows>,
    /// Both channels are bounded by the shares that their items hold.
    pub(crate) input: UnboundedReceiver<Item>,
    pub(crate) output: UnboundedSender<Item>,
    pub(crate) telemetry: Arc<Telemetry>,
}

impl FilterStageLoop {
    /// Runs until either neighbour is gone. Blocks its thread.
    pub(crate) fn run(mut self) -> Result<(), Fault> {
        loop {
            let parked = Instant::now();
            let Some(item) = self.input.blocking_recv() else {
                return Ok(());
            };
            let woke = Instant::now();
            self.telemetry.time(StageName::Filters, Activity::Waiting, woke - parked);
            let item = self.filter(item)?;
            self.telemetry.time(StageName::Filters, Activity::Working, woke.elapsed());
            if self.output.send(item).is_err() {
                return Ok(());
            }
        }
    }

    fn filter(&mut self, item: Item) -> Result<Item, Fault> {
        let Item::Change(change, mut share) = item else {
            return Ok(item);
        };
        let change = self.host.apply(change).map_err(Fault::of(StageName::Filters))?;
        share.shrink(change.bytes());
        Ok(Item::Change(change, share))
    }
}

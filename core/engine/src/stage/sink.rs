//! The sink stage: writes what comes, lets the sink work while nothing comes, and settles what is durable.

use super::Settle;
use crate::{
    Fault, StageName, Telemetry,
    flow::Item,
    telemetry::{Activity, RowCounters, Tally},
};
use std::{sync::Arc, time::Instant};
use tidegate_plugin::{Change, Sink};
use tokio::sync::mpsc::UnboundedReceiver;

pub(crate) struct SinkStage {
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) input: UnboundedReceiver<Item>,
    pub(crate) settle: Settle,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) counters: RowCounters,
}

impl SinkStage {
    /// Runs until the stream ends or is cut off. Returns whether it ended; everything is durable at the sink then.
    pub(crate) async fn run(mut self) -> Result<bool, Fault> {
        loop {
            let parked = Instant::now();
            let item = tokio::select! {
                biased;
                item = self.input.recv() => Ok(item),
                moved = self.sink.idle() => Err(moved),
            };
            self.telemetry.time(StageName::Sink, Activity::Waiting, parked.elapsed());
            let item = match item {
                Ok(item) => item,
                Err(moved) => {
                    moved.map_err(Fault::of(StageName::Sink))?;
                    self.settle.look(self.sink.durable());
                    continue;
                }
            };
            match item {
                Some(Item::Change(change, share)) => {
                    let began = Instant::now();
                    self.write(change).await?;
                    self.telemetry.time(StageName::Sink, Activity::Working, began.elapsed());
                    drop(share);
                    self.settle.look(self.sink.durable());
                }
                Some(Item::End) => return self.finish().await,
                None => return Ok(false),
            }
        }
    }

    async fn write(&mut self, change: Change) -> Result<(), Fault> {
        self.settle.passed(&change);
        let (rows, tally, statements) = match &change {
            Change::Batch(batch) => (batch.rows() as u64, Some(self.counters.tally(batch)), 0),
            Change::Ddl(ddl) => (0, None, ddl.targets.len() as u64),
        };
        self.sink.write(change).await.map_err(Fault::of(StageName::Sink))?;
        // What the sink did not take will come again.
        tally.into_iter().for_each(Tally::count);
        self.counters.count_ddl(statements);
        self.telemetry.written(rows);
        Ok(())
    }

    async fn finish(mut self) -> Result<bool, Fault> {
        let began = Instant::now();
        self.sink.flush().await.map_err(Fault::of(StageName::Sink))?;
        self.telemetry.time(StageName::Sink, Activity::Working, began.elapsed());
        self.settle.look(self.sink.durable());
        self.sink.close().await.map_err(Fault::of(StageName::Sink))?;
        Ok(true)
    }
}

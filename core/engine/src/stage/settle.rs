//! Settling: from "durable at the sink" over "stored" to "released to the source", in that order.

use super::Released;
use crate::{Fault, StageName, Telemetry, state::CheckpointFile};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tidegate_model::{Checkpoint, Position, SchemaChange};
use tidegate_plugin::{Change, PluginError};
use tokio::{
    sync::{mpsc, watch},
    task::spawn_blocking,
    time::{Instant, sleep_until},
};

/// How often the engine's own checkpoint is stored at most.
const STORE_EVERY: Duration = Duration::from_secs(1);

/// What became durable, with the schema changes since the last one.
pub(crate) struct Durable {
    checkpoint: Arc<Checkpoint>,
    schemas: Vec<SchemaChange>,
}

/// Where a checkpoint goes once the sink calls it durable.
pub(crate) enum Onward {
    /// To the source at once: the sink keeps it.
    Released(watch::Sender<Released>),
    /// To the engine's own file first.
    Kept(mpsc::UnboundedSender<Durable>),
}

/// Follows what the sink took until it is durable.
pub(crate) struct Settle {
    onward: Onward,
    telemetry: Arc<Telemetry>,
    /// What the sink took and has not made durable.
    open: VecDeque<Open>,
    durable: Option<Arc<Checkpoint>>,
}

/// What is remembered of a change until it is durable.
struct Open {
    end: Position,
    commit_time: Option<i64>,
    schemas: Vec<SchemaChange>,
}

impl Settle {
    pub(crate) fn new(onward: Onward, telemetry: Arc<Telemetry>) -> Self {
        Self { onward, telemetry, open: VecDeque::new(), durable: None }
    }

    /// Remembers a change that the sink is given.
    pub(crate) fn passed(&mut self, change: &Change) {
        let (schemas, transaction) = match change {
            // The last one may go on in the next batch: then it is not durable with this one.
            Change::Batch(batch) => {
                (&batch.schemas, batch.transactions.iter().rfind(|transaction| transaction.closed))
            }
            Change::Ddl(ddl) => (&ddl.schemas, Some(&ddl.transaction)),
        };
        self.open.push_back(Open {
            end: change.end().applied.clone(),
            commit_time: transaction.map(|transaction| transaction.commit_time),
            // A sink that keeps the checkpoint keeps the schemas too.
            schemas: if matches!(self.onward, Onward::Kept(_)) { schemas.clone() } else { Vec::new() },
        });
    }

    /// Looks at what the sink calls durable.
    pub(crate) fn look(&mut self, durable: Option<Checkpoint>) {
        let Some(durable) = durable.filter(|durable| self.durable.as_deref() != Some(durable)) else {
            return;
        };
        let durable = Arc::new(durable);
        self.durable = Some(durable.clone());
        let mut commit_time = None;
        let mut schemas = Vec::new();
        let covered = |open: &Open| durable.applied == open.end || durable.applied.reaches(&open.end);
        while let Some(open) = self.open.pop_front_if(|open| covered(open)) {
            commit_time = open.commit_time.or(commit_time);
            schemas.extend(open.schemas);
        }
        self.telemetry.durable(&durable, commit_time);
        match &self.onward {
            Onward::Released(released) => {
                released.send_replace(Some(durable));
            }
            // A keeper that is gone has failed, and says so itself.
            Onward::Kept(keeper) => drop(keeper.send(Durable { checkpoint: durable, schemas })),
        }
    }
}

/// Keeps the checkpoint of a sink that cannot: beside the stages, so that none of them waits for the disk.
pub(crate) struct Keeper {
    pub(crate) file: CheckpointFile,
    pub(crate) durable: mpsc::UnboundedReceiver<Durable>,
    pub(crate) released: watch::Sender<Released>,
}

impl Keeper {
    /// Runs until the sink stage is gone and the last that it called durable is stored.
    pub(crate) async fn run(mut self) -> Result<(), Fault> {
        let mut pending: Option<Durable> = None;
        let mut next = Instant::now();
        let mut open = true;
        while open {
            tokio::select! {
                received = self.durable.recv() => match (received, &mut pending) {
                    (Some(later), Some(pending)) => { pending.merge(later); continue }
                    (Some(first), None) => { pending = Some(first); continue }
                    (None, _) => open = false,
                },
                () = sleep_until(next), if pending.is_some() => {}
            }
            if let Some(durable) = pending.take() {
                let checkpoint = durable.checkpoint.clone();
                self.file = store(self.file, durable).await.map_err(Fault::of(StageName::Engine))?;
                self.released.send_replace(Some(checkpoint));
                next = Instant::now() + STORE_EVERY;
            }
        }
        Ok(())
    }
}

impl Durable {
    fn merge(&mut self, later: Self) {
        self.checkpoint = later.checkpoint;
        self.schemas.extend(later.schemas);
    }
}

async fn store(mut file: CheckpointFile, durable: Durable) -> Result<CheckpointFile, PluginError> {
    let stored = spawn_blocking(move || {
        file.store(&durable.checkpoint, durable.schemas)?;
        Ok(file)
    });
    stored.await.unwrap_or_else(|panic| {
        Err(PluginError::definite("storing the checkpoint failed: a bug in tidegate").because(panic))
    })
}

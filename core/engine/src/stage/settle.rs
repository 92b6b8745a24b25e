//! Settling: from "durable at the sink" over "stored" to "released to the source", in that order.

use super::Released;
use crate::{Fault, StageName, Telemetry, state::CheckpointFile};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tidegate_model::{Checkpoint, Position, SchemaChange};
use tidegate_plugin::{Change, PluginError, Resume};
use tokio::{sync::watch, task::spawn_blocking, time::Instant};

/// How often the engine's own checkpoint is stored at most.
const STORE_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Settle {
    /// The engine's own checkpoint, for a sink that keeps none.
    file: Option<CheckpointFile>,
    released: watch::Sender<Released>,
    telemetry: Arc<Telemetry>,
    /// What the sink took and has not made durable.
    open: VecDeque<Open>,
    durable: Option<Arc<Checkpoint>>,
    /// What became durable and is not stored yet.
    unstored: Option<(Arc<Checkpoint>, Vec<SchemaChange>)>,
    store_at: Instant,
}

/// What is remembered of a change until it is durable.
struct Open {
    end: Position,
    commit_time: Option<i64>,
    schemas: Vec<SchemaChange>,
}

impl Settle {
    pub(crate) fn new(
        file: Option<CheckpointFile>,
        released: watch::Sender<Released>,
        telemetry: Arc<Telemetry>,
    ) -> Self {
        Self {
            file,
            released,
            telemetry,
            open: VecDeque::new(),
            durable: None,
            unstored: None,
            store_at: Instant::now(),
        }
    }

    /// Remembers a change that the sink is given.
    pub(crate) fn passed(&mut self, change: &Change) {
        let (schemas, transaction) = match change {
            Change::Batch(batch) => (&batch.schemas, batch.transactions.last()),
            Change::Ddl(ddl) => (&ddl.schemas, Some(&ddl.transaction)),
        };
        self.open.push_back(Open {
            end: change.end().applied.clone(),
            commit_time: transaction.map(|transaction| transaction.commit_time),
            // A sink that keeps the checkpoint keeps the schemas too.
            schemas: if self.file.is_some() { schemas.clone() } else { Vec::new() },
        });
    }

    /// Looks at what the sink calls durable.
    pub(crate) async fn look(&mut self, durable: Option<Checkpoint>) -> Result<(), Fault> {
        let Some(durable) = durable.filter(|durable| self.durable.as_deref() != Some(durable)) else {
            return Ok(());
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
        if self.file.is_none() {
            self.released.send_replace(Some(durable));
            return Ok(());
        }
        let mut all = self.unstored.take().map(|(_, schemas)| schemas).unwrap_or_default();
        all.extend(schemas);
        self.unstored = Some((durable, Resume::fold(all)));
        if Instant::now() >= self.store_at { self.store().await } else { Ok(()) }
    }

    /// Resolves when it is time to store the engine's own checkpoint. Cancel-safe.
    pub(crate) async fn due(&self) {
        if self.unstored.is_some() {
            tokio::time::sleep_until(self.store_at).await;
        } else {
            std::future::pending().await
        }
    }

    /// Stores what is durable, and releases it.
    pub(crate) async fn store(&mut self) -> Result<(), Fault> {
        let (Some(mut file), Some((durable, schemas))) = (self.file.take(), self.unstored.take()) else {
            return Ok(());
        };
        let checkpoint = durable.clone();
        let stored = spawn_blocking(move || file.store(&checkpoint, schemas).map(|()| file));
        let stored = stored.await.unwrap_or_else(|panic| {
            Err(PluginError::definite("storing the checkpoint failed: a bug in tidegate").because(panic))
        });
        self.file = Some(stored.map_err(Fault::of(StageName::Engine))?);
        self.store_at = Instant::now() + STORE_EVERY;
        self.released.send_replace(Some(durable));
        Ok(())
    }
}

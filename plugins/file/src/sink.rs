//! The sink: writes lines, and says when they are durable.

use crate::{
    target::{Opened, Place, failed},
    writer::{Turn, Writer},
};
use std::{fs::File, io, sync::Arc, time::Duration};
use tidegate_model::Checkpoint;
use tidegate_plugin::{
    BoxFuture, Change, Finding, Opening, PluginError, Result, RoutedTable, Sink, SinkContext,
};
use tokio::{task::JoinHandle, time::Instant};

const SYNC_EVERY: Duration = Duration::from_secs(1);
const SYNC_BYTES: usize = 64 << 20;

#[derive(Debug)]
pub(crate) struct FileSink {
    place: Place,
    turn: Turn,
    writer: Option<Writer>,
    /// What has to be synchronised before it is durable; a pipe or a device cannot be.
    to_sync: Option<Arc<File>>,
    written: Option<Checkpoint>,
    durable: Option<Checkpoint>,
    unsynced_bytes: usize,
    sync_at: Instant,
    syncing: Option<Syncing>,
}

/// A synchronisation under way, and what is durable with it.
#[derive(Debug)]
struct Syncing {
    checkpoint: Option<Checkpoint>,
    task: JoinHandle<io::Result<()>>,
}

impl FileSink {
    /// Returns a sink that is not open; all that may follow one another in a process share a turn.
    pub(crate) fn new(place: Place, turn: Turn) -> Self {
        Self {
            place,
            turn,
            writer: None,
            to_sync: None,
            written: None,
            durable: None,
            unsynced_bytes: 0,
            sync_at: Instant::now(),
            syncing: None,
        }
    }

    /// Starts to make durable what is written, if it is time; a device or a pipe has nothing to wait for.
    fn sync_if_due(&mut self) {
        let Some(file) = &self.to_sync else {
            self.durable.clone_from(&self.written);
            return;
        };
        let due = self.unsynced_bytes >= SYNC_BYTES || Instant::now() >= self.sync_at;
        if due && self.syncing.is_none() && self.durable != self.written {
            let file = file.clone();
            let task = tokio::task::spawn_blocking(move || file.sync_data());
            self.syncing = Some(Syncing { checkpoint: self.written.clone(), task });
            self.unsynced_bytes = 0;
            self.sync_at = Instant::now() + SYNC_EVERY;
        }
    }

    /// Waits for the synchronisation under way, if there is one. Cancel-safe.
    async fn synced(&mut self) -> Result<()> {
        let Some(syncing) = &mut self.syncing else { return Ok(()) };
        let outcome = (&mut syncing.task).await.unwrap_or_else(|error| Err(io::Error::other(error)));
        if let Some(Syncing { checkpoint, .. }) = self.syncing.take() {
            outcome.map_err(|error| failed(&self.place, "synchronised", error))?;
            self.durable = checkpoint;
        }
        Ok(())
    }

    /// Makes everything that is written durable.
    async fn sync_all(&mut self) -> Result<()> {
        self.synced().await?;
        self.sync_at = Instant::now();
        self.sync_if_due();
        self.synced().await
    }
}

impl Sink for FileSink {
    fn open(&mut self, context: SinkContext) -> BoxFuture<'_, Result<Opening>> {
        Box::pin(async move {
            let started = Writer::start(self.place.clone(), context.state, self.turn.clone()).await?;
            let (writer, Opened { to_sync, name }) = started;
            self.writer = Some(writer);
            self.to_sync = to_sync.map(Arc::new);
            Ok(Opening::NotKept { place: format!("file {name}") })
        })
    }

    fn write(&mut self, change: Change) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let end = change.end().clone();
            let Some(writer) = &self.writer else { return Err(not_open()) };
            self.unsynced_bytes += writer.write(change).await?;
            self.written = Some(end);
            if self.syncing.as_ref().is_some_and(|syncing| syncing.task.is_finished()) {
                self.synced().await?;
            }
            self.sync_if_due();
            Ok(())
        })
    }

    fn idle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            if self.durable == self.written {
                return std::future::pending().await;
            }
            if self.syncing.is_none() {
                tokio::time::sleep_until(self.sync_at).await;
                self.sync_if_due();
            }
            self.synced().await
        })
    }

    fn flush(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.sync_all())
    }

    fn durable(&self) -> Option<Checkpoint> {
        self.durable.clone()
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            let is_durable = self.durable == self.written;
            match self.writer.take() {
                Some(writer) if is_durable => writer.close().await,
                _ => Ok(()),
            }
        })
    }

    fn check<'a>(&'a mut self, _: &'a str, _: &'a [RoutedTable]) -> BoxFuture<'a, Result<Vec<Finding>>> {
        Box::pin(async { Ok(vec![self.check_place()]) })
    }

    fn explain<'a>(&'a mut self, _: &'a RoutedTable) -> BoxFuture<'a, Result<Vec<String>>> {
        let line = format!("one JSON line a change, appended to {}", self.place);
        Box::pin(async { Ok(vec![line]) })
    }
}

impl FileSink {
    /// Looks whether the file or its folder is there; changes nothing.
    fn check_place(&self) -> Finding {
        let path = match &self.place {
            Place::Stdout => return Finding::ok("path", "lines go to stdout"),
            Place::File(path) => path,
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                Finding::error("path", format!("{} is a folder", self.place)).remedy("name a file in it")
            }
            Ok(metadata) if metadata.permissions().readonly() => {
                Finding::error("path", format!("{} is read-only", self.place))
                    .remedy("let this user write to it")
            }
            Ok(_) => Finding::ok("path", format!("lines are appended to {}", self.place)),
            Err(_) if folder.is_none_or(|folder| folder.is_dir()) => {
                Finding::ok("path", format!("{} will be made", self.place))
            }
            Err(_) => Finding::error("path", format!("the folder of {} does not exist", self.place))
                .remedy("make the folder, or change `path`"),
        }
    }
}

fn not_open() -> PluginError {
    PluginError::definite("the file sink is used before it is open: a bug in tidegate")
}

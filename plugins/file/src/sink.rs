//! The sink: writes lines, and says when they are durable.

use crate::{
    line::Lines,
    target::{Place, Target},
};
use std::{io, time::Duration};
use tidegate_model::Checkpoint;
use tidegate_plugin::{
    BoxFuture, Change, Finding, Opening, PluginError, Result, RoutedTable, Sink, SinkContext,
};
use tokio::{task::JoinHandle, time::Instant};

const SYNC_EVERY: Duration = Duration::from_secs(1);
const SYNC_BYTES: usize = 64 << 20;

pub(crate) struct FileSink {
    place: Place,
    target: Option<Target>,
    lines: Lines,
    buffer: Vec<u8>,
    written: Option<Checkpoint>,
    durable: Option<Checkpoint>,
    unsynced_bytes: usize,
    sync_at: Instant,
    syncing: Option<Syncing>,
}

/// A synchronisation under way, and what is durable with it.
struct Syncing {
    checkpoint: Option<Checkpoint>,
    task: JoinHandle<io::Result<()>>,
}

impl FileSink {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            target: None,
            lines: Lines::default(),
            buffer: Vec::new(),
            written: None,
            durable: None,
            unsynced_bytes: 0,
            sync_at: Instant::now(),
            syncing: None,
        }
    }

    fn append(&mut self, change: &Change) -> Result<()> {
        let Some(target) = &mut self.target else {
            return Err(not_open());
        };
        let mut bytes = 0;
        let mut hand_over = |buffer: &mut Vec<u8>| {
            bytes += buffer.len();
            let appended = target.append(buffer);
            buffer.clear();
            appended
        };
        self.lines.write(change, &mut self.buffer, &mut hand_over)?;
        hand_over(&mut self.buffer)?;
        self.unsynced_bytes += bytes;
        self.written = Some(change.end().clone());
        Ok(())
    }

    /// Starts to make durable what is written, if it is time; a device or a pipe has nothing to wait for.
    fn sync_if_due(&mut self) -> Result<()> {
        let Some(target) = &self.target else {
            return Err(not_open());
        };
        if !target.needs_sync() {
            self.durable.clone_from(&self.written);
            return Ok(());
        }
        let due = self.unsynced_bytes >= SYNC_BYTES || Instant::now() >= self.sync_at;
        if due && self.syncing.is_none() && self.durable != self.written {
            self.syncing = Some(Syncing { checkpoint: self.written.clone(), task: target.start_sync() });
            self.unsynced_bytes = 0;
            self.sync_at = Instant::now() + SYNC_EVERY;
        }
        Ok(())
    }

    /// Waits for the synchronisation under way, if there is one. Cancel-safe.
    async fn synced(&mut self) -> Result<()> {
        let (Some(syncing), Some(target)) = (&mut self.syncing, &self.target) else {
            return Ok(());
        };
        let outcome = (&mut syncing.task).await;
        if let Some(Syncing { checkpoint, .. }) = self.syncing.take() {
            target.synced(outcome)?;
            self.durable = checkpoint;
        }
        Ok(())
    }

    /// Makes everything that is written durable.
    async fn sync_all(&mut self) -> Result<()> {
        self.synced().await?;
        self.sync_at = Instant::now();
        self.sync_if_due()?;
        self.synced().await
    }
}

impl Sink for FileSink {
    fn open(&mut self, _: SinkContext) -> BoxFuture<'_, Result<Opening>> {
        Box::pin(async {
            let mut target = Target::open(&self.place)?;
            if let Some(length) = target.cut_torn_line()? {
                tracing::warn!(file = %self.place, length, "cut off a last line that a crash had left torn");
            }
            self.target = Some(target);
            Ok(Opening::NotKept)
        })
    }

    fn write(&mut self, change: Change) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.append(&change)?;
            if self.syncing.as_ref().is_some_and(|syncing| syncing.task.is_finished()) {
                self.synced().await?;
            }
            self.sync_if_due()
        })
    }

    fn idle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            if self.durable == self.written {
                return std::future::pending().await;
            }
            if self.syncing.is_none() {
                tokio::time::sleep_until(self.sync_at).await;
                self.sync_if_due()?;
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
        self.target = None;
        Box::pin(async { Ok(()) })
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

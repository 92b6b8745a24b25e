//! The sink: writes lines, and says when they are durable.

use crate::{
    line::Lines,
    target::{Place, Target},
};
use std::time::Duration;
use tidegate_model::Checkpoint;
use tidegate_plugin::{
    BoxFuture, Change, Finding, Opening, PluginError, Result, RoutedTable, Sink, SinkContext,
};
use tokio::time::Instant;

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

    /// Makes what is written durable. Cancel-safe: then it is not called durable.
    async fn sync(&mut self) -> Result<()> {
        let Some(target) = &self.target else {
            return Err(not_open());
        };
        if self.unsynced_bytes > 0 {
            target.sync().await?;
        }
        self.unsynced_bytes = 0;
        self.sync_at = Instant::now() + SYNC_EVERY;
        self.durable.clone_from(&self.written);
        Ok(())
    }

    fn must_sync(&self) -> bool {
        let at_once = self.target.as_ref().is_some_and(|target| !target.needs_sync());
        at_once || self.unsynced_bytes >= SYNC_BYTES || Instant::now() >= self.sync_at
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
            if self.must_sync() { self.sync().await } else { Ok(()) }
        })
    }

    fn idle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            if self.durable == self.written {
                return std::future::pending().await;
            }
            tokio::time::sleep_until(self.sync_at).await;
            self.sync().await
        })
    }

    fn flush(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.sync())
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

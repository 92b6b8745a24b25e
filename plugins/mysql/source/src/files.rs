//! The source of recorded log files: reads them from a folder instead of a server.

mod config;
mod open;
mod reader;
mod set;

pub use config::LogFilesConfig;

use crate::feed::{Feed, Progress};
use reader::Reader;
use set::LogFiles;
use std::{path::PathBuf, sync::Arc};
use tidegate_model::{Checkpoint, TableName};
use tidegate_plugin::{
    BoxFuture, Change, Demand, Finding, Instance, Observation, PluginError, Result, Source, SourceContext,
    SourceReport, TableNames,
};

/// Reads the recorded log files of a MySQL or MariaDB server.
pub(crate) struct LogFilesSource {
    config: Arc<LogFilesConfig>,
    folder: PathBuf,
    reading: Option<Box<Reading>>,
    closed: Observation,
}

/// An open source.
struct Reading {
    feed: Feed,
    reader: Reader,
}

impl LogFilesSource {
    pub(crate) fn new(config: LogFilesConfig, instance: &Instance) -> Self {
        Self {
            config: Arc::new(config),
            folder: instance.folder.clone(),
            reading: None,
            closed: Observation::default(),
        }
    }
}

impl Reading {
    /// Returns the next change. A file is always at hand, so a batch closes when it is full and at the files' end.
    async fn next(&mut self) -> Result<Option<Change>> {
        let Self { feed, reader } = self;
        loop {
            if let Some(change) = feed.stream.take() {
                return Ok(Some(change));
            }
            if feed.stream.is_ended() {
                return Ok(None);
            }
            match feed.step()? {
                Progress::Moved => continue,
                Progress::Unknown(table) => return Err(unknown(&table).at(feed.stream.position())),
                Progress::Starved(used) => used.into_iter().for_each(|used| reader.recycle(used)),
            }
            match reader.next().await? {
                Some(piece) => feed.take(piece)?,
                None => end(feed)?,
            }
        }
    }
}

/// The files end.
fn end(feed: &mut Feed) -> Result<()> {
    if feed.stream.is_catching_up() {
        let message = "the log files end before what was read of them up to the checkpoint";
        return Err(PluginError::world(message)
            .hint("give the files as they were, or longer copies of them; or begin anew with --reset"));
    }
    if let Some(begin) = feed.stream.end_of_log()? {
        let place = format!("{}:{}", begin.file, begin.offset);
        tracing::warn!(
            place,
            "the log files end within the transaction that begins here, which is left out or incomplete"
        );
    }
    Ok(())
}

fn unknown(table: &TableName) -> PluginError {
    PluginError::definite(format!(
        "what table {table} looks like here is not known: neither the log nor a schema file says it"
    ))
    .hint(
        "give the tables as they were at the beginning, as `mysqldump --no-data --databases …` writes them, in \
         `schema-file` (`tidegate replay --schema`), in a pipeline filter the table out, or record the log with binlog_row_metadata = \
         FULL",
    )
}

impl Source for LogFilesSource {
    fn open(&mut self, context: SourceContext) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let (feed, reader) = open::open(&self.config, &self.folder, context).await?;
            self.reading = Some(Box::new(Reading { feed, reader }));
            Ok(())
        })
    }

    fn next<'a>(&'a mut self, _: &'a mut Demand) -> BoxFuture<'a, Result<Option<Change>>> {
        Box::pin(async move {
            match &mut self.reading {
                Some(reading) => reading.next().await,
                None => Err(PluginError::definite("the source is read before it is open: a bug in tidegate")),
            }
        })
    }

    fn stop(&mut self) {
        if let Some(reading) = &mut self.reading {
            reading.feed.stream.stop();
        }
    }

    fn release<'a>(&'a mut self, _: &'a Checkpoint) -> BoxFuture<'a, Result<()>> {
        // Whoever recorded the files keeps them.
        Box::pin(async { Ok(()) })
    }

    fn observe(&self) -> Observation {
        let Some(Reading { feed, .. }) = self.reading.as_deref() else { return self.closed.clone() };
        Observation {
            position: Some(feed.stream.position()),
            commit_time: feed.stream.commit_time(),
            connected: true,
            caught_up: feed.stream.is_ended(),
            bytes: feed.bytes(),
            reconnects: 0,
        }
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.closed = self.observe();
            self.reading = None;
            Ok(())
        })
    }

    fn check(&mut self) -> BoxFuture<'_, Result<SourceReport>> {
        Box::pin(async move {
            let files = LogFiles::look(&self.config.files, &self.folder).await?;
            let names = Arc::<TableNames>::default();
            let mut schemas = open::schemas(&self.config, &files, names.clone());
            open::load_schema_file(&self.config, &self.folder, &mut schemas).await?;
            let beginning = open::configured(&self.config, &files)?;
            let findings = vec![
                Finding::ok("log-files", format!("the log files are {files}")),
                Finding::ok("start", format!("the log files hold the start, {}", beginning.position)),
            ];
            // What a server does with foreign keys is not in its log.
            Ok(SourceReport { findings, tables: schemas.all(), names, unlogged_cascades: true })
        })
    }
}

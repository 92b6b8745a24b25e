//! Opening log files: which they are, where to begin, what the tables look like.

use super::{LogFilesConfig, reader::Reader, set::LogFiles};
use crate::{
    begin::{Beginning, FIRST_OFFSET},
    config::StartAt,
    dump::From,
    feed::Feed,
    reading::goal,
    schemas::{Schemas, read_schema_file},
    stream::{Stream, StreamConfig},
    xa,
};
use std::{cmp::Ordering, path::Path, sync::Arc};
use tidegate_model::{Checkpoint, LogPosition, Position};
use tidegate_plugin::{ErrorKind, Goal, PluginError, Result, SourceContext, Start, TableNames};

pub(super) async fn open(
    config: &LogFilesConfig,
    folder: &Path,
    context: SourceContext,
) -> Result<(Feed, Reader)> {
    let files = LogFiles::look(&config.files, folder).await?;
    xa::clean(&context.state);
    let mut schemas = schemas(config, &files, context.names);
    let (beginning, checkpoint, cut) = match context.start {
        Start::Resume(resume) => {
            schemas.resume(resume.schemas);
            let beginning = resumed(&files, &resume.checkpoint)?;
            (beginning, Some(resume.checkpoint), resume.cut)
        }
        Start::Configured => {
            load_schema_file(config, folder, &mut schemas).await?;
            (configured(config, &files)?, None, None)
        }
    };
    let goal = match context.goal {
        Some(Goal::Position(position)) => Some(checked(position, &files)?),
        Some(Goal::Now) | None => None,
    };
    let start = beginning.position.log.clone().ok_or_else(nowhere)?;
    let index = files.find(&start)?;
    tracing::info!(%files, position = %beginning.position, "reading log files");
    let stream = Stream::new(StreamConfig {
        schemas,
        beginning,
        checkpoint,
        identity: files.identity(),
        cut,
        goal,
        wants: context.wants,
        leaves_out: context.leaves_out,
        limits: context.limits,
        state: context.state,
        xa_memory: usize::try_from(config.xa_memory.0).unwrap_or(usize::MAX),
    });
    let reader = Reader::start(files.files.into_iter().skip(index).collect(), start.offset);
    Ok((Feed::new(stream), reader))
}

/// Returns the schemas before anything is known of them.
pub(super) fn schemas(config: &LogFilesConfig, files: &LogFiles, names: Arc<TableNames>) -> Schemas {
    Schemas::new(files.flavor.folding(config.lower_case_table_names != 0), names)
}

/// Learns the schemas as of the start from the schema file, if there is one.
pub(super) async fn load_schema_file(
    config: &LogFilesConfig,
    folder: &Path,
    schemas: &mut Schemas,
) -> Result<()> {
    match &config.schema_file {
        Some(file) => schemas.load_file(&read_schema_file(folder, file).await?),
        None => Ok(()),
    }
}

/// Finds where the settings say that reading begins.
pub(super) fn configured(config: &LogFilesConfig, files: &LogFiles) -> Result<Beginning> {
    let first = files.files.first().ok_or_else(nowhere)?;
    let log = match &config.start {
        Some(StartAt::File(log)) => log.clone(),
        _ => LogPosition { file: first.name.clone(), offset: FIRST_OFFSET },
    };
    files.find(&log)?;
    Ok(at(log))
}

/// Finds where a checkpoint says that reading goes on.
fn resumed(files: &LogFiles, checkpoint: &Checkpoint) -> Result<Beginning> {
    let own = files.identity();
    if own != checkpoint.source {
        return Err(PluginError::world(format!(
            "the checkpoint is of another source ({}), these are {own}",
            checkpoint.source
        ))
        .hint("give the log files that the checkpoint is of, or begin anew with --reset"));
    }
    let log = checkpoint.resume.log.clone().ok_or_else(nowhere)?;
    files.find(&log)?;
    Ok(at(log))
}

/// A file is read from its beginning, which says how it is laid out, and what lies before the place is passed over.
fn at(log: LogPosition) -> Beginning {
    let from = From::File(LogPosition { file: log.file.clone(), offset: FIRST_OFFSET });
    Beginning { from, position: Position { gtids: None, log: Some(log), inside: None }, gtids_in_log: false }
}

/// Refuses a position to stop at that is never reached.
fn checked(position: Position, files: &LogFiles) -> Result<Position> {
    let Some(end) = files.end() else { return Err(nowhere()) };
    if position.gtids.is_some() {
        let message = "reading of log files stops at a `file:position`, not at a GTID set";
        return Err(
            PluginError::new(ErrorKind::Input, message).hint("`mysqlbinlog` shows where a transaction ends")
        );
    }
    goal::check(&position, None, &end)?;
    if position.log.as_ref().and_then(|log| log.compare(&end)) == Some(Ordering::Greater) {
        let message = format!(
            "the position to stop at, {position}, lies behind the end of the log files, {}:{}",
            end.file, end.offset
        );
        return Err(
            PluginError::new(ErrorKind::Input, message).hint("give the files up to there, or stop at `now`")
        );
    }
    Ok(position)
}

fn nowhere() -> PluginError {
    PluginError::definite("the checkpoint has no place in a log file").hint("begin anew with --reset")
}

//! The mysql source: follows a binary log.
//!
//! Four layers, each of which knows only the next: `source` is what the engine calls; `reading` asks the `link` for
//! pieces of the log and puts their events into the `stream`; the stream turns events into changes and knows the
//! positions between them; `schemas` says what the tables look like. `begin` finds where to begin, and `dump` speaks to
//! the server. `files` is a second source, which reads recorded log files: the pieces come from elsewhere, and the `feed`
//! and everything above it are the same.

mod begin;
mod check;
mod config;
mod cursor;
mod dump;
mod feed;
mod files;
mod identity;
mod link;
mod payload;
mod reading;
mod schemas;
mod server;
mod source;
mod stream;
mod xa;

pub use config::{ReconnectConfig, SourceConfig, StartAt};
pub use files::LogFilesConfig;

use tidegate_plugin::{Entry, Source};

/// Returns the source for the registry, under the name `mysql`.
pub fn entry() -> Entry<dyn Source> {
    Entry::<dyn Source>::new::<SourceConfig>(|settings, instance| {
        let config = settings.judge(|config: SourceConfig| {
            let problems = config.problems();
            if problems.is_empty() { Ok(config) } else { Err(problems) }
        })?;
        Ok(Box::new(source::MySqlSource::new(config, instance)) as Box<dyn Source>)
    })
}

/// Returns the source of recorded log files for the registry, under the name `mysql-log-files`.
pub fn log_files_entry() -> Entry<dyn Source> {
    Entry::<dyn Source>::new::<LogFilesConfig>(|settings, instance| {
        let config = settings.judge(|config: LogFilesConfig| {
            let problems = config.problems();
            if problems.is_empty() { Ok(config) } else { Err(problems) }
        })?;
        Ok(Box::new(files::LogFilesSource::new(config, instance)) as Box<dyn Source>)
    })
}

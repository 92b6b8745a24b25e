//! The mysql source: follows a binary log.
//!
//! Four layers, each of which knows only the next: `source` is what the engine calls; `reading` asks the `link` for
//! pieces of the log and puts their events into the `stream`; the stream turns events into changes and knows the
//! positions between them; `schemas` says what the tables look like. `begin` finds where to begin, and `dump` speaks to
//! the server.

mod begin;
mod check;
mod config;
mod cursor;
mod dump;
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

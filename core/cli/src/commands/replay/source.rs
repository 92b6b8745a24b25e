//! What is replayed: recorded log files, or the source of a pipeline.

use crate::{arguments::ReplayArguments, failure::Failure, load, until};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tidegate_config::Diagnostics;
use tidegate_engine::Builder;
use tidegate_model::Position;
use tidegate_plugin::{
    ErrorKind, Goal, Instance, PluginError, Registry, Source,
    settings::{Node, Settings},
};

/// The source plugin for recorded files.
const LOG_FILES: &str = "mysql-log-files";

/// Where the changes come from.
pub(super) struct Recording {
    /// By what name the source is told who reads.
    pub(super) name: Arc<str>,
    pub(super) source: Builder<dyn Source>,
    /// Knows the secrets of the pipeline file, if there is one.
    pub(super) secrets: Option<Diagnostics>,
}

pub(super) fn find(arguments: &ReplayArguments, registry: &Arc<Registry>) -> Result<Recording, Failure> {
    let from = arguments.from.as_deref().map(start).transpose()?;
    match &arguments.origin.live {
        Some(file) => live(file, from, registry),
        None => recorded(arguments, from, registry),
    }
}

/// The source of a pipeline file, as a reader of its own beside the pipeline that may be running.
fn live(file: &Path, from: Option<Value>, registry: &Arc<Registry>) -> Result<Recording, Failure> {
    let (file, mut stage) = load::source_of(file, registry).map_err(Failure::file)?;
    // The server would cut off one of two readers with one id.
    stage.settings = stage.settings.with("server-id", None);
    if let Some(from) = from {
        stage.settings = stage.settings.with("start", Some(Node::from_json(&from)));
    }
    let name: Arc<str> = format!("{}-replay-{}", file.name, std::process::id()).into();
    let instance =
        Instance { pipeline: name.clone(), folder: file.folder.clone(), memory: None, impure: false };
    let source = load::builder(registry, |registry| &registry.sources, &stage, &instance);
    Ok(Recording { name, source, secrets: Some(file.diagnostics()) })
}

fn recorded(
    arguments: &ReplayArguments,
    from: Option<Value>,
    registry: &Arc<Registry>,
) -> Result<Recording, Failure> {
    let settings =
        json!({ "files": arguments.origin.binlog, "schema-file": arguments.schema, "start": from });
    let settings = Settings::from_json(&settings);
    let (name, registry): (Arc<str>, _) = ("replay".into(), registry.clone());
    let instance =
        Instance { pipeline: name.clone(), folder: Path::new("").to_owned(), memory: None, impure: false };
    let source: Builder<dyn Source> = Arc::new(move || {
        let entry = registry.sources.get(LOG_FILES);
        let entry = entry
            .ok_or_else(|| PluginError::definite("there is no source of log files: a bug in tidegate"))?;
        (entry.build)(&settings, &instance).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            PluginError::new(ErrorKind::Input, problems.join("; "))
        })
    });
    Ok(Recording { name, source, secrets: None })
}

/// Reads `--from` into what the sources' setting `start` takes.
fn start(text: &str) -> Result<Value, Failure> {
    if ["earliest", "latest"].contains(&text) {
        return Ok(json!(text));
    }
    match until::place(text, "--from", "`earliest`, `latest`") {
        Ok(Goal::Position(Position { gtids: Some(gtids), .. })) => Ok(json!({ "gtid": gtids.to_string() })),
        Ok(Goal::Position(Position { log: Some(log), .. })) => {
            Ok(json!({ "file": &*log.file, "position": log.offset }))
        }
        Ok(Goal::Position(_) | Goal::Now) => Ok(json!("latest")),
        Err(failure) => Err(failure),
    }
}

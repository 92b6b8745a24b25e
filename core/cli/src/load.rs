//! From a pipeline file to plugins: every mistake of the file at once, or something that can run.

use crate::{
    components::{Components, grants, on_error},
    registry,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tidegate_config::{Diagnostics, Draft, PipelineFile, PluginReference, Stage, StageKind};
use tidegate_engine::{Builder, FilterStage, Filters, Pipeline, default_state_root};
use tidegate_plugin::{
    Entry, ErrorKind, Filter, Instance, PluginError, Registry, Result, Sink, Source, path,
    settings::{Problem, Settings, Value},
};
use xxhash_rust::xxh3::Xxh3Default;

/// A pipeline file without mistakes, and what it describes.
pub(crate) struct Loaded {
    pub(crate) file: PipelineFile,
    pub(crate) source: Builder<dyn Source>,
    pub(crate) filters: Arc<Filters>,
    pub(crate) sink: Builder<dyn Sink>,
}

impl Loaded {
    /// Tells whether the source knows where to begin: its settings say it, or they need not.
    pub(crate) fn start_is_known(&self) -> bool {
        let name = self.file.source.reference.to_string();
        self.start_is_set() || BEGIN_BY_THEMSELVES.contains(&name.as_str())
    }

    /// Tells whether the source's settings say where to begin.
    pub(crate) fn start_is_set(&self) -> bool {
        self.file.source.settings.root().get("start").is_some_and(|start| start.value != Value::Null)
    }
}

/// Where compiled components lie, in the folder of all pipelines' state; no pipeline can have this name.
pub(crate) const COMPILED: &str = ".compiled";

/// The sources that begin somewhere by themselves if their settings do not say where.
const BEGIN_BY_THEMSELVES: [&str; 1] = ["mysql-log-files"];

/// Returns the folder in which compiled components are kept: below `state`, by default in the user's state folder.
pub(crate) fn compiled(state: Option<&PathBuf>) -> Option<PathBuf> {
    let state = state.cloned().or_else(|| default_state_root(|name| std::env::var(name).ok()));
    state.map(|state| state.join(COMPILED))
}

/// Reads a pipeline file and lets every plugin look at its settings. Compiled components are kept below `state`, by
/// default in the user's state folder.
pub(crate) fn load(
    path: &Path,
    registry: &Arc<Registry>,
    state: Option<&PathBuf>,
) -> Result<Loaded, Diagnostics> {
    let mut draft = Draft::read(path, &registry::schemas(registry), &|name| std::env::var(name));
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let impure = draft.stages.iter().any(|stage| grants(stage).any());
    let instance = Instance { pipeline: "".into(), folder, memory: None, impure };
    let compiled = compiled(state);
    let components = Components::load(&draft.stages, compiled.as_deref(), &mut draft.diagnostics);
    for stage in &draft.stages {
        match components.entry(stage) {
            Some(entry) => judge_entry(entry, stage, &instance, &mut draft.diagnostics),
            None => judge(registry, stage, &instance, &mut draft.diagnostics),
        }
    }
    let file = draft.finish()?;
    let memory = usize::try_from(file.engine.memory.0).unwrap_or(usize::MAX);
    let instance = Instance {
        pipeline: file.name.as_str().into(),
        folder: file.folder.clone(),
        memory: Some(Pipeline::memory_at_sink(memory)),
        impure,
    };
    let mut diagnostics = file.diagnostics();
    for sink in &file.sinks {
        // Only now is known what the settings must fit into.
        judge(registry, sink, &instance, &mut diagnostics);
    }
    let mut stages = Vec::new();
    for stage in &file.filters {
        if let Some(filter) = filter(registry, &components, stage, &instance, &mut diagnostics) {
            let plugin = stage.reference.to_string().into();
            stages.push(FilterStage { plugin, filter, on_error: on_error(stage) });
        }
    }
    let Some(sink) = file.sinks.first().filter(|_| diagnostics.is_empty()) else {
        return Err(diagnostics);
    };
    Ok(Loaded {
        source: builder(registry, |registry| &registry.sources, &file.source, &instance),
        filters: Arc::new(Filters::new(stages, digest(&file.filters, &components))),
        sink: builder(registry, |registry| &registry.sinks, sink, &instance),
        file,
    })
}

/// Reads a pipeline file of which only the source is wanted.
pub(crate) fn source_of(path: &Path, registry: &Arc<Registry>) -> Result<(PipelineFile, Stage), Diagnostics> {
    let mut draft = Draft::read(path, &registry::schemas(registry), &|name| std::env::var(name));
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let instance = Instance { pipeline: "".into(), folder, memory: None, impure: false };
    for stage in draft.stages.iter().filter(|stage| stage.kind == StageKind::Source) {
        judge(registry, stage, &instance, &mut draft.diagnostics);
    }
    let file = draft.finish()?;
    let source = file.source.clone();
    Ok((file, source))
}

/// Returns a filter, `None` if something is wrong with it.
pub(crate) fn filter(
    registry: &Registry,
    components: &Components,
    stage: &Stage,
    instance: &Instance,
    diagnostics: &mut Diagnostics,
) -> Option<Box<dyn Filter>> {
    let built = match components.entry(stage) {
        Some(entry) => (entry.build)(&stage.settings, instance),
        None if matches!(&stage.reference, PluginReference::BuiltIn(name) if registry.filters.contains_key(name.as_str())) => {
            build(&registry.filters, stage, instance)
        }
        None => {
            judge(registry, stage, instance, diagnostics);
            return None;
        }
    };
    built.map_err(|problems| diagnostics.push_problems(stage, problems)).ok()
}

/// Lets a stage's plugin look at its settings.
fn judge(registry: &Registry, stage: &Stage, instance: &Instance, diagnostics: &mut Diagnostics) {
    match stage.kind {
        StageKind::Source => judge_by(&registry.sources, stage, instance, diagnostics),
        StageKind::Filter => judge_by(&registry.filters, stage, instance, diagnostics),
        StageKind::Sink => judge_by(&registry.sinks, stage, instance, diagnostics),
    }
}

type Entries<T> = std::collections::BTreeMap<Arc<str>, Entry<T>>;

fn judge_by<T: ?Sized>(
    entries: &Entries<T>,
    stage: &Stage,
    instance: &Instance,
    diagnostics: &mut Diagnostics,
) {
    match &stage.reference {
        PluginReference::BuiltIn(name) if !entries.contains_key(name.as_str()) => {
            let known: Vec<&str> = entries.keys().map(|name| &**name).collect();
            diagnostics.push_unknown_plugin(stage, &known);
        }
        PluginReference::BuiltIn(_) => {
            if let Err(problems) = build(entries, stage, instance) {
                diagnostics.push_problems(stage, problems);
            }
        }
        // What is wrong with it was said when it was loaded.
        PluginReference::Component { .. } => {}
        PluginReference::Native { .. } => {
            let message = "shared libraries are not supported yet";
            let problem = Problem::at(path!["plugin"], message).code("unsupported-plugin");
            let known: Vec<&str> = entries.keys().map(|name| &**name).collect();
            let help = format!("the built-in ones are {}", known.join(", "));
            diagnostics.push_stage_problems(stage, vec![problem.help(help)]);
        }
    }
}

fn judge_entry(entry: &Entry<dyn Filter>, stage: &Stage, instance: &Instance, diagnostics: &mut Diagnostics) {
    if let Err(problems) = (entry.build)(&stage.settings, instance) {
        diagnostics.push_problems(stage, problems);
    }
}

fn build<T: ?Sized>(
    entries: &Entries<T>,
    stage: &Stage,
    instance: &Instance,
) -> Result<Box<T>, Vec<Problem>> {
    let name = stage.reference.to_string();
    match entries.get(name.as_str()) {
        Some(entry) => (entry.build)(&stage.settings, instance),
        None => Err(vec![Problem::at(path![], format!("there is no plugin `{name}`"))]),
    }
}

/// Returns what makes an instance of a stage again and again.
pub(crate) fn builder<T: ?Sized + 'static>(
    registry: &Arc<Registry>,
    entries: fn(&Registry) -> &Entries<T>,
    stage: &Stage,
    instance: &Instance,
) -> Builder<T> {
    let (registry, stage, instance) = (registry.clone(), stage.clone(), instance.clone());
    Arc::new(move || {
        build(entries(&registry), &stage, &instance).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            PluginError::new(ErrorKind::Input, problems.join("; ")).at(&stage.path)
        })
    })
}

/// Returns what stands for the filters and their settings; secrets count by their references, components by their
/// content.
fn digest(filters: &[Stage], components: &Components) -> String {
    let mut hasher = Xxh3Default::new();
    for stage in filters {
        let settings: &Settings = &stage.settings;
        let settings = serde_json::to_string(settings).unwrap_or_default();
        for part in [stage.reference.to_string(), settings] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let granted = grants(stage);
        if granted.any() {
            hasher.update(&[u8::from(granted.clock), u8::from(granted.randomness)]);
        }
        hasher.update(components.sum(stage).as_ref().map_or(&[], |sum| sum.as_slice()));
    }
    format!("{:032x}", hasher.digest128())
}

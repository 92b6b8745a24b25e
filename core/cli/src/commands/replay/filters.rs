//! The filters on trial: one by its path or name, or those of a pipeline file.

use crate::{
    arguments::ReplayArguments,
    components::Components,
    failure::Failure,
    load::{self, COMPILED},
    registry,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tidegate_config::{Diagnostics, Draft, Stage, StageKind};
use tidegate_engine::{FilterStage, Filters, OnError, default_state_root};
use tidegate_plugin::{Instance, Registry};

/// Filters on trial.
pub(super) struct OnTrial {
    /// What they are called.
    pub(super) name: String,
    pub(super) filters: Arc<Filters>,
    /// Knows the secrets of their settings.
    pub(super) secrets: Diagnostics,
}

/// Returns the filters, and those to hold them against, if there are any.
pub(super) fn of(arguments: &ReplayArguments, registry: &Arc<Registry>) -> Result<Vec<OnTrial>, Failure> {
    let subject = &arguments.subject;
    let one = match (&subject.filter, &subject.filters_of) {
        (Some(plugin), _) => Some(named(plugin, arguments.config.as_deref(), registry)),
        (None, Some(file)) => Some(of_pipeline(file, registry)),
        (None, None) => None,
    };
    let other = arguments.against.as_ref();
    let other = other.map(|plugin| named(plugin, arguments.against_config.as_deref(), registry));
    let (mut sides, mut mistakes) = (Vec::new(), Vec::new());
    for side in one.into_iter().chain(other) {
        match side {
            Ok(side) => sides.push(side),
            Err(wrong) => mistakes.push(wrong),
        }
    }
    if mistakes.is_empty() {
        Ok(sides)
    } else {
        Err(Failure::Files { mistakes, good: crate::failure::Outcome::default() })
    }
}

/// A filter by its path or name, with settings that are JSON or a file.
fn named(plugin: &str, config: Option<&str>, registry: &Arc<Registry>) -> Result<OnTrial, Diagnostics> {
    let schemas = registry::schemas(registry);
    let config = config.map(|config| match config.trim_start().starts_with(['{', '[']) {
        true => (Path::new("--config"), Some(config)),
        false => (Path::new(config), None),
    });
    let mut draft = Draft::of_filter(plugin, config, &schemas, &|name| std::env::var(name));
    let filters = build(&mut draft, PathBuf::new(), registry)?;
    Ok(OnTrial { name: plugin.to_owned(), filters, secrets: draft.diagnostics })
}

/// The filters of a pipeline file.
fn of_pipeline(file: &Path, registry: &Arc<Registry>) -> Result<OnTrial, Diagnostics> {
    let schemas = registry::schemas(registry);
    let mut draft = Draft::read(file, &schemas, &|name| std::env::var(name));
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    let filters = build(&mut draft, folder, registry)?;
    Ok(OnTrial { name: format!("the filters of {}", file.display()), filters, secrets: draft.diagnostics })
}

/// Builds the filters of a draft; none of them ends the replay by failing on a row.
fn build(draft: &mut Draft, folder: PathBuf, registry: &Arc<Registry>) -> Result<Arc<Filters>, Diagnostics> {
    let compiled = default_state_root(|name| std::env::var(name).ok()).map(|root| root.join(COMPILED));
    let stages: Vec<Stage> =
        draft.stages.iter().filter(|stage| stage.kind == StageKind::Filter).cloned().collect();
    let components = Components::load(&stages, compiled.as_deref(), &mut draft.diagnostics);
    let instance = Instance { pipeline: "replay".into(), folder, memory: None, impure: false };
    let mut built = Vec::new();
    for stage in &stages {
        if let Some(filter) = load::filter(registry, &components, stage, &instance, &mut draft.diagnostics) {
            let plugin = stage.reference.to_string().into();
            built.push(FilterStage { plugin, filter, on_error: OnError::Drop });
        }
    }
    match draft.diagnostics.is_empty() {
        true => Ok(Arc::new(Filters::new(built, ""))),
        false => Err(draft.diagnostics.clone()),
    }
}

//! The components that a pipeline file names.

use std::{collections::BTreeMap, path::Path};
use tidegate_component::{Grants, Limits, Loader};
use tidegate_config::{Diagnostics, Grant, OnError, PluginReference, Stage};
use tidegate_plugin::{Entry, ErrorKind, Filter, PluginError, path, settings::Problem};

/// The filters of a pipeline file that are components, by where they stand in it.
#[derive(Default)]
pub(crate) struct Components(BTreeMap<String, Loaded>);

struct Loaded {
    entry: Entry<dyn Filter>,
    /// Stands for the file's content.
    sum: [u8; 32],
}

impl Components {
    /// Loads the components that `stages` refer to; compiled ones are kept in the folder `cache`. What is wrong with any of
    /// them is reported at its place.
    pub(crate) fn load(stages: &[Stage], cache: Option<&Path>, diagnostics: &mut Diagnostics) -> Self {
        let mut components = Self::default();
        let mut loader = None;
        for stage in stages {
            let PluginReference::Component { path, sha256, limits, .. } = &stage.reference else {
                continue;
            };
            let limits = limits_of(*limits);
            let loaded = loader
                .get_or_insert_with(|| Loader::new(cache))
                .as_ref()
                .map_err(|error| PluginError::new(error.kind, error.message.clone()))
                .and_then(|loader| loader.load(path, sha256.map(|sum| sum.0), limits))
                .and_then(|plugin| plugin.granting(grants(stage)));
            match loaded {
                Ok(plugin) => {
                    let sum = plugin.sha256;
                    components.0.insert(stage.path.to_string(), Loaded { entry: plugin.into_entry(), sum });
                }
                Err(error) => diagnostics.push_stage_problems(stage, vec![problem(error)]),
            }
        }
        components
    }

    /// Returns the component of a stage.
    pub(crate) fn entry(&self, stage: &Stage) -> Option<&Entry<dyn Filter>> {
        self.0.get(&stage.path.to_string()).map(|loaded| &loaded.entry)
    }

    /// Returns what stands for the content of a stage's component.
    pub(crate) fn sum(&self, stage: &Stage) -> Option<[u8; 32]> {
        self.0.get(&stage.path.to_string()).map(|loaded| loaded.sum)
    }
}

/// Returns what a component may use, as the loader wants it.
pub(crate) fn limits_of(limits: tidegate_config::Limits) -> Limits {
    let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    Limits { memory: size(limits.memory.0), call_time: limits.call_time.0, answer: size(limits.answer.0) }
}

/// Returns what a stage's plugin is granted.
pub(crate) fn grants(stage: &Stage) -> Grants {
    let PluginReference::Component { grants, .. } = &stage.reference else { return Grants::default() };
    Grants { clock: grants.contains(&Grant::Clock), randomness: grants.contains(&Grant::Randomness) }
}

/// Returns what becomes of rows that a stage's plugin fails on.
pub(crate) fn on_error(stage: &Stage) -> tidegate_engine::OnError {
    match &stage.reference {
        PluginReference::Component { on_error: OnError::Drop, .. } => tidegate_engine::OnError::Drop,
        PluginReference::Component { on_error: OnError::DeadLetter, .. } => {
            tidegate_engine::OnError::DeadLetter
        }
        _ => tidegate_engine::OnError::Stop,
    }
}

fn problem(error: PluginError) -> Problem {
    let code = if error.kind == ErrorKind::Input { "bad-component" } else { "failing-component" };
    let problem = Problem::at(path!["plugin"], error.message).code(code);
    match error.hint {
        Some(hint) => problem.help(hint),
        None => problem,
    }
}

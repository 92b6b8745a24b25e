//! `tidegate schema`: prints the JSON Schema of pipeline files.

use crate::failure::Outcome;
use std::{collections::BTreeMap, sync::Arc};
use tidegate_config::{PluginSchema, StageKind, schema};
use tidegate_plugin::{Entry, Registry};

pub(crate) fn run(registry: &Registry) -> Outcome {
    let mut plugins = Vec::new();
    add(&mut plugins, StageKind::Source, &registry.sources);
    add(&mut plugins, StageKind::Filter, &registry.filters);
    add(&mut plugins, StageKind::Sink, &registry.sinks);
    let result = schema(&plugins);
    let text = format!("{result:#}\n");
    Outcome { result, text }
}

fn add<'a, T: ?Sized>(
    plugins: &mut Vec<PluginSchema<'a>>,
    kind: StageKind,
    entries: &'a BTreeMap<Arc<str>, Entry<T>>,
) {
    plugins.extend(entries.iter().map(|(name, entry)| PluginSchema { kind, name, schema: &entry.schema }));
}

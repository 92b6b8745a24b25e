//! `tidegate schema`: prints the JSON Schema of pipeline files, or their keys for people.

use crate::{arguments::SchemaArguments, failure::Outcome};
use std::{collections::BTreeMap, sync::Arc};
use tidegate_config::{PluginSchema, StageKind, reference_markdown, schema};
use tidegate_plugin::{Entry, Registry};

const HEAD: &str = "\
# Pipeline files

Every key of the file, and of the settings of each plugin that is built in. Printed by `tidegate schema --markdown`;
`tidegate schema` prints the same as JSON Schema, for editors.

";

pub(crate) fn run(arguments: &SchemaArguments, registry: &Registry) -> Outcome {
    let mut plugins = Vec::new();
    add(&mut plugins, StageKind::Source, &registry.sources);
    add(&mut plugins, StageKind::Filter, &registry.filters);
    add(&mut plugins, StageKind::Sink, &registry.sinks);
    let result = schema(&plugins);
    let text = if arguments.markdown {
        format!("{HEAD}{}", reference_markdown(&plugins))
    } else {
        format!("{result:#}\n")
    };
    Outcome { result, text }
}

fn add<'a, T: ?Sized>(
    plugins: &mut Vec<PluginSchema<'a>>,
    kind: StageKind,
    entries: &'a BTreeMap<Arc<str>, Entry<T>>,
) {
    plugins.extend(entries.iter().map(|(name, entry)| PluginSchema { kind, name, schema: &entry.schema }));
}

//! `tidegate plugin inspect`: what a component says of itself, and what it wants.

use crate::{
    components::limits_of,
    failure::{Failure, Outcome},
};
use serde_json::json;
use std::path::Path;
use tidegate_component::{Loader, Manifest, Plugin};
use tidegate_plugin::{ErrorKind, PluginError};

/// Looks at the component with the limits that a pipeline file gives by default.
pub(super) fn run(file: &Path) -> Result<Outcome, Failure> {
    let limits = limits_of(tidegate_config::Limits::default());
    let plugin = Loader::new(None)?.load(file, None, limits)?;
    let length = std::fs::metadata(file).map_err(|error| {
        PluginError::new(ErrorKind::Input, format!("the component cannot be read: {error}"))
            .at(file.display())
    })?;
    Ok(describe(&plugin, length.len()))
}

fn describe(plugin: &Plugin, bytes: u64) -> Outcome {
    let Manifest { name, version, summary, settings, tables, columns, .. } = &plugin.manifest;
    let sum = plugin.sum();
    let operations = operations(&plugin.manifest);
    let result = json!({
        "name": name, "version": version, "summary": summary, "sha256": sum, "bytes": bytes, "tables": tables,
        "columns": columns, "operations": operations, "imports": plugin.imports, "settings": settings,
    });
    let listed = |list: &[String], otherwise: &str| {
        if list.is_empty() { otherwise.to_owned() } else { list.join(", ") }
    };
    let settings = serde_json::to_string_pretty(settings).unwrap_or_default();
    let text = format!(
        "{name} {version}: {summary}\n\
         sha256      {sum}\n\
         size        {bytes} bytes\n\
         tables      {}\n\
         columns     {}\n\
         operations  {}\n\
         imports     {}\n\
         settings    {}\n",
        listed(tables, "all"),
        listed(columns, "as its plans say"),
        operations.join(", "),
        listed(&plugin.imports, "none"),
        settings.replace('\n', "\n            "),
    );
    Outcome { result, text }
}

fn operations(manifest: &Manifest) -> Vec<&'static str> {
    let all = [
        ("insert", manifest.insert),
        ("update", manifest.update),
        ("delete", manifest.delete),
        ("schema-change", manifest.schema_change),
    ];
    all.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect()
}

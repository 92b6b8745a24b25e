//! The JSON Schema of a pipeline file with the settings of all plugins, for editors.

use serde_json::{Map, Value as Json, json};
use tidegate_plugin::settings::Node;

use crate::frame::Frame;
use crate::pipeline::StageKind;

/// The settings of one built-in plugin.
#[derive(Debug, Clone, Copy)]
pub struct PluginSchema<'a> {
    /// The plugin's kind.
    pub kind: StageKind,
    /// The plugin's name.
    pub name: &'a str,
    /// The schema of its `config`.
    pub schema: &'a schemars::Schema,
}

/// Returns the JSON Schema of a pipeline file: the frame, and for each built-in plugin the schema of its `config`.
#[must_use]
pub fn schema(plugins: &[PluginSchema<'_>]) -> Json {
    let mut root = frame();
    let Some(definitions) = root.get_mut("$defs").and_then(Json::as_object_mut) else {
        return root;
    };
    let end = definitions.remove("End").unwrap_or_default();
    let filter = definitions.remove("Filter").unwrap_or_default();
    let stages = [
        (StageKind::Source, "Source", &end),
        (StageKind::Filter, "Filter", &filter),
        (StageKind::Sink, "Sink", &end),
    ];
    for (kind, definition, frame) in stages {
        let of_kind: Vec<_> = plugins.iter().filter(|plugin| plugin.kind == kind).collect();
        definitions.insert(definition.to_owned(), stage(frame, &of_kind));
    }
    for plugin in plugins {
        let mut settings = plugin.schema.as_value().clone();
        move_references(&mut settings, &format!("#/$defs/{}", definition_of(plugin)));
        remove_secret_defaults(&mut settings);
        if let Some(settings) = settings.as_object_mut() {
            settings.remove("$schema");
        }
        definitions.insert(definition_of(plugin), settings);
    }
    for (pointer, definition) in [("/properties/source", "Source"), ("/properties/sinks/items", "Sink")] {
        if let Some(place) = root.pointer_mut(pointer).and_then(Json::as_object_mut) {
            place.insert("$ref".to_owned(), format!("#/$defs/{definition}").into());
        }
    }
    if let Some(sinks) = root.pointer_mut("/properties/sinks").and_then(Json::as_object_mut) {
        // Our own check says this in words of its own.
        sinks.insert("maxItems".to_owned(), 1.into());
    }
    root
}

/// Returns the schema of the frame alone.
pub(crate) fn frame() -> Json {
    schemars::schema_for!(Frame).to_value()
}

fn definition_of(plugin: &PluginSchema<'_>) -> String {
    format!("{}-{}", plugin.kind, plugin.name)
}

/// Adds to the frame of a stage the names of its plugins, and which settings go with which.
fn stage(frame: &Json, plugins: &[&PluginSchema<'_>]) -> Json {
    let mut stage = frame.clone();
    let names: Vec<_> = plugins.iter().map(|plugin| plugin.name).collect();
    if let Some(plugin) = stage.pointer_mut("/properties/plugin").and_then(Json::as_object_mut) {
        plugin.insert("enum".to_owned(), names.into());
    }
    let Some(rules) = stage.as_object_mut() else {
        return stage;
    };
    let file_keys: Vec<_> = rules
        .get("properties")
        .and_then(Json::as_object)
        .into_iter()
        .flat_map(Map::keys)
        .filter(|key| !matches!(key.as_str(), "plugin" | "config"))
        .cloned()
        .collect();
    let condition = |plugin: &&PluginSchema<'_>| {
        let mut properties: Map<String, Json> =
            file_keys.iter().map(|key| (key.clone(), false.into())).collect();
        properties
            .insert("config".to_owned(), json!({ "$ref": format!("#/$defs/{}", definition_of(plugin)) }));
        let required: &[&str] = if needs_settings(plugin.schema) { &["config"] } else { &[] };
        let then = json!({ "properties": properties, "required": required });
        json!({ "if": { "properties": { "plugin": { "const": plugin.name } }, "required": ["plugin"] }, "then": then })
    };
    let conditions: Vec<_> = plugins.iter().map(condition).collect();
    if !conditions.is_empty() {
        rules.insert("allOf".to_owned(), conditions.into());
    }
    stage
}

fn needs_settings(schema: &schemars::Schema) -> bool {
    tidegate_plugin::settings::Settings::new(Node::from_json(&Json::Null)).check(schema).is_err()
}

/// Returns whether the schema says that its values are secret.
pub(crate) fn is_secret(schema: &Json) -> bool {
    schema.get("format").is_some_and(|format| format == "password")
}

/// A secret's default is shown as stars, which an editor would write into the file.
fn remove_secret_defaults(schema: &mut Json) {
    let is_secret = is_secret(schema);
    match schema {
        Json::Object(rules) => {
            if is_secret {
                rules.remove("default");
            }
            rules.values_mut().for_each(remove_secret_defaults);
        }
        Json::Array(items) => items.iter_mut().for_each(remove_secret_defaults),
        _ => {}
    }
}

/// Makes the references inside a schema start at the place that it is moved to.
fn move_references(schema: &mut Json, base: &str) {
    match schema {
        Json::Object(rules) => {
            for (key, value) in rules {
                match value {
                    Json::String(reference) if key == "$ref" => {
                        if let Some(pointer) = reference.strip_prefix('#') {
                            *reference = format!("{base}{pointer}");
                        }
                    }
                    _ => move_references(value, base),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| move_references(item, base)),
        _ => {}
    }
}

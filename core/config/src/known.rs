//! Which values of a pipeline file are known to hold no secret, so that an excerpt may show them.
//!
//! Only what a schema names is known. A misspelt `password` is not, nor is anything below a key that sounds like a secret.

use serde_json::Value as Json;
use tidegate_plugin::settings::{Entry, Node, Span, Value};

use crate::diagnostic::Diagnostic;
use crate::pipeline::StageKind;
use crate::schema::{PluginSchema, frame};
use crate::shapes::{Rules, alternatives, list, resolve};

/// Keys that end in one of these hold a secret, whatever a schema says.
const SECRET_KEYS: &[&str] =
    &["password", "passwd", "passphrase", "secret", "token", "api-key", "private-key"];

/// Returns whether the key sounds like that of a secret.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('_', "-");
    SECRET_KEYS.iter().any(|secret| key.ends_with(secret))
}

/// Returns whether the text looks like a key, and not like a value that ended up in the place of one.
pub(crate) fn is_key_like(text: &str) -> bool {
    text.chars().all(is_key_letter)
}

/// Returns whether keys are made of such letters.
pub(crate) fn is_key_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// The places of all keys and single values of a file.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Those that may be shown. A place that is hidden too, because an alias repeats it elsewhere, may not.
    pub(crate) shown: Vec<Span>,
    /// All others.
    pub(crate) hidden: Vec<Span>,
}

/// Returns the places of the tree, as the frame and the plugins' schemas know them.
pub(crate) fn places(root: &Node, plugins: &[PluginSchema<'_>]) -> Places {
    let frame = frame();
    let mut places = Places::default();
    let Value::Mapping(entries) = &root.value else {
        places.below(&frame, &[], root);
        return places;
    };
    for entry in entries {
        let schema = frame.pointer("/properties").and_then(|properties| properties.get(&entry.key));
        let schemas: Vec<_> = schema.into_iter().collect();
        places.key(entry, true);
        match (entry.key.as_str(), &entry.value.value) {
            ("source", _) => places.stage(&frame, &schemas, &entry.value, StageKind::Source, plugins),
            (key @ ("filters" | "sinks"), Value::Sequence(stages)) => {
                let kind = if key == "sinks" { StageKind::Sink } else { StageKind::Filter };
                let items: Vec<_> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
                stages.iter().for_each(|stage| places.stage(&frame, &items, stage, kind, plugins));
            }
            _ => places.below(&frame, &schemas, &entry.value),
        }
    }
    places
}

/// Returns the places of a tree whose values are no secrets, except below keys that sound like it.
pub(crate) fn all_but_secrets(root: &Node) -> Places {
    let mut places = Places::default();
    places.open(root, true);
    places
}

/// Returns the places of a tree that one schema describes.
pub(crate) fn places_by(schema: &Json, root: &Node) -> Places {
    let mut places = Places::default();
    places.below(schema, &[schema], root);
    places
}

/// Returns the keys that a schema knows.
pub(crate) fn vocabulary_of(schema: &Json) -> Vec<String> {
    let mut words = Vec::new();
    collect_keys(schema, &mut words);
    words
}

/// Returns the keys that the frame and the plugins know.
pub(crate) fn vocabulary(plugins: &[PluginSchema<'_>]) -> Vec<String> {
    let mut words = Vec::new();
    collect_keys(&frame(), &mut words);
    plugins.iter().for_each(|plugin| collect_keys(plugin.schema.as_value(), &mut words));
    words
}

fn collect_keys(schema: &Json, words: &mut Vec<String>) {
    match schema {
        Json::Object(rules) => {
            if let Some(Json::Object(properties)) = rules.get("properties") {
                words.extend(properties.keys().cloned());
            }
            rules.values().for_each(|value| collect_keys(value, words));
        }
        Json::Array(items) => items.iter().for_each(|item| collect_keys(item, words)),
        _ => {}
    }
}

impl Places {
    /// Shows the second of two equal keys, which is in no tree, if it is a known one.
    pub(crate) fn show_second_keys(&mut self, text: &str, mistakes: &[Diagnostic], vocabulary: &[String]) {
        let twice = mistakes.iter().filter(|mistake| mistake.code == "duplicate-key");
        let is_known = |span: &Span| {
            let key = text.get(span.start..span.end).unwrap_or_default();
            vocabulary.iter().any(|known| known == key)
        };
        self.shown.extend(twice.filter_map(|mistake| mistake.span).filter(is_known));
    }

    fn key(&mut self, entry: &Entry, known: bool) {
        let places = if known && is_key_like(&entry.key) { &mut self.shown } else { &mut self.hidden };
        places.extend(entry.key_span);
    }

    fn open(&mut self, node: &Node, shown: bool) {
        match &node.value {
            Value::Mapping(entries) => {
                for entry in entries {
                    self.shown.extend(entry.key_span);
                    self.open(&entry.value, shown && !is_secret(&entry.key));
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.open(item, shown)),
            _ if shown => self.shown.extend(node.span),
            _ => self.hidden.extend(node.span),
        }
    }

    /// A stage's `config` is known by its plugin, the rest by the frame.
    fn stage(
        &mut self,
        frame: &Json,
        schemas: &[&Json],
        stage: &Node,
        kind: StageKind,
        plugins: &[PluginSchema<'_>],
    ) {
        let Value::Mapping(entries) = &stage.value else {
            return self.below(frame, schemas, stage);
        };
        let name = stage.get("plugin").and_then(Node::as_text).map(|name| name.expose());
        let plugin = plugins.iter().find(|plugin| plugin.kind == kind && Some(plugin.name) == name);
        let shapes = shapes(frame, schemas);
        for entry in entries {
            self.key(entry, true);
            match plugin.filter(|_| entry.key == "config") {
                Some(plugin) => {
                    let schema = plugin.schema.as_value();
                    self.below(schema, &[schema], &entry.value);
                }
                None => self.below(frame, &properties(&shapes, &entry.key), &entry.value),
            }
        }
    }

    /// Sorts what stands at and below a place that `schemas` describe; with none of them it is unknown.
    fn below(&mut self, root: &Json, schemas: &[&Json], node: &Node) {
        let shapes = shapes(root, schemas);
        match &node.value {
            Value::Mapping(entries) => {
                for entry in entries {
                    self.key(entry, !shapes.is_empty());
                    let known =
                        if is_secret(&entry.key) { Vec::new() } else { properties(&shapes, &entry.key) };
                    self.below(root, &known, &entry.value);
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    let known: Vec<_> = shapes
                        .iter()
                        .filter_map(|rules| {
                            list(rules, "prefixItems").get(index).or_else(|| rules.get("items"))
                        })
                        .collect();
                    self.below(root, &known, item);
                }
            }
            Value::Null => self.shown.extend(node.span),
            Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {
                let harmless = shapes.iter().any(|rules| takes_scalar(rules))
                    && !shapes
                        .iter()
                        .any(|rules| rules.get("format").is_some_and(|format| format == "password"));
                if harmless { &mut self.shown } else { &mut self.hidden }.extend(node.span);
            }
        }
    }
}

fn shapes<'s>(root: &'s Json, schemas: &[&'s Json]) -> Vec<&'s Rules> {
    let rules = schemas.iter().filter_map(|schema| resolve(root, schema).as_object());
    rules.flat_map(|rules| alternatives(root, rules)).collect()
}

fn properties<'s>(shapes: &[&'s Rules], key: &str) -> Vec<&'s Json> {
    let named = |rules: &&'s Rules| rules.get("properties").and_then(|properties| properties.get(key));
    let found: Vec<_> = shapes.iter().filter_map(named).collect();
    if found.is_empty() {
        return shapes.iter().filter_map(|rules| rules.get("additionalProperties")).collect();
    }
    found
}

fn takes_scalar(rules: &Rules) -> bool {
    let is_scalar = |name: &str| matches!(name, "string" | "integer" | "number" | "boolean");
    match rules.get("type") {
        Some(Json::String(name)) => is_scalar(name),
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).any(is_scalar),
        _ => rules.contains_key("const") || rules.contains_key("enum"),
    }
}

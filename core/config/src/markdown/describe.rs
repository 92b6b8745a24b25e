//! Says in words what a schema takes.

use serde_json::Value as Json;

use crate::schema::is_secret;
use crate::shapes::{Rules, alternatives, list, resolve};

/// Names the type.
pub(super) fn type_of(root: &Json, schema: &Json) -> String {
    let Some(rules) = resolve(root, schema).as_object() else {
        return "anything".to_owned();
    };
    let mut names: Vec<String> = Vec::new();
    for rules in alternatives(root, rules) {
        for name in types(root, rules) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() { "anything".to_owned() } else { names.join(" or ") }
}

/// Says what is taken for a key that is left out.
pub(super) fn default_of(schema: &Json) -> String {
    match schema.get("default") {
        // Its default is shown as stars, and means that there is none.
        Some(_) if is_secret(schema) => "–".to_owned(),
        None | Some(Json::Null) => "–".to_owned(),
        Some(Json::String(text)) => format!("`{text}`"),
        Some(Json::Object(keys)) if !keys.is_empty() => "see below".to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

/// Returns the description, with those of the words that may stand here.
pub(super) fn description(root: &Json, schema: &Json) -> String {
    let target = resolve(root, schema);
    let own = schema.get("description").or_else(|| target.get("description"));
    let mut text = own.and_then(Json::as_str).unwrap_or_default().to_owned();
    let rules = target.as_object().map(|rules| alternatives(root, rules)).unwrap_or_default();
    for rules in rules {
        if let (Some(word), Some(meaning)) =
            (rules.get("const").and_then(Json::as_str), rules.get("description"))
        {
            let meaning = meaning.as_str().unwrap_or_default().trim_end_matches('.');
            text.push_str(&format!(" `{word}`: {meaning}."));
        }
    }
    text.trim().to_owned()
}

fn types(root: &Json, rules: &Rules) -> Vec<String> {
    let constant = rules.get("const").and_then(Json::as_str);
    let words: Vec<_> = list(rules, "enum").iter().filter_map(Json::as_str).chain(constant).collect();
    if !words.is_empty() {
        return words.iter().map(|word| format!("`{word}`")).collect();
    }
    let names = match rules.get("type") {
        Some(Json::String(name)) => vec![name.as_str()],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    names.into_iter().filter_map(|name| type_name(root, rules, name)).collect()
}

fn type_name(root: &Json, rules: &Rules, name: &str) -> Option<String> {
    let format = rules.get("format").and_then(Json::as_str);
    Some(match (name, format) {
        ("boolean", _) => "`true` or `false`".to_owned(),
        ("integer", _) => match (rules.get("minimum"), rules.get("maximum")) {
            (Some(least), Some(most)) => format!("whole number, {least} to {most}"),
            (Some(least), None) => format!("whole number, at least {least}"),
            (None, Some(most)) => format!("whole number, at most {most}"),
            (None, None) => "whole number".to_owned(),
        },
        ("number", _) => "number".to_owned(),
        ("string", Some("password")) => "text, secret".to_owned(),
        ("string", Some("byte-size")) => "size, such as `64MiB`".to_owned(),
        ("string", Some("time-span")) => "time, such as `1s`".to_owned(),
        ("string", _) => "text".to_owned(),
        ("array", _) => match rules.get("items").map(|items| type_of(root, items)) {
            Some(items) => format!("list of {items}"),
            None => "list".to_owned(),
        },
        ("object", _) => "mapping".to_owned(),
        _ => return None,
    })
}

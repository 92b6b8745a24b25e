//! What a JSON Schema allows at a place: references followed, choices taken apart.

use serde_json::{Map, Value as Json};

pub(crate) type Rules = Map<String, Json>;

/// References that lead to references: more than this is a loop.
const REFERENCE_HOPS_MAX: usize = 32;

/// Returns the schema that `schema` refers to, or itself.
pub(crate) fn resolve<'s>(root: &'s Json, schema: &'s Json) -> &'s Json {
    let mut schema = schema;
    for _ in 0..REFERENCE_HOPS_MAX {
        let target =
            schema.get("$ref").and_then(Json::as_str).and_then(|reference| reference.strip_prefix('#'));
        match target.and_then(|pointer| root.pointer(pointer)) {
            Some(target) => schema = target,
            None => return schema,
        }
    }
    schema
}

/// Returns the shapes of a choice, or the schema itself if it is none. Leaving a value out is no shape.
pub(crate) fn alternatives<'s>(root: &'s Json, rules: &'s Rules) -> Vec<&'s Rules> {
    let nested: Vec<_> = list(rules, "oneOf").iter().chain(list(rules, "anyOf")).collect();
    if nested.is_empty() {
        return vec![rules];
    }
    let inner = nested.into_iter().filter_map(|schema| resolve(root, schema).as_object());
    let shapes = inner.flat_map(|rules| alternatives(root, rules));
    shapes.filter(|rules| rules.get("type").and_then(Json::as_str) != Some("null")).collect()
}

pub(crate) fn list<'s>(rules: &'s Rules, key: &str) -> &'s [Json] {
    rules.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

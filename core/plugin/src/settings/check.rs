//! Checks a located tree against a JSON Schema and reports every mistake, each at its place.
//!
//! Only the part of JSON Schema that schemars writes for serde types is known here. Patterns and the formats of
//! other crates are left to the types themselves, which check them while they are deserialised.

mod choice;
mod scalar;

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::node::{Entry, Node, Value};
use super::path::Path;
use super::problem::Problem;
use super::spelling::{nearest, quoted, suggestion};

/// A JSON Schema that is not just `true` or `false`.
type Rules = Map<String, Json>;

/// References that lead to references: more than this is a loop.
const REFERENCE_HOPS_MAX: usize = 32;

/// Returns everything in the tree that the schema does not allow.
pub(super) fn check(root: &Node, schema: &schemars::Schema) -> Vec<Problem> {
    let mut problems = Vec::new();
    Check { schema: schema.as_value() }.node(root, schema.as_value(), &Path::root(), &mut problems);
    problems
}

/// Returns whether the schema takes a mapping.
pub(super) fn takes_mapping(schema: &schemars::Schema) -> bool {
    let check = Check { schema: schema.as_value() };
    let mut alternatives = Vec::new();
    check.alternatives(schema.as_value(), &mut alternatives);
    alternatives.iter().any(|rules| types(rules).contains(&"object"))
}

/// The whole schema, which references inside it point to.
struct Check<'s> {
    schema: &'s Json,
}

impl<'s> Check<'s> {
    fn node(&self, node: &Node, schema: &'s Json, path: &Path, problems: &mut Vec<Problem>) {
        let rules = match self.resolve(schema) {
            Json::Object(rules) => rules,
            Json::Bool(false) => {
                problems.push(Problem::at(path.clone(), "nothing may stand here").code("wrong-type"));
                return;
            }
            _ => return,
        };
        for part in list(rules, "allOf") {
            self.node(node, part, path, problems);
        }
        if rules.contains_key("oneOf") || rules.contains_key("anyOf") {
            self.choice(node, rules, path, problems);
            return;
        }
        if let Some(problem) = mismatch(node, &[rules], path) {
            problems.push(problem);
            return;
        }
        match &node.value {
            Value::Mapping(entries) => self.mapping(entries, rules, path, problems),
            Value::Sequence(items) => self.sequence(items, rules, path, problems),
            _ => problems.extend(scalar::check(node, rules, path)),
        }
    }

    fn mapping(&self, entries: &[Entry], rules: &'s Rules, path: &Path, problems: &mut Vec<Problem>) {
        let known = keys(rules);
        let mut meant = Vec::new();
        for entry in entries {
            let place = path.join(&entry.key);
            match rules.get("properties").and_then(|properties| properties.get(&entry.key)) {
                Some(schema) => self.node(&entry.value, schema, &place, problems),
                None => match rules.get("additionalProperties") {
                    Some(schema) if *schema != Json::Bool(false) => {
                        self.node(&entry.value, schema, &place, problems);
                    }
                    None if !rules.contains_key("type") => {}
                    _ => {
                        meant.extend(nearest(&entry.key, known.iter().copied()));
                        problems.push(unknown_key(&entry.key, &known, place));
                    }
                },
            }
        }
        for key in list(rules, "required").iter().filter_map(Json::as_str) {
            // A misspelt key is reported once, not as unknown and missing.
            if !meant.contains(&key) && !entries.iter().any(|entry| entry.key == key) {
                problems.push(
                    Problem::at(path.clone(), format!("missing key `{key}`")).on_key().code("missing-key"),
                );
            }
        }
    }

    fn sequence(&self, items: &[Node], rules: &'s Rules, path: &Path, problems: &mut Vec<Problem>) {
        let leading = list(rules, "prefixItems");
        let unique = rules.get("uniqueItems") == Some(&Json::Bool(true));
        let mut seen = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(schema) = leading.get(index).or_else(|| rules.get("items")) {
                self.node(item, schema, &path.join(index), problems);
            }
            if unique
                && let Some(text) = item.as_text()
                && !seen.insert(text.expose())
            {
                let message = format!("`{}` is listed twice", scalar::shown(text));
                problems.push(Problem::at(path.join(index), message).code("duplicate-item"));
            }
        }
        let count = items.len() as u64;
        let bound = |key| rules.get(key).and_then(Json::as_u64);
        let message = match (bound("minItems"), bound("maxItems")) {
            (Some(1), _) if count == 0 => "the list is empty".to_owned(),
            (Some(least), _) if count < least => format!("the list has {count} items, fewer than {least}"),
            (_, Some(most)) if count > most => format!("the list has {count} items, more than {most}"),
            _ => return,
        };
        problems.push(Problem::at(path.clone(), message).code("out-of-range"));
    }

    fn resolve(&self, schema: &'s Json) -> &'s Json {
        let mut schema = schema;
        for _ in 0..REFERENCE_HOPS_MAX {
            let Some(reference) = schema.get("$ref").and_then(Json::as_str) else {
                return schema;
            };
            match reference.strip_prefix('#').and_then(|pointer| self.schema.pointer(pointer)) {
                Some(target) => schema = target,
                None => return schema,
            }
        }
        &Json::Bool(true)
    }
}

fn unknown_key(key: &str, known: &[&str], place: Path) -> Problem {
    let shown = scalar::shown_key(key);
    let message = match (&shown, known.is_empty()) {
        (Some(shown), true) => format!("unknown key `{shown}`: no key is known here"),
        (Some(shown), false) => format!("unknown key `{shown}`"),
        (None, _) => "this is no key".to_owned(),
    };
    let problem = Problem::at(place, message).on_key().code("unknown-key");
    if shown.is_none() && key.contains(':') {
        return problem.help("a space stands between the colon behind a key and its value");
    }
    match suggestion(key, known) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// Returns the problem of a node whose type none of the alternatives takes.
fn mismatch(node: &Node, alternatives: &[&Rules], path: &Path) -> Option<Problem> {
    if alternatives.iter().any(|rules| takes_type(rules, node)) {
        return None;
    }
    // Quotes make neither a known word nor a size of anything.
    let free =
        alternatives.iter().filter(|rules| scalar::words(rules).is_empty() && !scalar::is_quantity(rules));
    let wanted: Vec<_> = free.flat_map(|rules| types(rules)).collect();
    let found = if may_be_shown(alternatives) { scalar::found(node) } else { scalar::kind(node) };
    let message = format!("expected {}, found {found}", expected(alternatives));
    let problem = Problem::at(path.clone(), message).code("wrong-type");
    Some(match scalar::remedy(node, &wanted) {
        Some(help) => problem.help(help),
        None => problem,
    })
}

/// What stands in the place of a secret, or where only lists and mappings may stand, can be a secret.
fn may_be_shown(alternatives: &[&Rules]) -> bool {
    let is_secret =
        |rules: &&Rules| rules.get("format").and_then(Json::as_str) == Some(super::secret::FORMAT);
    let takes_scalar =
        |rules: &&Rules| types(rules).iter().any(|name| !matches!(*name, "array" | "object" | "null"));
    !alternatives.iter().any(is_secret) && alternatives.iter().any(takes_scalar)
}

fn takes_type(rules: &Rules, node: &Node) -> bool {
    let types = types(rules);
    let matches = |name: &&str| match &node.value {
        Value::Null => *name == "null",
        Value::Bool(_) => *name == "boolean",
        Value::Integer(_) => matches!(*name, "integer" | "number"),
        Value::Float(_) => *name == "number",
        Value::String(_) => *name == "string",
        Value::Sequence(_) => *name == "array",
        Value::Mapping(_) => *name == "object",
    };
    types.is_empty() || types.iter().any(matches)
}

/// Names what the alternatives take, without repeating itself.
fn expected(alternatives: &[&Rules]) -> String {
    let words: Vec<_> = alternatives.iter().flat_map(|rules| scalar::words(rules)).collect();
    let mut names = Vec::new();
    for rules in alternatives.iter().filter(|rules| scalar::words(rules).is_empty()) {
        let format = rules.get("format").and_then(Json::as_str);
        for name in types(rules).into_iter().filter_map(|name| scalar::type_name(name, format)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if words.is_empty() {
        return names.join(" or ");
    }
    let words = match words.as_slice() {
        [word] => format!("`{word}`"),
        _ => format!("one of {}", quoted(&words)),
    };
    std::iter::once(words.as_str()).chain(names).collect::<Vec<_>>().join(" or ")
}

fn types(rules: &Rules) -> Vec<&str> {
    match rules.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => match rules.get("const") {
            Some(Json::String(_)) => vec!["string"],
            Some(Json::Null) => vec!["null"],
            _ => Vec::new(),
        },
    }
}

fn keys(rules: &Rules) -> Vec<&str> {
    let properties = rules.get("properties").and_then(Json::as_object);
    properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn list<'s>(rules: &'s Rules, key: &str) -> &'s [Json] {
    rules.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

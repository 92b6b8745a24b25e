//! Enums and optional values: a node that may have one of several shapes.
//!
//! When it has none of them, the mistakes of the shape that was most likely meant are reported, not those of all.

use serde_json::Value as Json;

use super::super::node::{Entry, Node, Value};
use super::super::path::Path;
use super::super::problem::Problem;
use super::super::spelling::quoted;
use super::{Check, Rules, keys, list, mismatch, scalar, takes_type, unknown_key};

impl<'s> Check<'s> {
    pub(super) fn choice(&self, node: &Node, rules: &'s Rules, path: &Path, problems: &mut Vec<Problem>) {
        let mut alternatives = Vec::new();
        for schema in list(rules, "oneOf").iter().chain(list(rules, "anyOf")) {
            self.alternatives(schema, &mut alternatives);
        }
        if let Some(problem) = mismatch(node, &alternatives, path) {
            problems.push(problem);
            return;
        }
        let other_keys: Vec<_> = alternatives.iter().flat_map(|rules| keys(rules)).collect();
        alternatives.retain(|rules| takes_type(rules, node));
        let words: Vec<_> = alternatives.iter().flat_map(|rules| scalar::words(rules)).collect();
        if !words.is_empty() && alternatives.iter().all(|rules| !scalar::words(rules).is_empty()) {
            let problem = scalar::one_of(node, &words, path);
            problems.extend(problem.map(|problem| match (&problem.help, other_keys.is_empty()) {
                (None, false) => problem.help(format!("or write a mapping with {}", quoted(&other_keys))),
                _ => problem,
            }));
            return;
        }
        if let Value::Mapping(entries) = &node.value
            && let Some(problem) = none_meant(entries, &alternatives, path)
        {
            problems.extend(problem);
            return;
        }
        let mut best: Option<(usize, Vec<Problem>)> = None;
        for rules in alternatives {
            let mut found = Vec::new();
            self.resolved(node, rules, path, &mut found);
            if found.is_empty() {
                return;
            }
            let strange = strange_keys(node, rules);
            if best.as_ref().is_none_or(|(least, of)| (strange, found.len()) < (*least, of.len())) {
                best = Some((strange, found));
            }
        }
        problems.extend(best.into_iter().flat_map(|(_, found)| found));
    }

    /// Collects the shapes that a schema allows, those of nested choices included.
    pub(super) fn alternatives(&self, schema: &'s Json, found: &mut Vec<&'s Rules>) {
        let Json::Object(rules) = self.resolve(schema) else {
            return;
        };
        let nested = || list(rules, "oneOf").iter().chain(list(rules, "anyOf"));
        if nested().next().is_none() {
            found.push(rules);
        }
        for schema in nested() {
            self.alternatives(schema, found);
        }
    }

    fn resolved(&self, node: &Node, rules: &'s Rules, path: &Path, problems: &mut Vec<Problem>) {
        match &node.value {
            Value::Mapping(entries) => self.mapping(entries, rules, path, problems),
            Value::Sequence(items) => self.sequence(items, rules, path, problems),
            _ => problems.extend(scalar::check(node, rules, path)),
        }
    }
}

/// Returns the problems of a mapping of which no key belongs to any of the shapes.
fn none_meant(entries: &[Entry], alternatives: &[&Rules], path: &Path) -> Option<Vec<Problem>> {
    let known: Vec<_> = alternatives.iter().flat_map(|rules| keys(rules)).collect();
    if known.is_empty() || entries.iter().any(|entry| known.contains(&entry.key.as_str())) {
        return None;
    }
    if entries.is_empty() {
        let message = format!("expected one of the keys {}", quoted(&known));
        return Some(vec![Problem::at(path.clone(), message).code("missing-key")]);
    }
    let problem = |entry: &Entry| unknown_key(&entry.key, &known, path.join(&entry.key));
    Some(entries.iter().map(problem).collect())
}

fn strange_keys(node: &Node, rules: &Rules) -> usize {
    let known = keys(rules);
    match &node.value {
        Value::Mapping(entries) => {
            entries.iter().filter(|entry| !known.contains(&entry.key.as_str())).count()
        }
        _ => 0,
    }
}

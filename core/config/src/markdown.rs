//! The reference of every key of a pipeline file, as Markdown tables made from the schemas.

use serde_json::Value as Json;

use crate::pipeline::StageKind;
use crate::schema::{PluginSchema, frame};
use crate::shapes::{Rules, alternatives, list, resolve};

mod describe;

use describe::{default_of, description, type_of};

/// Types that hold themselves are followed this far.
const DEPTH_MAX: usize = 6;

/// Returns the reference: a table of the frame's keys, then one for the settings of each plugin.
#[must_use]
pub fn reference_markdown(plugins: &[PluginSchema<'_>]) -> String {
    let mut text = String::from("## The file\n");
    section(&mut text, &frame());
    for (kind, title) in
        [(StageKind::Source, "Sources"), (StageKind::Filter, "Filters"), (StageKind::Sink, "Sinks")]
    {
        let of_kind: Vec<_> = plugins.iter().filter(|plugin| plugin.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        text.push_str(&format!("\n## {title}\n"));
        for plugin in of_kind {
            text.push_str(&format!("\n### {kind} `{}`\n", plugin.name));
            section(&mut text, plugin.schema.as_value());
        }
    }
    text
}

struct Row {
    key: String,
    kind: String,
    default: String,
    description: String,
}

fn section(text: &mut String, schema: &Json) {
    let Some(rules) = schema.as_object() else {
        return;
    };
    if let Some(description) = rules.get("description").and_then(Json::as_str) {
        text.push_str(&format!("\n{description}\n"));
    }
    let mut rows = Vec::new();
    Table { root: schema, rows: &mut rows }.below(rules, "", 0);
    if rows.is_empty() {
        text.push_str("\nIt has no keys.\n");
        return;
    }
    text.push_str("\n| key | type | default | description |\n|---|---|---|---|\n");
    for row in rows {
        let cells = [format!("`{}`", row.key), row.kind, row.default, row.description];
        let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

struct Table<'s> {
    root: &'s Json,
    rows: &'s mut Vec<Row>,
}

impl<'s> Table<'s> {
    /// Adds a row for every key that stands below a value of this schema.
    fn below(&mut self, rules: &'s Rules, prefix: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let shapes = alternatives(self.root, rules);
        let is_choice = shapes.len() > 1;
        for rules in shapes {
            for (key, schema) in rules.get("properties").and_then(Json::as_object).into_iter().flatten() {
                let mut row = Row {
                    key: format!("{prefix}{key}"),
                    kind: type_of(self.root, schema),
                    default: default_of(schema),
                    description: description(self.root, schema),
                };
                if is_choice && row.description.is_empty() {
                    row.description = description(self.root, &Json::Object(rules.clone()));
                }
                if !is_choice && list(rules, "required").iter().any(|name| name == key) {
                    row.default = "*required*".to_owned();
                }
                self.key(row, schema, depth);
            }
            if let Some(items) =
                rules.get("items").map(|items| resolve(self.root, items)).and_then(Json::as_object)
            {
                let prefix = format!("{}[].", prefix.trim_end_matches('.'));
                self.below(items, &prefix, depth + 1);
            }
            let values = rules.get("additionalProperties").map(|values| resolve(self.root, values));
            if let Some(values) = values.and_then(Json::as_object) {
                self.below(values, &format!("{prefix}*."), depth + 1);
            }
        }
    }

    fn key(&mut self, row: Row, schema: &'s Json, depth: usize) {
        let prefix = format!("{}.", row.key);
        self.rows.push(row);
        if let Some(rules) = resolve(self.root, schema).as_object() {
            self.below(rules, &prefix, depth + 1);
        }
    }
}

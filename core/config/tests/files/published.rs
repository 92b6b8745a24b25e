//! What is published about the files: the JSON Schema and the reference.

use serde_json::Value as Json;
use tidegate_config::{reference_markdown, schema};

use crate::support;

#[test]
fn the_schema_holds_the_frame_and_every_plugin() {
    let schemas = support::schemas();
    let schema = schema(&support::plugins(&schemas));
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema).unwrap());
}

#[test]
fn every_reference_of_the_schema_leads_somewhere() {
    fn check(root: &Json, part: &Json, seen: &mut usize) {
        match part {
            Json::Object(rules) => {
                if let Some(reference) = rules.get("$ref").and_then(Json::as_str) {
                    *seen += 1;
                    assert!(root.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
                }
                rules.values().for_each(|value| check(root, value, seen));
            }
            Json::Array(items) => items.iter().for_each(|item| check(root, item, seen)),
            _ => {}
        }
    }
    let schemas = support::schemas();
    let schema = schema(&support::plugins(&schemas));
    let mut seen = 0;
    check(&schema, &schema, &mut seen);
    assert!(seen > 10);
}

#[test]
fn the_reference_says_everything_about_every_key() {
    let schemas = support::schemas();
    insta::assert_snapshot!(reference_markdown(&support::plugins(&schemas)));
}

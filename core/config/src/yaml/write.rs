//! Writes a tree as YAML text that reads as the same tree.

use tidegate_plugin::settings::{Node, Value};

use super::scalar;

/// How far what stands inside is moved to the right.
const INDENT: usize = 2;

/// Returns the tree as YAML, in blocks; secrets stand as their references.
///
/// Texts get quotes wherever another reader could take them for something else.
#[must_use]
pub fn yaml_text(node: &Node) -> String {
    let mut text = String::new();
    match &node.value {
        Value::Mapping(entries) if !entries.is_empty() => block(&mut text, node, 0),
        Value::Sequence(items) if !items.is_empty() => block(&mut text, node, 0),
        _ => text.push_str(&format!("{}\n", single(node))),
    }
    text
}

fn block(text: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Mapping(entries) => {
            for entry in entries {
                text.push_str(&format!("{:indent$}{}:", "", quoted(&entry.key)));
                below(text, &entry.value, indent);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                if !is_block(item) {
                    text.push_str(&format!("{:indent$}- {}\n", "", single(item)));
                    continue;
                }
                let mut inner = String::new();
                block(&mut inner, item, indent + INDENT);
                // The item's first line begins behind the dash.
                text.push_str(&format!("{:indent$}- {}", "", inner.trim_start_matches(' ')));
            }
        }
        _ => {}
    }
}

fn below(text: &mut String, node: &Node, indent: usize) {
    if is_block(node) {
        text.push('\n');
        block(text, node, indent + INDENT);
    } else {
        text.push_str(&format!(" {}\n", single(node)));
    }
}

/// Empty lists and mappings, and lists of single values, stand on one line.
fn is_block(node: &Node) -> bool {
    match &node.value {
        Value::Mapping(entries) => !entries.is_empty(),
        Value::Sequence(items) => {
            items.iter().any(|item| matches!(item.value, Value::Mapping(_) | Value::Sequence(_)))
        }
        _ => false,
    }
}

fn single(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        // `{:?}` keeps the point that makes it one.
        Value::Float(value) => format!("{value:?}"),
        Value::String(text) => quoted(text.display()),
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(single).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(_) => "{}".to_owned(),
    }
}

/// Returns a text as it is where nobody can take it for anything else, otherwise in quotes with JSON's escapes, which
/// are YAML's too.
fn quoted(text: &str) -> String {
    let is_word = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/'));
    let old_boolean = ["y", "n", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str());
    let is_text = matches!(scalar::plain(text), Value::String(_));
    if is_word && is_text && !old_boolean {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tidegate_plugin::settings::{Entry, Span, Text};

    fn value() -> impl Strategy<Value = Node> {
        let text = prop_oneof![
            "\\PC*",
            "[a-z0-9:#&*!|>'\"%@` \\\\{}\\[\\],?$~\n\t-]{0,8}",
            "(yes|null|0x1f|1e3|0123|~)"
        ];
        let single = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|value| Value::Integer(value.into())),
            text.prop_map(|text| Value::String(Text::plain(text))),
        ];
        let single = single.prop_map(|value| Node { value, span: None });
        single.prop_recursive(4, 24, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Sequence);
            let map = prop::collection::btree_map("[a-z\\PC]{1,6}", inner, 0..4).prop_map(|entries| {
                let entries = entries.into_iter();
                Value::Mapping(entries.map(|(key, value)| Entry { key, key_span: None, value }).collect())
            });
            prop_oneof![list, map].prop_map(|value| Node { value, span: None })
        })
    }

    fn without_places(mut node: Node) -> Node {
        node.span = None;
        match &mut node.value {
            Value::Sequence(items) => {
                items.iter_mut().for_each(|item| *item = without_places(item.clone()));
            }
            Value::Mapping(entries) => entries.iter_mut().for_each(|entry| {
                entry.key_span = None;
                entry.value = without_places(entry.value.clone());
            }),
            _ => {}
        }
        node
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_it_was(node in value()) {
            let text = yaml_text(&node);
            let (read, mistakes) = crate::yaml::read(&text);
            prop_assert!(mistakes.is_empty(), "{text}: {mistakes:?}");
            prop_assert_eq!(without_places(read.unwrap()), node, "{}", text);
        }
    }

    #[test]
    fn text_is_written_for_people() {
        let json = serde_json::json!({
            "name": "orders", "empty": {}, "words": ["a", "on", "*"], "rules": [{ "a": 1, "b": [{ "c": "12" }] }],
        });
        let mut node = Node::from_json(&json);
        let secret = Value::String(Text::secret("hunter2", "${env:PASSWORD}"));
        if let Value::Mapping(entries) = &mut node.value {
            let value = Node { value: secret, span: Some(Span { start: 0, end: 1 }) };
            entries.push(Entry { key: "password".to_owned(), key_span: None, value });
        }
        let expected = "empty: {}\nname: orders\nrules:\n  - a: 1\n    b:\n      - c: \"12\"\nwords: [a, \"on\", \"*\"]\n\
                        password: \"${env:PASSWORD}\"\n";
        assert_eq!(yaml_text(&node), expected);
    }
}

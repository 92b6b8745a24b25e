//! Reading DM's trees and building those of pipelines.

use tidegate_plugin::settings::{Entry, Node, Span, Text, Value};

/// Returns the text of a key, if it is there and not empty.
pub(crate) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n Text> {
    node.get(key)?.as_text().filter(|text| !text.expose().is_empty())
}

/// Returns the flag of a key, `false` if it is not there.
pub(crate) fn flag(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|node| node.value == Value::Bool(true))
}

/// Returns the number of a key, if it is there and not 0, which is DM's way to say that it is not.
pub(crate) fn number(node: &Node, key: &str) -> Option<i128> {
    match node.get(key)?.value {
        Value::Integer(value) if value > 0 => Some(value),
        _ => None,
    }
}

/// Returns the items of a key's list.
pub(crate) fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match node.get(key).map(|node| &node.value) {
        Some(Value::Sequence(items)) => items,
        _ => &[],
    }
}

/// Returns the entries of a mapping.
pub(crate) fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Mapping(entries) => entries,
        _ => &[],
    }
}

/// Returns the entries of a key's mapping.
pub(crate) fn entries_of<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    node.get(key).map_or(&[], entries)
}

/// Returns the value as one text, if it is a single value.
pub(crate) fn single(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::String(text) => Some(text.expose().to_owned()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
    }
}

/// Returns whether a list or mapping holds nothing.
pub(crate) fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::Sequence(items) if items.is_empty())
        || matches!(&node.value, Value::Mapping(entries) if entries.is_empty())
}

/// Returns a mapping that stands for what is at `span`.
pub(crate) fn mapping<'k>(span: Option<Span>, pairs: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
    let entry = |(key, value): (&str, Node)| Entry { key: key.to_owned(), key_span: None, value };
    Node { value: Value::Mapping(pairs.into_iter().map(entry).collect()), span }
}

/// Returns a node of our own.
pub(crate) fn node(value: Value, span: Option<Span>) -> Node {
    Node { value, span }
}

/// Returns text of our own.
pub(crate) fn plain(text: &str, span: Option<Span>) -> Node {
    node(Value::String(Text::plain(text)), span)
}

/// Adds an entry to a mapping.
pub(crate) fn with(mut node: Node, key: &str, value: Node) -> Node {
    if let Value::Mapping(entries) = &mut node.value {
        entries.push(Entry { key: key.to_owned(), key_span: None, value });
    }
    node
}

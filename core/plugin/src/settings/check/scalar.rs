//! Single values: words, numbers, text.

use serde_json::Value as Json;

use super::super::node::{Node, Text, Value};
use super::super::path::Path;
use super::super::problem::Problem;
use super::super::quantity::{BYTE_SIZE, ByteSize, TIME_SPAN, TimeSpan};
use super::super::spelling::{quoted, suggestion};
use super::{Rules, list};

/// Longest part of a value that a message repeats.
const SHOWN_CHARS_MAX: usize = 40;

pub(super) fn check(node: &Node, rules: &Rules, path: &Path) -> Option<Problem> {
    let words = words(rules);
    if !words.is_empty() {
        return one_of(node, &words, path);
    }
    match &node.value {
        Value::Integer(value) => whole_number(*value, rules).map(|range| out_of_range(value, &range, path)),
        Value::Float(value) => number(*value, rules).map(|range| out_of_range(value, &range, path)),
        Value::String(text) => written(text, rules, path),
        _ => None,
    }
}

/// Returns the words that are allowed, if the schema lists them.
pub(super) fn words(rules: &Rules) -> Vec<&str> {
    let constant = rules.get("const").and_then(Json::as_str);
    list(rules, "enum").iter().filter_map(Json::as_str).chain(constant).collect()
}

pub(super) fn one_of(node: &Node, words: &[&str], path: &Path) -> Option<Problem> {
    let text = node.as_text()?;
    if words.contains(&text.expose()) {
        return None;
    }
    let message = format!("`{}` is not one of {}", shown(text), quoted(words));
    let problem = Problem::at(path.clone(), message).code("unknown-word");
    // The nearest word would tell something about a secret.
    let help = if text.reference().is_some() { None } else { suggestion(text.expose(), words) };
    Some(match help {
        Some(help) if help.starts_with("did you mean") => problem.help(help),
        _ => problem,
    })
}

/// Names a type; an absent value is none, for it can always be left out.
pub(super) fn type_name(name: &str, format: Option<&str>) -> Option<&'static str> {
    Some(match (name, format) {
        ("boolean", _) => "`true` or `false`",
        ("integer", _) => "a whole number",
        ("number", _) => "a number",
        ("string", Some(BYTE_SIZE)) => ByteSize::EXPECTED,
        ("string", Some(TIME_SPAN)) => TimeSpan::EXPECTED,
        ("string", _) => "text",
        ("array", _) => "a list",
        ("object", _) => "a mapping",
        _ => return None,
    })
}

/// Returns whether a number with a unit is wanted.
pub(super) fn is_quantity(rules: &Rules) -> bool {
    matches!(rules.get("format").and_then(Json::as_str), Some(BYTE_SIZE | TIME_SPAN))
}

/// Says what a value is without saying the value.
pub(super) fn kind(node: &Node) -> String {
    match &node.value {
        Value::Bool(_) => "`true` or `false`".to_owned(),
        Value::Integer(_) | Value::Float(_) => "a number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => found(node),
    }
}

/// Says what a value is; one that was put in for a reference is shown as the reference.
pub(super) fn found(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Integer(value) => format!("the number {value}"),
        Value::Float(value) => format!("the number {value}"),
        Value::String(text) => format!("text `{}`", shown(text)),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a mapping".to_owned(),
    }
}

/// Says how to turn the value into one of the wanted types, where that is plain.
pub(super) fn remedy(node: &Node, wanted: &[&str]) -> Option<String> {
    let wants = |name: &str| wanted.contains(&name);
    let remedy = match &node.value {
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) if wants("string") => {
            "put it in quotes to make it text"
        }
        Value::String(text) if text.reference().is_some() && !wants("array") && !wants("object") => {
            "`${…}` always gives text"
        }
        Value::String(text) if wants("boolean") && is_old_boolean(text.expose()) => "write `true` or `false`",
        Value::String(text) if (wants("integer") || wants("number")) && is_number(text.expose()) => {
            "a number stands without quotes and without leading zeros"
        }
        Value::Sequence(_) | Value::Null => return None,
        _ if wants("array") => "write it as a list, also if it is only one: `[…]`",
        _ => return None,
    };
    Some(remedy.to_owned())
}

/// What YAML 1.1 took for a boolean and YAML 1.2 does not.
fn is_old_boolean(text: &str) -> bool {
    ["yes", "no", "on", "off", "true", "false", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit())
        || text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Returns the beginning of what may be printed of a text.
pub(super) fn shown(text: &Text) -> String {
    shortened(text.display())
}

/// Returns the beginning of a key; nothing where it may be a value that ended up in the place of a key.
pub(super) fn shown_key(key: &str) -> Option<String> {
    let in_key = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    key.chars().all(in_key).then(|| shortened(key))
}

/// Returns the beginning of a text that may be as long as the file.
pub(super) fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn written(text: &Text, rules: &Rules, path: &Path) -> Option<Problem> {
    let value = text.expose();
    let bound = |key| rules.get(key).and_then(Json::as_u64);
    let length = value.chars().count() as u64;
    let wrong = match rules.get("format").and_then(Json::as_str) {
        Some(BYTE_SIZE) => value.parse::<ByteSize>().err(),
        Some(TIME_SPAN) => value.parse::<TimeSpan>().err(),
        _ => None,
    };
    let (message, code) = match (wrong, bound("minLength"), bound("maxLength")) {
        (Some(wrong), _, _) => (format!("{wrong}, found `{}`", shown(text)), "wrong-type"),
        (None, Some(1), _) if length == 0 => ("the text is empty".to_owned(), "out-of-range"),
        (None, Some(least), _) if length < least => {
            (format!("the text is shorter than {least} characters"), "out-of-range")
        }
        (None, _, Some(most)) if length > most => {
            (format!("the text is longer than {most} characters"), "out-of-range")
        }
        _ => return None,
    };
    Some(Problem::at(path.clone(), message).code(code))
}

fn out_of_range(value: &dyn std::fmt::Display, range: &str, path: &Path) -> Problem {
    Problem::at(path.clone(), format!("{value} is out of range: {range}")).code("out-of-range")
}

/// Returns the range in words if the value lies outside.
fn whole_number(value: i128, rules: &Rules) -> Option<String> {
    let (smallest, largest) = match rules.get("format").and_then(Json::as_str) {
        Some("int32") => (i128::from(i32::MIN), i128::from(i32::MAX)),
        Some("int64" | "int") => (i128::from(i64::MIN), i128::from(i64::MAX)),
        Some("uint32") => (0, i128::from(u32::MAX)),
        Some("uint64" | "uint") => (0, i128::from(u64::MAX)),
        _ => (i128::MIN, i128::MAX),
    };
    let bound = |key| rules.get(key).and_then(|bound: &Json| bound.as_number()?.as_i128());
    let above = bound("exclusiveMinimum").map(|bound| bound.saturating_add(1));
    let below = bound("exclusiveMaximum").map(|bound| bound.saturating_sub(1));
    let smallest = [bound("minimum"), above].into_iter().flatten().fold(smallest, i128::max);
    let largest = [bound("maximum"), below].into_iter().flatten().fold(largest, i128::min);
    if (smallest..=largest).contains(&value) {
        return None;
    }
    Some(match (smallest, largest) {
        (_, i128::MAX) => format!("at least {smallest}"),
        (i128::MIN, _) => format!("at most {largest}"),
        _ => format!("{smallest} to {largest}"),
    })
}

/// Returns the bound in words that the value breaks.
fn number(value: f64, rules: &Rules) -> Option<String> {
    let bound = |key| rules.get(key).and_then(Json::as_f64);
    let broken = |key, words: &str, holds: fn(f64, f64) -> bool| {
        bound(key).filter(|bound| !holds(value, *bound)).map(|bound| format!("{words} {bound}"))
    };
    broken("minimum", "at least", |value, bound| value >= bound)
        .or_else(|| broken("maximum", "at most", |value, bound| value <= bound))
        .or_else(|| broken("exclusiveMinimum", "more than", |value, bound| value > bound))
        .or_else(|| broken("exclusiveMaximum", "less than", |value, bound| value < bound))
}

//! What the table says of each key that stands in a file.

use crate::{
    file::find,
    files::Files,
    keys::{Key, Takes, Treatment, keys},
    tree,
};
use tidegate_config::Diagnostic;
use tidegate_plugin::settings::{Entry, Node, Span, Value};

/// Refuses what is refused, and notes what has no effect, each key once.
pub(crate) fn treat(files: &mut Files) {
    let mut found = Found { keys: Vec::new(), mistakes: Vec::new(), notes: Vec::new() };
    for file in files.list() {
        found.keys = keys(file.kind);
        found.section(&file.root, "", false);
    }
    let Found { mistakes, notes, .. } = found;
    mistakes.into_iter().for_each(|mistake| files.push(mistake));
    notes.into_iter().for_each(|(_, span, note)| files.note(span, &note));
}

struct Found {
    keys: Vec<Key>,
    mistakes: Vec<Diagnostic>,
    /// Each with the path of its key.
    notes: Vec<(String, Option<Span>, String)>,
}

impl Found {
    fn section(&mut self, node: &Node, prefix: &str, is_idle: bool) {
        for entry in tree::entries(node) {
            if let Some(key) = find(&self.keys, prefix, &entry.key).cloned() {
                self.entry(entry, &key, prefix, is_idle);
            }
        }
    }

    /// `is_idle` in a section that has no effect as a whole, of which that was said.
    fn entry(&mut self, entry: &Entry, key: &Key, prefix: &str, mut is_idle: bool) {
        let node = &entry.value;
        let value = tree::single(node);
        if key.takes == Takes::Duration {
            self.mistakes.extend(duration_mistake(node));
        }
        self.strangers(node);
        if tree::is_empty(node) || value.is_some() && value.as_deref() == key.default {
            return;
        }
        let path = format!("{prefix}{}", entry.key).replace("[]", "").replace(".*", "");
        match key.treatment_of(value.as_deref()) {
            Treatment::Refused { why, instead } => {
                let message = format!("`{path}` is refused: {why}");
                let diagnostic = Diagnostic::error("refused-key", message).help(instead);
                self.mistakes.push(diagnostic.maybe_at(entry.key_span));
                return;
            }
            Treatment::WithoutEffect(why) if !is_idle => {
                if !self.notes.iter().any(|(noted, ..)| *noted == key.path) {
                    let note = format!("`{path}` has no effect: {why}");
                    self.notes.push((key.path.clone(), entry.key_span, note));
                }
                is_idle = true;
            }
            Treatment::WithoutEffect(_) | Treatment::Honoured(_) | Treatment::AsSection => {}
        }
        match (&node.value, key.takes) {
            (_, Takes::Section) => self.section(node, &format!("{}.", key.path), is_idle),
            (Value::Sequence(items), Takes::Sections) => {
                items.iter().for_each(|item| self.section(item, &format!("{}[].", key.path), is_idle));
            }
            _ => {}
        }
    }

    /// A placeholder of a document that was not filled in is text, which nobody means.
    fn strangers(&mut self, node: &Node) {
        let Some(text) = node.as_text().filter(|text| text.reference().is_none()) else { return };
        if text.expose().starts_with("${") && text.expose().ends_with('}') {
            let note =
                "this is no reference, and means itself: write `${env:NAME}` or `${file:PATH}`, or the value";
            self.notes.push((String::new(), node.span, note.to_owned()));
        }
    }
}

fn duration_mistake(node: &Node) -> Option<Diagnostic> {
    let text = node.as_text()?.expose();
    if is_duration(text) {
        return None;
    }
    let message = "expected a time such as `1h30m`, `10s` or `500ms`";
    Some(Diagnostic::error("wrong-type", message).maybe_at(node.span))
}

/// Tells whether Go's `time.ParseDuration` takes the text.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut parts = 0;
    while !rest.is_empty() {
        let number =
            rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(number).unwrap_or((rest, ""));
        let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"]
            .into_iter()
            .filter(|unit| after.starts_with(unit))
            .max_by_key(|unit| unit.len());
        let is_number = digits.parse::<f64>().is_ok();
        let Some(unit) = unit.filter(|_| is_number) else { return false };
        rest = after.get(unit.len()..).unwrap_or_default();
        parts += 1;
    }
    parts > 0
}

#[cfg(test)]
mod tests;

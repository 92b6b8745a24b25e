//! The text of a pipeline file with its tree: finds places in it, and knows what of it must not be shown.

use std::ops::Range;

use tidegate_plugin::settings::{Node, Path, Span, Value};

use crate::known::is_secret;
use crate::mask::Mask;
use crate::redact::Redaction;

/// A pipeline file that was read.
#[derive(Default)]
pub(crate) struct Document {
    /// The file's name, as the user gave it.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    /// What of the text may be shown.
    pub(crate) mask: Mask,
    /// The tree, with the values of references; nothing where the file could not be read.
    pub(crate) root: Option<Node>,
    /// Everything that must not be printed.
    pub(crate) redactions: Vec<Redaction>,
    /// Text whose references have no value: what its plugin thinks of it is of no interest.
    pub(crate) unresolved: Vec<Span>,
}

/// Where a byte of the file is, as people count: from one, columns in characters.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// The bytes of the line, without its end.
    bytes: Span,
}

/// One line of the file as it may be shown.
pub(crate) struct Excerpt {
    pub(crate) line: usize,
    pub(crate) text: String,
    /// The bytes of it that are meant.
    pub(crate) marked: Range<usize>,
}

impl Document {
    /// Returns where `path` stands: its key if that is meant, else its value; the nearest that exists around it.
    pub(crate) fn span(&self, path: &Path, on_key: bool) -> Option<Span> {
        self.root.as_ref()?.place(path, on_key)
    }

    pub(crate) fn place(&self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        let before = self.text.get(..offset).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        Place {
            line: before.matches('\n').count() + 1,
            column: before.get(start..).unwrap_or_default().chars().count() + 1,
            bytes: Span { start, end: start + line.len() },
        }
    }

    /// Returns the line in which `span` starts, with a star for each letter that may not be shown.
    pub(crate) fn excerpt(&self, span: Span) -> Excerpt {
        let place = self.place(span.start);
        let (mut text, mut marked) = (String::new(), None::<Range<usize>>);
        let line = self.text.get(place.bytes.start..place.bytes.end).unwrap_or_default();
        for (offset, letter) in line.char_indices() {
            let byte = place.bytes.start + offset;
            let start = text.len();
            let hidden = self.mask.hides(byte) && !letter.is_whitespace();
            text.push(if hidden { '*' } else { letter });
            if (span.start..span.end.max(span.start + 1)).contains(&byte) {
                let end = if span.end > span.start { text.len() } else { start };
                marked = Some(marked.map_or(start, |marked| marked.start)..end);
            }
        }
        let marked = marked.unwrap_or(text.len()..text.len());
        Excerpt { line: place.line, text, marked }
    }

    /// Keeps the secrets that stand openly in the text out of all messages.
    pub(crate) fn redact_open_secrets(&mut self, root: &Node) {
        let mut secrets = Vec::new();
        open_secrets(root, &mut secrets);
        for node in secrets {
            let written = node.span.and_then(|span| self.text.get(span.start..span.end)).unwrap_or_default();
            self.redactions.push(Redaction::new(written.trim_matches(['"', '\'']), "***"));
            self.redactions.extend(node.as_text().map(|text| Redaction::new(text.expose(), "***")));
        }
    }
}

fn open_secrets<'a>(node: &'a Node, secrets: &mut Vec<&'a Node>) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| open_secrets(item, secrets)),
        Value::Mapping(entries) => {
            for entry in entries {
                if is_secret(&entry.key) {
                    scalars(&entry.value, secrets);
                } else {
                    open_secrets(&entry.value, secrets);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {}
    }
}

fn scalars<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Mapping(entries) => entries.iter().for_each(|entry| scalars(&entry.value, found)),
        Value::String(text) if text.expose().contains("${") => {}
        Value::Null => {}
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => found.push(node),
    }
}

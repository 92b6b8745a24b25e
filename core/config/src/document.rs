//! The text of a pipeline file with its tree: finds places in it, and knows what of it must not be shown.

use tidegate_plugin::settings::{Entry, Node, Path, Segment, Span, Value};

use crate::redact::Redaction;

/// Keys that end in one of these hold a secret, also where the file holds it openly.
const SECRET_KEYS: &[&str] =
    &["password", "passwd", "passphrase", "secret", "token", "api-key", "private-key"];

/// A pipeline file that was read.
#[derive(Default)]
pub(crate) struct Document {
    /// The file's name, as the user gave it.
    pub(crate) name: String,
    /// The text, in which secrets that stand there openly are stars.
    pub(crate) shown: String,
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
    pub(crate) bytes: Span,
}

impl Document {
    /// Returns where `path` stands: its key if that is meant, else its value; the nearest that exists around it.
    pub(crate) fn span(&self, path: &Path, on_key: bool) -> Option<Span> {
        let root = self.root.as_ref()?;
        if on_key
            && let (Some(Segment::Key(key)), Some(outer)) = (path.segments().last(), path.parent())
            && let Some(entry) = root.at(&outer).and_then(|outer| outer.entry(key))
        {
            return entry.key_span;
        }
        match root.at(path) {
            Some(node) => node.span,
            None => self.span(&path.parent()?, true),
        }
    }

    pub(crate) fn place(&self, offset: usize) -> Place {
        let offset = self.shown.floor_char_boundary(offset);
        let before = self.shown.get(..offset).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = self.shown.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        Place {
            line: before.matches('\n').count() + 1,
            column: before.get(start..).unwrap_or_default().chars().count() + 1,
            bytes: Span { start, end: start + line.len() },
        }
    }

    /// Puts stars in the place of secrets that stand openly in the text, so that no excerpt shows them.
    pub(crate) fn hide_open_secrets(&mut self, root: &Node) {
        let mut secrets = Vec::new();
        open_secrets(root, &mut secrets);
        let mut bytes = std::mem::take(&mut self.shown).into_bytes();
        for node in secrets {
            let Some(written) = node.span.and_then(|span| bytes.get_mut(span.start..span.end)) else {
                continue;
            };
            let text = String::from_utf8_lossy(written);
            self.redactions.push(Redaction::new(text.trim_matches(['"', '\'']), "***"));
            self.redactions.extend(node.as_text().map(|text| Redaction::new(text.expose(), "***")));
            written.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b'*');
        }
        self.shown = String::from_utf8_lossy(&bytes).into_owned();
    }

    /// The same where the syntax is broken and there is no tree: by line, and rather too much than too little.
    pub(crate) fn hide_open_secrets_by_line(&mut self) {
        let hidden = self.shown.split_inclusive('\n').map(|line| {
            let lower = line.to_ascii_lowercase().replace('_', "-");
            let ends = SECRET_KEYS.iter().filter_map(|key| lower.find(key).map(|start| start + key.len()));
            let Some(end) = ends.min().filter(|end| line.get(*end..).is_some_and(|rest| rest.contains(':')))
            else {
                return line.to_owned();
            };
            let (key, value) = line.split_at_checked(end).unwrap_or((line, ""));
            let (between, value) =
                value.split_at_checked(value.find(':').unwrap_or(0) + 1).unwrap_or((value, ""));
            if value.trim_start_matches([' ', '"', '\'']).starts_with("${") {
                return line.to_owned();
            }
            format!("{key}{between}{}", stars(value))
        });
        self.shown = hidden.collect();
    }
}

/// Keeps the number of bytes, so that places stay true.
fn stars(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_whitespace() { char::from(byte) } else { '*' }).collect()
}

fn open_secrets<'a>(node: &'a Node, secrets: &mut Vec<&'a Node>) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| open_secrets(item, secrets)),
        Value::Mapping(entries) => {
            for entry in entries {
                if is_secret(entry) {
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

fn is_secret(entry: &Entry) -> bool {
    let key = entry.key.to_ascii_lowercase().replace('_', "-");
    SECRET_KEYS.iter().any(|secret| key.ends_with(secret))
}

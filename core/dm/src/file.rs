//! One of DM's files, as its table of keys sees it.

use crate::keys::{File, Key, Takes, keys, schema_of};
use std::path::{Path, PathBuf};
use tidegate_config::{Environment, SettingsFile};
use tidegate_plugin::settings::{Entry, Node, Path as Place, Settings, Text, Value};

/// A source or task file that was read.
#[derive(Debug)]
pub struct DmFile {
    pub(crate) settings: SettingsFile,
    pub(crate) kind: File,
    pub(crate) folder: PathBuf,
    /// The tree, in the types that the table says; nothing where the file could not be read.
    pub(crate) root: Node,
}

impl DmFile {
    /// Reads a file; `folder` is where relative paths in it start, and should be absolute.
    #[must_use]
    pub fn read(kind: File, path: &Path, folder: &Path, environment: &Environment<'_>) -> Self {
        let noun = match kind {
            File::Source => "source file",
            File::Task => "task file",
        };
        Self::of(kind, folder, SettingsFile::read(path, noun, &schema_of(kind), environment))
    }

    /// Reads `text` as if it stood in the file `path`.
    #[must_use]
    pub fn from_text(
        kind: File,
        path: &Path,
        folder: &Path,
        text: &str,
        environment: &Environment<'_>,
    ) -> Self {
        Self::of(kind, folder, SettingsFile::from_text(path, text, &schema_of(kind), environment))
    }

    fn of(kind: File, folder: &Path, mut settings: SettingsFile) -> Self {
        let root = settings.root().map_or(Node { value: Value::Null, span: None }, |root| {
            let keys = keys(kind);
            Typed { keys: &keys, file: &settings }.mapping(root, "")
        });
        if settings.root().is_some() {
            let problems = Settings::new(root.clone()).check(&schema_of(kind)).err().unwrap_or_default();
            settings.diagnostics.push_below(&Place::root(), problems);
        }
        Self { settings, kind, folder: folder.to_owned(), root }
    }
}

/// Returns the key of a name in a section whose path ends in `prefix`.
pub(crate) fn find<'k>(keys: &'k [Key], prefix: &str, name: &str) -> Option<&'k Key> {
    let is = |key: &&Key, name: &str| key.path.strip_prefix(prefix) == Some(name);
    keys.iter().find(|key| is(key, name)).or_else(|| keys.iter().find(|key| is(key, "*")))
}

/// Gives values the types that DM's reader gives them.
struct Typed<'a> {
    keys: &'a [Key],
    file: &'a SettingsFile,
}

impl Typed<'_> {
    /// A key without a value is none.
    fn mapping(&self, node: &Node, prefix: &str) -> Node {
        let Value::Mapping(entries) = &node.value else {
            return node.clone();
        };
        let entries = entries.iter().filter(|entry| entry.value.value != Value::Null);
        let typed = entries.map(|entry| Entry {
            value: match find(self.keys, prefix, &entry.key) {
                Some(key) => self.value(&entry.value, key),
                None => entry.value.clone(),
            },
            ..entry.clone()
        });
        Node { value: Value::Mapping(typed.collect()), span: node.span }
    }

    fn value(&self, node: &Node, key: &Key) -> Node {
        let items = |each: &dyn Fn(&Node) -> Node| match &node.value {
            Value::Sequence(items) => Value::Sequence(items.iter().map(each).collect()),
            other => other.clone(),
        };
        let value = match key.takes {
            Takes::Text | Takes::Secret | Takes::Duration | Takes::Words(_) => return self.text(node),
            Takes::Flag => self.flag(node),
            Takes::Texts => items(&|item| self.text(item)),
            Takes::TextOrTexts => match &node.value {
                Value::Sequence(_) => items(&|item| self.text(item)),
                Value::Mapping(_) => node.value.clone(),
                _ => Value::Sequence(vec![self.text(node)]),
            },
            Takes::Section => return self.mapping(node, &format!("{}.", key.path)),
            Takes::Sections => items(&|item| self.mapping(item, &format!("{}[].", key.path))),
            Takes::Number(..) | Takes::Anything => node.value.clone(),
        };
        Node { value, span: node.span }
    }

    /// What looks like a number or a flag is text as it is written.
    fn text(&self, node: &Node) -> Node {
        let written = || node.span.map(|span| self.file.written(span)).unwrap_or_default();
        let value = match &node.value {
            Value::Bool(_) | Value::Integer(_) | Value::Float(_) => Value::String(Text::plain(written())),
            other => other.clone(),
        };
        Node { value, span: node.span }
    }

    /// DM's YAML is 1.1, where some more words are flags.
    fn flag(&self, node: &Node) -> Value {
        let written = node.span.map(|span| self.file.written(span)).unwrap_or_default();
        match written {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Value::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Value::Bool(false),
            _ => node.value.clone(),
        }
    }
}

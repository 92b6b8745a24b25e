//! Files that are no pipelines and hold a plugin's `config`, read as pipeline files are.

use std::path::Path;
use std::sync::Arc;

use tidegate_plugin::settings::{Node, Settings, Value};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::interpolate::{Outcome, References, Strangers};
use crate::known;
use crate::mask::Mask;
use crate::pipeline::{Environment, folder_of, text_of};
use crate::yaml;

/// A YAML file of one plugin: its settings stand under `config`, and whatever else the reader wants stands beside them.
///
/// References are read below `config` only; elsewhere `${…}` is text. Excerpts show everything but what stands under keys
/// that sound like secrets.
#[derive(Debug)]
pub struct ConfiguredFile {
    /// The whole file; nothing where it could not be read.
    pub settings: Settings,
    /// Everything that is wrong so far.
    pub diagnostics: Diagnostics,
}

impl ConfiguredFile {
    /// Reads the file, with variables from `environment`. `noun` says what it is ("file of cases"), and `keys` are those that
    /// an excerpt may show where the syntax is broken.
    #[must_use]
    pub fn read(path: &Path, noun: &str, keys: &[&str], environment: &Environment<'_>) -> Self {
        match text_of(path, noun) {
            Ok(text) => Self::from_text(path, &text, keys, environment),
            Err(mistake) => {
                let document = Document { name: path.display().to_string(), ..Document::default() };
                Self::broken(document, vec![*mistake])
            }
        }
    }

    /// Reads `text` as if it stood in the file `path`; see [`Self::read`].
    #[must_use]
    pub fn from_text(path: &Path, text: &str, keys: &[&str], environment: &Environment<'_>) -> Self {
        let (root, mut mistakes) = yaml::read(text);
        let mut document =
            Document { name: path.display().to_string(), text: text.to_owned(), ..Document::default() };
        let Some(mut root) = root else {
            if mistakes.is_empty() {
                mistakes.push(Diagnostic::error("empty-file", "the file holds nothing"));
            }
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            document.mask = Mask::of_words(text, &keys);
            return Self::broken(document, mistakes);
        };
        document.mask = Mask::of_places(text, &known::all_but_secrets(&root));
        let mut outcome = Outcome::default();
        if let Some(config) = config_of(&mut root) {
            document.redact_open_secrets(config);
            let folder = folder_of(path);
            let references =
                References { folder: &folder, environment, text, strangers: Strangers::Mistakes };
            references.resolve(config, &mut outcome);
        }
        document.redactions.append(&mut outcome.redactions);
        document.unresolved = outcome.unresolved;
        document.root = Some(root.clone());
        let mut diagnostics = Diagnostics::new(Arc::new(document));
        diagnostics.extend(mistakes);
        diagnostics.extend(outcome.mistakes);
        Self { settings: Settings::new(root), diagnostics }
    }

    fn broken(document: Document, mistakes: Vec<Diagnostic>) -> Self {
        let mut diagnostics = Diagnostics::new(Arc::new(document));
        diagnostics.extend(mistakes);
        Self { settings: Settings::empty(), diagnostics }
    }
}

fn config_of(root: &mut Node) -> Option<&mut Node> {
    let Value::Mapping(entries) = &mut root.value else {
        return None;
    };
    entries.iter_mut().find(|entry| entry.key == "config").map(|entry| &mut entry.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::path;
    use tidegate_plugin::settings::Problem;

    fn read(text: &str) -> ConfiguredFile {
        let environment = |name: &str| match name {
            "TOKEN" => Ok("hunter2".to_owned()),
            _ => Err(std::env::VarError::NotPresent),
        };
        ConfiguredFile::from_text(Path::new("cases.yaml"), text, &["rows"], &environment)
    }

    #[test]
    fn references_are_read_below_config_only() {
        let file = read("config: { token: '${env:TOKEN}', other: '${env:NONE}' }\nrows: ['${env:TOKEN}']\n");
        let text = |path| file.settings.root().at(&path).unwrap().as_text().unwrap().expose().to_owned();
        assert_eq!(text(path!["config", "token"]), "hunter2");
        assert_eq!(text(path!["rows", 0]), "${env:TOKEN}");
        let messages: Vec<&str> = file.diagnostics.iter().map(|diagnostic| &*diagnostic.message).collect();
        assert_eq!(messages, ["the environment has no variable `NONE`"]);
    }

    #[test]
    fn excerpts_show_rows_and_no_secrets() {
        let mut file = read("config: { api-token: 'abcdefgh' }\nrows: [{ id: x }]\n");
        let problems = vec![
            Problem::at(path!["config", "api-token"], "`abcdefgh` is too short"),
            Problem::at(path!["rows", 0, "id"], "no number"),
        ];
        file.diagnostics.push_below(&path![], problems);
        let shown = file.diagnostics.to_string();
        assert!(!shown.contains("abcdefgh") && shown.contains("`***` is too short"), "{shown}");
        assert!(shown.contains("cases.yaml:2:14") && shown.contains("{ id: x }"), "{shown}");
    }

    #[test]
    fn broken_syntax_shows_known_keys_only() {
        let file = read("rows: [secret\nother: x\n");
        let shown = file.diagnostics.to_string();
        assert!(!shown.contains("secret") && !shown.contains("other"), "{shown}");
        assert!(read("").diagnostics.to_string().contains("the file holds nothing"));
    }
}

//! A file that is no pipeline: its shape is that of one JSON Schema.

use std::path::Path;
use std::sync::Arc;

use tidegate_plugin::settings::{Node, Span};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::interpolate::{Outcome, References, Strangers};
use crate::known;
use crate::mask::Mask;
use crate::pipeline::{Environment, folder_of, text_of};
use crate::redact::redact;
use crate::yaml;

/// A YAML file of another program, read with places, references and secrets as a pipeline file is.
///
/// `${env:NAME}` and `${file:PATH}` are put in everywhere; any other `${…}` means itself. The schema says which values
/// an excerpt may show; whether the tree has its shape is for the caller to ask.
#[derive(Debug)]
pub struct SettingsFile {
    /// Everything that is wrong so far.
    pub diagnostics: Diagnostics,
}

impl SettingsFile {
    /// Reads the file; `noun` names it in messages: "task file".
    #[must_use]
    pub fn read(path: &Path, noun: &str, schema: &schemars::Schema, environment: &Environment<'_>) -> Self {
        match text_of(path, noun) {
            Ok(text) => Self::from_text(path, &text, schema, environment),
            Err(mistake) => {
                let mut file = Self::of(Document { name: path.display().to_string(), ..Document::default() });
                file.diagnostics.push(*mistake);
                file
            }
        }
    }

    /// Reads `text` as if it stood in the file `path`.
    #[must_use]
    pub fn from_text(
        path: &Path,
        text: &str,
        schema: &schemars::Schema,
        environment: &Environment<'_>,
    ) -> Self {
        let (root, mut mistakes) = yaml::read(text);
        let schema = schema.as_value();
        let vocabulary = known::vocabulary_of(schema);
        let mut document =
            Document { name: path.display().to_string(), text: text.to_owned(), ..Document::default() };
        let Some(mut root) = root else {
            if mistakes.is_empty() {
                mistakes.push(Diagnostic::error("empty-file", "the file holds nothing"));
            }
            document.mask = Mask::of_words(text, &vocabulary);
            return Self::with(document, mistakes);
        };
        let mut places = known::places_by(schema, &root);
        places.show_second_keys(text, &mistakes, &vocabulary);
        document.mask = Mask::of_places(text, &places);
        document.redact_open_secrets(&root);
        let mut outcome = Outcome::default();
        let folder = folder_of(path);
        let references = References { folder: &folder, environment, text, strangers: Strangers::Text };
        references.resolve(&mut root, &mut outcome);
        document.redactions.append(&mut outcome.redactions);
        document.unresolved = outcome.unresolved;
        document.root = Some(root);
        mistakes.append(&mut outcome.mistakes);
        Self::with(document, mistakes)
    }

    /// Returns the tree, with the values of references; nothing where the file could not be read.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.diagnostics.document().root.as_ref()
    }

    /// Returns what is written at a place.
    #[must_use]
    pub fn written(&self, span: Span) -> &str {
        self.diagnostics.document().text.get(span.start..span.end).unwrap_or_default()
    }

    /// Returns `file:line` of a place.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let document = self.diagnostics.document();
        format!("{}:{}", document.name, document.place(span.start).line)
    }

    /// Returns the text with every secret value of the file replaced, for messages of others.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        redact(text, &self.diagnostics.document().redactions)
    }

    fn of(document: Document) -> Self {
        Self { diagnostics: Diagnostics::new(Arc::new(document)) }
    }

    fn with(document: Document, mistakes: Vec<Diagnostic>) -> Self {
        let mut file = Self::of(document);
        file.diagnostics.extend(mistakes);
        file
    }
}

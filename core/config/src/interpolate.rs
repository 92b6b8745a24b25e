//! Puts the values of `${env:NAME}` and `${file:PATH}` into text, after the YAML has been read.
//!
//! A value can therefore never change the structure of the file. Text that holds one is marked secret.

use std::env::VarError;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use tidegate_plugin::settings::{Node, Span, Text, Value};

use crate::diagnostic::Diagnostic;
use crate::redact::Redaction;

/// Largest file that a reference may name, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// Where references find their values.
pub(crate) struct References<'a> {
    /// The folder that relative paths start at.
    pub(crate) folder: &'a Path,
    /// Looks up a variable of the environment.
    pub(crate) environment: &'a dyn Fn(&str) -> Result<String, VarError>,
    /// The file's text, to point into it.
    pub(crate) text: &'a str,
    /// What `${…}` is that names neither a variable nor a file.
    pub(crate) strangers: Strangers,
}

/// What `${…}` is that names neither a variable nor a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strangers {
    /// A mistake: pipeline files are ours, and nothing else can be meant.
    Mistakes,
    /// Text: other programs' files may hold it, and it means itself there.
    Text,
}

/// What putting values in came across.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) redactions: Vec<Redaction>,
    pub(crate) mistakes: Vec<Diagnostic>,
    /// Text whose references have no value.
    pub(crate) unresolved: Vec<Span>,
}

impl References<'_> {
    /// Puts values in below the `config` of a stage, and refuses references in its other keys.
    pub(crate) fn resolve_config(&self, stage: &mut Node, outcome: &mut Outcome) {
        let Value::Mapping(entries) = &mut stage.value else {
            return self.refuse(stage, outcome);
        };
        for entry in entries {
            if entry.key == "config" {
                self.resolve(&mut entry.value, outcome);
            } else {
                self.refuse(&entry.value, outcome);
            }
        }
    }

    /// Reports every reference below `node`.
    pub(crate) fn refuse(&self, node: &Node, outcome: &mut Outcome) {
        node.for_each_text(&mut |text, span| {
            if let Some(Part::Reference { whole, .. } | Part::Unclosed(whole)) =
                parts(text.expose()).into_iter().find(|part| !matches!(part, Part::Text(_)))
            {
                let message = "references are not read here: they stand in a `config` only";
                let help = "write the value itself";
                let diagnostic = Diagnostic::error("bad-reference", message).help(help);
                outcome.mistakes.push(diagnostic.maybe_at(self.place(whole, span)));
                outcome.unresolved.extend(span);
            }
        });
    }

    /// Puts values in everywhere below `node`.
    pub(crate) fn resolve(&self, node: &mut Node, outcome: &mut Outcome) {
        match &mut node.value {
            Value::String(text) => {
                if text.expose().contains("${") {
                    *text = self.text(text, node.span, outcome);
                }
            }
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.resolve(item, outcome)),
            Value::Mapping(entries) => {
                entries.iter_mut().for_each(|entry| self.resolve(&mut entry.value, outcome));
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
        }
    }

    fn text(&self, text: &Text, span: Option<Span>, outcome: &mut Outcome) -> Text {
        let written = text.expose();
        let (parts, reference) = match self.strangers {
            Strangers::Mistakes => (parts(written), written.to_owned()),
            Strangers::Text => {
                let parts = parts_among_text(written);
                let reference = reference_of(&parts);
                (parts, reference)
            }
        };
        let mut value = String::new();
        let mut secret = false;
        for part in parts {
            match part {
                Part::Text(text) => value.push_str(text),
                Part::Unclosed(reference) => {
                    let message = "the reference is not closed";
                    let help = "close it with `}`, or write `$${` for the two letters themselves";
                    let place = self.place(reference, span);
                    outcome.unresolved.extend(span);
                    outcome
                        .mistakes
                        .push(Diagnostic::error("bad-reference", message).maybe_at(place).help(help));
                }
                Part::Reference { whole, inside } => match self.value(inside) {
                    Ok(found) => {
                        secret = true;
                        value.push_str(&found);
                        outcome.redactions.push(Redaction::new(&found, whole));
                    }
                    Err(mistake) => {
                        secret = true;
                        outcome.unresolved.extend(span);
                        outcome.mistakes.push(mistake.maybe_at(self.place(whole, span)));
                    }
                },
            }
        }
        if secret && outcome.redactions.last().is_some_and(|last| last.value() != value) {
            // Its parts may be too short to be found inside of it.
            outcome.redactions.push(Redaction::new(&value, written));
        }
        if secret { Text::secret(value, reference) } else { Text::plain(value) }
    }

    fn value(&self, inside: &str) -> Result<String, Diagnostic> {
        match inside.split_once(':') {
            Some(("env", name)) if is_variable_name(name) => match (self.environment)(name) {
                Ok(value) => Ok(value),
                Err(VarError::NotPresent) => {
                    let message = format!("the environment has no variable `{name}`");
                    Err(Diagnostic::error("missing-variable", message)
                        .help(format!("set `{name}` before the start")))
                }
                Err(VarError::NotUnicode(_)) => {
                    let message = format!("the variable `{name}` of the environment is not UTF-8 text");
                    Err(Diagnostic::error("missing-variable", message))
                }
            },
            Some(("file", path)) if !path.is_empty() => self.file(path),
            _ => {
                // It may be a part of a password.
                let message = "this is not a reference";
                let help = "write `${env:NAME}` or `${file:PATH}`, or `$${` for the two letters themselves";
                Err(Diagnostic::error("bad-reference", message).help(help))
            }
        }
    }

    /// Reads a file without the line breaks at its end, which editors add.
    fn file(&self, path: &str) -> Result<String, Diagnostic> {
        let fault = |reason: String| {
            Diagnostic::error("unreadable-file", format!("the file `{path}` cannot be read: {reason}"))
        };
        let mut bytes = Vec::new();
        File::open(self.folder.join(path))
            .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
            .map_err(|error| fault(reason(&error)))?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(fault(format!("it is larger than {FILE_BYTES_MAX} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| fault("it is not UTF-8 text".to_owned()))?;
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// Returns the place of the reference inside its scalar, if it stands there as it is.
    fn place(&self, reference: &str, span: Option<Span>) -> Option<Span> {
        let span = span?;
        let start = self.text.get(span.start..span.end)?.find(reference).map(|start| span.start + start);
        Some(start.map_or(span, |start| Span { start, end: start + reference.len() }))
    }
}

enum Part<'t> {
    Text(&'t str),
    Reference { whole: &'t str, inside: &'t str },
    Unclosed(&'t str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            parts.extend([Part::Text(before), Part::Text("${")]);
            rest = after;
            continue;
        }
        parts.push(Part::Text(before));
        let reference = rest.get(before.len()..).unwrap_or_default();
        let Some((inside, beyond)) = after.split_once('}') else {
            parts.push(Part::Unclosed(reference));
            return parts;
        };
        let whole = reference.strip_suffix(beyond).unwrap_or(reference);
        parts.push(Part::Reference { whole, inside });
        rest = beyond;
    }
    parts.push(Part::Text(rest));
    parts
}

/// As [`parts`], where only `${kind:…}` is a reference and everything else means itself.
fn parts_among_text(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut rest, mut searched) = (text, 0);
    while let Some(found) = rest.get(searched..).and_then(|tail| tail.find("${")) {
        let start = searched + found;
        let (before, reference) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let inside = reference.get(2..).and_then(|after| after.split_once('}')).map(|(inside, _)| inside);
        let Some(inside) = inside.filter(|inside| is_kind(inside)) else {
            searched = start + 2;
            continue;
        };
        let (whole, beyond) = reference.split_at_checked(inside.len() + 3).unwrap_or((reference, ""));
        match before.strip_suffix('$') {
            Some(before) => parts.extend([Part::Text(before), Part::Text(whole)]),
            None => parts.extend([Part::Text(before), Part::Reference { whole, inside }]),
        }
        (rest, searched) = (beyond, 0);
    }
    parts.push(Part::Text(rest));
    parts
}

/// Returns whether what stands between the braces starts like a reference.
fn is_kind(inside: &str) -> bool {
    let kind = inside.split_once(':').map(|(kind, _)| kind).unwrap_or_default();
    !kind.is_empty() && kind.chars().all(|letter| letter.is_ascii_alphabetic())
}

/// Returns the text as a pipeline file writes it, where every `${` is a reference.
fn reference_of(parts: &[Part<'_>]) -> String {
    let written = parts.iter().map(|part| match part {
        Part::Text(text) => escape_references(text),
        Part::Reference { whole, .. } | Part::Unclosed(whole) => (*whole).to_owned(),
    });
    written.collect()
}

/// Returns text as a `config` of a pipeline file writes it: what looks like a reference means itself.
#[must_use]
pub fn escape_references(text: &str) -> String {
    text.replace("${", "$${")
}

/// `NAME:-default` and the like are not variables, and are refused with the help that says what is.
pub(crate) fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Says why a file cannot be read, without the number that the system gives the error.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

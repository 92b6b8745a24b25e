//! All files of a translation as one text, so that a place in a pipeline's settings says which file it is in.

use crate::file::DmFile;
use tidegate_config::{Diagnostic, Diagnostics};
use tidegate_plugin::settings::{Node, Span, Value};

/// Where the next file begins; no file is as long as this.
const STEP: usize = 8 << 20;

/// The task file, and behind it the source files.
#[derive(Debug)]
pub(crate) struct Files {
    files: Vec<DmFile>,
    notes: Vec<String>,
}

impl Files {
    pub(crate) fn new(task: DmFile, sources: Vec<DmFile>) -> Self {
        let mut files: Vec<DmFile> = [task].into_iter().chain(sources).collect();
        for (index, file) in files.iter_mut().enumerate() {
            shift(&mut file.root, index * STEP);
        }
        Self { files, notes: Vec::new() }
    }

    pub(crate) fn list(&self) -> &[DmFile] {
        &self.files
    }

    /// Returns the task and the sources.
    pub(crate) fn divided(&self) -> Option<(&DmFile, &[DmFile])> {
        self.files.split_first()
    }

    /// Adds a mistake; one without a place is the task's.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let start = diagnostic.span.map_or(0, |span| span.start);
        if let Some(file) = self.files.get_mut(start / STEP) {
            let span = diagnostic.span.map(local);
            file.settings.diagnostics.push(diagnostic.maybe_at(span));
        }
    }

    /// Adds what should be known and is no mistake.
    pub(crate) fn note(&mut self, span: Option<Span>, note: &str) {
        let file = self.files.get(span.map_or(0, |span| span.start) / STEP);
        let Some(file) = file else { return };
        let note = match span {
            Some(span) => format!("{}: {note}", file.settings.place(local(span))),
            None => note.to_owned(),
        };
        let note = file.settings.redact(&note);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Tells whether something is wrong at a place, inside of it or around it.
    pub(crate) fn has_mistake_at(&self, span: Span) -> bool {
        let Some(file) = self.files.get(span.start / STEP) else { return false };
        let span = local(span);
        let overlaps = |other: Span| other.start < span.end && span.start < other.end;
        file.settings.diagnostics.iter().filter_map(|diagnostic| diagnostic.span).any(overlaps)
    }

    /// Returns `file:line` of a place.
    pub(crate) fn place(&self, span: Option<Span>) -> String {
        let found = span.and_then(|span| Some((span, self.files.get(span.start / STEP)?)));
        found.map(|(span, file)| file.settings.place(local(span))).unwrap_or_default()
    }

    /// Returns what should be known; all mistakes where there are any.
    pub(crate) fn finish(self) -> Result<Vec<String>, Vec<Diagnostics>> {
        let mistakes: Vec<Diagnostics> = self
            .files
            .into_iter()
            .map(|file| file.settings.diagnostics)
            .filter(|diagnostics| !diagnostics.is_empty())
            .collect();
        if mistakes.is_empty() { Ok(self.notes) } else { Err(mistakes) }
    }
}

fn local(span: Span) -> Span {
    let base = span.start / STEP * STEP;
    Span { start: span.start - base, end: span.end.saturating_sub(base) }
}

fn shift(node: &mut Node, base: usize) {
    let moved = |span: Option<Span>| span.map(|span| Span { start: span.start + base, end: span.end + base });
    node.span = moved(node.span);
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| shift(item, base)),
        Value::Mapping(entries) => entries.iter_mut().for_each(|entry| {
            entry.key_span = moved(entry.key_span);
            shift(&mut entry.value, base);
        }),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {}
    }
}

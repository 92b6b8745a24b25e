//! Everything that is wrong with a pipeline file, reported at once and in the order of the file.

mod render;

use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeSeq, Serializer};
use tidegate_plugin::settings::{Path, Problem, Span, suggestion};

use crate::document::Document;
use crate::pipeline::Stage;
use crate::redact::redact;

/// Mistakes beyond these are counted only. Nobody reads more, and a file can hold very many.
const DIAGNOSTICS_MAX: usize = 1000;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The pipeline cannot run. There is nothing less: what may be ignored is not reported.
    Error,
}

/// One mistake in a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of mistake, for programs.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where, if it is in the file at all.
    pub span: Option<Span>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns an error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), span: None, help: None }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.maybe_at(Some(span))
    }

    /// Says where it is, if that is known.
    #[must_use]
    pub fn maybe_at(mut self, span: Option<Span>) -> Self {
        self.span = span;
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Whether the terminal's colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// With the control sequences of a terminal.
    Always,
}

/// All mistakes of one file.
///
/// What is added is cleaned first: no secret value of the file and no control sequence gets into a message.
#[derive(Clone)]
pub struct Diagnostics {
    document: Arc<Document>,
    /// In the order of the file.
    list: Vec<Diagnostic>,
    left_out: usize,
}

impl Diagnostics {
    pub(crate) const fn new(document: Arc<Document>) -> Self {
        Self { document, list: Vec::new(), left_out: 0 }
    }

    pub(crate) const fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// Returns the text with every secret value of the file replaced by its reference, for messages of others.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        redact(text, &self.document.redactions)
    }

    /// Returns whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns how many mistakes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns the mistakes in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Adds a mistake.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        if self.list.len() >= DIAGNOSTICS_MAX {
            self.left_out += 1;
            return;
        }
        diagnostic.message = self.clean(&diagnostic.message);
        diagnostic.help = diagnostic.help.map(|help| self.clean(&help));
        if self.list.contains(&diagnostic) {
            return;
        }
        let position = |diagnostic: &Diagnostic| diagnostic.span.map(|span| span.start);
        let place = self.list.partition_point(|other| position(other) <= position(&diagnostic));
        self.list.insert(place, diagnostic);
    }

    /// Adds what a plugin finds wrong with its settings; the paths start at the stage's `config`.
    pub fn push_problems(&mut self, stage: &Stage, mut problems: Vec<Problem>) {
        let has_config = stage.settings.root().span.is_some();
        for problem in problems.iter_mut().filter(|problem| !has_config && problem.help.is_none()) {
            problem.help = Some("a plugin's settings stand under `config`".to_owned());
        }
        self.push_below(&stage.path.join("config"), problems);
    }

    /// Adds what is wrong with a stage as a whole; the paths start at the stage: `path!["plugin"]`.
    pub fn push_stage_problems(&mut self, stage: &Stage, problems: Vec<Problem>) {
        self.push_below(&stage.path, problems);
    }

    /// Adds that no plugin of the stage's kind has its name; `known` are the names there are.
    pub fn push_unknown_plugin(&mut self, stage: &Stage, known: &[&str]) {
        let name = stage.reference.to_string();
        let message = format!("there is no {} `{name}`", stage.kind);
        let problem = Problem::at(tidegate_plugin::path!["plugin"], message).code("unknown-plugin");
        let problem = match suggestion(&name, known) {
            Some(help) => problem.help(help),
            None => problem,
        };
        self.push_stage_problems(stage, vec![problem]);
    }

    /// Adds what is wrong with the value at `outer`, at which the paths start.
    pub fn push_below(&mut self, outer: &Path, problems: Vec<Problem>) {
        let room = DIAGNOSTICS_MAX.saturating_sub(self.list.len());
        self.left_out += problems.len().saturating_sub(room);
        for problem in problems.into_iter().take(room) {
            let span = self.document.span(&outer.concat(&problem.path), problem.on_key);
            if span.is_some_and(|span| self.document.unresolved.contains(&span)) {
                continue;
            }
            self.push(Diagnostic {
                code: problem.code,
                severity: Severity::Error,
                message: problem.message,
                span,
                help: problem.help,
            });
        }
    }

    /// Returns the mistakes as text for people, each with its excerpt of the file, and ending with a line break.
    #[must_use]
    pub fn render(&self, colour: Colour) -> String {
        render::render(&self.document, self.list.iter().chain(&self.more()), colour)
    }

    /// Says that there are more mistakes than were kept.
    fn more(&self) -> Option<Diagnostic> {
        let message = format!("there are {} more mistakes", self.left_out);
        (self.left_out > 0).then(|| Diagnostic::error("more-mistakes", message))
    }

    fn clean(&self, text: &str) -> String {
        redact(text, &self.document.redactions)
            .chars()
            .map(|letter| if steers_terminal(letter) { '\u{fffd}' } else { letter })
            .collect()
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.list).finish()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Colour::Never).trim_end())
    }
}

impl std::error::Error for Diagnostics {}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

/// Returns whether the letter does something to a terminal besides being shown, such as turning the text around.
fn steers_terminal(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || letter.is_control() && letter != '\n'
}

/// A mistake as programs read it.
#[derive(serde::Serialize)]
struct Report<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    help: Option<&'a str>,
}

/// Writes a list of objects with `code`, `severity`, `message`, `file`, `line`, `column` and `help`.
impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for diagnostic in self.list.iter().chain(&self.more()) {
            let place = diagnostic.span.map(|span| self.document.place(span.start));
            list.serialize_element(&Report {
                code: diagnostic.code,
                severity: diagnostic.severity,
                message: &diagnostic.message,
                file: &self.document.name,
                line: place.map(|place| place.line),
                column: place.map(|place| place.column),
                help: diagnostic.help.as_deref(),
            })?;
        }
        list.end()
    }
}

//! Why a command failed, and its exit code.

use serde_json::{Value, json};
use std::error::Error;
use tidegate_config::Diagnostics;
use tidegate_engine::Fault;
use tidegate_plugin::{ErrorKind, PluginError};

/// A command that did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Pipeline files have mistakes.
    Files {
        /// One list a file.
        mistakes: Vec<Diagnostics>,
        /// What is to be said of the other files.
        good: Outcome,
    },
    /// Something else went wrong.
    Error(Problem),
    /// A check found errors; they are in the result that was written.
    Findings(Outcome),
    /// What was compared, or expected, differs; how is in the result that was written.
    Differences(Outcome),
}

/// What a command found: data for programs, text for people.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) result: Value,
    pub(crate) text: String,
}

/// An error, with everything that is known of it as text.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: ErrorKind,
    /// The stage of the pipeline that it comes from, if it is one's.
    pub(crate) stage: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) place: Option<String>,
    pub(crate) causes: Vec<String>,
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// Returns an error of the user's input.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        PluginError::new(ErrorKind::Input, message).into()
    }

    /// Returns that one pipeline file has mistakes.
    pub(crate) fn file(mistakes: Diagnostics) -> Self {
        Self::Files { mistakes: vec![mistakes], good: Outcome::default() }
    }

    /// Takes secrets out of an error's texts; the mistakes of files hold none.
    #[must_use]
    pub(crate) fn cleaned(self, clean: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Error(problem) => Self::Error(problem.cleaned(clean)),
            Self::Files { .. } | Self::Findings(_) | Self::Differences(_) => self,
        }
    }

    /// Returns the process's exit code.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Files { .. } => 2,
            Self::Findings(_) => 3,
            Self::Differences(_) => 1,
            Self::Error(problem) => match problem.kind {
                ErrorKind::Transient | ErrorKind::Definite | ErrorKind::Rows => 1,
                ErrorKind::Input => 2,
                ErrorKind::World => 3,
            },
        }
    }
}

impl Outcome {
    /// Takes secrets out of all texts.
    #[must_use]
    pub(crate) fn cleaned(mut self, clean: &dyn Fn(&str) -> String) -> Self {
        clean_values(&mut self.result, clean);
        Self { text: clean(&self.text), result: self.result }
    }
}

/// Takes secrets out of all texts of a value; keys are our own.
pub(crate) fn clean_values(value: &mut Value, clean: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = clean(text),
        Value::Array(items) => items.iter_mut().for_each(|item| clean_values(item, clean)),
        Value::Object(fields) => fields.values_mut().for_each(|value| clean_values(value, clean)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Problem {
    pub(crate) fn to_json(&self) -> Value {
        let kind = match self.kind {
            ErrorKind::Transient => "transient",
            ErrorKind::Definite => "definite",
            ErrorKind::Input => "input",
            ErrorKind::World => "world",
            ErrorKind::Rows => "rows",
        };
        json!({
            "kind": kind,
            "stage": self.stage,
            "message": self.message,
            "place": self.place,
            "causes": self.causes,
            "hint": self.hint,
        })
    }

    /// Takes secrets out of all texts.
    #[must_use]
    pub(crate) fn cleaned(self, redact: impl Fn(&str) -> String) -> Self {
        Self {
            kind: self.kind,
            stage: self.stage,
            message: redact(&self.message),
            place: self.place.as_deref().map(&redact),
            causes: self.causes.iter().map(|cause| redact(cause)).collect(),
            hint: self.hint.as_deref().map(&redact),
        }
    }
}

impl From<PluginError> for Failure {
    fn from(error: PluginError) -> Self {
        Self::Error(error.into())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Error(Problem { stage: Some(fault.stage.name()), ..fault.error.into() })
    }
}

impl From<PluginError> for Problem {
    fn from(error: PluginError) -> Self {
        let mut causes = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        let PluginError { kind, message, place, hint, .. } = error;
        Self { kind, stage: None, message, place, causes, hint }
    }
}

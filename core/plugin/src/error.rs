//! Errors of plugins: whose move it is, what happened, where, and what to do.

use std::{error::Error, fmt};

/// Whose move it is after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The same attempt may succeed later: the engine starts the stage again, from the checkpoint, with back-off.
    Transient,
    /// It will fail again: the pipeline stops (exit code 1).
    Definite,
    /// The settings are wrong (exit code 2).
    Input,
    /// The world is not ready: a server refuses, a grant or an option is missing (exit code 3).
    World,
    /// A filter failed on the rows at hand: the error policy of its stage decides; by default the pipeline stops (exit code
    /// 1).
    Rows,
}

/// An error of a plugin.
///
/// `message` says what happened and why, `place` where (a table and position), `hint` what to do. None of them holds a
/// secret or a row's values.
#[derive(Debug)]
pub struct PluginError {
    /// Whose move it is.
    pub kind: ErrorKind,
    /// What happened and why, in one sentence without a full stop.
    pub message: String,
    /// Where: table, position, or both.
    pub place: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// What caused it.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl PluginError {
    /// Returns an error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None, hint: None, source: None }
    }

    /// Returns an error that may pass by itself.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Transient, message)
    }

    /// Returns an error that will not pass by itself.
    pub fn definite(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Definite, message)
    }

    /// Returns an error of the world around us.
    pub fn world(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::World, message)
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for PluginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.place {
            Some(place) => write!(f, " (at {place})"),
            None => Ok(()),
        }
    }
}

impl Error for PluginError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

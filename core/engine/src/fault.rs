//! What ends a run too early, and which stage said so.

use std::{error::Error, fmt};
use tidegate_plugin::{ErrorKind, PluginError};

/// A part of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StageName {
    /// The source.
    Source,
    /// The filters.
    Filters,
    /// The sink.
    Sink,
    /// The engine itself: state folder, checkpoint file.
    Engine,
}

impl StageName {
    /// Returns the name in logs, metrics and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Filters => "filters",
            Self::Sink => "sink",
            Self::Engine => "engine",
        }
    }
}

/// An error and the stage that it comes from.
#[derive(Debug)]
pub struct Fault {
    /// Which stage failed.
    pub stage: StageName,
    /// What happened.
    pub error: PluginError,
}

/// What the engine does after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// It drops source and sink, and opens them again at the checkpoint.
    Reopen,
    /// It ends the run.
    Stop,
}

impl Fault {
    pub(crate) const fn new(stage: StageName, error: PluginError) -> Self {
        Self { stage, error }
    }

    /// Returns what the engine does after this error.
    pub(crate) const fn action(&self) -> Action {
        match self.error.kind {
            ErrorKind::Transient => Action::Reopen,
            ErrorKind::Definite | ErrorKind::Input | ErrorKind::World | ErrorKind::Rows => Action::Stop,
        }
    }

    /// Returns a function that turns a plugin's error into a fault of `stage`.
    pub(crate) fn of(stage: StageName) -> impl Fn(PluginError) -> Self {
        move |error| Self::new(stage, error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.stage.name(), self.error)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

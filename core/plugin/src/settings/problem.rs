//! What is wrong with a plugin's settings, and where.

use std::fmt;

use super::path::{Path, Segment};

/// One mistake in a plugin's settings.
///
/// A problem is always an error: what is not worth stopping for is not worth saying.
/// The engine maps its path to the place in the pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The value that is wrong; the mapping itself where a key is missing.
    pub path: Path,
    /// Whether the key at the end of the path is meant, not its value.
    pub on_key: bool,
    /// The kind of mistake, for programs that read the diagnostics.
    pub code: &'static str,
    /// What is wrong, as half a sentence: no capital letter, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// Reports a mistake in the value at `path`.
    pub fn at(path: Path, message: impl Into<String>) -> Self {
        Self { path, on_key: false, code: "invalid-setting", message: message.into(), help: None }
    }

    /// Says what to do about the mistake.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at the key at the end of the path and not at its value.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }

    /// Names the kind of mistake, in kebab case.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Moves the problem under `outer`, for checks that see only a part of the settings.
    #[must_use]
    pub fn under(mut self, outer: impl Into<Segment>) -> Self {
        self.path = Path::root().join(outer).concat(&self.path);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.segments().is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

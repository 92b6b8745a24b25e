//! What a check found.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// All is well.
    Ok,
    /// It works, and the operator should know.
    Warning,
    /// A run would fail, or would be wrong.
    Error,
}

/// One thing that a check looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at, as a short stable name: `binlog-format`, `grants`.
    pub item: String,
    /// What was found, and why it matters if it is not well.
    pub message: String,
    /// What mends it: a statement or a setting.
    pub remedy: Option<String>,
}

impl Finding {
    /// Returns a finding that all is well.
    pub fn ok(item: &str, message: impl Into<String>) -> Self {
        Self { level: Level::Ok, item: item.to_owned(), message: message.into(), remedy: None }
    }

    /// Returns a warning.
    pub fn warning(item: &str, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::ok(item, message) }
    }

    /// Returns an error.
    pub fn error(item: &str, message: impl Into<String>) -> Self {
        Self { level: Level::Error, ..Self::ok(item, message) }
    }

    /// Says what mends it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

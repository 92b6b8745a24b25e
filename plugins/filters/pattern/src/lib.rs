//! The pattern languages of TiDB DM's rules: wildcards, and regular expressions behind a `~`.

mod regular;
mod wildcard;

pub use regular::Regular;
pub use wildcard::{Order, Wildcard};

use tidegate_plugin::settings::{Path, Problem};

/// A pattern that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct PatternError {
    /// What is wrong with it.
    pub reason: String,
    /// What to write instead, if we know.
    pub help: Option<String>,
}

impl PatternError {
    /// Keeps a pattern that could be read; reports one that could not as a problem of the settings at `path`.
    pub fn report<T>(parsed: Result<T, Self>, path: &Path, problems: &mut Vec<Problem>) -> Option<T> {
        let error = match parsed {
            Ok(pattern) => return Some(pattern),
            Err(error) => error,
        };
        let problem = Problem::at(path.clone(), error.reason).code("bad-pattern");
        problems.push(match error.help {
            Some(help) => problem.help(help),
            None => problem,
        });
        None
    }
}

/// A pattern of a block-allow list or of a route: a wildcard, or after `~` a regular expression.
#[derive(Clone, Debug)]
pub enum NamePattern {
    /// Without `~`.
    Wildcard(Wildcard),
    /// With `~`.
    Regular(Regular),
}

impl NamePattern {
    /// Reads a pattern; without `case_sensitive` it matches whatever the case.
    ///
    /// # Errors
    /// If it is empty, or is no valid pattern of its language.
    pub fn parse(text: &str, case_sensitive: bool) -> Result<Self, PatternError> {
        match text.strip_prefix('~') {
            Some(expression) => Ok(Self::Regular(Regular::parse(expression, case_sensitive)?)),
            None => Ok(Self::Wildcard(Wildcard::parse(text, case_sensitive)?)),
        }
    }

    /// Tells whether `name` is all that matches, but for case: the pattern is that name, without wildcards.
    pub fn is_only(&self, name: &str) -> bool {
        match self {
            Self::Wildcard(wildcard) => wildcard.is_literal() && wildcard.matches(name),
            Self::Regular(_) => false,
        }
    }

    /// Tells whether `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Wildcard(wildcard) => wildcard.matches(name),
            Self::Regular(regular) => regular.matches(name),
        }
    }
}

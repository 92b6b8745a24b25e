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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// If it is empty, is no valid pattern of its language, or means another thing to DM.
    pub fn parse(text: &str, case_sensitive: bool) -> Result<Self, PatternError> {
        match text.strip_prefix('~') {
            Some(expression) if !case_sensitive => {
                lower_cased(expression)?;
                Ok(Self::Regular(Regular::parse(expression, false)?))
            }
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

/// Refuses an expression that is another one when it is lower-cased, as DM does with it where case does not matter.
fn lower_cased(expression: &str) -> Result<(), PatternError> {
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            continue;
        }
        let (escape, instead) = match characters.next() {
            Some('D') => ('D', "`[^0-9]`"),
            Some('W') => ('W', "`[^0-9a-z_]`"),
            Some('S') => ('S', r"`[^\t\n\f\r ]`"),
            Some('A') => ('A', "`^`"),
            Some(other @ ('B' | 'P')) => (other, "the characters that are meant"),
            _ => continue,
        };
        return Err(PatternError {
            reason: format!(
                "`~{expression}`: where case does not matter DM lower-cases the expression, and `\\{escape}` becomes `\\{}`",
                escape.to_ascii_lowercase()
            ),
            help: Some(format!("write {instead}, or set `case-sensitive: true`")),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lower_case_would_turn_round_is_refused() {
        for escape in [r"\D", r"\W", r"\S", r"\B", r"\A", r"\PL"] {
            let pattern = format!("~^a{escape}+$");
            let error = NamePattern::parse(&pattern, false).unwrap_err();
            assert!(error.reason.contains(&escape[..2]) && error.help.unwrap().contains("case-sensitive"));
            assert!(NamePattern::parse(&pattern, true).is_ok(), "{pattern}");
        }
        let parsed = NamePattern::parse(r"~^\\D[A-Z]\d$", false);
        assert!(parsed.unwrap().matches(r"\dx1"), "a backslash itself is no escape of what follows");
    }

    #[test]
    fn patterns_are_the_same_whatever_they_say_of_case() {
        let same = |one: (&str, bool), other: (&str, bool)| {
            NamePattern::parse(one.0, one.1).unwrap() == NamePattern::parse(other.0, other.1).unwrap()
        };
        assert!(same(("t[ab]", false), ("T[ba]", false)));
        assert!(same(("t*", false), ("t*", true)));
        assert!(same(("~^t$", false), ("~^t$", true)));
        assert!(!same(("t*", false), ("t", false)));
        assert!(!same(("t[ab]", false), ("t[!ab]", false)));
        assert!(!same(("~t", false), ("t", false)));
    }
}

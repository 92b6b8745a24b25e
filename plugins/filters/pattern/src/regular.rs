//! Regular expressions as DM's: Go's RE2 syntax, unanchored.

use crate::PatternError;
use regex::{Regex, RegexBuilder};

/// A regular expression in Go's RE2 syntax. Unanchored: `~^test$` is needed for an exact name.
#[derive(Clone, Debug)]
pub struct Regular(Regex);

impl Regular {
    /// Reads an expression; without `case_sensitive` it matches whatever the case.
    ///
    /// # Errors
    /// If it is no valid expression. RE2 knows neither look-around nor back-references.
    pub fn parse(expression: &str, case_sensitive: bool) -> Result<Self, PatternError> {
        let mut builder = RegexBuilder::new(&ascii_classes(expression));
        let regex = builder.case_insensitive(!case_sensitive).build().map_err(|error| PatternError {
            // The library draws the expression over several lines; its last line is the reason.
            reason: format!(
                "`{expression}` is not a valid regular expression: {}",
                error.to_string().lines().last().unwrap_or_default().trim().trim_start_matches("error: ")
            ),
            help: None,
        })?;
        Ok(Self(regex))
    }

    /// Tells whether the expression is found in `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// Returns all capture groups of the first match, one after the other; empty if there is no match.
    pub fn captured(&self, text: &str) -> String {
        let Some(groups) = self.0.captures(text) else {
            return String::new();
        };
        groups.iter().skip(1).flatten().map(|group| group.as_str()).collect()
    }
}

/// Writes the Perl classes out as RE2 means them: of ASCII only, where our library's are Unicode's.
fn ascii_classes(expression: &str) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('d') => text.push_str("[0-9]"),
            Some('D') => text.push_str("[^0-9]"),
            Some('w') => text.push_str("[0-9A-Za-z_]"),
            Some('W') => text.push_str("[^0-9A-Za-z_]"),
            Some('s') => text.push_str(r"[\t\n\f\r ]"),
            Some('S') => text.push_str(r"[^\t\n\f\r ]"),
            Some('b') => text.push_str(r"(?-u:\b)"),
            Some('B') => text.push_str(r"(?-u:\B)"),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_unanchored_and_ascii() {
        let parse = |text| Regular::parse(text, false).unwrap();
        assert!(parse("test").matches("my_TEST_1"));
        assert!(!parse("^test$").matches("test1"));
        assert!(parse(r"^\d+$").matches("123"));
        assert!(!parse(r"^\w+$").matches("é"));
        assert!(parse(r"^[\w-]+$").matches("a-b"));
        assert!(parse(r"^[^\D]+$").matches("12"));
        assert!(parse(r"\bt\b").matches("a t b"));
        assert!(!Regular::parse("test", true).unwrap().matches("TEST"));
    }

    #[test]
    fn captures_are_concatenated() {
        let regular = Regular::parse(r"^shop_(\d+)_(\w+)$", true).unwrap();
        assert_eq!(regular.captured("shop_12_eu"), "12eu");
        assert_eq!(regular.captured("shop"), "");
    }

    #[test]
    fn what_re2_lacks_is_refused() {
        for expression in ["(?=a)", r"(a)\1", "a(", "[z-a]"] {
            let error = Regular::parse(expression, true).unwrap_err();
            assert!(error.reason.contains(expression) && !error.reason.contains('\n'), "{error}");
        }
    }
}

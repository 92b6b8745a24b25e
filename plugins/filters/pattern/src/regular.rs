//! Regular expressions as DM's: Go's RE2 syntax, unanchored.

use crate::PatternError;
use regex::{Regex, RegexBuilder};
use std::{iter::Peekable, str::Chars};

/// A regular expression in Go's RE2 syntax. Unanchored: `~^test$` is needed for an exact name.
#[derive(Clone, Debug)]
pub struct Regular(Regex);

/// Expressions are equal if they are written the same, whatever they say of case.
impl PartialEq for Regular {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Regular {}

impl Regular {
    /// Reads an expression; without `case_sensitive` it matches whatever the case.
    ///
    /// # Errors
    /// If it is no valid expression. RE2 knows neither look-around nor back-references.
    pub fn parse(expression: &str, case_sensitive: bool) -> Result<Self, PatternError> {
        let refuse = |reason: &str| PatternError {
            reason: format!("`{expression}` is not a valid regular expression: {reason}"),
            help: None,
        };
        let text = translated(expression).map_err(|reason| refuse(&reason))?;
        let regex = RegexBuilder::new(&text).case_insensitive(!case_sensitive).build().map_err(|error| {
            // The library draws the expression over several lines; its last line is the reason.
            let error = error.to_string();
            refuse(error.lines().last().unwrap_or_default().trim().trim_start_matches("error: "))
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

/// What may stand in `[:…:]`.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Writes an expression of RE2 as our library means it.
///
/// Perl's classes are of ASCII only in RE2, and of Unicode here. What our library alone understands (`&&` in a set, `\<`,
/// further flags) stands for itself in RE2 or is an error there.
fn translated(expression: &str) -> Result<String, String> {
    let mut text = String::with_capacity(expression.len());
    let mut characters = expression.chars().peekable();
    while let Some(character) = characters.next() {
        text.push(character);
        match character {
            '\\' => {
                text.pop();
                escape(&mut characters, &mut text)?;
            }
            '[' => set(&mut characters, &mut text)?,
            '(' => flags(&characters)?,
            _ => {}
        }
    }
    Ok(text)
}

/// Takes what follows a backslash.
fn escape(characters: &mut Peekable<Chars<'_>>, text: &mut String) -> Result<(), String> {
    match characters.next() {
        Some('d') => text.push_str("[0-9]"),
        Some('D') => text.push_str("[^0-9]"),
        Some('w') => text.push_str("[0-9A-Za-z_]"),
        Some('W') => text.push_str("[^0-9A-Za-z_]"),
        Some('s') => text.push_str(r"[\t\n\f\r ]"),
        Some('S') => text.push_str(r"[^\t\n\f\r ]"),
        Some('b') => text.push_str(r"(?-u:\b)"),
        Some('B') => text.push_str(r"(?-u:\B)"),
        Some(sign @ ('<' | '>')) => text.push(sign),
        Some(other @ ('u' | 'U')) => return Err(format!("there is no escape `\\{other}`")),
        Some(other) => text.extend(['\\', other]),
        None => text.push('\\'),
    }
    Ok(())
}

/// Takes what follows a `[`, up to the `]`.
fn set(characters: &mut Peekable<Chars<'_>>, text: &mut String) -> Result<(), String> {
    text.extend(characters.next_if_eq(&'^'));
    // As the first, it stands for itself.
    if characters.next_if_eq(&']').is_some() {
        text.push_str(r"\]");
    }
    while let Some(character) = characters.next() {
        match character {
            '\\' => escape(characters, text)?,
            ']' => {
                text.push(']');
                break;
            }
            '[' if characters.peek() == Some(&':') => {
                // `[:alpha:]`
                let class: String = characters.by_ref().take_while(|character| *character != ']').collect();
                if !CLASSES.contains(&class.trim_matches(':').trim_start_matches('^')) {
                    return Err(format!("there is no class `[{class}]`"));
                }
                text.push_str(&format!("[{class}]"));
            }
            '-' if characters.peek() == Some(&'-') => {
                return Err("a `--` in a set; write `\\-` for the sign itself".to_owned());
            }
            sign @ ('[' | '&' | '~') => text.extend(['\\', sign]),
            other => text.push(other),
        }
    }
    Ok(())
}

/// Looks at the flags behind a `(`, if there are any.
fn flags(characters: &Peekable<Chars<'_>>) -> Result<(), String> {
    let mut characters = characters.clone();
    if characters.next() != Some('?') || matches!(characters.peek(), Some('P' | '<')) {
        return Ok(());
    }
    let mut flags = characters.take_while(|character| !matches!(character, ':' | ')'));
    match flags.find(|flag| !"imsU-".contains(*flag)) {
        Some(flag) => Err(format!("there is no flag `{flag}`, nor a group that begins so")),
        None => Ok(()),
    }
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
    fn what_re2_takes_for_itself_is_no_operator() {
        for (expression, matching, other) in [
            ("^[a&&b]$", "&", "c"),
            ("^[a~~b]$", "~", "c"),
            ("^[[a]$", "[", "b"),
            ("^[[:digit:]x]$", "7", ":"),
            ("^[]a]$", "]", "b"),
            ("^[^]a]$", "b", "]"),
            (r"^\<t\>$", "<t>", "t"),
            (r"^[\]&]$", "]", "a"),
            ("^(?s:.)$", "\n", ""),
            ("^(?P<name>a)(?:b)$", "ab", "a"),
        ] {
            let regular = Regular::parse(expression, true).unwrap();
            assert!(regular.matches(matching) && !regular.matches(other), "{expression}");
        }
    }

    #[test]
    fn captures_are_concatenated() {
        let regular = Regular::parse(r"^shop_(\d+)_(\w+)$", true).unwrap();
        assert_eq!(regular.captured("shop_12_eu"), "12eu");
        assert_eq!(regular.captured("shop"), "");
    }

    #[test]
    fn what_re2_lacks_is_refused() {
        for expression in
            ["(?=a)", r"(a)\1", "a(", "[z-a]", "(?x)a b", "(?iR)a", r"\u{61}", "[+--]", "[[:no:]]", "[a"]
        {
            let error = Regular::parse(expression, true).unwrap_err();
            assert!(error.reason.contains(expression) && !error.reason.contains('\n'), "{error}");
        }
    }
}

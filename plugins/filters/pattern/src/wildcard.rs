//! Wildcards as DM's rules know them: `*` at the end only, `?`, `[a-z]`, `[!a-z]`.

use crate::PatternError;

/// A wildcard pattern.
///
/// `?` and sets match one *byte*, as DM's do; `[0-63]` is the set of `0` to `6` and `3`. Without case sensitivity
/// pattern and name are lower-cased.
#[derive(Clone, Debug)]
pub struct Wildcard {
    steps: Vec<Step>,
    open_ended: bool,
    case_sensitive: bool,
}

/// Patterns are equal if they say the same of a name, whatever they say of case: DM knows one of them only.
impl PartialEq for Wildcard {
    fn eq(&self, other: &Self) -> bool {
        self.steps == other.steps && self.open_ended == other.open_ended
    }
}

impl Eq for Wildcard {}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Byte(u8),
    Any,
    Set { negated: bool, ranges: Vec<(u8, u8)> },
}

/// The place of a matching pattern among all that match the same name: DM asks rules in the order in which its trie
/// finds them, not in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order(Vec<u8>);

impl Wildcard {
    /// Reads a pattern.
    ///
    /// # Errors
    /// If it is empty, has a `*` before its end, or a set that is not closed.
    pub fn parse(text: &str, case_sensitive: bool) -> Result<Self, PatternError> {
        let error = |reason: String, help: &str| PatternError { reason, help: Some(help.to_owned()) };
        let text = if case_sensitive { text.to_owned() } else { lowered(text) };
        if text.is_empty() {
            return Err(error("the pattern is empty".to_owned(), "write `*` to match every name"));
        }
        let mut steps = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            rest = after;
            match first {
                b'*' if after.is_empty() => {
                    return Ok(Self { steps, open_ended: true, case_sensitive });
                }
                b'*' => {
                    let help = "use a regular expression (`~^do.*c$`) where the rule takes one, else several patterns";
                    return Err(error(
                        format!("`{text}`: a `*` may stand at the end of a pattern only"),
                        help,
                    ));
                }
                b'?' => steps.push(Step::Any),
                b'[' => {
                    let Some(close) = after.iter().position(|byte| *byte == b']') else {
                        return Err(error(
                            format!("`{text}`: a `[` is not closed"),
                            "close the set with `]`",
                        ));
                    };
                    let (inside, after) = after.split_at(close);
                    let Some(set) = set(inside) else {
                        return Err(error(
                            format!(
                                "`{text}`: an empty set, or a range that runs backwards, matches nothing"
                            ),
                            "name what may match, and the lower end of a range first",
                        ));
                    };
                    steps.push(set);
                    rest = after.get(1..).unwrap_or_default();
                }
                byte => steps.push(Step::Byte(byte)),
            }
        }
        Ok(Self { steps, open_ended: false, case_sensitive })
    }

    /// Tells whether `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        if self.case_sensitive {
            self.matches_bytes(name.as_bytes())
        } else {
            self.matches_bytes(lowered(name).as_bytes())
        }
    }

    /// Tells whether the pattern is a name, without wildcards.
    pub fn is_literal(&self) -> bool {
        !self.open_ended && self.steps.iter().all(|step| matches!(step, Step::Byte(_)))
    }

    /// Returns where the pattern stands among those that match `name`; meaningful if it matches.
    pub fn order(&self, name: &str) -> Order {
        let mut path: Vec<u8> = self
            .steps
            .iter()
            .map(|step| match step {
                Step::Any => 1,
                Step::Set { .. } => 2,
                Step::Byte(_) => 3,
            })
            .collect();
        // At its end a `*` is found before anything longer, but after a pattern that ends there with the name.
        let at_the_end = self.steps.len() == name.len();
        path.push(u8::from(at_the_end && self.open_ended));
        Order(path)
    }

    fn matches_bytes(&self, name: &[u8]) -> bool {
        let Some((head, tail)) = name.split_at_checked(self.steps.len()) else {
            return false;
        };
        (self.open_ended || tail.is_empty())
            && self.steps.iter().zip(head).all(|(step, byte)| step.matches(*byte))
    }
}

/// Lower-cases each character by itself: a final sigma is no other letter than a sigma.
fn lowered(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Step {
    fn matches(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::Any => true,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&byte)) != *negated
            }
        }
    }
}

/// Reads what stands between `[` and `]`; `[!]` is the set of `!`. `None` if a part of it matches nothing.
fn set(inside: &[u8]) -> Option<Step> {
    let (negated, mut rest) = match inside.split_first() {
        Some((b'!', rest)) if !rest.is_empty() => (true, rest),
        _ => (false, inside),
    };
    let mut ranges = Vec::new();
    loop {
        rest = match rest {
            [from, b'-', to, rest @ ..] => {
                ranges.push((*from, *to));
                rest
            }
            [byte, rest @ ..] => {
                ranges.push((*byte, *byte));
                rest
            }
            [] => break,
        };
    }
    let usable = !ranges.is_empty() && ranges.iter().all(|(from, to)| from <= to);
    ranges.sort_unstable();
    ranges.dedup();
    usable.then_some(Step::Set { negated, ranges })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Wildcard::parse(pattern, false).unwrap().matches(name)
    }

    #[test]
    fn wildcards_match_as_in_dm() {
        for (pattern, name, expected) in [
            ("doc*", "doc", true),
            ("doc*", "Document", true),
            ("doc*", "dodo", false),
            ("*", "", true),
            ("t_*", "", false),
            ("t?", "t1", true),
            ("t?", "t", false),
            ("t?", "t12", false),
            ("t[0-63]", "t5", true),
            ("t[0-63]", "t63", false),
            ("t[abc]", "tb", true),
            ("t[abc]", "td", false),
            ("t[ca-b]", "tc", true),
            ("t[!a-c]", "tb", false),
            ("t[!a-c]", "td", true),
            ("t[!]", "t!", true),
            ("t[!]", "ta", false),
            ("t[a-]", "t-", true),
            ("T1", "t1", true),
            ("日本*", "日本語", true),
            ("ΑΣ*", "ΑΣΒ", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} on {name}");
        }
        assert!(!Wildcard::parse("T1", true).unwrap().matches("t1"));
    }

    #[test]
    fn bad_wildcards_are_refused() {
        for pattern in ["", "do*c", "**", "t[ab", "t[]", "t[9-0]", "t[a9-0]"] {
            assert!(Wildcard::parse(pattern, false).is_err(), "{pattern}");
        }
    }

    #[test]
    fn order_is_that_of_the_trie() {
        let mut patterns = ["ab", "a*", "ab*", "*", "a?", "a[b]", "?b", "a?*"];
        patterns.sort_by_key(|pattern| Wildcard::parse(pattern, false).unwrap().order("ab"));
        assert_eq!(patterns, ["*", "?b", "a*", "a?", "a?*", "a[b]", "ab", "ab*"]);
    }

    proptest! {
        #[test]
        fn no_pattern_panics(pattern in ".*", name in ".*") {
            if let Ok(wildcard) = Wildcard::parse(&pattern, false) {
                wildcard.matches(&name);
                wildcard.order(&name);
            }
        }

        #[test]
        fn a_plain_name_matches_itself_and_its_prefix(name in "[a-z0-9_]{1,20}", cut in 0usize..20) {
            prop_assert!(matches(&name, &name));
            let prefix = name.get(..cut.min(name.len())).unwrap();
            let pattern = format!("{prefix}*");
            prop_assert!(matches(&pattern, &name));
        }
    }
}

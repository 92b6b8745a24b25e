//! Keeps secret values out of everything that is printed.

/// Values up to this long are only replaced where they stand alone: they may be words, or parts of words, that have
/// nothing to do with the secret.
const ALONE_CHARS_MAX: usize = 7;

/// A value that must not be printed, and what is printed in its place.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Redaction {
    value: String,
    /// The value as `{:?}` writes it, where that differs.
    escaped: Option<String>,
    shown: String,
}

impl Redaction {
    pub(crate) fn new(value: &str, shown: &str) -> Self {
        let quoted = format!("{value:?}");
        let escaped = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
        Self {
            value: value.to_owned(),
            escaped: (escaped != value).then(|| escaped.to_owned()),
            shown: shown.to_owned(),
        }
    }
}

impl Redaction {
    pub(crate) fn value(&self) -> &str {
        &self.value
    }
}

/// Replaces every secret value in `text`, the longest first, since one may hold another.
pub(crate) fn redact(text: &str, redactions: &[Redaction]) -> String {
    let mut pairs: Vec<(&str, &str)> = redactions
        .iter()
        .flat_map(|redaction| {
            [Some(&redaction.value), redaction.escaped.as_ref()].map(|value| (value, redaction))
        })
        .filter_map(|(value, redaction)| Some((value?.as_str(), redaction.shown.as_str())))
        .filter(|(value, _)| !value.is_empty())
        .collect();
    pairs.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    let mut clean = String::new();
    let mut rest = text;
    let mut before = None;
    while let Some(letter) = rest.chars().next() {
        let hit = pairs.iter().find_map(|(value, shown)| {
            let after = rest.strip_prefix(value)?;
            (value.chars().count() > ALONE_CHARS_MAX || stands_alone(before, after))
                .then_some((value, shown, after))
        });
        match hit {
            Some((value, shown, after)) => {
                clean.push_str(shown);
                before = value.chars().last();
                rest = after;
            }
            None => {
                clean.push(letter);
                before = Some(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    clean
}

fn stands_alone(before: Option<char>, after: &str) -> bool {
    !before.is_some_and(char::is_alphanumeric) && !after.chars().next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::{Redaction, redact};

    fn redacted(text: &str, values: &[&str]) -> String {
        let redactions: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(index, value)| Redaction::new(value, &format!("${{{index}}}")))
            .collect();
        redact(text, &redactions)
    }

    #[test]
    fn the_longest_secret_wins_where_one_holds_another() {
        assert_eq!(redacted("hunter hunter2 hunter", &["hunter", "hunter2"]), "${0} ${1} ${0}");
    }

    #[test]
    fn a_secret_is_found_in_its_escaped_form_too() {
        assert_eq!(redacted(r#"got "a\"b\n""#, &["a\"b\n"]), r#"got "${0}""#);
    }

    #[test]
    fn a_word_that_holds_a_short_secret_is_left_alone() {
        assert_eq!(redacted("databases of data", &["data"]), "databases of ${0}");
        assert_eq!(redacted("(data) data:x data", &["data"]), "(${0}) ${0}:x ${0}");
        assert_eq!(redacted("xlong-secretx", &["long-secret"]), "x${0}x");
    }

    #[test]
    fn a_short_secret_is_replaced_where_it_stands_alone() {
        assert_eq!(redacted("at a table (a) a", &["a"]), "at ${0} table (${0}) ${0}");
        assert_eq!(redacted("nothing to hide", &[""]), "nothing to hide");
    }
}

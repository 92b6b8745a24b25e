//! Which letters of a pipeline file an excerpt shows: its structure, and what is known to hold no secret.

use tidegate_plugin::settings::Span;

use crate::known::{Places, is_key_letter, is_secret};

/// For each byte of the text whether a star stands in its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mask(Vec<bool>);

impl Mask {
    /// Hides what lies in no place that may be shown, except signs and references.
    pub(crate) fn of_places(text: &str, places: &Places) -> Self {
        let mut mask = Self(vec![false; text.len()]);
        places.shown.iter().chain(&places.hidden).for_each(|span| mask.set(*span, true));
        let mut mask = Self(outside(text, &mask));
        places.shown.iter().for_each(|span| mask.set(*span, false));
        places.hidden.iter().for_each(|span| {
            mask.set(*span, true);
            let written = text.get(span.start..span.end).unwrap_or_default();
            references(written).for_each(|inner| {
                mask.set(Span { start: span.start + inner.start, end: span.start + inner.end }, false);
            });
        });
        mask
    }

    /// Where the syntax is broken nothing says what is a value: shows only the keys that `vocabulary` knows.
    pub(crate) fn of_words(text: &str, vocabulary: &[String]) -> Self {
        let mut mask = Self(vec![true; text.len()]);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            mask.known_words(line, start, vocabulary);
            start += line.len();
        }
        mask
    }

    /// Returns whether a star stands in the place of the byte.
    pub(crate) fn hides(&self, byte: usize) -> bool {
        self.0.get(byte).copied().unwrap_or(true)
    }

    fn set(&mut self, span: Span, hidden: bool) {
        self.0.get_mut(span.start..span.end).unwrap_or_default().fill(hidden);
    }

    fn known_words(&mut self, line: &str, start: usize, vocabulary: &[String]) {
        let indented = line.trim_start_matches([' ', '-']);
        self.set(Span { start, end: start + line.len() - indented.len() }, false);
        let mut rest = line;
        while let Some(colon) = rest.find(':') {
            let place = line.len() - rest.len();
            let (before, after) = rest.split_at_checked(colon).unwrap_or((rest, ""));
            let word = before.rsplit(|letter| !is_key_letter(letter)).next().unwrap_or_default();
            let is_key = after
                .get(1..)
                .is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace));
            if is_key && vocabulary.iter().any(|known| known == word) {
                let end = start + place + colon + 1;
                self.set(Span { start: end - 1 - word.len(), end }, false);
            }
            if is_key && is_secret(word) {
                return;
            }
            rest = after.get(1..).unwrap_or_default();
        }
    }
}

/// What letters outside of all keys and values belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outside {
    Signs,
    /// An anchor, an alias or a tag.
    Name,
    /// A comment, or what was read no further: up to the end of the line.
    Rest,
}

/// Hides what is neither a sign of the structure nor inside of a key or value.
fn outside(text: &str, inside: &Mask) -> Vec<bool> {
    let mut hidden = Vec::with_capacity(text.len());
    let mut state = Outside::Signs;
    for (byte, letter) in text.char_indices() {
        let is_space = letter.is_whitespace() || letter == '\u{feff}';
        state = match (state, letter) {
            (_, '\n') => Outside::Signs,
            _ if inside.hides(byte) => state,
            (Outside::Signs, '&' | '*' | '!') => Outside::Name,
            (Outside::Name, ',' | '}' | ']') => Outside::Signs,
            (Outside::Name, _) if is_space => Outside::Signs,
            (Outside::Signs, _) if !is_space && !"{}[],:-?|>".contains(letter) => Outside::Rest,
            _ => state,
        };
        hidden.extend(std::iter::repeat_n(state != Outside::Signs && !is_space, letter.len_utf8()));
    }
    hidden
}

/// Returns where text names a variable or a file, which is no secret.
fn references(text: &str) -> impl Iterator<Item = Span> {
    text.match_indices("${").filter_map(|(start, _)| {
        let is_escaped = text.get(..start).is_some_and(|before| before.ends_with('$'));
        let inside = text.get(start + 2..)?.split_once('}')?.0;
        let named = match inside.split_once(':') {
            Some(("env", name)) => crate::interpolate::is_variable_name(name),
            Some(("file", path)) => !path.contains(['$', '{', '\n']),
            _ => false,
        };
        (named && !is_escaped).then(|| Span { start, end: start + 2 + inside.len() + 1 })
    })
}

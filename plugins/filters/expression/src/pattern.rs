//! The patterns of LIKE.

use crate::collation::{Collating, is_foreign};

/// A pattern of LIKE, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Like {
    parts: Vec<Part>,
    collating: Collating,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Character(char),
    /// `_`
    One,
    /// `%`
    Any,
}

impl Like {
    pub(crate) fn new(pattern: &str, escape: Option<char>, collating: Collating) -> Self {
        let mut parts = Vec::new();
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            parts.push(match character {
                _ if Some(character) == escape => {
                    // An escape at the end stands for itself.
                    Part::Character(characters.next().unwrap_or(character))
                }
                '%' => Part::Any,
                '_' => Part::One,
                other => Part::Character(other),
            });
        }
        Self { parts, collating }
    }

    /// Tells whether the pattern's own characters can be compared.
    pub(crate) fn is_known(&self) -> bool {
        let printable = |part: &Part| !matches!(part, Part::Character(own) if !matches!(own, ' '..='~'));
        !self.collating.folds || self.parts.iter().all(printable)
    }

    /// Tells whether a text matches; nothing if that hangs on a character that the collation's tables decide about.
    pub(crate) fn matches(&self, text: &str) -> Option<bool> {
        let mut known = true;
        let matched = self.run(text, &mut known);
        known.then_some(matched)
    }

    /// Goes through the text, and back to the last `%` where it does not go on.
    fn run(&self, text: &str, known: &mut bool) -> bool {
        let (mut rest, mut at) = (text.chars(), 0);
        let mut back: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if let Some(Part::Any) = self.parts.get(at) {
                at += 1;
                back = Some((at, rest.clone()));
                continue;
            }
            let mut ahead = rest.clone();
            let goes_on = match (self.parts.get(at), ahead.next()) {
                (None, None) => return true,
                (Some(Part::One), Some(_)) => true,
                (Some(Part::Character(own)), Some(character)) => self.is_same(*own, character, known),
                _ => false,
            };
            if goes_on {
                (rest, at) = (ahead, at + 1);
                continue;
            }
            let Some((start, from)) = &mut back else { return false };
            if from.next().is_none() {
                return false;
            }
            (rest, at) = (from.clone(), *start);
        }
    }

    fn is_same(&self, own: char, character: char, known: &mut bool) -> bool {
        if !self.collating.folds || own == character {
            return own == character;
        }
        if !matches!(character, ' '..='~') && !is_foreign(character) {
            *known = false;
        }
        own.eq_ignore_ascii_case(&character)
    }
}

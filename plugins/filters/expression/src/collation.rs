//! How texts compare, as far as it is known here.
//!
//! | collations | equality | order |
//! |---|---|---|
//! | `*_bin` | byte by byte, spaces at the end as the collation says | of UTF-8 and of character sets of one byte |
//! | `*_general_ci`, `*_unicode_ci`, `*_unicode_520_ci`, `*_0900_ai_ci`, `*_0900_as_ci`, `latin1_swedish_ci` | of printable ASCII, whatever the case | of printable ASCII under `*_general_ci` and `latin1_swedish_ci` |
//! | others | not known | not known |
//!
//! Beyond ASCII the tables of weights decide, which are not here. A text is still known to differ from an ASCII one if it
//! holds a letter of a script that no ASCII character belongs to. Collations of languages are not taken: Lithuanian, for
//! one, takes `i` for `y`.

use std::cmp::Ordering;
use tidegate_model::charset::{Case, Charset, Collation};

/// How two texts of one character set compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Collating {
    pub(crate) name: &'static str,
    /// Whether upper and lower case are equal.
    pub(crate) folds: bool,
    /// Whether spaces at the end count for nothing.
    pads: bool,
    /// Whether it is known which of two texts comes first.
    pub(crate) orders: bool,
    utf8: bool,
}

const FOLDING: &[&str] = &["_general_ci", "_unicode_ci", "_unicode_520_ci", "_0900_ai_ci", "_0900_as_ci"];

impl Collating {
    /// JSON's strings, and what `->>` finds: by code point.
    pub(crate) const UTF8MB4_BIN: Self =
        Self { name: "utf8mb4_bin", folds: false, pads: true, orders: true, utf8: true };

    /// Returns how a collation compares; nothing if that is not known.
    pub(crate) fn of(collation: &'static Collation) -> Option<Self> {
        let Collation { charset, name, case, pad_space, .. } = *collation;
        if charset == Charset::Binary || !charset.is_ascii_superset() {
            return None;
        }
        let utf8 = matches!(charset, Charset::Utf8mb3 | Charset::Utf8mb4);
        let known = Self { name, folds: false, pads: pad_space, orders: false, utf8 };
        if case == Case::Binary {
            return Some(Self { orders: utf8 || charset.max_bytes_per_char() == 1, ..known });
        }
        let swedish = name == "latin1_swedish_ci";
        let ending = name.strip_prefix(charset.name())?;
        let family = utf8 || charset == Charset::Ascii;
        let folds = swedish || (family && FOLDING.contains(&ending));
        folds.then_some(Self { folds, orders: swedish || ending == "_general_ci", ..known })
    }

    /// Tells whether a text can be compared with any other: under a collation that folds case, only printable ASCII.
    pub(crate) fn knows(self, text: &[u8]) -> bool {
        !self.folds || is_printable(text)
    }

    /// Compares two texts; nothing if it is not known. Where the order is not known, what is not `Equal` is unequal.
    pub(crate) fn compare(self, one: &[u8], other: &[u8]) -> Option<Ordering> {
        if !self.folds {
            return Some(if self.pads { padded(one, other, |byte| byte) } else { one.cmp(other) });
        }
        if one == other {
            return Some(Ordering::Equal);
        }
        match (is_printable(one), is_printable(other)) {
            (true, true) => {
                let upper = |byte: u8| byte.to_ascii_uppercase();
                Some(if self.pads {
                    padded(one, other, upper)
                } else {
                    one.iter().map(|byte| upper(*byte)).cmp(other.iter().map(|byte| upper(*byte)))
                })
            }
            (true, false) if !self.orders && self.utf8 && has_foreign(other) => Some(Ordering::Less),
            (false, true) if !self.orders && self.utf8 && has_foreign(one) => Some(Ordering::Greater),
            _ => None,
        }
    }

    /// As [`compare`](Self::compare), for equality alone.
    pub(crate) fn equal(self, one: &[u8], other: &[u8]) -> Option<bool> {
        Self { orders: false, ..self }.compare(one, other).map(Ordering::is_eq)
    }
}

fn is_printable(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Compares byte by byte as if the shorter text went on with spaces.
fn padded(one: &[u8], other: &[u8], weight: impl Fn(u8) -> u8) -> Ordering {
    let length = one.len().max(other.len());
    let padded = |text: &[u8], index: usize| weight(text.get(index).copied().unwrap_or(b' '));
    (0..length).map(|index| padded(one, index)).cmp((0..length).map(|index| padded(other, index)))
}

/// Tells whether a character belongs to a script that no ASCII character belongs to, under every collation that folds.
pub(crate) fn is_foreign(character: char) -> bool {
    matches!(
        character,
        'А'..='я' | 'あ'..='ん' | 'ア'..='ン' | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}'
    )
}

fn has_foreign(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.chars().any(is_foreign))
}

//! Character sets by collation id, as far as literals need them.

/// A character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Charset(&'static str);

/// Character sets by their collations.
const COLLATIONS: &[(&str, &[u16])] = &[
    ("latin1", &[5, 8, 15, 31, 47, 48, 49, 94]),
    ("ascii", &[11, 65]),
    ("utf8mb3", &[33, 83, 76, 192, 214, 223]),
    ("utf8mb4", &[45, 46]),
    ("gbk", &[28, 87]),
    ("binary", &[63]),
];

impl Charset {
    /// Returns the character set of a collation, if it is known.
    pub(crate) fn of_collation(collation: u16) -> Option<Self> {
        if (224..=323).contains(&collation) {
            return Some(Self("utf8mb4"));
        }
        COLLATIONS.iter().find(|(_, ids)| ids.contains(&collation)).map(|(name, _)| Self(name))
    }

    /// Returns MySQL's name of it.
    pub(crate) fn name(self) -> &'static str {
        self.0
    }

    /// Tells whether its bytes are UTF-8.
    pub(crate) fn is_utf8(self) -> bool {
        matches!(self.0, "utf8mb3" | "utf8mb4" | "ascii")
    }

    /// Tells whether it is latin1.
    pub(crate) fn is_latin1(self) -> bool {
        self.0 == "latin1"
    }

    /// Returns the text that bytes stand for.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<String, std::str::Utf8Error> {
        std::str::from_utf8(bytes).map(str::to_owned)
    }
}

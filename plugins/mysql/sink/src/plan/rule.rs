//! When two values of a key column are surely different: equality that is at least as coarse as the target's.

use tidegate_model::{
    ColumnKind,
    charset::{Case, Charset, Collation},
};

/// How the values of a key part are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartRule {
    /// The target column.
    pub(crate) column: usize,
    /// How many characters (bytes, for [`Class::Bytes`]) count, if not all.
    pub(crate) prefix: Option<u32>,
    /// What the values are.
    pub(crate) class: Class,
}

/// Values that compare alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Whole numbers of any width, ENUM, SET, BIT and YEAR too: the number.
    Integer,
    /// DECIMAL: the number, whatever its scale.
    Decimal,
    /// FLOAT and DOUBLE.
    Float,
    /// DATE, DATETIME, TIMESTAMP, TIME: the number that holds it.
    Moment,
    /// Binary strings, byte by byte.
    Bytes,
    /// Text that the target compares by code point: byte by byte, without spaces at the end.
    Text {
        /// Whether the text is UTF-8, for counting the characters of a prefix.
        utf8: bool,
    },
    /// Text that the target compares loosely: printable ASCII without case.
    Folded {
        /// Whether the text is UTF-8, so that Han characters can be told apart.
        utf8: bool,
    },
}

/// Endings of the names of collations where printable ASCII characters are equal only to themselves and their other case.
/// Collations of languages are not here: Lithuanian, for one, takes `i` for `y`.
const FOLDING: &[&str] = &[
    "_general_ci",
    "_general_cs",
    "_unicode_ci",
    "_unicode_520_ci",
    "_0900_ai_ci",
    "_0900_as_ci",
    "_0900_as_cs",
    "_swedish_ci",
    "_uca1400_ai_ci",
    "_uca1400_as_ci",
    "_uca1400_ai_cs",
    "_uca1400_as_cs",
];

/// Returns the class of a key column: `source` are the kinds that its values have in the window, `target` is the target
/// column's. `None` if we do not know how the target compares them.
pub(crate) fn class<'a>(
    target: &ColumnKind,
    prefix: Option<u32>,
    source: impl Iterator<Item = &'a ColumnKind>,
) -> Option<Class> {
    let mut kinds: Vec<&ColumnKind> = Vec::new();
    for kind in source {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut classes = kinds.iter().map(|kind| class_of(target, prefix, kind, kinds.len() > 1));
    let first = classes.next()??;
    classes.all(|class| class == Some(first)).then_some(first)
}

/// Tells whether values of `source` are told apart as, or more coarsely than, a target column does.
pub(crate) fn is_comparable(target: &ColumnKind, prefix: Option<u32>, source: &ColumnKind) -> bool {
    class_of(target, prefix, source, false).is_some()
}

/// `mixed` tells that the values come in several kinds.
fn class_of(target: &ColumnKind, prefix: Option<u32>, source: &ColumnKind, mixed: bool) -> Option<Class> {
    use ColumnKind as K;
    match (source, target) {
        (K::Int { .. }, K::Int { .. }) | (K::Bit { .. }, K::Bit { .. }) | (K::Year, K::Year) => {
            Some(Class::Integer)
        }
        (K::Enum { .. }, K::Enum { .. }) | (K::Set { .. }, K::Set { .. }) if !mixed => Some(Class::Integer),
        (K::Decimal { .. }, K::Decimal { .. }) => Some(Class::Decimal),
        (K::Float { .. } | K::Double { .. }, K::Float { .. } | K::Double { .. }) => Some(Class::Float),
        (K::Date, K::Date)
        | (K::DateTime { .. }, K::DateTime { .. })
        | (K::Timestamp { .. }, K::Timestamp { .. })
        | (K::Time { .. }, K::Time { .. }) => Some(Class::Moment),
        (
            K::Binary { .. } | K::Varbinary { .. } | K::Blob { .. },
            K::Binary { .. } | K::Varbinary { .. } | K::Blob { .. },
        )
        | (K::Fixed { .. }, K::Fixed { .. }) => Some(Class::Bytes),
        (
            K::Char { collation: from, .. }
            | K::Varchar { collation: from, .. }
            | K::Text { collation: from, .. },
            K::Char { collation: to, .. } | K::Varchar { collation: to, .. } | K::Text { collation: to, .. },
        ) => text_class(*from, *to, prefix.is_some()),
        _ => None,
    }
}

fn text_class(from: u16, to: u16, has_prefix: bool) -> Option<Class> {
    let (from, to) = (Collation::by_id(from)?, Collation::by_id(to)?);
    let utf8 = is_utf8(from.charset);
    let known_width = utf8 || matches!(from.charset, Charset::Latin1 | Charset::Ascii);
    let binary = to.case == Case::Binary;
    let same = from.charset == to.charset || (utf8 && is_utf8(to.charset));
    if binary && same && (!has_prefix || known_width) {
        return Some(Class::Text { utf8 });
    }
    let name = to.name.replace("_nopad", "");
    let family = matches!(to.charset, Charset::Utf8mb4 | Charset::Utf8mb3 | Charset::Latin1 | Charset::Ascii);
    // `latin1_swedish_ci`, but not `utf8mb4_swedish_ci`, which takes `w` for `v`.
    let plain = !name.ends_with("_swedish_ci") || to.charset == Charset::Latin1;
    let folding = family && plain && FOLDING.iter().any(|ending| is_named(&name, to.charset, ending));
    (known_width && (binary || folding)).then_some(Class::Folded { utf8 })
}

/// Tells whether a collation's name is that of its character set and this ending, with no language between.
fn is_named(name: &str, charset: Charset, ending: &str) -> bool {
    name.strip_prefix(charset.name()) == Some(ending)
}

fn is_utf8(charset: Charset) -> bool {
    matches!(charset, Charset::Utf8mb3 | Charset::Utf8mb4)
}

impl Class {
    /// Tells whether values that this class tells apart, and only those, differ in their bytes.
    pub(crate) fn is_exact(self) -> bool {
        matches!(self, Self::Integer | Self::Moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::charset::Server;

    fn text(from: &str, to: &str, prefix: Option<u32>) -> Option<Class> {
        let kind = |name: &str| ColumnKind::Varchar {
            collation: Collation::by_name(name, Server::MySql).unwrap().id,
            length: 10,
        };
        class(&kind(to), prefix, [&kind(from)].into_iter())
    }

    #[test]
    fn collations_that_we_do_not_know_exactly_are_left_out() {
        assert_eq!(text("utf8mb4_0900_ai_ci", "utf8mb4_bin", None), Some(Class::Text { utf8: true }));
        assert_eq!(text("utf8mb4_bin", "utf8mb4_0900_ai_ci", None), Some(Class::Folded { utf8: true }));
        assert_eq!(text("latin1_bin", "utf8mb4_bin", None), Some(Class::Folded { utf8: false }));
        assert_eq!(text("latin1_bin", "latin1_swedish_ci", None), Some(Class::Folded { utf8: false }));
        assert_eq!(text("utf8mb4_bin", "utf8mb4_swedish_ci", None), None);
        assert_eq!(text("utf8mb4_bin", "utf8mb4_lithuanian_ci", None), None);
        assert_eq!(text("gbk_bin", "gbk_bin", None), Some(Class::Text { utf8: false }));
        assert_eq!(text("gbk_bin", "gbk_bin", Some(3)), None);
        assert_eq!(text("gbk_chinese_ci", "gbk_chinese_ci", None), None);
    }

    #[test]
    fn values_of_several_kinds_are_not_told_apart() {
        let int = ColumnKind::Int { width: tidegate_model::IntWidth::W32, unsigned: false };
        let wide = ColumnKind::Int { width: tidegate_model::IntWidth::W64, unsigned: true };
        let date = ColumnKind::Date;
        assert_eq!(class(&wide, None, [&int, &wide].into_iter()), Some(Class::Integer));
        assert_eq!(class(&wide, None, [&int, &date].into_iter()), None);
    }
}

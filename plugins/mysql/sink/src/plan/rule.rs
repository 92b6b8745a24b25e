//! When two values of a key column are surely different: equality that is at least as coarse as the target's.

use tidegate_model::ColumnKind;

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

/// Binary collations: those that compare code points.
const BINARY: &[u16] = &[46, 47, 65, 83, 87, 309];
/// Collations where printable ASCII characters are equal only to themselves and their other case: `general_ci`,
/// `unicode_ci`, `unicode_520_ci`, `0900_ai_ci`, `0900_as_ci`, `0900_as_cs` of utf8mb4, the first three of utf8mb3, and
/// the general ones of latin1 and ascii.
const FOLDING: &[u16] = &[45, 224, 246, 255, 278, 305, 33, 192, 214, 8, 48, 49, 11];
/// MariaDB's collations without padding have the id of their padding sibling plus this.
const NO_PAD: u16 = 1024;
const UTF8: &[u16] = &[45, 46, 224, 246, 255, 278, 305, 309, 33, 83, 192, 214];

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
        ) => Some(Class::Bytes),
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
    let plain = |collation: u16| collation.checked_sub(NO_PAD).filter(|id| *id < 256).unwrap_or(collation);
    let (from, to) = (plain(from), plain(to));
    let utf8 = UTF8.contains(&from);
    let ascii_based = utf8 || is_single_byte(from);
    if BINARY.contains(&to) && same_charset(from, to) && (!has_prefix || ascii_based) {
        return Some(Class::Text { utf8 });
    }
    let known = BINARY.contains(&to) || FOLDING.contains(&to);
    (known && ascii_based).then_some(Class::Folded { utf8 })
}

/// latin1 and ascii.
fn is_single_byte(collation: u16) -> bool {
    matches!(collation, 5 | 8 | 11 | 15 | 31 | 47 | 48 | 49 | 65 | 94)
}

/// Tells whether the bytes of one are those of the other; utf8mb3 is a part of utf8mb4.
fn same_charset(from: u16, to: u16) -> bool {
    (UTF8.contains(&from) && UTF8.contains(&to))
        || (matches!(from, 11 | 65) && matches!(to, 11 | 65))
        || (!matches!(from, 11 | 65) && is_single_byte(from) && !matches!(to, 11 | 65) && is_single_byte(to))
        || (matches!(from, 28 | 87) && to == 87)
}

impl Class {
    /// Tells whether values that this class tells apart, and only those, differ in their bytes.
    pub(crate) fn is_exact(self) -> bool {
        matches!(self, Self::Integer | Self::Moment)
    }
}

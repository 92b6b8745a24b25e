//! Whether a target column holds every value of a source column, exactly. Strict mode rejects bad values, but rounds
//! fractions and scales in silence.

use tidegate_model::{ColumnKind, IntWidth, SpatialType, charset::Charset};
use tidegate_mysql_connection::Flavor;

/// Says why `target` cannot hold every value of `source`; `None` if it can.
pub(crate) fn narrower(source: &ColumnKind, target: &ColumnKind, flavor: Flavor) -> Option<String> {
    use ColumnKind as K;
    match (source, target) {
        _ if source == target => None,
        (K::Int { .. }, K::Int { .. }) => {
            let ((low, high), (least, most)) = (range(source), range(target));
            (low < least || high > most).then(|| "it has a smaller range of numbers".to_owned())
        }
        (K::Int { .. }, K::Decimal { precision, scale, .. }) => {
            (u32::from(precision - scale) < 20).then(|| "it has too few digits".to_owned())
        }
        (
            K::Decimal { precision, scale, unsigned },
            K::Decimal { precision: digits, scale: fraction, unsigned: positive },
        ) => {
            if fraction < scale {
                Some(format!("it has {fraction} digits behind the point instead of {scale}"))
            } else if digits - fraction < precision - scale {
                Some("it has fewer digits before the point".to_owned())
            } else {
                (*positive && !*unsigned).then(|| "it is unsigned".to_owned())
            }
        }
        (K::Float { .. }, K::Float { .. } | K::Double { .. }) | (K::Double { .. }, K::Double { .. }) => None,
        (K::Double { .. }, K::Float { .. }) => Some("it is a FLOAT instead of a DOUBLE".to_owned()),
        (K::DateTime { fsp }, K::DateTime { fsp: digits })
        | (K::Timestamp { fsp }, K::Timestamp { fsp: digits } | K::DateTime { fsp: digits })
        | (K::Time { fsp }, K::Time { fsp: digits }) => {
            (digits < fsp).then(|| format!("it has {digits} digits of fractional seconds instead of {fsp}"))
        }
        (K::Date, K::DateTime { .. }) => None,
        (K::Bit { bits }, K::Bit { bits: width }) => (width < bits).then(|| format!("it has {width} bits")),
        (K::Enum { members, .. }, K::Enum { members: own, .. }) => {
            let lacks = members.iter().find(|member| !own.contains(member))?;
            Some(format!("it lacks the member '{lacks}'"))
        }
        (K::Set { members, .. }, K::Set { members: own, .. }) => {
            (!own.starts_with(members)).then(|| "its members are others, or in another order".to_owned())
        }
        (K::Geometry { .. }, K::Geometry { spatial: SpatialType::Geometry }) => None,
        (K::Json, K::Text { length_bytes: 4, .. }) if flavor == Flavor::MariaDb => None,
        (K::Vector { dimensions }, K::Vector { dimensions: own }) => {
            (own < dimensions).then(|| format!("it has {own} dimensions"))
        }
        _ => strings(source, target),
    }
}

fn range(kind: &ColumnKind) -> (i128, i128) {
    let ColumnKind::Int { width, unsigned } = kind else { return (0, 0) };
    let bits = match width {
        IntWidth::W8 => 8,
        IntWidth::W16 => 16,
        IntWidth::W24 => 24,
        IntWidth::W32 => 32,
        IntWidth::W64 => 64,
    };
    if *unsigned { (0, (1 << bits) - 1) } else { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) }
}

/// How much a string column holds.
#[derive(Clone, Copy)]
struct Room {
    text: bool,
    /// 0: not known.
    characters: u64,
    bytes: u64,
    /// Shorter values are filled up.
    padded: bool,
}

fn room(kind: &ColumnKind) -> Option<Room> {
    use ColumnKind as K;
    let width = |collation: u16| {
        Charset::of_collation(collation).map_or(4, |charset| u64::from(charset.max_bytes_per_char()))
    };
    let lob = |length_bytes: u8| 256_u64.saturating_pow(length_bytes.into()) - 1;
    Some(match kind {
        K::Char { collation, length } | K::Varchar { collation, length } => {
            let characters = u64::from(*length);
            Room { text: true, characters, bytes: characters * width(*collation), padded: false }
        }
        // Written as text, which is ASCII.
        K::Fixed { fixed } => {
            let characters = u64::from(fixed.characters());
            Room { text: true, characters, bytes: characters, padded: false }
        }
        K::Text { collation, length_bytes } => {
            let bytes = lob(*length_bytes);
            Room { text: true, characters: bytes / width(*collation), bytes, padded: false }
        }
        K::Binary { length } => {
            Room { text: false, characters: (*length).into(), bytes: (*length).into(), padded: true }
        }
        K::Varbinary { length } => {
            Room { text: false, characters: (*length).into(), bytes: (*length).into(), padded: false }
        }
        K::Blob { length_bytes } => {
            let bytes = lob(*length_bytes);
            Room { text: false, characters: bytes, bytes, padded: false }
        }
        _ => return None,
    })
}

fn strings(source: &ColumnKind, target: &ColumnKind) -> Option<String> {
    let (Some(from), Some(to)) = (room(source), room(target)) else {
        return Some("it is of another type".to_owned());
    };
    if from.text != to.text {
        return Some(format!("it holds {}", if to.text { "text" } else { "binary strings" }));
    }
    if from.bytes == 0 || to.bytes == 0 {
        return None;
    }
    let fits = if from.text && matches!(source, ColumnKind::Text { .. }) {
        to.bytes >= from.bytes
    } else {
        to.characters >= from.characters
    };
    if !fits {
        return Some("it is shorter".to_owned());
    }
    if matches!(target, ColumnKind::Char { .. })
        && matches!(source, ColumnKind::Varchar { .. } | ColumnKind::Text { .. })
    {
        return Some("it is a CHAR, which loses spaces at the end".to_owned());
    }
    (to.padded && !(from.padded && to.bytes == from.bytes))
        .then(|| "it would fill values up with zero bytes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow(source: &str, target: &str) -> bool {
        let read = |text| crate::target::column_type::read(text, 255).unwrap();
        narrower(&read(source), &read(target), Flavor::MySql).is_some()
    }

    #[test]
    fn what_would_be_rounded_or_cut_in_silence_is_narrower() {
        for (source, target) in [
            ("int", "smallint"),
            ("int", "int unsigned"),
            ("int unsigned", "int"),
            ("decimal(10,2)", "decimal(10,1)"),
            ("decimal(10,2)", "decimal(10,4)"),
            ("double", "float"),
            ("datetime(6)", "datetime(3)"),
            ("time(1)", "time"),
            ("varchar(20)", "varchar(19)"),
            ("text", "varchar(100)"),
            ("text", "tinytext"),
            ("varchar(5)", "char(5)"),
            ("tinytext", "char(255)"),
            ("binary(4)", "binary(8)"),
            ("varbinary(4)", "binary(4)"),
            ("enum('a','b')", "enum('a')"),
            ("set('a','b')", "set('b','a')"),
            ("varchar(5)", "int"),
            ("varchar(5)", "varbinary(50)"),
            ("datetime", "timestamp"),
        ] {
            assert!(narrow(source, target), "{source} into {target}");
        }
    }

    #[test]
    fn what_holds_everything_is_not() {
        for (source, target) in [
            ("int", "bigint"),
            ("int unsigned", "bigint"),
            ("decimal(10,2)", "decimal(12,4)"),
            ("float", "double"),
            ("timestamp(3)", "datetime(6)"),
            ("char(5)", "varchar(5)"),
            ("char(5)", "char(10)"),
            ("varchar(20)", "text"),
            ("binary(4)", "varbinary(4)"),
            ("enum('a','b')", "enum('b','c','a')"),
            ("set('a','b')", "set('a','b','c')"),
        ] {
            assert!(!narrow(source, target), "{source} into {target}");
        }
    }
}

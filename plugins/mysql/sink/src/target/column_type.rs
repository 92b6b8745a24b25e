//! Reads `information_schema.columns.column_type`.

use std::sync::Arc;
use tidegate_model::{ColumnKind, FixedType, IntWidth, SpatialType};

/// Returns the kind of a column from its type as the server writes it, such as `decimal(10,2) unsigned`; `None` for a
/// type that is not known.
pub(crate) fn read(text: &str, collation: u16) -> Option<ColumnKind> {
    let lowered = text.to_ascii_lowercase();
    let end = lowered.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(lowered.len());
    let name = &lowered[..end];
    let unsigned = lowered[end..].split_whitespace().any(|word| word == "unsigned" || word == "zerofill");
    let arguments = arguments(&lowered[end..]);
    let first = arguments.first().copied();
    let length = first.unwrap_or(0);
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let fsp = small(first.unwrap_or(0));
    let int = |width| ColumnKind::Int { width, unsigned };
    let text_kind = |length_bytes| ColumnKind::Text { collation, length_bytes };
    Some(match name {
        "tinyint" | "bool" | "boolean" => int(IntWidth::W8),
        "smallint" => int(IntWidth::W16),
        "mediumint" => int(IntWidth::W24),
        "int" | "integer" => int(IntWidth::W32),
        "bigint" => int(IntWidth::W64),
        "bit" => ColumnKind::Bit { bits: small(first.unwrap_or(1)) },
        "year" => ColumnKind::Year,
        "decimal" | "numeric" => {
            let scale = small(arguments.get(1).copied().unwrap_or(0));
            ColumnKind::Decimal { precision: small(first.unwrap_or(10)), scale, unsigned }
        }
        "float" => ColumnKind::Float { unsigned },
        "double" | "real" => ColumnKind::Double { unsigned },
        "date" => ColumnKind::Date,
        "datetime" => ColumnKind::DateTime { fsp },
        "timestamp" => ColumnKind::Timestamp { fsp },
        "time" => ColumnKind::Time { fsp },
        "char" => ColumnKind::Char { collation, length },
        "varchar" => ColumnKind::Varchar { collation, length },
        "tinytext" => text_kind(1),
        "text" => text_kind(2),
        "mediumtext" => text_kind(3),
        "longtext" => text_kind(4),
        "binary" => ColumnKind::Binary { length },
        "varbinary" => ColumnKind::Varbinary { length },
        "tinyblob" => ColumnKind::Blob { length_bytes: 1 },
        "blob" => ColumnKind::Blob { length_bytes: 2 },
        "mediumblob" => ColumnKind::Blob { length_bytes: 3 },
        "longblob" => ColumnKind::Blob { length_bytes: 4 },
        "enum" => ColumnKind::Enum { members: members(&text[end..]), collation },
        "set" => ColumnKind::Set { members: members(&text[end..]), collation },
        "json" => ColumnKind::Json,
        "vector" => ColumnKind::Vector { dimensions: length },
        _ if let Some(fixed) = FixedType::by_name(name) => ColumnKind::Fixed { fixed },
        _ => ColumnKind::Geometry { spatial: spatial(name)? },
    })
}

/// Returns how many digits a FLOAT(M,D) or DOUBLE(M,D) keeps behind the point.
pub(crate) fn digits(text: &str) -> Option<u8> {
    let lowered = text.to_ascii_lowercase();
    let rest = ["float", "double", "real"].iter().find_map(|name| lowered.strip_prefix(name))?;
    arguments(rest).get(1).and_then(|digits| u8::try_from(*digits).ok())
}

fn spatial(name: &str) -> Option<SpatialType> {
    Some(match name {
        "geometry" => SpatialType::Geometry,
        "point" => SpatialType::Point,
        "linestring" => SpatialType::LineString,
        "polygon" => SpatialType::Polygon,
        "multipoint" => SpatialType::MultiPoint,
        "multilinestring" => SpatialType::MultiLineString,
        "multipolygon" => SpatialType::MultiPolygon,
        "geometrycollection" | "geomcollection" => SpatialType::GeometryCollection,
        _ => return None,
    })
}

/// The numbers between the parentheses.
fn arguments(rest: &str) -> Vec<u32> {
    let inside =
        rest.trim_start().strip_prefix('(').and_then(|rest| rest.split(')').next()).unwrap_or_default();
    inside.split(',').map_while(|number| number.trim().parse().ok()).collect()
}

/// The quoted members between the parentheses; the server doubles quotes within them and escapes nothing else.
fn members(rest: &str) -> Arc<[Arc<str>]> {
    let mut members: Vec<Arc<str>> = Vec::new();
    let mut current: Option<String> = None;
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        match (&mut current, character) {
            (None, '\'') => current = Some(String::new()),
            (None, _) => {}
            (Some(member), '\'') if characters.peek() == Some(&'\'') => {
                characters.next();
                member.push('\'');
            }
            (Some(member), '\'') => {
                members.push(member.as_str().into());
                current = None;
            }
            (Some(member), other) => member.push(other),
        }
    }
    members.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_the_servers_write_them() {
        let read = |text| read(text, 255).unwrap();
        assert_eq!(read("int(10) unsigned"), ColumnKind::Int { width: IntWidth::W32, unsigned: true });
        assert_eq!(read("decimal(65,30)"), ColumnKind::Decimal { precision: 65, scale: 30, unsigned: false });
        assert_eq!(read("datetime(3)"), ColumnKind::DateTime { fsp: 3 });
        assert_eq!(read("timestamp"), ColumnKind::Timestamp { fsp: 0 });
        assert_eq!(read("bit(64)"), ColumnKind::Bit { bits: 64 });
        assert_eq!(digits("float(7,3)"), Some(3));
        assert_eq!(digits("double(10,0) unsigned"), Some(0));
        assert_eq!((digits("float"), digits("float(7)"), digits("decimal(7,3)")), (None, None, None));
        assert_eq!(read("varchar(20)"), ColumnKind::Varchar { collation: 255, length: 20 });
        let ColumnKind::Enum { members, .. } = read("enum('A','b''c','','d,e)')") else { panic!() };
        assert_eq!(&*members, ["A".into(), "b'c".into(), "".into(), "d,e)".into()] as [Arc<str>; 4]);
    }
}

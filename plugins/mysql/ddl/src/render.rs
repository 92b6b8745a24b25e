//! A table schema written as CREATE TABLE, for `CREATE TABLE … LIKE` a table that the target does not have.

use std::{fmt::Write, sync::Arc};
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, IntWidth, Key, KeyKind, KeyPart, Session, SpatialType, TableName,
    TableSchema, charset::Collation,
};

/// Why a table schema cannot be written as CREATE TABLE.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table} cannot be written as CREATE TABLE: {reason}")]
pub struct RenderError {
    /// The table.
    pub table: TableName,
    /// What of it.
    pub reason: String,
}

/// Writes `schema` as a CREATE TABLE of a table called `name`, to be run in `session`.
///
/// Foreign keys are left out, as `CREATE TABLE … LIKE` does. Whether the table schema says all that matters of its
/// table is told by [`crate::Tracker::is_lossless`].
///
/// # Errors
///
/// A table schema that lacks defaults, keys or collations, or has generated columns, whose expressions it does not say.
pub fn render(schema: &TableSchema, name: &TableName, session: &Session) -> Result<String, RenderError> {
    let refused = |reason: String| RenderError { table: schema.name.clone(), reason };
    if !schema.complete {
        return Err(refused("only what row events tell of it is known".to_owned()));
    }
    let mut lines = Vec::with_capacity(schema.columns.len() + schema.keys.len());
    for column in &schema.columns {
        lines.push(column_line(column, session).map_err(refused)?);
    }
    for key in &schema.keys {
        lines.push(key_line(key, schema).map_err(refused)?);
    }
    let mut text = format!("CREATE TABLE {} (\n  {}\n)", name.quoted(), lines.join(",\n  "));
    if let Some(collation) = Collation::by_id(schema.collation) {
        // Writing to a String cannot fail.
        let _ =
            write!(text, " DEFAULT CHARACTER SET {} COLLATE {}", collation.charset.name(), collation.name);
    }
    Ok(text)
}

fn column_line(column: &Column, session: &Session) -> Result<String, String> {
    if column.generated.is_some() {
        return Err(format!("the expression of the generated column {} is not known", column.name));
    }
    let mut line =
        format!("{} {}", quoted(&column.name), type_text(&column.kind, |member| string(member, session)));
    if let Some(id) = column.kind.collation() {
        let Some(collation) = Collation::by_id(id) else {
            return Err(format!("the collation of the column {} is not known", column.name));
        };
        let _ = write!(line, " CHARACTER SET {} COLLATE {}", collation.charset.name(), collation.name);
    }
    // AUTO_INCREMENT is NOT NULL unless NULL is said behind it.
    if column.auto_increment {
        line.push_str(" AUTO_INCREMENT");
    }
    line.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
    match &column.default {
        ColumnDefault::Unknown => {
            return Err(format!("the default of the column {} is not known", column.name));
        }
        ColumnDefault::Absent => {}
        ColumnDefault::Null => line.push_str(" DEFAULT NULL"),
        ColumnDefault::Literal(text) => {
            let _ = write!(line, " DEFAULT {}", string(text, session));
        }
        ColumnDefault::Expression(text) => {
            let _ = write!(line, " DEFAULT {text}");
        }
    }
    if column.invisible {
        line.push_str(" INVISIBLE");
    }
    Ok(line)
}

fn key_line(key: &Key, schema: &TableSchema) -> Result<String, String> {
    let mut parts = Vec::with_capacity(key.parts.len());
    for part in &key.parts {
        parts.push(match part {
            KeyPart::Expression(text) => format!("({text})"),
            KeyPart::Column { column, prefix } => {
                let Some(column) = schema.columns.get(*column) else {
                    return Err(format!("the key {} names a column that is not there", key.name));
                };
                let prefix = prefix.map(|length| format!("({length})")).unwrap_or_default();
                format!("{}{prefix}", quoted(&column.name))
            }
        });
    }
    let parts = parts.join(", ");
    Ok(match key.kind {
        KeyKind::Primary => format!("PRIMARY KEY ({parts})"),
        KeyKind::Unique => format!("UNIQUE KEY {} ({parts})", quoted(&key.name)),
        KeyKind::Index => format!("KEY {} ({parts})", quoted(&key.name)),
    })
}

/// Writes a type as MySQL 8's `information_schema.columns.column_type` does, without display widths.
pub fn column_type(kind: &ColumnKind) -> String {
    type_text(kind, |member| format!("'{}'", member.replace('\'', "''")))
}

fn type_text(kind: &ColumnKind, quote: impl Fn(&str) -> String) -> String {
    let list =
        |members: &[Arc<str>]| members.iter().map(|member| quote(member)).collect::<Vec<_>>().join(",");
    let unsigned = |unsigned: bool| if unsigned { " unsigned" } else { "" };
    let fraction = |name: &str, fsp: u8| if fsp == 0 { name.to_owned() } else { format!("{name}({fsp})") };
    let sized = |length_bytes: u8, name: &str| match length_bytes {
        1 => format!("tiny{name}"),
        2 => name.to_owned(),
        3 => format!("medium{name}"),
        _ => format!("long{name}"),
    };
    match kind {
        ColumnKind::Int { width, unsigned: sign } => format!("{}{}", integer(*width), unsigned(*sign)),
        ColumnKind::Bit { bits } => format!("bit({bits})"),
        ColumnKind::Year => "year".to_owned(),
        ColumnKind::Decimal { precision, scale, unsigned: sign } => {
            format!("decimal({precision},{scale}){}", unsigned(*sign))
        }
        ColumnKind::Float { unsigned: sign } => format!("float{}", unsigned(*sign)),
        ColumnKind::Double { unsigned: sign } => format!("double{}", unsigned(*sign)),
        ColumnKind::Date => "date".to_owned(),
        ColumnKind::DateTime { fsp } => fraction("datetime", *fsp),
        ColumnKind::Timestamp { fsp } => fraction("timestamp", *fsp),
        ColumnKind::Time { fsp } => fraction("time", *fsp),
        ColumnKind::Char { length, .. } => format!("char({length})"),
        ColumnKind::Varchar { length, .. } => format!("varchar({length})"),
        ColumnKind::Text { length_bytes, .. } => sized(*length_bytes, "text"),
        ColumnKind::Binary { length } => format!("binary({length})"),
        ColumnKind::Varbinary { length } => format!("varbinary({length})"),
        ColumnKind::Blob { length_bytes } => sized(*length_bytes, "blob"),
        ColumnKind::Enum { members, .. } => format!("enum({})", list(members)),
        ColumnKind::Set { members, .. } => format!("set({})", list(members)),
        ColumnKind::Json => "json".to_owned(),
        ColumnKind::Geometry { spatial } => geometry(*spatial).to_owned(),
        ColumnKind::Vector { dimensions } => format!("vector({dimensions})"),
        ColumnKind::Fixed { fixed } => fixed.name().to_owned(),
    }
}

const fn integer(width: IntWidth) -> &'static str {
    match width {
        IntWidth::W8 => "tinyint",
        IntWidth::W16 => "smallint",
        IntWidth::W24 => "mediumint",
        IntWidth::W32 => "int",
        IntWidth::W64 => "bigint",
    }
}

const fn geometry(spatial: SpatialType) -> &'static str {
    match spatial {
        SpatialType::Geometry => "geometry",
        SpatialType::Point => "point",
        SpatialType::LineString => "linestring",
        SpatialType::Polygon => "polygon",
        SpatialType::MultiPoint => "multipoint",
        SpatialType::MultiLineString => "multilinestring",
        SpatialType::MultiPolygon => "multipolygon",
        SpatialType::GeometryCollection => "geomcollection",
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn string(text: &str, session: &Session) -> String {
    let doubled = text.replace('\'', "''");
    let escaped = if session.no_backslash_escapes() { doubled } else { doubled.replace('\\', "\\\\") };
    format!("'{escaped}'")
}

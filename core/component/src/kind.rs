//! Columns, as the model and as the contract have them.

use crate::bindings::types;
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, FixedType, IntWidth, SpatialType, TableName,
    charset::{Charset, Collation, Defaults},
};

/// Returns a name as the contract has it.
pub(crate) fn name(name: &TableName) -> types::TableName {
    types::TableName { schema: name.schema.to_string(), table: name.table.to_string() }
}

/// Returns a name as the model has it.
pub(crate) fn model_name(name: types::TableName) -> TableName {
    TableName::new(name.schema, name.table)
}

/// Returns a column as the contract has it.
pub(crate) fn column(column: &Column) -> types::Column {
    types::Column {
        name: column.name.to_string(),
        kind: kind(&column.kind),
        nullable: column.nullable,
        generated: column.generated.is_some(),
    }
}

fn kind(kind: &ColumnKind) -> types::Kind {
    use types::Kind;
    match kind {
        ColumnKind::Int { width, unsigned } => {
            Kind::Int(types::IntKind { bits: bits(*width), unsigned: *unsigned })
        }
        ColumnKind::Bit { bits } => Kind::Bit(*bits),
        ColumnKind::Year => Kind::Year,
        ColumnKind::Decimal { precision, scale, unsigned } => {
            Kind::Decimal(types::DecimalKind { precision: *precision, scale: *scale, unsigned: *unsigned })
        }
        ColumnKind::Float { unsigned } => Kind::Float(*unsigned),
        ColumnKind::Double { unsigned } => Kind::Double(*unsigned),
        ColumnKind::Date => Kind::Date,
        ColumnKind::DateTime { fsp } => Kind::Datetime(*fsp),
        ColumnKind::Timestamp { fsp } => Kind::Timestamp(*fsp),
        ColumnKind::Time { fsp } => Kind::Time(*fsp),
        ColumnKind::Char { collation, length } => Kind::Char(text(*collation, *length)),
        ColumnKind::Varchar { collation, length } => Kind::Varchar(text(*collation, *length)),
        ColumnKind::Text { collation, length_bytes } => Kind::Text(types::LargeKind {
            charset: charset(*collation),
            collation: *collation,
            length_bytes: *length_bytes,
        }),
        ColumnKind::Binary { length } => Kind::Binary(*length),
        ColumnKind::Varbinary { length } => Kind::Varbinary(*length),
        ColumnKind::Blob { length_bytes } => Kind::Blob(*length_bytes),
        ColumnKind::Enum { members, collation } => Kind::Enumeration(member_kind(members, *collation)),
        ColumnKind::Set { members, collation } => Kind::Set(member_kind(members, *collation)),
        ColumnKind::Json => Kind::Json,
        ColumnKind::Geometry { spatial } => Kind::Geometry(spatial_kind(*spatial)),
        ColumnKind::Vector { dimensions } => Kind::Vector(*dimensions),
        ColumnKind::Fixed { fixed: FixedType::Inet4 } => Kind::Inet4,
        ColumnKind::Fixed { fixed: FixedType::Inet6 } => Kind::Inet6,
        ColumnKind::Fixed { fixed: FixedType::Uuid } => Kind::Uuid,
    }
}

const fn bits(width: IntWidth) -> u8 {
    match width {
        IntWidth::W8 => 8,
        IntWidth::W16 => 16,
        IntWidth::W24 => 24,
        IntWidth::W32 => 32,
        IntWidth::W64 => 64,
    }
}

fn charset(collation: u16) -> String {
    Charset::of_collation(collation).map(|charset| charset.name().to_owned()).unwrap_or_default()
}

fn text(collation: u16, length: u32) -> types::TextKind {
    types::TextKind { charset: charset(collation), collation, length }
}

fn member_kind(members: &[Arc<str>], collation: u16) -> types::MemberKind {
    let members = members.iter().map(|member| member.to_string()).collect();
    types::MemberKind { members, charset: charset(collation), collation }
}

const fn spatial_kind(spatial: SpatialType) -> types::SpatialKind {
    use types::SpatialKind;
    match spatial {
        SpatialType::Geometry => SpatialKind::Geometry,
        SpatialType::Point => SpatialKind::Point,
        SpatialType::LineString => SpatialKind::LineString,
        SpatialType::Polygon => SpatialKind::Polygon,
        SpatialType::MultiPoint => SpatialKind::MultiPoint,
        SpatialType::MultiLineString => SpatialKind::MultiLineString,
        SpatialType::MultiPolygon => SpatialKind::MultiPolygon,
        SpatialType::GeometryCollection => SpatialKind::GeometryCollection,
    }
}

/// Returns a column that a filter announces as the model has it; `like` is the input column that its values come from or
/// whose name it has.
///
/// # Errors
/// If MySQL has no such column: what is wrong with it.
pub(crate) fn model_column(
    announced: types::Column,
    like: Option<&Arc<Column>>,
) -> Result<Arc<Column>, String> {
    let kind = model_kind(announced.kind).map_err(|what| format!("column `{}`: {what}", announced.name))?;
    if let Some(like) = like
        && *like.name == *announced.name
        && like.kind == kind
        && like.nullable == announced.nullable
    {
        return Ok(like.clone());
    }
    if announced.name.is_empty() {
        return Err("a column without a name".to_owned());
    }
    Ok(Arc::new(Column {
        name: announced.name.into(),
        kind,
        nullable: announced.nullable,
        default: ColumnDefault::Unknown,
        generated: None,
        invisible: false,
        auto_increment: false,
    }))
}

fn model_kind(kind: types::Kind) -> Result<ColumnKind, String> {
    use types::Kind;
    Ok(match kind {
        Kind::Int(int) => ColumnKind::Int { width: width(int.bits)?, unsigned: int.unsigned },
        Kind::Bit(bits) => ColumnKind::Bit { bits: within("bits", bits, 1..=64)? },
        Kind::Year => ColumnKind::Year,
        Kind::Decimal(types::DecimalKind { precision, scale, unsigned }) => ColumnKind::Decimal {
            precision: within("digits", precision, 1..=65)?,
            scale: within("digits behind the point", scale, 0..=precision.min(30))?,
            unsigned,
        },
        Kind::Float(unsigned) => ColumnKind::Float { unsigned },
        Kind::Double(unsigned) => ColumnKind::Double { unsigned },
        Kind::Date => ColumnKind::Date,
        Kind::Datetime(fsp) => ColumnKind::DateTime { fsp: digits(fsp)? },
        Kind::Timestamp(fsp) => ColumnKind::Timestamp { fsp: digits(fsp)? },
        Kind::Time(fsp) => ColumnKind::Time { fsp: digits(fsp)? },
        Kind::Char(types::TextKind { charset, collation, length }) => {
            ColumnKind::Char { collation: collation_of(&charset, collation)?, length }
        }
        Kind::Varchar(types::TextKind { charset, collation, length }) => {
            ColumnKind::Varchar { collation: collation_of(&charset, collation)?, length }
        }
        Kind::Text(types::LargeKind { charset, collation, length_bytes }) => ColumnKind::Text {
            collation: collation_of(&charset, collation)?,
            length_bytes: within("bytes of length", length_bytes, 1..=4)?,
        },
        Kind::Binary(length) => ColumnKind::Binary { length },
        Kind::Varbinary(length) => ColumnKind::Varbinary { length },
        Kind::Blob(length_bytes) => {
            ColumnKind::Blob { length_bytes: within("bytes of length", length_bytes, 1..=4)? }
        }
        Kind::Enumeration(types::MemberKind { members, charset, collation }) => ColumnKind::Enum {
            members: members.into_iter().map(Arc::from).collect(),
            collation: collation_of(&charset, collation)?,
        },
        Kind::Set(types::MemberKind { members, charset, collation }) => ColumnKind::Set {
            members: members.into_iter().map(Arc::from).collect(),
            collation: collation_of(&charset, collation)?,
        },
        Kind::Json => ColumnKind::Json,
        Kind::Geometry(spatial) => ColumnKind::Geometry { spatial: model_spatial(spatial) },
        Kind::Vector(dimensions) => ColumnKind::Vector { dimensions },
        Kind::Inet4 => ColumnKind::Fixed { fixed: FixedType::Inet4 },
        Kind::Inet6 => ColumnKind::Fixed { fixed: FixedType::Inet6 },
        Kind::Uuid => ColumnKind::Fixed { fixed: FixedType::Uuid },
    })
}

fn width(bits: u8) -> Result<IntWidth, String> {
    Ok(match bits {
        8 => IntWidth::W8,
        16 => IntWidth::W16,
        24 => IntWidth::W24,
        32 => IntWidth::W32,
        64 => IntWidth::W64,
        _ => return Err(format!("MySQL has no integer of {bits} bits")),
    })
}

fn digits(fsp: u8) -> Result<u8, String> {
    within("digits behind the second", fsp, 0..=6)
}

fn within(what: &str, value: u8, range: std::ops::RangeInclusive<u8>) -> Result<u8, String> {
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(format!("{value} {what}; MySQL has {} to {}", range.start(), range.end()))
    }
}

/// Returns the collation: by its id, or the default one of the character set.
fn collation_of(charset: &str, collation: u16) -> Result<u16, String> {
    if collation == 0 && charset.is_empty() {
        return Ok(0);
    }
    if collation == 0 {
        let charset = Charset::by_name(charset).ok_or_else(|| format!("no character set `{charset}`"))?;
        return Ok(charset.default_collation(Defaults::MySql8));
    }
    match Collation::by_id(collation) {
        None => Err(format!("no collation {collation}")),
        Some(known) if !charset.is_empty() && known.charset.name() != charset => {
            Err(format!("collation {collation} is none of the character set `{charset}`"))
        }
        Some(_) => Ok(collation),
    }
}

const fn model_spatial(spatial: types::SpatialKind) -> SpatialType {
    use types::SpatialKind;
    match spatial {
        SpatialKind::Geometry => SpatialType::Geometry,
        SpatialKind::Point => SpatialType::Point,
        SpatialKind::LineString => SpatialType::LineString,
        SpatialKind::Polygon => SpatialType::Polygon,
        SpatialKind::MultiPoint => SpatialType::MultiPoint,
        SpatialKind::MultiLineString => SpatialType::MultiLineString,
        SpatialKind::MultiPolygon => SpatialType::MultiPolygon,
        SpatialKind::GeometryCollection => SpatialType::GeometryCollection,
    }
}

//! DM's events for columns that change: what the new definition takes from the old one.
//!
//! Source: TiDB DM, `AstToDDLEvent` and `needChangeColumnData`. Oddities are DM's and are kept, since people's filters
//! rely on them: a MODIFY that does not repeat PRIMARY KEY or UNIQUE "drops" it, and CHAR may shrink unnoticed.

use crate::{
    ColumnDefinition, Constraint, Definition, Flavor, KeyDefinitionKind, Place, Spec, StatementKind,
    collation::Rules, track::Collations,
};
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, DdlEvent, FixedType, IntWidth, KeyKind, KeyPart, Session, TableSchema,
    charset::Charset,
};

/// Gives MODIFY and CHANGE COLUMN their events by comparing with the table as it was; without it they stay
/// `alter table`, as with DM.
pub fn classify(definition: &mut Definition, table: Option<&TableSchema>, session: &Session, flavor: Flavor) {
    let (StatementKind::AlterTable(alter), Some(table)) = (&definition.kind, table) else {
        return;
    };
    let rules = Rules { session, flavor };
    for (spec, element) in alter.specs.iter().zip(&mut definition.statement.elements) {
        if let Spec::ChangeColumn { old, column, constraints, place, .. } = spec
            && let Some(event) = changed(rules, table, old, column, constraints, place)
        {
            element.event = event;
        }
    }
}

fn changed(
    rules: Rules<'_>,
    table: &TableSchema,
    old: &str,
    definition: &ColumnDefinition,
    constraints: &[Constraint],
    place: &Place,
) -> Option<DdlEvent> {
    let index = table.column(old)?;
    let before = table.columns.get(index)?;
    let collations = Collations { inherited: table.collation, forced: None };
    let after = rules.column(definition, collations).ok()?;
    if let Some(event) = narrowed(&before.kind, &after.kind) {
        return Some(event);
    }
    let says = |wanted: KeyDefinitionKind| {
        constraints.iter().any(|constraint| matches!(constraint, Constraint::Key(key) if key.kind == wanted))
    };
    let charset = |column: &Column| column.kind.collation().and_then(Charset::of_collation);
    Some(if before.auto_increment && !after.auto_increment {
        DdlEvent::RemoveAutoIncrement
    } else if is_key(table, index, KeyKind::Primary) && !says(KeyDefinitionKind::Primary) {
        DdlEvent::DropPrimaryKey
    } else if is_key(table, index, KeyKind::Unique) && !says(KeyDefinitionKind::Unique) {
        DdlEvent::DropUniqueKey
    } else if value(&before.default) != value(&after.default) {
        DdlEvent::ModifyDefaultValue
    } else if charset(before) != charset(&after) {
        DdlEvent::ModifyCharset
    } else if before.kind.collation() != after.kind.collation() {
        DdlEvent::ModifyCollation
    } else if *place != Place::Unsaid {
        DdlEvent::ModifyColumnsOrder
    } else if before.name.to_lowercase() != after.name.to_lowercase() {
        DdlEvent::RenameColumn
    } else {
        return None;
    })
}

/// Tells whether the column is of the primary key, or a unique key by itself.
fn is_key(table: &TableSchema, index: usize, kind: KeyKind) -> bool {
    table
        .keys
        .iter()
        .filter(|key| key.kind == kind && (kind == KeyKind::Primary || key.parts.len() == 1))
        .any(|key| {
            key.parts.iter().any(|part| matches!(part, KeyPart::Column { column, .. } if *column == index))
        })
}

/// Returns a default's value: no default and NULL are the same to DM.
fn value(default: &ColumnDefault) -> Option<&Arc<str>> {
    match default {
        ColumnDefault::Literal(text) | ColumnDefault::Expression(text) => Some(text),
        ColumnDefault::Unknown | ColumnDefault::Absent | ColumnDefault::Null => None,
    }
}

/// MySQL's types as DM tells them apart: text and bytes are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Int(IntWidth),
    Decimal,
    Enum,
    Set,
    String,
    Varchar,
    Blob(u8),
    Other(u8),
}

fn sort(kind: &ColumnKind) -> Sort {
    match kind {
        ColumnKind::Int { width, .. } => Sort::Int(*width),
        ColumnKind::Decimal { .. } => Sort::Decimal,
        ColumnKind::Enum { .. } => Sort::Enum,
        ColumnKind::Set { .. } => Sort::Set,
        ColumnKind::Char { .. } | ColumnKind::Binary { .. } => Sort::String,
        ColumnKind::Varchar { .. } | ColumnKind::Varbinary { .. } => Sort::Varchar,
        ColumnKind::Text { length_bytes, .. } | ColumnKind::Blob { length_bytes } => {
            Sort::Blob(*length_bytes)
        }
        ColumnKind::Bit { .. } => Sort::Other(0),
        ColumnKind::Year => Sort::Other(1),
        ColumnKind::Float { .. } => Sort::Other(2),
        ColumnKind::Double { .. } => Sort::Other(3),
        ColumnKind::Date => Sort::Other(4),
        ColumnKind::DateTime { .. } => Sort::Other(5),
        ColumnKind::Timestamp { .. } => Sort::Other(6),
        ColumnKind::Time { .. } => Sort::Other(7),
        ColumnKind::Json => Sort::Other(8),
        ColumnKind::Geometry { .. } => Sort::Other(9),
        ColumnKind::Vector { .. } => Sort::Other(10),
        ColumnKind::Fixed { fixed: FixedType::Inet4 } => Sort::Other(11),
        ColumnKind::Fixed { fixed: FixedType::Inet6 } => Sort::Other(12),
        ColumnKind::Fixed { fixed: FixedType::Uuid } => Sort::Other(13),
    }
}

/// Returns a type's length and number of fractional digits, for comparing within a sort.
fn size(kind: &ColumnKind) -> (u64, u8) {
    match kind {
        ColumnKind::Bit { bits } => (u64::from(*bits), 0),
        ColumnKind::DateTime { fsp } | ColumnKind::Timestamp { fsp } | ColumnKind::Time { fsp } => {
            (u64::from(*fsp), *fsp)
        }
        ColumnKind::Char { length, .. }
        | ColumnKind::Varchar { length, .. }
        | ColumnKind::Binary { length }
        | ColumnKind::Varbinary { length } => (u64::from(*length), 0),
        ColumnKind::Text { length_bytes, .. } | ColumnKind::Blob { length_bytes } => {
            ((1_u64 << (8 * u32::from(*length_bytes))) - 1, 0)
        }
        _ => (0, 0),
    }
}

fn is_unsigned(kind: &ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Int { unsigned: true, .. }
            | ColumnKind::Decimal { unsigned: true, .. }
            | ColumnKind::Float { unsigned: true }
            | ColumnKind::Double { unsigned: true }
    )
}

/// Returns the event of a change after which stored values may not fit.
fn narrowed(before: &ColumnKind, after: &ColumnKind) -> Option<DdlEvent> {
    let sign = is_unsigned(before) != is_unsigned(after);
    let ((length_before, scale_before), (length, scale)) = (size(before), size(after));
    let shorter = length < length_before || scale < scale_before || sign;
    match (sort(before), sort(after)) {
        (Sort::Decimal, Sort::Decimal) => (before != after).then_some(DdlEvent::PrecisionDecrease),
        (Sort::Enum, Sort::Enum) | (Sort::Set, Sort::Set) => {
            (!begins(before, after)).then_some(DdlEvent::ValueRangeDecrease)
        }
        (Sort::Int(a), Sort::Int(b)) if a == b => sign.then_some(DdlEvent::PrecisionDecrease),
        (Sort::Int(a), Sort::Int(b)) => (sign || b < a).then_some(DdlEvent::ValueRangeDecrease),
        (Sort::String, Sort::String) => {
            let padded = matches!(before, ColumnKind::Binary { .. });
            (padded && length != length_before).then_some(DdlEvent::PrecisionDecrease)
        }
        (a, b) if a == b => shorter.then_some(DdlEvent::ValueRangeDecrease),
        (Sort::String, Sort::Varchar) | (Sort::Varchar, Sort::String) => Some(DdlEvent::ModifyColumn),
        (Sort::String | Sort::Varchar | Sort::Blob(_), Sort::String | Sort::Varchar | Sort::Blob(_)) => {
            shorter.then_some(DdlEvent::ModifyColumn)
        }
        _ => Some(DdlEvent::ModifyColumn),
    }
}

/// Tells whether the members before are the first ones after.
fn begins(before: &ColumnKind, after: &ColumnKind) -> bool {
    let members = |kind: &ColumnKind| match kind {
        ColumnKind::Enum { members, .. } | ColumnKind::Set { members, .. } => Some(members.clone()),
        _ => None,
    };
    match (members(before), members(after)) {
        (Some(before), Some(after)) => after.starts_with(&before),
        _ => false,
    }
}

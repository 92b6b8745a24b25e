//! Table schemas from `SHOW CREATE TABLE`.

use crate::{Flavor, Parsed, StatementKind, collation::Rules, parse};
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, Session, TableSchema};

/// Why a table cannot be taken from its definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the table's definition cannot be used: {0}")]
pub struct ShowCreateError(String);

/// Returns the table whose definition a server of this flavor shows as `sql` (`SHOW CREATE TABLE`).
///
/// `session` gives the table's schema, as the default schema, and the SQL mode in which the server was asked: neither
/// can be told from the text.
///
/// # Errors
///
/// What is no table's definition, or has what no table schema can say.
pub fn from_show_create(
    sql: &str,
    session: &Session,
    flavor: Flavor,
) -> Result<TableSchema, ShowCreateError> {
    let parsed = parse(sql, session, flavor).map_err(|error| ShowCreateError(error.to_string()))?;
    let mut create = match parsed {
        Parsed::Ddl(definition) => match definition.kind {
            StatementKind::CreateTable(create) => create,
            _ => return Err(ShowCreateError("it is no CREATE TABLE".to_owned())),
        },
        _ => return Err(ShowCreateError("it is no CREATE TABLE".to_owned())),
    };
    // Servers write NOT NULL where it is; what says nothing may be NULL, even if it is AUTO_INCREMENT.
    for column in &mut create.columns {
        let text = sql.get(column.span.clone()).unwrap_or_default();
        column.nullable = Some(column.nullable != Some(false) || !text.contains(" NOT NULL"));
    }
    let rules = Rules { session, flavor };
    let (mut schema, _) = rules
        .create(&create, 0)
        .and_then(crate::track::Draft::finish)
        .map_err(|reason| ShowCreateError(reason.to_string()))?;
    // Servers write DEFAULT NULL where there is such a default; what says nothing has none.
    for (column, definition) in schema.columns.iter_mut().zip(&create.columns) {
        if definition.default.is_none() && column.default == ColumnDefault::Null && !is_silent(&column.kind) {
            *column = Arc::new(Column { default: ColumnDefault::Absent, ..Column::clone(column) });
        }
    }
    Ok(schema)
}

/// Tells whether MySQL leaves DEFAULT NULL out for columns of this kind.
fn is_silent(kind: &ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Text { .. }
            | ColumnKind::Blob { .. }
            | ColumnKind::Json
            | ColumnKind::Geometry { .. }
            | ColumnKind::Vector { .. }
    )
}

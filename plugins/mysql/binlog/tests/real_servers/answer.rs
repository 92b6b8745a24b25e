//! What a server answers, to be compared with decoded values.

use tidegate_model::{Column, ColumnKind, ImageColumn, TableSchema};

/// Returns a query for all rows of a table in the form of [`value`](crate::render::value), in the order of the first column.
pub(crate) fn query(schema: &TableSchema) -> String {
    let columns: Vec<String> = schema.columns.iter().map(|column| expression(column)).collect();
    let first = &schema.columns[0].name;
    format!("SELECT {} FROM {} ORDER BY `{first}`", columns.join(", "), schema.name.quoted())
}

fn expression(column: &Column) -> String {
    let name = format!("`{}`", column.name);
    match &column.kind {
        ColumnKind::Int { .. }
        | ColumnKind::Bit { .. }
        | ColumnKind::Set { .. }
        | ColumnKind::Enum { .. }
        | ColumnKind::Year => {
            format!("{name} + 0")
        }
        ColumnKind::Float { .. } | ColumnKind::Double { .. } => format!("CAST({name} AS DOUBLE)"),
        // As hexadecimal digits they would pass the server's max_allowed_packet.
        ColumnKind::Text { length_bytes: 3.., .. } | ColumnKind::Blob { length_bytes: 3.. } => {
            format!("CONCAT(LENGTH({name}), ':', CRC32({name}))")
        }
        ColumnKind::Char { .. }
        | ColumnKind::Varchar { .. }
        | ColumnKind::Text { .. }
        | ColumnKind::Binary { .. }
        | ColumnKind::Varbinary { .. }
        | ColumnKind::Blob { .. }
        | ColumnKind::Geometry { .. }
        | ColumnKind::Vector { .. } => format!("HEX({name})"),
        ColumnKind::Json => format!("JSON_STORAGE_SIZE({name})"),
        _ => name,
    }
}

/// Tells whether a decoded value and the server's answer are the same.
pub(crate) fn same(column: &ImageColumn, own: &str, server: &str) -> bool {
    match &column.column.kind {
        _ if own == "NULL" || server == "NULL" => own == server,
        ColumnKind::Float { .. } | ColumnKind::Double { .. } => {
            own.parse::<f64>().unwrap() == server.parse::<f64>().unwrap()
        }
        // The log has the document without the byte of its type.
        ColumnKind::Json => own.len() / 2 == server.parse::<usize>().unwrap(),
        _ => own == server,
    }
}

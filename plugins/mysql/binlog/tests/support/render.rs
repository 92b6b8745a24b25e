//! Writes decoded values as the servers' own client prints them.

use arrow_array::{Array, cast::AsArray, types};
use std::fmt::Write;
use tidegate_model::{Column, ColumnKind, ImageColumn, TableSchema, decimal, temporal};

/// Returns the value as [`query`] makes the server print it.
pub(crate) fn value(column: &ImageColumn, row: usize) -> String {
    let values = &column.values;
    assert_eq!(*values.data_type(), column.column.kind.data_type());
    if values.is_null(row) {
        return "NULL".to_owned();
    }
    let mut out = Vec::new();
    match &column.column.kind {
        ColumnKind::Date => {
            temporal::write_date(&mut out, values.as_primitive::<types::Date32Type>().value(row))
        }
        ColumnKind::DateTime { fsp } | ColumnKind::Timestamp { fsp } => {
            temporal::write_datetime(
                &mut out,
                values.as_primitive::<types::TimestampMicrosecondType>().value(row),
                *fsp,
            );
        }
        ColumnKind::Time { fsp } => {
            temporal::write_time(
                &mut out,
                values.as_primitive::<types::DurationMicrosecondType>().value(row),
                *fsp,
            );
        }
        ColumnKind::Decimal { precision, scale, .. } if *precision <= 38 => {
            decimal::write_i128(&mut out, values.as_primitive::<types::Decimal128Type>().value(row), *scale);
        }
        ColumnKind::Decimal { scale, .. } => {
            decimal::write_i256(&mut out, values.as_primitive::<types::Decimal256Type>().value(row), *scale);
        }
        ColumnKind::Text { length_bytes: 3.., .. } | ColumnKind::Blob { length_bytes: 3.. } => {
            let bytes = values.as_binary::<i32>().value(row);
            return format!("{}:{}", bytes.len(), crc32fast::hash(bytes));
        }
        _ => return plain(values, row),
    }
    String::from_utf8(out).unwrap()
}

fn plain(values: &dyn Array, row: usize) -> String {
    use arrow_schema::DataType as T;
    macro_rules! number {
        ($type:ty) => {
            values.as_primitive::<$type>().value(row).to_string()
        };
    }
    match values.data_type() {
        T::Int8 => number!(types::Int8Type),
        T::Int16 => number!(types::Int16Type),
        T::Int32 => number!(types::Int32Type),
        T::Int64 => number!(types::Int64Type),
        T::UInt8 => number!(types::UInt8Type),
        T::UInt16 => number!(types::UInt16Type),
        T::UInt32 => number!(types::UInt32Type),
        T::UInt64 => number!(types::UInt64Type),
        T::Float32 => f64::from(values.as_primitive::<types::Float32Type>().value(row)).to_string(),
        T::Float64 => number!(types::Float64Type),
        T::Binary => hex(values.as_binary::<i32>().value(row)),
        other => panic!("{other}"),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02X}").unwrap();
    }
    text
}

/// Returns a query for all rows of a table in the form of [`value`], in the order of the first column.
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

//! Writes decoded values as text.

use arrow_array::{Array, cast::AsArray, types};
use std::fmt::Write;
use tidegate_model::{ColumnKind, ImageColumn, decimal, temporal};

/// Returns the value as a server prints it, long ones as their length and checksum.
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
        ColumnKind::Fixed { fixed } => {
            assert!(fixed.write(values.as_binary::<i32>().value(row), &mut out));
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

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02X}").unwrap();
    }
    text
}

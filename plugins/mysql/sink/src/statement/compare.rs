//! Finding a row of a table without a key: by the bytes of its whole before image.

use super::{
    literal::{Unwritable, Writer},
    text::{put_hex, put_name},
};
use tidegate_model::{Column, ColumnKind, charset::Charset};
use tidegate_mysql_connection::Flavor;

/// Appends a condition that holds for exactly the rows whose column has this value, byte for byte: `c = 'a'` would also
/// find 'A'.
pub(crate) fn put_condition(
    out: &mut Vec<u8>,
    column: &Column,
    writer: &Writer<'_>,
    row: usize,
    flavor: Flavor,
) -> Result<(), Unwritable> {
    if writer.is_null(row) {
        put_name(out, &column.name);
        out.extend_from_slice(b" IS NULL");
        return Ok(());
    }
    let (open, close) = bytes_of(flavor);
    if let Some(bytes) = writer.ill_formed(row) {
        // No text compares with it.
        out.extend_from_slice(open);
        put_name(out, &column.name);
        out.extend_from_slice(close);
        out.push(b'=');
        out.extend_from_slice(open);
        put_hex(out, bytes);
        out.extend_from_slice(close);
        return Ok(());
    }
    if let (Flavor::MySql, Some(is_negative)) = (flavor, writer.zero(row)) {
        put_zero(out, column, is_negative);
        return Ok(());
    }
    let (before, between, after): (&[u8], &[u8], &[u8]) = match &column.kind {
        ColumnKind::Char { .. } | ColumnKind::Varchar { .. } | ColumnKind::Text { .. } => (b"", b"=", b""),
        ColumnKind::Json if flavor != Flavor::MariaDb => (b"", b"=CAST(", b" AS JSON)"),
        ColumnKind::Vector { .. } => (b"HEX(", b")=HEX(", b")"),
        ColumnKind::Geometry { .. } => (b"CAST(", b" AS BINARY)=", b""),
        ColumnKind::Enum { .. } | ColumnKind::Set { .. } | ColumnKind::Bit { .. } if !writer.is_label() => {
            (b"0+", b"=", b"")
        }
        _ => (b"", b"=", b""),
    };
    out.extend_from_slice(before);
    put_name(out, &column.name);
    out.extend_from_slice(between);
    writer.write(row, out)?;
    out.extend_from_slice(after);
    if column.kind == ColumnKind::Json && flavor == Flavor::MySql {
        // As JSON, 1 is 1.0; as text it is not. TiDB writes both alike.
        out.extend_from_slice(b" AND CAST(");
        put_name(out, &column.name);
        out.extend_from_slice(b" AS CHAR)=CAST(CAST(");
        writer.write(row, out)?;
        out.extend_from_slice(b" AS JSON) AS CHAR)");
    }
    if column.kind.collation().is_some() && is_text(&column.kind) {
        out.extend_from_slice(b" AND ");
        out.extend_from_slice(open);
        put_name(out, &column.name);
        out.extend_from_slice(close);
        out.push(b'=');
        out.extend_from_slice(open);
        put_converted(out, column, writer, row)?;
        out.extend_from_slice(close);
    }
    Ok(())
}

/// As a number, 0 is -0, which MySQL alone stores; its text begins with the sign. An equation of the column itself would have the server put the
/// number in the column's place.
fn put_zero(out: &mut Vec<u8>, column: &Column, is_negative: bool) {
    out.extend_from_slice(b"ABS(");
    put_name(out, &column.name);
    out.extend_from_slice(b")=0 AND LEFT(");
    put_name(out, &column.name);
    out.extend_from_slice(if is_negative { b",1)='-'" } else { b",1)<>'-'" });
}

/// Returns what stands before and after a text to make bytes of it. TiDB takes the characters of a CHAR for the length of
/// its bytes in a CAST; elsewhere the digits of a long text would be more than the server takes.
fn bytes_of(flavor: Flavor) -> (&'static [u8], &'static [u8]) {
    match flavor {
        Flavor::TiDb => (b"HEX(", b")"),
        Flavor::MySql | Flavor::MariaDb => (b"CAST(", b" AS BINARY)"),
    }
}

/// Appends the value in the character set of the column.
fn put_converted(
    out: &mut Vec<u8>,
    column: &Column,
    writer: &Writer<'_>,
    row: usize,
) -> Result<(), Unwritable> {
    let charset = column.kind.collation().and_then(Charset::of_collation);
    let Some(charset) = charset else { return writer.write(row, out).map(drop) };
    let name = match charset {
        Charset::Utf8mb3 | Charset::Ascii => Charset::Utf8mb4.name(),
        other => other.name(),
    };
    out.extend_from_slice(b"CONVERT(");
    writer.write(row, out)?;
    out.extend_from_slice(b" USING ");
    out.extend_from_slice(name.as_bytes());
    out.push(b')');
    Ok(())
}

fn is_text(kind: &ColumnKind) -> bool {
    matches!(kind, ColumnKind::Char { .. } | ColumnKind::Varchar { .. } | ColumnKind::Text { .. })
}

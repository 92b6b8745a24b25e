//! JSON as MySQL stores it, written as SQL that makes the very same value again.
//!
//! Most documents go as text. As text a DATE would become a string and a DECIMAL a DOUBLE: a document that holds a value
//! of an SQL type is built with `JSON_OBJECT`, `JSON_ARRAY` and `CAST`. MariaDB keeps JSON as text.

use super::{
    literal::Unwritable,
    text::{put_double, put_hex, put_quoted, put_signed, put_unsigned},
};
use tidegate_model::{
    decimal,
    json::{Diffs, Event, Malformed, Opaque, OpaqueValue, Operation, walk, write_text},
    temporal,
};
use tidegate_mysql_connection::Flavor;

impl From<Malformed> for Unwritable {
    fn from(_: Malformed) -> Self {
        Self::BadJson
    }
}

/// Appends an expression for a JSON value that is to be stored.
pub(crate) fn put_value(out: &mut Vec<u8>, document: &[u8], flavor: Flavor) -> Result<(), Unwritable> {
    if flavor == Flavor::MariaDb || !is_typed(document)? {
        let mut text = Vec::with_capacity(2 * document.len());
        write_text(document, &mut text)?;
        put_quoted(out, &text);
        return Ok(());
    }
    put_built(out, document)
}

/// Appends an expression whose type is JSON.
fn put_json(out: &mut Vec<u8>, document: &[u8], flavor: Flavor) -> Result<(), Unwritable> {
    if flavor != Flavor::MariaDb && is_typed(document)? {
        return put_built(out, document);
    }
    let (before, after): (&[u8], &[u8]) = match flavor {
        Flavor::MariaDb => (b"JSON_EXTRACT(", b",'$')"),
        Flavor::MySql | Flavor::TiDb => (b"CAST(", b" AS JSON)"),
    };
    out.extend_from_slice(before);
    put_value(out, document, flavor)?;
    out.extend_from_slice(after);
    Ok(())
}

/// Appends an expression that applies diffs to the column called `column`.
pub(crate) fn put_diff(
    out: &mut Vec<u8>,
    diffs: &[u8],
    column: &str,
    flavor: Flavor,
) -> Result<(), Unwritable> {
    let mut expression = Vec::new();
    super::text::put_name(&mut expression, column);
    for diff in Diffs::new(diffs) {
        let diff = diff.map_err(|_| Unwritable::BadJson)?;
        let function = match diff.operation {
            Operation::Replace => "JSON_REPLACE(",
            Operation::Remove => "JSON_REMOVE(",
            Operation::Insert if diff.path.ends_with(']') => "JSON_ARRAY_INSERT(",
            Operation::Insert => "JSON_INSERT(",
        };
        let mut outer = function.as_bytes().to_vec();
        outer.append(&mut expression);
        outer.push(b',');
        put_quoted(&mut outer, diff.path.as_bytes());
        if let Some(value) = diff.value {
            outer.push(b',');
            put_json(&mut outer, value, flavor)?;
        }
        outer.push(b')');
        expression = outer;
    }
    out.extend_from_slice(&expression);
    Ok(())
}

/// Tells whether a document is not what its text reads back as.
fn is_typed(document: &[u8]) -> Result<bool, Unwritable> {
    let mut typed = false;
    walk(document, &mut |event| {
        typed |= match event {
            Event::Opaque(_) => true,
            // Read from text, a number that fits becomes a signed one.
            Event::Uint(number) => i64::try_from(number).is_ok(),
            _ => false,
        };
        Ok::<(), Unwritable>(())
    })?;
    Ok(typed)
}

/// Appends an expression that builds the document.
fn put_built(out: &mut Vec<u8>, document: &[u8]) -> Result<(), Unwritable> {
    let start = out.len();
    let mut depth = 0_u32;
    let mut compound = false;
    // Whether a comma stands before the next value or key.
    let mut first = true;
    walk(document, &mut |event| {
        let closes = matches!(event, Event::ArrayEnd | Event::ObjectEnd);
        if depth > 0 && !first && !closes {
            out.push(b',');
        }
        first = false;
        match event {
            Event::ArrayStart(_) | Event::ObjectStart(_) => {
                let array = matches!(event, Event::ArrayStart(_));
                out.extend_from_slice(if array { b"JSON_ARRAY(" } else { b"JSON_OBJECT(" });
                compound |= depth == 0;
                depth += 1;
                first = true;
            }
            Event::ArrayEnd | Event::ObjectEnd => {
                out.push(b')');
                depth -= 1;
            }
            Event::Key(text) | Event::String(text) => put_quoted(out, text.as_bytes()),
            Event::Null => out.extend_from_slice(b"CAST('null' AS JSON)"),
            Event::Bool(true) => out.extend_from_slice(b"CAST('true' AS JSON)"),
            Event::Bool(false) => out.extend_from_slice(b"CAST('false' AS JSON)"),
            Event::Int(number) => put_signed(out, number),
            Event::Uint(number) => {
                out.extend_from_slice(b"CAST(");
                put_unsigned(out, number);
                out.extend_from_slice(b" AS UNSIGNED)");
            }
            Event::Double(number) => put_double(out, number),
            Event::Opaque(value) => put_opaque(out, &value),
        }
        Ok::<(), Unwritable>(())
    })?;
    if !compound {
        let scalar = out.split_off(start);
        out.extend_from_slice(b"JSON_EXTRACT(JSON_ARRAY(");
        out.extend_from_slice(&scalar);
        out.extend_from_slice(b"),'$[0]')");
    }
    Ok(())
}

fn put_opaque(out: &mut Vec<u8>, opaque: &Opaque<'_>) {
    match opaque.value() {
        OpaqueValue::Decimal { scale, value } => {
            out.extend_from_slice(b"CAST(");
            decimal::write_i256(out, value, scale);
            out.extend_from_slice(b" AS DECIMAL(65,");
            put_unsigned(out, scale.into());
            out.extend_from_slice(b"))");
        }
        OpaqueValue::Date(days) => cast(out, "DATE", |out| temporal::write_date(out, days)),
        OpaqueValue::DateTime(micros) | OpaqueValue::Timestamp(micros) => {
            cast(out, "DATETIME(6)", |out| temporal::write_datetime(out, micros, 6));
        }
        OpaqueValue::Time(micros) => cast(out, "TIME(6)", |out| temporal::write_time(out, micros, 6)),
        OpaqueValue::Bytes(bytes) => put_hex(out, bytes),
    }
}

fn cast(out: &mut Vec<u8>, kind: &str, write: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b"CAST('");
    write(out);
    out.extend_from_slice(b"' AS ");
    out.extend_from_slice(kind.as_bytes());
    out.push(b')');
}

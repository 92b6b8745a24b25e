//! Values as literals, exactly: what MySQL reads back is what the source had.

use super::text::{put_double, put_hex, put_quoted, put_signed, put_unsigned};
use crate::plan::{Integers, Values, nulls};
use std::sync::Arc;
use tidegate_model::{Column, ColumnKind, Encoding, ImageColumn, charset::Charset, decimal, temporal};
use tidegate_mysql_connection::Flavor;

/// What a literal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be stored.
    Store,
    /// To be compared with an indexed column, as the column compares.
    Find,
    /// To be compared with the very value of a column.
    Compare,
}

/// Why a value cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unwritable {
    /// Its bytes are no text in its character set.
    #[error("its bytes are no text in the column's character set")]
    BadText,
    /// It has no label in the source's list.
    #[error("its number is not in the column's list of members")]
    NoMember,
    /// Its bytes are not the JSON that MySQL stores.
    #[error("its bytes are not JSON as MySQL stores it")]
    BadJson,
    /// It has another Arrow type than its column says.
    #[error("it is held in a type that the column does not have")]
    WrongType,
}

/// Writes the values of one image column as literals for one target column.
pub(crate) struct Writer<'a> {
    values: Values<'a>,
    nulls: Option<&'a arrow_buffer::NullBuffer>,
    form: Form<'a>,
}

enum Form<'a> {
    Signed,
    Unsigned,
    Decimal,
    Float,
    Date,
    DateTime(u8),
    Time(u8),
    /// Bytes that are UTF-8 on both sides.
    Utf8,
    /// Bytes as they are, behind an introducer or none.
    Hex(Option<&'static str>),
    /// Text that the target gets in UTF-8.
    Transcoded(Charset),
    Label(&'a Arc<[Arc<str>]>),
    Index,
    Json(Flavor),
    /// A change of the target column of this name.
    JsonDiff(Flavor, &'a str),
}

impl<'a> Writer<'a> {
    /// Returns the writer for values of `column` that go to `target`; `None` if they are held in an unknown type.
    pub(crate) fn new(
        column: &'a ImageColumn,
        target: &'a Column,
        purpose: Purpose,
        flavor: Flavor,
    ) -> Option<Self> {
        let form = match column.encoding {
            Encoding::Value => form(&column.column.kind, &target.kind, purpose, flavor)?,
            Encoding::JsonDiff => Form::JsonDiff(flavor, &target.name),
        };
        Some(Self { values: Values::of(&column.values)?, nulls: nulls(&column.values), form })
    }

    /// Tells whether the value of a row is an ENUM's error value, which only a lenient session takes.
    pub(crate) fn is_enum_error(&self, row: usize) -> bool {
        match (&self.form, &self.values) {
            (Form::Label(_) | Form::Index, Values::Integers(values)) => {
                !self.is_null(row) && values.get(row) == 0
            }
            _ => false,
        }
    }

    /// Tells whether values are written as labels of an ENUM.
    pub(crate) fn is_label(&self) -> bool {
        matches!(self.form, Form::Label(_))
    }

    /// Tells whether the value of a row is NULL.
    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(row))
    }

    /// Appends the literal of a row's value.
    pub(crate) fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        if self.is_null(row) {
            out.extend_from_slice(b"NULL");
            return Ok(());
        }
        match &self.values {
            Values::Integers(values) => self.write_integer(values, row, out),
            Values::Decimal128(values, scale) => {
                decimal::write_i128(out, values.value(row), scale.unsigned_abs());
                Ok(())
            }
            Values::Decimal256(values, scale) => {
                decimal::write_i256(out, values.value(row), scale.unsigned_abs());
                Ok(())
            }
            Values::Float32(values) => {
                put_double(out, f64::from(values.value(row)));
                Ok(())
            }
            Values::Float64(values) => {
                put_double(out, values.value(row));
                Ok(())
            }
            Values::Bytes(values) => self.write_bytes(values.value(row), out),
        }
    }

    fn write_integer(&self, values: &Integers<'_>, row: usize, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let signed = || i64::try_from(values.get(row)).map_err(|_| Unwritable::WrongType);
        match &self.form {
            Form::Unsigned => {
                put_unsigned(out, u64::try_from(values.get(row)).map_err(|_| Unwritable::WrongType)?);
            }
            Form::Date => {
                out.push(b'\'');
                temporal::write_date(out, i32::try_from(values.get(row)).map_err(|_| Unwritable::WrongType)?);
                out.push(b'\'');
            }
            Form::DateTime(fsp) => {
                out.push(b'\'');
                temporal::write_datetime(out, signed()?, *fsp);
                out.push(b'\'');
            }
            Form::Time(fsp) => {
                out.push(b'\'');
                temporal::write_time(out, signed()?, *fsp);
                out.push(b'\'');
            }
            Form::Label(members) => {
                let index = usize::try_from(values.get(row)).map_err(|_| Unwritable::WrongType)?;
                match index.checked_sub(1) {
                    // The error value.
                    None => out.push(b'0'),
                    Some(index) => {
                        let member = members.get(index).ok_or(Unwritable::NoMember)?;
                        put_quoted(out, member.as_bytes());
                    }
                }
            }
            _ => put_signed(out, signed()?),
        }
        Ok(())
    }

    fn write_bytes(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unwritable> {
        match &self.form {
            Form::Utf8 => {
                std::str::from_utf8(bytes).map_err(|_| Unwritable::BadText)?;
                put_quoted(out, bytes);
            }
            Form::Hex(introducer) => {
                if let Some(introducer) = introducer {
                    out.push(b'_');
                    out.extend_from_slice(introducer.as_bytes());
                    out.push(b' ');
                }
                put_hex(out, bytes);
            }
            Form::Transcoded(charset) => {
                let text = charset.decode(bytes).map_err(|_| Unwritable::BadText)?;
                put_quoted(out, text.as_bytes());
            }
            Form::Json(flavor) => super::json_text::put_value(out, bytes, *flavor)?,
            Form::JsonDiff(flavor, column) => super::json_text::put_diff(out, bytes, column, *flavor)?,
            _ => return Err(Unwritable::WrongType),
        }
        Ok(())
    }
}

fn form<'a>(
    source: &'a ColumnKind,
    target: &ColumnKind,
    purpose: Purpose,
    flavor: Flavor,
) -> Option<Form<'a>> {
    use ColumnKind as K;
    Some(match source {
        K::Int { unsigned: true, .. } | K::Bit { .. } | K::Year | K::Set { .. } => Form::Unsigned,
        K::Int { unsigned: false, .. } => Form::Signed,
        K::Decimal { .. } => Form::Decimal,
        K::Float { .. } | K::Double { .. } => Form::Float,
        K::Date => Form::Date,
        K::DateTime { fsp } | K::Timestamp { fsp } => Form::DateTime(*fsp),
        K::Time { fsp } => Form::Time(*fsp),
        K::Enum { members, .. } => match target {
            K::Enum { members: own, .. } if own == members && purpose != Purpose::Find => Form::Index,
            _ => Form::Label(members),
        },
        K::Binary { .. } | K::Varbinary { .. } | K::Blob { .. } | K::Geometry { .. } | K::Vector { .. } => {
            Form::Hex(None)
        }
        K::Json => Form::Json(flavor),
        K::Char { collation, .. } | K::Varchar { collation, .. } | K::Text { collation, .. } => {
            let source = Charset::of_collation(*collation);
            let target = target.collation().and_then(Charset::of_collation);
            return text_form(source, target, purpose, flavor);
        }
    })
}

fn text_form<'a>(
    source: Option<Charset>,
    target: Option<Charset>,
    purpose: Purpose,
    flavor: Flavor,
) -> Option<Form<'a>> {
    // Of a character set that nobody told us, the bytes are all that we have.
    let Some(source) = source else { return Some(Form::Hex(None)) };
    if matches!(source, Charset::Utf8mb4 | Charset::Utf8mb3 | Charset::Ascii) {
        return Some(Form::Utf8);
    }
    let same = target == Some(source);
    Some(match flavor {
        // TiDB holds latin1 as UTF-8.
        Flavor::TiDb if same && source != Charset::Latin1 => Form::Hex(None),
        Flavor::TiDb => Form::Transcoded(source),
        Flavor::MySql | Flavor::MariaDb if same && purpose == Purpose::Store => Form::Hex(None),
        Flavor::MySql | Flavor::MariaDb => Form::Hex(Some(source.name())),
    })
}

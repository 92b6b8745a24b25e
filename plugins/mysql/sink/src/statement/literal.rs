//! Values as literals, exactly: what MySQL reads back is what the source had.

use super::{
    rounding::Rounding,
    text::{put_double, put_hex, put_quoted, put_signed, put_unsigned},
};
use crate::plan::{Integers, Values, nulls};
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnKind, Encoding, FixedType, ImageColumn, charset::Charset, decimal, temporal,
};
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
    /// It is an ENUM's error value, which the target takes for the empty member.
    #[error(
        "it is the error value of an ENUM with an empty member, and TiDB does not change one into the other"
    )]
    EnumError,
    /// Its bytes are not the JSON that MySQL stores.
    #[error("its bytes are not JSON as MySQL stores it")]
    BadJson,
    /// The target's FLOAT(M,D) or DOUBLE(M,D) would round it.
    #[error("it has more digits behind the point than the target's column, which would round it")]
    Rounded,
    /// It has another Arrow type than its column says.
    #[error("it is held in a type that the column does not have")]
    WrongType,
}

/// Writes the values of one image column as literals for one target column.
pub(crate) struct Writer<'a> {
    values: Values<'a>,
    nulls: Option<&'a arrow_buffer::NullBuffer>,
    form: Form<'a>,
    rounding: Option<Rounding>,
}

/// What becomes of text that is ill-formed UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IllFormed {
    /// The target cannot hold it.
    Refused,
    /// It is written as bytes, and the target decides: MariaDB holds surrogates.
    AsBytes,
    /// It is written as bytes, which the target takes while it does not check: TiDB.
    Unchecked,
}

/// How a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// As any session takes it.
    Plain,
    /// As ill-formed text, which TiDB takes only while it does not check UTF-8.
    Unchecked,
}

impl Written {
    /// Adds how another value of the same row was written.
    pub(crate) fn join(&mut self, other: Self) {
        if other == Self::Unchecked {
            *self = other;
        }
    }
}

enum Form<'a> {
    Signed,
    Unsigned,
    Decimal,
    Float,
    Date,
    DateTime(u8),
    Time(u8),
    /// Text in UTF-8 on both sides, and what becomes of bytes that are not.
    Utf8(IllFormed),
    /// Bytes as they are, behind an introducer or none.
    Hex(Option<&'static str>),
    /// Text that the target gets in UTF-8.
    Transcoded(Charset),
    Label(&'a Arc<[Arc<str>]>),
    /// As [`Self::Label`], without the error value.
    Member(&'a Arc<[Arc<str>]>),
    /// The labels of a SET's members, with commas between them.
    Labels(&'a Arc<[Arc<str>]>),
    Index,
    Fixed(FixedType),
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
        let (values, nulls) = (Values::of(&column.values)?, nulls(&column.values));
        Some(Self { values, nulls, form, rounding: None })
    }

    /// Refuses values that the target would round.
    pub(crate) fn unless_rounded(self, rounding: Option<Rounding>) -> Self {
        Self { rounding, ..self }
    }

    /// Tells whether the value of a row is an ENUM's error value, which only a lenient session takes.
    pub(crate) fn is_enum_error(&self, row: usize) -> bool {
        match (&self.form, &self.values) {
            (Form::Label(_) | Form::Member(_) | Form::Index, Values::Integers(values)) => {
                !self.is_null(row) && values.get(row) == 0
            }
            _ => false,
        }
    }

    /// Tells whether values are written as labels of an ENUM or a SET.
    pub(crate) fn is_label(&self) -> bool {
        matches!(self.form, Form::Label(_) | Form::Member(_) | Form::Labels(_))
    }

    /// Tells whether the value of a row is NULL.
    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(row))
    }

    /// Tells of a zero of FLOAT or DOUBLE whether it is the negative one; `None` of any other value.
    pub(crate) fn zero(&self, row: usize) -> Option<bool> {
        let value = match &self.values {
            Values::Float32(values) => f64::from(values.value(row)),
            Values::Float64(values) => values.value(row),
            _ => return None,
        };
        (value == 0.0 && !self.is_null(row)).then_some(value.is_sign_negative())
    }

    /// Appends the literal of a row's value.
    pub(crate) fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<Written, Unwritable> {
        if self.is_null(row) {
            out.extend_from_slice(b"NULL");
            return Ok(Written::Plain);
        }
        match &self.values {
            Values::Integers(values) => self.write_integer(values, row, out)?,
            Values::Decimal128(values, scale) => {
                decimal::write_i128(out, values.value(row), scale.unsigned_abs());
            }
            Values::Decimal256(values, scale) => {
                decimal::write_i256(out, values.value(row), scale.unsigned_abs());
            }
            Values::Float32(values) => self.write_float(f64::from(values.value(row)), out)?,
            Values::Float64(values) => self.write_float(values.value(row), out)?,
            Values::Bytes(values) => return self.write_bytes(values.value(row), out),
        }
        Ok(Written::Plain)
    }

    /// Returns the bytes of a row's value if they are text that is ill-formed UTF-8.
    pub(crate) fn ill_formed(&self, row: usize) -> Option<&[u8]> {
        match (&self.form, &self.values) {
            (Form::Utf8(_), Values::Bytes(values)) if !self.is_null(row) => {
                let bytes = values.value(row);
                std::str::from_utf8(bytes).is_err().then_some(bytes)
            }
            _ => None,
        }
    }

    fn write_float(&self, value: f64, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        if self.rounding.is_some_and(|rounding| !rounding.keeps(value)) {
            return Err(Unwritable::Rounded);
        }
        put_double(out, value);
        Ok(())
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
            Form::Label(members) | Form::Member(members) => {
                let index = usize::try_from(values.get(row)).map_err(|_| Unwritable::WrongType)?;
                match index.checked_sub(1) {
                    None if matches!(self.form, Form::Member(_)) => return Err(Unwritable::EnumError),
                    None => out.push(b'0'),
                    Some(index) => {
                        let member = members.get(index).ok_or(Unwritable::NoMember)?;
                        put_quoted(out, member.as_bytes());
                    }
                }
            }
            Form::Labels(members) => {
                let mask = u64::try_from(values.get(row)).map_err(|_| Unwritable::WrongType)?;
                put_quoted(out, set_labels(members, mask)?.as_bytes());
            }
            _ => put_signed(out, signed()?),
        }
        Ok(())
    }

    fn write_bytes(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<Written, Unwritable> {
        match &self.form {
            Form::Utf8(ill_formed) => match (std::str::from_utf8(bytes), ill_formed) {
                (Ok(_), _) => put_quoted(out, bytes),
                (Err(_), IllFormed::Refused) => return Err(Unwritable::BadText),
                (Err(_), IllFormed::AsBytes) => put_hex(out, bytes),
                (Err(_), IllFormed::Unchecked) => {
                    put_hex(out, bytes);
                    return Ok(Written::Unchecked);
                }
            },
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
            Form::Fixed(fixed) => {
                out.push(b'\'');
                if !fixed.write(bytes, out) {
                    return Err(Unwritable::WrongType);
                }
                out.push(b'\'');
            }
            Form::Json(flavor) => super::json_text::put_value(out, bytes, *flavor)?,
            Form::JsonDiff(flavor, column) => super::json_text::put_diff(out, bytes, column, *flavor)?,
            _ => return Err(Unwritable::WrongType),
        }
        Ok(Written::Plain)
    }
}

/// Returns the labels of the members that are in a SET's value.
fn set_labels(members: &[Arc<str>], mask: u64) -> Result<String, Unwritable> {
    let mut labels = String::new();
    let mut left = mask;
    while left != 0 {
        let member = members.get(left.trailing_zeros() as usize).ok_or(Unwritable::NoMember)?;
        if left != mask {
            labels.push(',');
        }
        labels.push_str(member);
        left &= left - 1;
    }
    Ok(labels)
}

fn form<'a>(
    source: &'a ColumnKind,
    target: &ColumnKind,
    purpose: Purpose,
    flavor: Flavor,
) -> Option<Form<'a>> {
    use ColumnKind as K;
    Some(match source {
        K::Int { unsigned: true, .. } | K::Bit { .. } | K::Year => Form::Unsigned,
        K::Int { unsigned: false, .. } => Form::Signed,
        K::Decimal { .. } => Form::Decimal,
        K::Float { .. } | K::Double { .. } => Form::Float,
        K::Date => Form::Date,
        K::DateTime { fsp } | K::Timestamp { fsp } => Form::DateTime(*fsp),
        K::Time { fsp } => Form::Time(*fsp),
        K::Enum { members, .. } => match target {
            _ if flavor == Flavor::TiDb && members.iter().any(|member| member.is_empty()) => {
                Form::Member(members)
            }
            K::Enum { members: own, .. } if own == members && purpose != Purpose::Find => Form::Index,
            _ => Form::Label(members),
        },
        K::Set { members, .. } => match target {
            K::Set { members: own, .. } if own == members && purpose == Purpose::Store => Form::Unsigned,
            // As a number the last of 64 members would be compared as a sign. The empty text is no member and one.
            K::Set { .. } if members.iter().any(|member| member.is_empty()) => Form::Unsigned,
            _ => Form::Labels(members),
        },
        K::Binary { .. } | K::Varbinary { .. } | K::Blob { .. } | K::Geometry { .. } | K::Vector { .. } => {
            Form::Hex(None)
        }
        K::Fixed { fixed } => Form::Fixed(*fixed),
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
        return Some(Form::Utf8(match flavor {
            Flavor::MySql => IllFormed::Refused,
            Flavor::MariaDb => IllFormed::AsBytes,
            Flavor::TiDb => IllFormed::Unchecked,
        }));
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

//! From the contract to Arrow. A component is not trusted: every value is one that the column can hold, or an error.

use super::{give::NARROW_DIGITS, spans};
use crate::{bindings::types, calendar};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, PrimitiveArray,
    types::{
        Date32Type, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type,
        Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_buffer::{NullBuffer, i256};
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnKind, FixedType, IntWidth,
    charset::Charset,
    json,
    temporal::{self, Date, DateTime, TIME_MAX},
};
use types::Values;

/// Makes an array of the values that a component gives for a column. `unchanged` is the input column that it may have
/// taken them from: broken text that was there before is let through.
///
/// # Errors
/// What is wrong with them, without any value.
pub(crate) fn take(
    column: &Column,
    cells: types::Cells,
    rows: usize,
    unchanged: Option<&ArrayRef>,
) -> Result<ArrayRef, String> {
    let explained = |what: String| format!("column `{}`: {what}", column.name);
    let nulls = spans::nulls(cells.validity, rows).map_err(explained)?;
    if nulls.is_some() && !column.nullable {
        return Err(explained("a NULL where none can be".to_owned()));
    }
    Taker { kind: &column.kind, rows, nulls, unchanged }.values(cells.values).map_err(explained)
}

struct Taker<'a> {
    kind: &'a ColumnKind,
    rows: usize,
    nulls: Option<NullBuffer>,
    unchanged: Option<&'a ArrayRef>,
}

impl Taker<'_> {
    fn values(self, values: Values) -> Result<ArrayRef, String> {
        match (self.kind, values) {
            (ColumnKind::Int { width, unsigned: false }, Values::S64s(values)) => self.signed(*width, values),
            (ColumnKind::Int { width, unsigned: true }, Values::U64s(values)) => {
                self.unsigned(*width, values)
            }
            (ColumnKind::Bit { bits }, Values::U64s(values)) => {
                let most = u64::MAX >> (64 - u32::from((*bits).clamp(1, 64)));
                self.convert::<UInt64Type, _>(values, |value| (value <= most).then_some(value))
            }
            (ColumnKind::Set { members, .. }, Values::U64s(values)) => {
                let members = members.len().min(64) as u32;
                let most = u64::MAX.checked_shr(64 - members).unwrap_or(0);
                self.convert::<UInt64Type, _>(values, |value| (value <= most).then_some(value))
            }
            (ColumnKind::Enum { members, .. }, Values::U64s(values)) => {
                let most = members.len() as u64;
                self.convert::<UInt16Type, _>(values, |value| {
                    u16::try_from(value).ok().filter(|_| value <= most)
                })
            }
            (ColumnKind::Year, Values::U64s(values)) => self.convert::<UInt16Type, _>(values, |value| {
                u16::try_from(value).ok().filter(|year| *year == 0 || (1901..=2155).contains(year))
            }),
            (ColumnKind::Float { unsigned }, Values::F64s(values)) => self
                .convert::<Float32Type, _>(values, |value| {
                    Some(value as f32).filter(|value| value.is_finite() && !(*unsigned && *value < 0.0))
                }),
            (ColumnKind::Double { unsigned }, Values::F64s(values)) => self
                .convert::<Float64Type, _>(values, |value| {
                    Some(value).filter(|value| value.is_finite() && !(*unsigned && *value < 0.0))
                }),
            (ColumnKind::Decimal { precision, scale, unsigned }, values) => {
                self.decimals(values, *precision, *scale, *unsigned)
            }
            (ColumnKind::Date, Values::U64s(values)) => {
                self.convert::<Date32Type, _>(values, |value| date(calendar::unpack(value)?))
            }
            (ColumnKind::DateTime { fsp }, Values::U64s(values)) => self
                .convert::<TimestampMicrosecondType, _>(values, |value| {
                    datetime(calendar::unpack(value)?, *fsp)
                }),
            (ColumnKind::Timestamp { fsp }, Values::U64s(values)) => self
                .convert_to(values, |value| datetime(calendar::unpack(value)?, *fsp))
                .map(|array: PrimitiveArray<TimestampMicrosecondType>| {
                    Arc::new(array.with_timezone("UTC")) as ArrayRef
                }),
            (ColumnKind::Time { fsp }, Values::S64s(values)) => {
                self.convert::<DurationMicrosecondType, _>(values, |value| {
                    Some(value)
                        .filter(|value| value.abs() <= TIME_MAX && fits_digits(value.unsigned_abs(), *fsp))
                })
            }
            (kind, Values::Spans(values)) if is_binary(kind) => self.bytes(values),
            (kind, Values::Utf8(values)) if is_text(kind) => self.text(values),
            (kind, values) => Err(format!("{} for a column of {}", form(&values), expected(kind))),
        }
    }

    fn signed(self, width: IntWidth, values: Vec<i64>) -> Result<ArrayRef, String> {
        match width {
            IntWidth::W8 => self.convert::<Int8Type, _>(values, |value| i8::try_from(value).ok()),
            IntWidth::W16 => self.convert::<Int16Type, _>(values, |value| i16::try_from(value).ok()),
            IntWidth::W24 => self.convert::<Int32Type, _>(values, |value| {
                i32::try_from(value).ok().filter(|value| (-(1 << 23)..1 << 23).contains(value))
            }),
            IntWidth::W32 => self.convert::<Int32Type, _>(values, |value| i32::try_from(value).ok()),
            IntWidth::W64 => self.convert::<Int64Type, _>(values, Some),
        }
    }

    fn unsigned(self, width: IntWidth, values: Vec<u64>) -> Result<ArrayRef, String> {
        match width {
            IntWidth::W8 => self.convert::<UInt8Type, _>(values, |value| u8::try_from(value).ok()),
            IntWidth::W16 => self.convert::<UInt16Type, _>(values, |value| u16::try_from(value).ok()),
            IntWidth::W24 => self.convert::<UInt32Type, _>(values, |value| {
                u32::try_from(value).ok().filter(|value| *value < 1 << 24)
            }),
            IntWidth::W32 => self.convert::<UInt32Type, _>(values, |value| u32::try_from(value).ok()),
            IntWidth::W64 => self.convert::<UInt64Type, _>(values, Some),
        }
    }

    fn decimals(self, values: Values, precision: u8, scale: u8, unsigned: bool) -> Result<ArrayRef, String> {
        #[expect(clippy::cast_possible_wrap, reason = "a scale is at most 30")]
        let typed = (precision, scale as i8);
        let ill = |error: arrow_schema::ArrowError| error.to_string();
        match values {
            Values::S64s(values) if precision <= NARROW_DIGITS => {
                let most = 10_i128.pow(precision.into());
                let fits = |value: i64| {
                    Some(i128::from(value)).filter(|value| value.abs() < most && !(unsigned && *value < 0))
                };
                let array: PrimitiveArray<Decimal128Type> = self.convert_to(values, fits)?;
                Ok(Arc::new(array.with_precision_and_scale(typed.0, typed.1).map_err(ill)?))
            }
            Values::S256s(words) if precision > NARROW_DIGITS => {
                let (wide, rest) = words.as_chunks::<4>();
                if !rest.is_empty() {
                    return Err("numbers of 256 bits that are cut off".to_owned());
                }
                let wide: Vec<i256> = wide.iter().map(number).collect();
                let most = i256::from_i128(10).wrapping_pow(precision.into());
                let fits = move |value: &i256| {
                    value.wrapping_abs() < most && *value != i256::MIN && !(unsigned && value.is_negative())
                };
                if precision <= tidegate_model::decimal::PRECISION_MAX_I128 {
                    let narrow = |value: i256| Some(value).filter(fits).and_then(i256::to_i128);
                    let array: PrimitiveArray<Decimal128Type> = self.convert_to(wide, narrow)?;
                    Ok(Arc::new(array.with_precision_and_scale(typed.0, typed.1).map_err(ill)?))
                } else {
                    let array: PrimitiveArray<Decimal256Type> =
                        self.convert_to(wide, |value| Some(value).filter(fits))?;
                    Ok(Arc::new(array.with_precision_and_scale(typed.0, typed.1).map_err(ill)?))
                }
            }
            values => Err(format!("{} for a column of {}", form(&values), expected(self.kind))),
        }
    }

    fn convert<T: ArrowPrimitiveType, G: Copy>(
        self,
        values: Vec<G>,
        convert: impl Fn(G) -> Option<T::Native>,
    ) -> Result<ArrayRef, String> {
        self.convert_to::<T, G>(values, convert).map(|array| Arc::new(array) as ArrayRef)
    }

    /// Converts each value that is not NULL.
    fn convert_to<T: ArrowPrimitiveType, G: Copy>(
        self,
        values: Vec<G>,
        convert: impl Fn(G) -> Option<T::Native>,
    ) -> Result<PrimitiveArray<T>, String> {
        if values.len() != self.rows {
            return Err(format!("{} values for {} rows", values.len(), self.rows));
        }
        let mut converted = Vec::with_capacity(values.len());
        for (row, value) in values.into_iter().enumerate() {
            let value = if is_null(self.nulls.as_ref(), row) {
                T::default_value()
            } else {
                convert(value).ok_or_else(|| self.unfit(row))?
            };
            converted.push(value);
        }
        PrimitiveArray::try_new(converted.into(), self.nulls).map_err(|error| error.to_string())
    }

    fn unfit(&self, row: usize) -> String {
        format!("a value in row {row} of the row set that {} does not have", expected(self.kind))
    }

    fn bytes(self, values: types::Spans) -> Result<ArrayRef, String> {
        let array = spans::array(values, self.nulls.clone(), self.rows)?;
        let whole_utf8 = matches!(self.charset(), Some(Charset::Utf8mb4)) && valid_utf8(&array);
        if !whole_utf8 {
            for row in (0..self.rows).filter(|row| array.is_valid(*row)) {
                if !self.admits(array.value(row)) && !self.was_there(row, array.value(row)) {
                    return Err(self.unfit(row));
                }
            }
        }
        match self.kind {
            ColumnKind::Binary { length } => Ok(Arc::new(padded(&array, *length as usize))),
            _ => Ok(Arc::new(array)),
        }
    }

    fn charset(&self) -> Option<Charset> {
        match self.kind {
            ColumnKind::Char { collation, .. }
            | ColumnKind::Varchar { collation, .. }
            | ColumnKind::Text { collation, .. } => Charset::of_collation(*collation),
            _ => None,
        }
    }

    fn admits(&self, value: &[u8]) -> bool {
        match self.kind {
            ColumnKind::Binary { length } => *length == 0 || value.len() <= *length as usize,
            ColumnKind::Vector { dimensions } => {
                value.len().is_multiple_of(4) && (*dimensions == 0 || value.len() <= 4 * *dimensions as usize)
            }
            ColumnKind::Fixed { fixed: FixedType::Inet4 } => value.len() == 4,
            ColumnKind::Fixed { .. } => value.len() == 16,
            ColumnKind::Json => json::validate(value).is_ok(),
            _ => self.charset().is_none_or(|charset| charset.decode(value).is_ok()),
        }
    }

    fn was_there(&self, row: usize, value: &[u8]) -> bool {
        let unchanged = self.unchanged.and_then(|array| array.as_any().downcast_ref::<BinaryArray>());
        unchanged.is_some_and(|array| row < array.len() && array.is_valid(row) && array.value(row) == value)
    }

    fn text(self, values: types::Spans) -> Result<ArrayRef, String> {
        let array = spans::array(values, self.nulls.clone(), self.rows)?;
        let charset = self.charset();
        if charset == Some(Charset::Utf8mb4) && valid_utf8(&array) {
            return Ok(Arc::new(array));
        }
        let mut offsets = Vec::with_capacity(self.rows + 1);
        let mut data = Vec::with_capacity(array.value_data().len());
        offsets.push(0);
        for row in 0..self.rows {
            if array.is_valid(row) {
                let text = std::str::from_utf8(array.value(row))
                    .map_err(|_| format!("text in row {row} of the row set that is not UTF-8"))?;
                let fits = match (self.kind, charset) {
                    (ColumnKind::Json, _) => json::encode_text(text, &mut data).is_ok(),
                    (_, Some(charset)) => charset.encode_into(text, &mut data).is_ok(),
                    (_, None) => return Err("text for a column of an unknown character set".to_owned()),
                };
                if !fits {
                    return Err(self.unfit(row));
                }
            }
            offsets.push(u32::try_from(data.len()).map_err(|_| "text of more than 4 GiB".to_owned())?);
        }
        let encoded = types::Spans { offsets, data };
        Ok(Arc::new(spans::array(encoded, self.nulls, self.rows)?))
    }
}

fn is_null(nulls: Option<&NullBuffer>, row: usize) -> bool {
    nulls.is_some_and(|nulls| nulls.is_null(row))
}

/// Tells whether every value is UTF-8: the data is, and no value begins inside a character.
fn valid_utf8(array: &BinaryArray) -> bool {
    let offsets = array.value_offsets();
    std::str::from_utf8(array.value_data())
        .is_ok_and(|data| offsets.iter().all(|offset| data.is_char_boundary(*offset as usize)))
}

/// BINARY(n) holds n bytes: what is shorter is filled up with zeros.
fn padded(array: &BinaryArray, length: usize) -> BinaryArray {
    let pad = |value: &[u8]| {
        let mut value = value.to_vec();
        value.resize(length.max(value.len()), 0);
        value
    };
    array.iter().map(|value| value.map(pad)).collect()
}

fn number(words: &[u64; 4]) -> i256 {
    let [a, b, c, d] = words.map(u128::from);
    i256::from_parts(b << 64 | a, (d << 64 | c) as i128)
}

fn date(datetime: DateTime) -> Option<i32> {
    let Date { year, month, day } = datetime.date;
    (datetime == DateTime { date: datetime.date, ..DateTime::default() })
        .then(|| temporal::date_to_days(year, month, day))
}

fn datetime(datetime: DateTime, fsp: u8) -> Option<i64> {
    fits_digits(datetime.micros.into(), fsp).then(|| temporal::datetime_to_micros(&datetime))
}

fn fits_digits(micros: u64, fsp: u8) -> bool {
    micros.is_multiple_of(10_u64.pow(6_u32.saturating_sub(fsp.into())))
}

fn is_binary(kind: &ColumnKind) -> bool {
    kind.data_type() == arrow_schema::DataType::Binary
}

fn is_text(kind: &ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Char { .. } | ColumnKind::Varchar { .. } | ColumnKind::Text { .. } | ColumnKind::Json
    )
}

const fn form(values: &Values) -> &'static str {
    match values {
        Values::S64s(_) => "`s64s`",
        Values::U64s(_) => "`u64s`",
        Values::F64s(_) => "`f64s`",
        Values::S256s(_) => "`s256s`",
        Values::Spans(_) => "`spans`",
        Values::Utf8(_) => "`utf8`",
    }
}

/// Returns what a kind is called in messages, with the form that its values have.
const fn expected(kind: &ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Int { unsigned: false, .. } => "signed integers (`s64s`)",
        ColumnKind::Int { .. } => "unsigned integers (`u64s`)",
        ColumnKind::Bit { .. } => "BIT (`u64s`)",
        ColumnKind::Year => "YEAR (`u64s`)",
        ColumnKind::Decimal { precision, .. } if *precision <= NARROW_DIGITS => {
            "DECIMAL of up to 18 digits (`s64s`)"
        }
        ColumnKind::Decimal { .. } => "DECIMAL of more than 18 digits (`s256s`)",
        ColumnKind::Float { .. } => "FLOAT (`f64s`)",
        ColumnKind::Double { .. } => "DOUBLE (`f64s`)",
        ColumnKind::Date => "DATE (`u64s`)",
        ColumnKind::DateTime { .. } => "DATETIME (`u64s`)",
        ColumnKind::Timestamp { .. } => "TIMESTAMP (`u64s`)",
        ColumnKind::Time { .. } => "TIME (`s64s`)",
        ColumnKind::Char { .. } | ColumnKind::Varchar { .. } | ColumnKind::Text { .. } => {
            "text (`spans` or `utf8`)"
        }
        ColumnKind::Enum { .. } => "ENUM (`u64s`)",
        ColumnKind::Set { .. } => "SET (`u64s`)",
        ColumnKind::Json => "JSON (`spans` or `utf8`)",
        ColumnKind::Geometry { .. } => "GEOMETRY (`spans`)",
        ColumnKind::Vector { .. } => "VECTOR (`spans`)",
        ColumnKind::Fixed { .. } => "INET4, INET6 or UUID (`spans`)",
        ColumnKind::Binary { .. } | ColumnKind::Varbinary { .. } | ColumnKind::Blob { .. } => {
            "bytes (`spans`)"
        }
    }
}

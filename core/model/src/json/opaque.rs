//! Values of SQL types inside documents.

use crate::decimal;
use crate::temporal::{Date, DateTime, date_to_days, datetime_to_micros, time_to_micros};
use arrow_buffer::i256;

const TYPE_TIMESTAMP: u8 = 7;
const TYPE_DATE: u8 = 10;
const TYPE_TIME: u8 = 11;
const TYPE_DATETIME: u8 = 12;
const TYPE_NEWDECIMAL: u8 = 246;

/// A value of an SQL type, as the document holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque<'a> {
    /// MySQL's number of the type (`enum_field_types`): 246 DECIMAL, 10 DATE, 11 TIME, 12 DATETIME, 7 TIMESTAMP, 16 BIT,
    /// 15 VARBINARY, 252 BLOB, …
    pub field_type: u8,
    /// The value's bytes, in a format of the type's own.
    pub data: &'a [u8],
}

/// What an [`Opaque`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpaqueValue<'a> {
    /// A DECIMAL: `value / 10^scale`.
    Decimal {
        /// The number of digits behind the point.
        scale: u8,
        /// The number × 10^scale.
        value: i256,
    },
    /// A DATE: days since 1970-01-01, or a sentinel (see [`crate::temporal`]).
    Date(i32),
    /// A DATETIME: microseconds since 1970-01-01 00:00:00, or a sentinel.
    DateTime(i64),
    /// A TIMESTAMP, in the time zone of the session that made the document, in which it is shown: as a DATETIME.
    Timestamp(i64),
    /// A TIME: signed microseconds.
    Time(i64),
    /// Any other type (BIT, binary strings), and those above if their bytes are no value of the type.
    Bytes(&'a [u8]),
}

impl<'a> Opaque<'a> {
    /// Returns what the bytes stand for.
    pub fn value(&self) -> OpaqueValue<'a> {
        self.typed().unwrap_or(OpaqueValue::Bytes(self.data))
    }

    fn typed(&self) -> Option<OpaqueValue<'a>> {
        Some(match self.field_type {
            TYPE_NEWDECIMAL => {
                let (&[precision, scale], bytes) = self.data.split_first_chunk()?;
                let value = decimal::read_binary_i256(bytes, precision, scale)?;
                OpaqueValue::Decimal { scale, value }
            }
            TYPE_DATE => {
                let Date { year, month, day } = datetime(self.packed()?).date;
                OpaqueValue::Date(date_to_days(year, month, day))
            }
            TYPE_DATETIME => OpaqueValue::DateTime(datetime_to_micros(&datetime(self.packed()?))),
            TYPE_TIMESTAMP => OpaqueValue::Timestamp(datetime_to_micros(&datetime(self.packed()?))),
            TYPE_TIME => OpaqueValue::Time(time(self.packed()?)),
            _ => return None,
        })
    }

    fn packed(&self) -> Option<i64> {
        self.data.try_into().ok().map(i64::from_le_bytes)
    }
}

/// Source: MySQL source, `sql-common/my_time.cc`, `TIME_from_longlong_datetime_packed`.
fn datetime(packed: i64) -> DateTime {
    let seconds = packed >> 24;
    let days = seconds >> 17;
    let months = days >> 5;
    DateTime {
        date: Date { year: (months / 13) as i32, month: (months % 13) as u8, day: (days & 31) as u8 },
        hour: (seconds >> 12 & 31) as u8,
        minute: (seconds >> 6 & 63) as u8,
        second: (seconds & 63) as u8,
        micros: (packed & 0xff_ffff) as u32,
    }
}

/// Source: MySQL source, `sql-common/my_time.cc`, `TIME_from_longlong_time_packed`.
fn time(packed: i64) -> i64 {
    let magnitude = packed.unsigned_abs();
    let seconds = magnitude >> 24;
    let hours = (seconds >> 12 & 0x3ff) as u32;
    let minutes = (seconds >> 6 & 63) as u32;
    time_to_micros(packed < 0, hours, minutes, (seconds & 63) as u32, (magnitude & 0xff_ffff) as u32)
}

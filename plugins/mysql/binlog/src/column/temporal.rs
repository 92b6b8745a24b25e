//! Dates and times as row images hold them.
//!
//! Sources: MySQL source, `mysys/my_time.cc` (`my_datetime_packed_from_binary`, `my_time_packed_from_binary`,
//! `my_timestamp_from_binary`), `sql/field.cc` for the formats before MySQL 5.6.

use super::{
    Fault,
    reader::{array, big_endian, little_endian, signed24},
};
use tidegate_model::temporal::{
    Date, DateTime, date_to_days, datetime_to_micros, time_to_micros, timestamp_to_micros,
};

const BAD_TIME: Fault = Fault::Bad("the TIME has a negative date");
const BAD_DATETIME: Fault = Fault::Bad("the DATETIME is negative");

/// Reads the fractional digits behind a time, as microseconds: two digits a byte.
#[inline]
fn fraction(input: &mut &[u8], fsp: u8) -> Result<u32, Fault> {
    const MICROS: [u64; 4] = [1_000_000, 10_000, 100, 1];
    let bytes = fsp.div_ceil(2);
    let unit = MICROS.get(usize::from(bytes)).copied().unwrap_or(1);
    // At most 3 bytes; times 10,000 for one byte, times 100 for two.
    Ok((big_endian(input, bytes)? * unit) as u32)
}

/// DATE: day in 5 bits, month in 4, year in 15.
#[inline]
pub(super) fn date(input: &mut &[u8]) -> Result<i32, Fault> {
    let [a, b, c] = array(input)?;
    let packed = u32::from_le_bytes([a, b, c, 0]);
    Ok(date_to_days((packed >> 9) as i32, (packed >> 5 & 15) as u8, (packed & 31) as u8))
}

/// DATETIME2: 40 bits, big-endian: sign (set), year × 13 + month in 17, day in 5, hour in 5, minute in 6, second in 6.
#[inline]
pub(super) fn datetime2(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    const SIGN: u64 = 1 << 39;
    let packed = big_endian(input, 5)?;
    let micros = fraction(input, fsp)?;
    if packed & SIGN == 0 {
        return Err(BAD_DATETIME);
    }
    let packed = packed ^ SIGN;
    let months = (packed >> 22) as u32;
    Ok(datetime_to_micros(&DateTime {
        date: Date { year: (months / 13) as i32, month: (months % 13) as u8, day: (packed >> 17 & 31) as u8 },
        hour: (packed >> 12 & 31) as u8,
        minute: (packed >> 6 & 63) as u8,
        second: (packed & 63) as u8,
        micros,
    }))
}

/// TIMESTAMP2: seconds since 1970 UTC, big-endian.
#[inline]
pub(super) fn timestamp2(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    let seconds = u32::from_be_bytes(array(input)?);
    Ok(timestamp_to_micros(seconds, fraction(input, fsp)?))
}

/// TIME2: 24 bits and the fraction, big-endian, as one number moved by half its range: a bit, hour in 10, minute in 6,
/// second in 6, fraction. Of a negative TIME all of it is negated.
#[inline]
pub(super) fn time2(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    let bytes = fsp.div_ceil(2);
    let bits = 8 * u32::from(bytes);
    let moved = big_endian(input, 3 + bytes)?.cast_signed() - (1 << (23 + bits));
    let magnitude = moved.unsigned_abs();
    let micros = (magnitude & ((1 << bits) - 1)) * [1, 10_000, 100, 1][usize::from(bytes & 3)];
    let packed = (magnitude >> bits) as u32;
    if packed >> 22 != 0 {
        return Err(BAD_TIME);
    }
    let (hours, minutes, seconds) = (packed >> 12 & 0x3ff, packed >> 6 & 63, packed & 63);
    Ok(time_to_micros(moved < 0, hours, minutes, seconds, micros as u32))
}

/// DATETIME: the digits YYYYMMDDhhmmss as a number.
pub(super) fn datetime(input: &mut &[u8]) -> Result<i64, Fault> {
    let digits = little_endian(input, 8)?;
    let (date, time) = (digits / 1_000_000, digits % 1_000_000);
    if date > 99_999_999 {
        return Err(Fault::Bad("the DATETIME has a year over 9999"));
    }
    Ok(datetime_to_micros(&DateTime {
        date: Date { year: (date / 10_000) as i32, month: (date / 100 % 100) as u8, day: (date % 100) as u8 },
        hour: (time / 10_000) as u8,
        minute: (time / 100 % 100) as u8,
        second: (time % 100) as u8,
        micros: 0,
    }))
}

/// TIMESTAMP: seconds since 1970 UTC.
pub(super) fn timestamp(input: &mut &[u8]) -> Result<i64, Fault> {
    Ok(timestamp_to_micros(u32::from_le_bytes(array(input)?), 0))
}

/// TIME: the digits hhmmss as a signed number.
pub(super) fn time(input: &mut &[u8]) -> Result<i64, Fault> {
    let digits = signed24(input)?;
    let magnitude = digits.unsigned_abs();
    Ok(time_to_micros(digits < 0, magnitude / 10_000, magnitude / 100 % 100, magnitude % 100, 0))
}

//! Dates and times as row images hold them.
//!
//! Sources: MySQL source, `mysys/my_time.cc` (`my_datetime_packed_from_binary`, `my_time_packed_from_binary`,
//! `my_timestamp_from_binary`).

use super::{
    Fault,
    reader::{array, big_endian},
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

//! Times as row images of old tables hold them: those of MySQL 5.5 without fractional digits, and those of MariaDB 5.3
//! with some (`mysql56_temporal_format = OFF`).
//!
//! Sources: MySQL source, `sql/field.cc` (`Field_time`, `Field_datetime`, `Field_timestamp`); MariaDB source,
//! `sql/field.cc` (`Field_time_hires`, `Field_datetime_hires`, `Field_timestamp_hires`) and `sql/compat56.h`.

use super::{
    Fault,
    reader::{array, big_endian, little_endian, signed24},
};
use tidegate_model::temporal::{
    Date, DateTime, TIME_MAX, datetime_to_micros, time_to_micros, timestamp_to_micros,
};

/// Returns how many bytes a TIME has.
pub(crate) fn time_length(fsp: u8) -> usize {
    [3, 4, 4, 5, 5, 5, 6][usize::from(fsp.min(6))]
}

/// Returns how many bytes a DATETIME has.
pub(crate) fn datetime_length(fsp: u8) -> usize {
    [8, 6, 6, 7, 7, 7, 8][usize::from(fsp.min(6))]
}

/// Returns how many bytes a TIMESTAMP has.
pub(crate) fn timestamp_length(fsp: u8) -> usize {
    4 + [0, 1, 1, 2, 2, 3, 3][usize::from(fsp.min(6))]
}

/// Returns how many microseconds the last of `fsp` fractional digits is worth.
fn unit(fsp: u8) -> i64 {
    10_i64.pow(6 - u32::from(fsp.min(6)))
}

/// DATETIME: the digits YYYYMMDDhhmmss as a number. With a fraction: all fields as one number, big-endian.
pub(super) fn datetime(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    if fsp > 0 {
        return datetime_with_fraction(input, fsp);
    }
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

fn datetime_with_fraction(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    // At most 8.
    let packed = big_endian(input, datetime_length(fsp) as u8)?.checked_mul(unit(fsp).unsigned_abs());
    let packed = packed.ok_or(Fault::Bad("the DATETIME has a year over 9999"))?;
    let (seconds, micros) = (packed / 1_000_000, packed % 1_000_000);
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let months = days / 32;
    if months / 13 > 9999 {
        return Err(Fault::Bad("the DATETIME has a year over 9999"));
    }
    Ok(datetime_to_micros(&DateTime {
        date: Date { year: (months / 13) as i32, month: (months % 13) as u8, day: (days % 32) as u8 },
        hour: (seconds / 3600) as u8,
        minute: (seconds / 60 % 60) as u8,
        second: (seconds % 60) as u8,
        micros: micros as u32,
    }))
}

/// TIMESTAMP: seconds since 1970 UTC, little-endian. With a fraction: big-endian, and the fraction behind it.
pub(super) fn timestamp(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    if fsp == 0 {
        return Ok(timestamp_to_micros(u32::from_le_bytes(array(input)?), 0));
    }
    let seconds = u32::from_be_bytes(array(input)?);
    // At most 3 bytes, times at most 10^5.
    let fraction = big_endian(input, timestamp_length(fsp) as u8 - 4)? * unit(fsp).unsigned_abs();
    Ok(timestamp_to_micros(seconds, fraction.min(999_999) as u32))
}

/// TIME: the digits hhmmss as a signed number. With a fraction: units of the last digit since the smallest TIME and one
/// unit of a second before, big-endian.
pub(super) fn time(input: &mut &[u8], fsp: u8) -> Result<i64, Fault> {
    if fsp > 0 {
        let zero = (TIME_MAX / 1_000_000 + 1) * 1_000_000 / unit(fsp);
        // At most 6 bytes.
        let moved = big_endian(input, time_length(fsp) as u8)?.cast_signed();
        let micros = (moved - zero).checked_mul(unit(fsp)).filter(|micros| micros.abs() <= TIME_MAX);
        return micros.ok_or(Fault::Bad("the TIME is beyond 838:59:59.999999"));
    }
    let digits = signed24(input)?;
    let magnitude = digits.unsigned_abs();
    Ok(time_to_micros(digits < 0, magnitude / 10_000, magnitude / 100 % 100, magnitude % 100, 0))
}

//! Dates and times: how MySQL's DATE, DATETIME, TIMESTAMP, TIME and YEAR sit in Arrow, and their text.
//!
//! | MySQL | Arrow | value |
//! |---|---|---|
//! | DATE | Date32 | days since 1970-01-01 |
//! | DATETIME | Timestamp(µs) | microseconds since 1970-01-01 00:00:00, as if the DATETIME were in UTC |
//! | TIMESTAMP | Timestamp(µs, UTC) | microseconds since 1970-01-01 00:00:00 UTC |
//! | TIME | Duration(µs) | signed microseconds, up to ±838:59:59.999999 |
//! | YEAR | UInt16 | the year, 1901 to 2155, or 0 |
//!
//! The calendar is the proleptic Gregorian one, years 0000 to 9999, as MySQL's.
//!
//! # Sentinels
//! MySQL admits dates that no calendar has: `0000-00-00`, `2024-00-10`, `2024-02-31` (manual: "Server SQL Modes",
//! NO_ZERO_DATE, NO_ZERO_IN_DATE, ALLOW_INVALID_DATES), in a DATETIME with any time of day. Each has a value of its own
//! at the lower end of the integer's range, far before year 0000, from which all fields can be read back:
//!
//! * a DATE as `i32::MIN + (year << 9 | month << 5 | day)`, thus within `i32::MIN .. i32::MIN + 2^24`;
//! * a DATETIME as `i64::MIN + (((((year × 13 + month) × 32 + day) × 32 + hour) × 64 + minute) × 64 + second) × 2^20
//!   + microsecond`, thus within `i64::MIN .. i64::MIN + 2^60`. A time of day that no clock shows is kept so too.
//!
//! So the zero date is `i32::MIN`, the zero DATETIME and the zero TIMESTAMP (which the log holds as second 0) are
//! `i64::MIN`. Sentinels of one type are ordered among themselves as MySQL orders them, and lie before all other dates.
//! A border to something that does not know them (files, plugins) must ask [`is_sentinel_date`] and
//! [`is_sentinel_datetime`].

mod parse;
#[cfg(test)]
mod tests;
mod text;

pub use parse::{parse_date, parse_datetime, parse_time};
pub use text::{write_date, write_datetime, write_time, write_year};

/// DATE `0000-00-00`.
pub const ZERO_DATE: i32 = i32::MIN;
/// DATETIME and TIMESTAMP `0000-00-00 00:00:00`.
pub const ZERO_DATETIME: i64 = i64::MIN;
/// The largest TIME, `838:59:59.999999`, in microseconds; the smallest is its negative.
pub const TIME_MAX: i64 = ((838 * 60 + 59) * 60 + 59) * MICROS_PER_SECOND + 999_999;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
const SENTINEL_DATES: i32 = 1 << 24;
const SENTINEL_DATETIMES: i64 = 1 << 60;

/// A date as MySQL writes it; it need not be in the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// 0 to 9999 in what MySQL stores.
    pub year: i32,
    /// 0 to 12.
    pub month: u8,
    /// 0 to 31.
    pub day: u8,
}

/// A date with a time of day as MySQL writes it; it need not be in the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub micros: u32,
}

/// Returns the Date32 value of a date: days since 1970-01-01, or its sentinel if the calendar does not have it.
///
/// Fields beyond what MySQL can store (year over 9999, month over 15, day over 31) are cut to the sentinel's bits.
#[inline]
pub fn date_to_days(year: i32, month: u8, day: u8) -> i32 {
    if is_in_calendar(year, month, day) {
        days_from_civil(year, month, day)
    } else {
        let packed = (year & 0x7fff) << 9 | i32::from(month & 15) << 5 | i32::from(day & 31);
        ZERO_DATE + packed
    }
}

/// Returns the date of a Date32 value, whether in the calendar or a sentinel.
#[inline]
pub fn days_to_date(days: i32) -> Date {
    if is_sentinel_date(days) {
        let packed = days.wrapping_sub(ZERO_DATE);
        Date { year: packed >> 9, month: (packed >> 5 & 15) as u8, day: (packed & 31) as u8 }
    } else {
        civil_from_days(days)
    }
}

/// Tells whether a Date32 value stands for a date that the calendar does not have.
#[inline]
pub fn is_sentinel_date(days: i32) -> bool {
    days < ZERO_DATE + SENTINEL_DATES
}

/// Returns the Timestamp value of a DATETIME: microseconds since 1970-01-01 00:00:00, or its sentinel if it is none of
/// the calendar and the clock.
///
/// Fields beyond what MySQL can store are cut to the sentinel's bits.
#[inline]
pub fn datetime_to_micros(datetime: &DateTime) -> i64 {
    let DateTime { date: Date { year, month, day }, hour, minute, second, micros } = *datetime;
    if is_in_calendar(year, month, day) && hour < 24 && minute < 60 && second < 60 && micros < 1_000_000 {
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let days = i64::from(days_from_civil(year, month, day));
        days * MICROS_PER_DAY + seconds * MICROS_PER_SECOND + i64::from(micros)
    } else {
        let months = (i64::from(year) * 13 + i64::from(month)) & 0x3_ffff;
        let days = months << 5 | i64::from(day & 31);
        let minutes = days << 11 | i64::from(hour & 31) << 6 | i64::from(minute & 63);
        let seconds = minutes << 6 | i64::from(second & 63);
        ZERO_DATETIME + (seconds << 20 | i64::from(micros & 0xf_ffff))
    }
}

/// Returns the DATETIME of a Timestamp value, whether in the calendar or a sentinel; for a TIMESTAMP, in UTC.
#[inline]
pub fn micros_to_datetime(micros: i64) -> DateTime {
    if is_sentinel_datetime(micros) {
        return unpack_sentinel(micros);
    }
    let days = micros.div_euclid(MICROS_PER_DAY);
    let rest = micros.rem_euclid(MICROS_PER_DAY);
    let seconds = (rest / MICROS_PER_SECOND) as u32;
    DateTime {
        date: civil_from_days(days as i32), // |days| is at most 2^63 / MICROS_PER_DAY, about 10^8
        hour: (seconds / 3600) as u8,
        minute: (seconds / 60 % 60) as u8,
        second: (seconds % 60) as u8,
        micros: (rest % MICROS_PER_SECOND) as u32,
    }
}

/// Tells whether a Timestamp value stands for a date and time that calendar and clock do not have.
#[inline]
pub fn is_sentinel_datetime(micros: i64) -> bool {
    micros < ZERO_DATETIME + SENTINEL_DATETIMES
}

/// Returns the Timestamp value of a TIMESTAMP as logs hold it: seconds and microseconds since 1970 UTC, where second 0
/// means `0000-00-00 00:00:00`.
#[inline]
pub fn timestamp_to_micros(seconds: u32, micros: u32) -> i64 {
    if seconds == 0 {
        ZERO_DATETIME + i64::from(micros)
    } else {
        i64::from(seconds) * MICROS_PER_SECOND + i64::from(micros)
    }
}

/// Returns the Duration value of a TIME: `hours` up to 838, `minutes` and `seconds` up to 59.
#[inline]
pub fn time_to_micros(negative: bool, hours: u32, minutes: u32, seconds: u32, micros: u32) -> i64 {
    let seconds = (i64::from(hours) * 60 + i64::from(minutes)) * 60 + i64::from(seconds);
    let magnitude = seconds * MICROS_PER_SECOND + i64::from(micros);
    if negative { -magnitude } else { magnitude }
}

fn unpack_sentinel(micros: i64) -> DateTime {
    let packed = micros.wrapping_sub(ZERO_DATETIME);
    let months = packed >> 42;
    DateTime {
        date: Date { year: (months / 13) as i32, month: (months % 13) as u8, day: (packed >> 37 & 31) as u8 },
        hour: (packed >> 32 & 31) as u8,
        minute: (packed >> 26 & 63) as u8,
        second: (packed >> 20 & 63) as u8,
        micros: (packed & 0xf_ffff) as u32,
    }
}

#[inline]
fn is_in_calendar(year: i32, month: u8, day: u8) -> bool {
    const DAYS: [u8; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let Some(&days) = DAYS.get(usize::from(month)) else {
        return false;
    };
    // Year 0000 has a 29 February here, although MySQL takes that date under ALLOW_INVALID_DATES only.
    let leap_day = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    (0..=9999).contains(&year) && (1..=days + u8::from(leap_day)).contains(&day)
}

/// Returns the days since 1970-01-01 of a date of the calendar, year 0 or later.
///
/// Source: Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms", Software:
/// Practice and Experience 53 (2023), section 7.
#[inline]
fn days_from_civil(year: i32, month: u8, day: u8) -> i32 {
    let before_march = i32::from(month <= 2);
    // A year from March on, moved by 400 so that January of year 0 stays positive.
    let year = (year - before_march + 400) as u32;
    let month = u32::from(month) + 12 * before_march as u32;
    let century = year / 100;
    let days_of_years = 1461 * year / 4 - century + century / 4;
    let days_of_months = (979 * month - 2919) / 32;
    (days_of_years + days_of_months + u32::from(day) - 1) as i32 - (719_468 + 146_097)
}

/// Returns the date of the calendar that is so many days after 1970-01-01; total over all of i32.
///
/// Source: as [`days_from_civil`], with the days moved by as many 400-year cycles as all of i32 needs.
#[inline]
fn civil_from_days(days: i32) -> Date {
    const CYCLES: i64 = 14_700;
    let moved = (i64::from(days) + 719_468 + 146_097 * CYCLES) as u64;
    let quarter_days = 4 * moved + 3;
    let century = quarter_days / 146_097;
    let day_of_century = (quarter_days % 146_097 / 4) as u32;
    // Year of the century and day of that year by one multiplication: 2,939,745 is 2^32 / 1461, rounded up.
    let product = 2_939_745 * u64::from(4 * day_of_century + 3);
    let year_of_century = product >> 32;
    let day_of_year = (product as u32) / 2_939_745 / 4;
    // Month and day: 2141 / 2^16 is about 1 / 30.6, the mean length of a month from March on.
    let month_and_day = 2141 * day_of_year + 197_913;
    let month = month_and_day >> 16;
    let day = (month_and_day & 0xffff) / 2141 + 1;
    let after_december = day_of_year >= 306;
    let year = (100 * century + year_of_century) as i64 - 400 * CYCLES + i64::from(after_december);
    Date { year: year as i32, month: (if after_december { month - 12 } else { month }) as u8, day: day as u8 }
}

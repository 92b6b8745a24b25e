//! Dates and times as constants, and the numbers by which they compare.
//!
//! Only whole ones are taken: `2024-02-29`, `2024-02-29 10:00:00.5`, `-838:59:59`. MySQL takes more spellings, and what
//! it makes of some hangs on its version and SQL mode.

use tidegate_model::temporal::{
    Date, DateTime, days_to_date, is_sentinel_datetime, micros_to_datetime, time_to_micros,
};

/// Returns the number by which a DATETIME compares: MySQL orders by its fields, dates of no calendar among the others.
pub(crate) fn key(moment: &DateTime) -> i64 {
    let DateTime { date: Date { year, month, day }, hour, minute, second, micros } = *moment;
    let days = (i64::from(year) * 13 + i64::from(month)) << 5 | i64::from(day);
    let minutes = (days << 5 | i64::from(hour)) << 6 | i64::from(minute);
    (minutes << 6 | i64::from(second)) << 20 | i64::from(micros)
}

/// Returns the key of a Date32 value.
pub(crate) fn key_of_days(days: i32) -> i64 {
    key(&DateTime { date: days_to_date(days), ..DateTime::default() })
}

/// Returns the key of a Timestamp value, moved by a time zone's microseconds; dates of no calendar stay.
pub(crate) fn key_of_micros(micros: i64, zone: i64) -> i64 {
    let moved = if is_sentinel_datetime(micros) { micros } else { micros + zone };
    key(&micros_to_datetime(moved))
}

/// Reads a date with or without a time of day; returns its key.
pub(crate) fn read_datetime(text: &str) -> Option<i64> {
    let (date, clock) = match text.split_once([' ', 'T']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let date = read_date(date)?;
    let (hours, minute, second, micros) = clock.map_or(Some((0, 0, 0, 0)), read_clock)?;
    let hour = u8::try_from(hours).ok().filter(|hour| *hour < 24)?;
    let has_two_digits = clock.is_none_or(|clock| clock.find(':') == Some(2));
    has_two_digits.then(|| key(&DateTime { date, hour, minute, second, micros }))
}

/// Reads a TIME; returns its microseconds, and how many digits its fraction needs.
pub(crate) fn read_time(text: &str) -> Option<(i64, u8)> {
    let magnitude = text.strip_prefix('-');
    let (hours, minute, second, micros) = read_clock(magnitude.unwrap_or(text))?;
    let digits = (0..=6).find(|digits| micros % 10_u32.pow(6 - digits) == 0)?;
    let micros = time_to_micros(magnitude.is_some(), hours, minute.into(), second.into(), micros);
    (hours <= 838).then_some((micros, u8::try_from(digits).ok()?))
}

/// Reads a zone's distance from UTC, `+hh:mm`; returns it in microseconds.
pub(crate) fn read_zone(text: &str) -> Option<i64> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let total = i64::from(hours) * 60 + i64::from(minutes);
    (minutes < 60 && total <= 14 * 60).then_some(sign * total * 60_000_000)
}

fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let date = Date { year: year.try_into().ok()?, month: month.try_into().ok()?, day: day.try_into().ok()? };
    let days = tidegate_model::temporal::date_to_days(date.year, date.month, date.day);
    let is_real = !tidegate_model::temporal::is_sentinel_date(days) || date == Date::default();
    (is_real && parts.next().is_none()).then_some(date)
}

/// Reads `hh:mm:ss[.ffffff]`.
fn read_clock(text: &str) -> Option<(u32, u8, u8, u32)> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut parts = whole.split(':');
    let (hours, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let hours = number(hours, 2).or_else(|| number(hours, 3))?;
    let (minute, second) = (number(minute, 2)?, number(second, 2)?);
    let micros = match fraction {
        None => 0,
        Some(digits) => number(&format!("{digits:0<6}"), 6).filter(|_| !digits.is_empty())?,
    };
    let is_clock = minute < 60 && second < 60 && parts.next().is_none();
    is_clock.then_some((hours, u8::try_from(minute).ok()?, u8::try_from(second).ok()?, micros))
}

/// Reads a number of just so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

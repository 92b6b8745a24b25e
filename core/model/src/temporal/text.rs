//! The text of dates and times, as MySQL shows them (manual: "Date and Time Literals", "Fractional Seconds in Time
//! Values"): always with all `fsp` digits of the fraction.

use super::{Date, DateTime, MICROS_PER_SECOND, days_to_date, micros_to_datetime};

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

#[inline]
fn pair(number: u32) -> [u8; 2] {
    let at = 2 * (number % 100) as usize;
    [PAIRS[at], PAIRS[at + 1]]
}

/// Appends `YYYY-MM-DD`, for sentinels too.
pub fn write_date(out: &mut Vec<u8>, days: i32) {
    put_date(out, days_to_date(days));
}

/// Appends `YYYY-MM-DD hh:mm:ss`, and `.` with `fsp` (0 to 6) digits if `fsp` is not 0; further digits are cut off.
pub fn write_datetime(out: &mut Vec<u8>, micros: i64, fsp: u8) {
    let DateTime { date, hour, minute, second, micros } = micros_to_datetime(micros);
    put_date(out, date);
    out.push(b' ');
    put_clock(out, u32::from(hour), u32::from(minute), u32::from(second));
    put_fraction(out, micros, fsp);
}

/// Appends `[-]hh:mm:ss`, the hours with two or more digits, and `.` with `fsp` (0 to 6) digits if `fsp` is not 0.
///
/// A negative time whose visible digits are all 0 keeps its sign.
pub fn write_time(out: &mut Vec<u8>, micros: i64, fsp: u8) {
    if micros < 0 {
        out.push(b'-');
    }
    let magnitude = micros.unsigned_abs();
    let second_micros = MICROS_PER_SECOND as u64;
    let seconds = magnitude / second_micros;
    let minutes = seconds / 60;
    let hours = minutes / 60;
    if hours >= 100 {
        put_number(out, hours / 100);
    }
    put_clock(out, (hours % 100) as u32, (minutes % 60) as u32, (seconds % 60) as u32);
    put_fraction(out, (magnitude % second_micros) as u32, fsp);
}

/// Appends a YEAR with four digits; the zero year is `0000`.
pub fn write_year(out: &mut Vec<u8>, year: u16) {
    put_year(out, i32::from(year));
}

fn put_date(out: &mut Vec<u8>, date: Date) {
    put_year(out, date.year);
    let ([m0, m1], [d0, d1]) = (pair(date.month.into()), pair(date.day.into()));
    out.extend_from_slice(&[b'-', m0, m1, b'-', d0, d1]);
}

fn put_year(out: &mut Vec<u8>, year: i32) {
    let magnitude = year.unsigned_abs();
    if year < 0 {
        out.push(b'-');
    }
    if magnitude > 9999 {
        put_number(out, u64::from(magnitude / 10_000));
    }
    let ([a, b], [c, d]) = (pair(magnitude / 100), pair(magnitude));
    out.extend_from_slice(&[a, b, c, d]);
}

fn put_clock(out: &mut Vec<u8>, hour: u32, minute: u32, second: u32) {
    let ([h0, h1], [m0, m1], [s0, s1]) = (pair(hour), pair(minute), pair(second));
    out.extend_from_slice(&[h0, h1, b':', m0, m1, b':', s0, s1]);
}

fn put_fraction(out: &mut Vec<u8>, micros: u32, fsp: u8) {
    if fsp == 0 {
        return;
    }
    let ([a, b], [c, d], [e, f]) = (pair(micros / 10_000), pair(micros / 100), pair(micros));
    let digits = [b'.', a, b, c, d, e, f];
    out.extend_from_slice(&digits[..=usize::from(fsp.min(6))]);
}

/// Appends a number without leading zeros: what lies beyond the usual digits of a year or an hour.
fn put_number(out: &mut Vec<u8>, number: u64) {
    if number >= 10 {
        put_number(out, number / 10);
    }
    out.push(b'0' + (number % 10) as u8);
}

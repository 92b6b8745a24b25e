//! Dates and times in defaults, written as the server writes them.
//!
//! Source: MySQL manual, "Date and Time Literals", "2-Digit Years in Dates". What is written otherwise than these forms,
//! or has more fractional digits than the column, stays as it is.

/// Writes a year with four digits.
pub(super) fn year(text: &str) -> Option<String> {
    let value: u32 = text.parse().ok()?;
    Some(format!("{:04}", full_year(value, text.len())))
}

fn full_year(value: u32, digits: usize) -> u32 {
    match value {
        _ if digits > 2 => value,
        0..70 => 2000 + value,
        _ => 1900 + value,
    }
}

/// Writes a date as `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<String> {
    if text.bytes().all(|byte| byte == b'0') && !text.is_empty() {
        return Some("0000-00-00".to_owned());
    }
    if is_digits(text) {
        let year = text.len().checked_sub(4).filter(|digits| matches!(digits, 2 | 4))?;
        let (year, rest) = text.split_at(year);
        let (month, day) = rest.split_at(2);
        return date(&format!("{year}-{month}-{day}"));
    }
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| is_digits(part));
    let full = full_year(number(year)?, year.len());
    if parts.next().is_some() || !matches!(year.len(), 2 | 4) {
        return None;
    }
    Some(format!("{full:04}-{:02}-{:02}", number(month)?, number(day)?))
}

/// Writes a date and time as `YYYY-MM-DD hh:mm:ss` with `fsp` fractional digits.
pub(super) fn date_time(text: &str, fsp: u8) -> Option<String> {
    if is_digits(text) && matches!(text.len(), 12 | 14) {
        let (day, clock) = text.split_at(text.len() - 6);
        return Some(format!("{} {}", date(day)?, time(clock, fsp)?));
    }
    let (day, clock) = text.split_once([' ', 'T']).unwrap_or((text, "0:0:0"));
    let clock = clock.trim();
    if clock.starts_with('-') || !clock.contains(':') {
        return None;
    }
    Some(format!("{} {}", date(day)?, time(clock, fsp)?))
}

/// Writes a time as `hh:mm:ss` with `fsp` fractional digits.
pub(super) fn time(text: &str, fsp: u8) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (days, clock) = clock.split_once(' ').unwrap_or(("0", clock));
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| is_digits(part));
    let (hours, minutes, seconds) = if is_digits(clock) {
        let digits = number(clock)?;
        (digits / 10_000, digits / 100 % 100, digits % 100)
    } else {
        let mut parts = clock.split(':');
        let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
        let seconds = parts.next().map_or(Some(0), number)?;
        if parts.next().is_some() {
            return None;
        }
        (hours, minutes, seconds)
    };
    let hours = number(days)?.checked_mul(24)?.checked_add(hours)?;
    Some(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{}", padded(fraction, usize::from(fsp))?))
}

fn padded(fraction: &str, digits: usize) -> Option<String> {
    let rest = fraction.get(digits..).unwrap_or_default();
    if rest.bytes().any(|byte| byte != b'0') || !fraction.is_empty() && !is_digits(fraction) {
        return None;
    }
    let mut text = format!("{fraction:0<digits$}");
    text.truncate(digits);
    Some(if digits == 0 { String::new() } else { format!(".{text}") })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

//! Dates and times read back from the text that MySQL shows, with at most the fractional digits of the column.

use super::{Date, DateTime, TIME_MAX, date_to_days, datetime_to_micros, time_to_micros};

/// Reads `YYYY-MM-DD`, also what no calendar has (`0000-00-00`, `2024-02-31`); `None` if MySQL has no such DATE.
pub fn parse_date(text: &str) -> Option<i32> {
    let Date { year, month, day } = date(text.as_bytes())?;
    Some(date_to_days(year, month, day))
}

/// Reads `YYYY-MM-DD hh:mm:ss` and up to `fsp` digits behind a point, also of what no calendar has; `None` if MySQL has
/// no such DATETIME.
pub fn parse_datetime(text: &str, fsp: u8) -> Option<i64> {
    let (day, clock) = text.split_once(' ')?;
    let (hour, minute, second, micros) = time_of_day(clock, fsp)?;
    let [hour, minute, second] = [hour, minute, second].map(u8::try_from);
    let hour = hour.ok().filter(|hour| *hour < 24)?;
    let date = date(day.as_bytes())?;
    Some(datetime_to_micros(&DateTime { date, hour, minute: minute.ok()?, second: second.ok()?, micros }))
}

/// Reads `[-]hh:mm:ss` and up to `fsp` digits behind a point; `None` if MySQL has no such TIME.
pub fn parse_time(text: &str, fsp: u8) -> Option<i64> {
    let magnitude = text.strip_prefix('-');
    let (hours, minutes, seconds, micros) = time_of_day(magnitude.unwrap_or(text), fsp)?;
    let micros = time_to_micros(magnitude.is_some(), hours, minutes, seconds, micros);
    (-TIME_MAX..=TIME_MAX).contains(&micros).then_some(micros)
}

fn date(text: &[u8]) -> Option<Date> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else {
        return None;
    };
    let year = i32::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?;
    let month = u8::try_from(number(&[*m0, *m1])?).ok().filter(|month| *month <= 12)?;
    let day = u8::try_from(number(&[*d0, *d1])?).ok().filter(|day| *day <= 31)?;
    Some(Date { year, month, day })
}

/// Reads hours, minutes, seconds and microseconds.
fn time_of_day(text: &str, fsp: u8) -> Option<(u32, u32, u32, u32)> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) if !fraction.is_empty() && fraction.len() <= usize::from(fsp.min(6)) => {
            (clock, fraction)
        }
        Some(_) => return None,
        None => (text, ""),
    };
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let two_digits = |text: &str| (text.len() == 2).then(|| number(text.as_bytes()))?;
    if parts.next().is_some() || !(2..=3).contains(&hours.len()) {
        return None;
    }
    let sixty = |number: &u32| *number < 60;
    let mut micros = [b'0'; 6];
    micros.iter_mut().zip(fraction.bytes()).for_each(|(digit, given)| *digit = given);
    Some((
        number(hours.as_bytes())?,
        two_digits(minutes).filter(sixty)?,
        two_digits(seconds).filter(sixty)?,
        number(&micros)?,
    ))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| {
        digit.is_ascii_digit().then(|| sum.checked_mul(10)?.checked_add(u32::from(digit - b'0')))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporal::{ZERO_DATE, ZERO_DATETIME, write_date, write_datetime, write_time};

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(parse_date("0000-00-00"), Some(ZERO_DATE));
        assert_eq!(parse_datetime("0000-00-00 00:00:00", 0), Some(ZERO_DATETIME));
        for date in ["1970-01-01", "2024-02-29", "2024-00-10", "2024-02-31", "0000-02-29", "9999-12-31"] {
            assert_eq!(text(|out| write_date(out, parse_date(date).unwrap())), date);
            for clock in ["00:00:00.000000", "23:59:59.999999", "01:02:03.000456"] {
                let moment = format!("{date} {clock}");
                assert_eq!(text(|out| write_datetime(out, parse_datetime(&moment, 6).unwrap(), 6)), moment);
            }
        }
        for time in ["00:00:00.000", "-00:00:00.001", "838:59:59.999", "-838:59:59.000", "100:00:00.000"] {
            assert_eq!(text(|out| write_time(out, parse_time(time, 3).unwrap(), 3)), time);
        }
        assert_eq!(parse_time("01:00:00.5", 3), Some(3_600_500_000), "fewer digits than the column has");
    }

    #[test]
    fn what_mysql_does_not_have_is_refused() {
        for date in ["", "2024-1-1", "2024-13-01", "2024-01-32", "24-01-01", "2024-01-01 ", "2024/01/01"] {
            assert_eq!(parse_date(date), None, "{date}");
        }
        for moment in ["2024-01-01", "2024-01-01 24:00:00", "2024-01-01 00:60:00", "2024-01-01T00:00:00"] {
            assert_eq!(parse_datetime(moment, 6), None, "{moment}");
        }
        for time in
            ["839:00:00", "0:00:00", "00:00", "00:00:00.", "00:00:00.1234", "--00:00:01", "00:00:00:00"]
        {
            assert_eq!(parse_time(time, 3), None, "{time}");
        }
    }
}

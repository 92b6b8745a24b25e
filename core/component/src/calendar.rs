//! Dates and times as the contract packs them (`types.calendar`): every field in bits of its own.

use tidegate_model::temporal::{Date, DateTime};

/// Returns the packed form.
#[inline]
pub(crate) fn pack(datetime: &DateTime) -> u64 {
    let DateTime { date: Date { year, month, day }, hour, minute, second, micros } = *datetime;
    let year = u64::from(year.unsigned_abs() & 0x3fff);
    year << 46
        | u64::from(month & 15) << 42
        | u64::from(day & 31) << 37
        | u64::from(hour & 31) << 32
        | u64::from(minute & 63) << 26
        | u64::from(second & 63) << 20
        | u64::from(micros & 0xf_ffff)
}

/// Returns what `packed` stands for; `None` if MySQL has no such date or time.
#[inline]
pub(crate) fn unpack(packed: u64) -> Option<DateTime> {
    let field = |shift: u32, bits: u32| (packed >> shift) & ((1 << bits) - 1);
    let date = Date { year: field(46, 14) as i32, month: field(42, 4) as u8, day: field(37, 5) as u8 };
    let unpacked = DateTime {
        date,
        hour: field(32, 5) as u8,
        minute: field(26, 6) as u8,
        second: field(20, 6) as u8,
        micros: field(0, 20) as u32,
    };
    let admitted = packed >> 60 == 0
        && date.year <= 9999
        && date.month <= 12
        && unpacked.hour < 24
        && unpacked.minute < 60
        && unpacked.second < 60
        && unpacked.micros < 1_000_000;
    admitted.then_some(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_date_comes_back_and_sorts() {
        let date = |year, month, day| Date { year, month, day };
        let at = |date, hour, micros| DateTime { date, hour, minute: 59, second: 7, micros };
        let ascending = [
            DateTime::default(),
            at(date(0, 0, 1), 0, 0),
            at(date(2024, 0, 10), 1, 1),
            at(date(2024, 2, 31), 0, 999_999),
            at(date(2024, 2, 31), 23, 0),
            at(date(9999, 12, 31), 23, 999_999),
        ];
        for pair in ascending.windows(2) {
            assert!(pack(&pair[0]) < pack(&pair[1]), "{pair:?}");
        }
        for datetime in ascending {
            assert_eq!(unpack(pack(&datetime)), Some(datetime));
        }
    }

    #[test]
    fn what_mysql_does_not_have_is_refused() {
        let fine = pack(&DateTime { date: Date { year: 2024, month: 1, day: 1 }, ..DateTime::default() });
        for broken in
            [fine | 1 << 60, fine | 15 << 42, fine | 31 << 32, fine | 63 << 26, fine | 0xf_ffff, 10_000 << 46]
        {
            assert_eq!(unpack(broken), None, "{broken:#x}");
        }
    }
}

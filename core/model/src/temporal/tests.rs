use super::*;
use proptest::prelude::*;

fn date_text(days: i32) -> String {
    let mut out = Vec::new();
    write_date(&mut out, days);
    String::from_utf8(out).unwrap()
}

fn datetime_text(micros: i64, fsp: u8) -> String {
    let mut out = Vec::new();
    write_datetime(&mut out, micros, fsp);
    String::from_utf8(out).unwrap()
}

fn time_text(micros: i64, fsp: u8) -> String {
    let mut out = Vec::new();
    write_time(&mut out, micros, fsp);
    String::from_utf8(out).unwrap()
}

#[test]
fn known_days_have_their_numbers() {
    assert_eq!(date_to_days(1970, 1, 1), 0);
    assert_eq!(date_to_days(2000, 2, 29), 11_016);
    assert_eq!(date_to_days(0, 1, 1), -719_528);
    assert_eq!(date_to_days(0, 3, 1), -719_468);
    assert_eq!(date_to_days(9999, 12, 31), 2_932_896);
    assert_eq!(datetime_to_micros(&micros_to_datetime(-1)), -1);
    assert_eq!(datetime_text(-1, 6), "1969-12-31 23:59:59.999999");
}

/// Walks every day of the calendar beside a day counter that knows nothing but the lengths of months.
#[test]
fn every_day_of_the_calendar_is_counted() {
    let mut days = -719_528;
    for year in 0..=9999 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (month, length) in
            (1..).zip([31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        {
            for day in 1..=length {
                assert_eq!(date_to_days(year, month, day), days);
                assert_eq!(days_to_date(days), Date { year, month, day });
                days += 1;
            }
            assert!(is_sentinel_date(date_to_days(year, month, length + 1)));
        }
    }
    assert_eq!(days, 2_932_897);
}

#[test]
fn what_is_no_calendar_date_keeps_its_text() {
    for (year, month, day, text) in [
        (0, 0, 0, "0000-00-00"),
        (2024, 0, 10, "2024-00-10"),
        (2024, 2, 31, "2024-02-31"),
        (2023, 2, 29, "2023-02-29"),
        (9999, 12, 0, "9999-12-00"),
    ] {
        let days = date_to_days(year, month, day);
        assert!(is_sentinel_date(days), "{text}");
        assert_eq!(date_text(days), text);
    }
    assert_eq!(date_to_days(0, 0, 0), ZERO_DATE);
    assert_eq!(datetime_to_micros(&DateTime::default()), ZERO_DATETIME);
    assert_eq!(datetime_text(ZERO_DATETIME, 0), "0000-00-00 00:00:00");
}

#[test]
fn second_zero_of_a_timestamp_is_the_zero_timestamp() {
    assert_eq!(timestamp_to_micros(0, 0), ZERO_DATETIME);
    assert_eq!(datetime_text(timestamp_to_micros(1, 5), 6), "1970-01-01 00:00:01.000005");
    assert_eq!(datetime_text(timestamp_to_micros(u32::MAX, 0), 0), "2106-02-07 06:28:15");
}

#[test]
fn times_have_signs_and_as_many_hours_as_they_need() {
    assert_eq!(time_text(-TIME_MAX, 6), "-838:59:59.999999");
    assert_eq!(time_text(TIME_MAX, 3), "838:59:59.999");
    assert_eq!(time_text(0, 0), "00:00:00");
    assert_eq!(time_text(time_to_micros(true, 0, 0, 0, 500_000), 1), "-00:00:00.5");
    assert_eq!(time_text(time_to_micros(false, 12_345, 1, 2, 3), 6), "12345:01:02.000003");
}

#[test]
fn years_have_four_digits() {
    let mut out = Vec::new();
    for year in [0, 1901, 2155] {
        write_year(&mut out, year);
    }
    assert_eq!(out, b"000019012155");
}

proptest! {
    #[test]
    fn every_date_comes_back(year in 0..=9999, month in 0..=15_u8, day in 0..=31_u8) {
        prop_assert_eq!(days_to_date(date_to_days(year, month, day)), Date { year, month, day });
    }

    #[test]
    fn every_datetime_comes_back(
        (year, month, day) in (0..=9999, 0..=12_u8, 0..=31_u8),
        (hour, minute, second) in (0..=31_u8, 0..=63_u8, 0..=63_u8),
        micros in 0..1_048_576_u32,
    ) {
        let datetime = DateTime { date: Date { year, month, day }, hour, minute, second, micros };
        prop_assert_eq!(micros_to_datetime(datetime_to_micros(&datetime)), datetime);
    }

    #[test]
    fn sentinels_keep_the_order_of_their_fields(a in sentinel(), b in sentinel()) {
        prop_assert_eq!(a.cmp(&b), datetime_to_micros(&a).cmp(&datetime_to_micros(&b)));
    }

    #[test]
    fn any_number_has_a_date_and_a_text(days: i32, micros: i64, fsp: u8) {
        if !is_sentinel_date(days) {
            let Date { year, month, day } = days_to_date(days);
            prop_assert!((1..=12).contains(&month) && (1..=31).contains(&day));
            prop_assert!((i64::from(year) * 365 - 719_528 - i64::from(days)).abs() < 1_500_000);
        }
        prop_assert!(date_text(days).len() >= 10);
        prop_assert!(datetime_text(micros, fsp).len() >= 19);
        prop_assert!(time_text(micros, fsp).len() >= 8);
    }
}

fn sentinel() -> impl Strategy<Value = DateTime> {
    (0..=9999, 0..=12_u8, 0..=23_u8, 0..1_000_000_u32).prop_map(|(year, month, hour, micros)| DateTime {
        date: Date { year, month, day: 0 },
        hour,
        minute: 59,
        second: 1,
        micros,
    })
}

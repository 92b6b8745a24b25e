//! Numbers, dates and times as the server writes and counts them.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tidegate_model::temporal::{
    Date, DateTime, date_to_days, datetime_to_micros, write_date, write_datetime, write_time,
};
use tidegate_model::text::{write_f32_exact, write_f32_shown, write_f64};

fn some<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

fn finite() -> impl Strategy<Value = f64> {
    let scaled = (-1_000_000_000_000_000_000..1_000_000_000_000_000_000_i64, -40..20_i32, 0..19_u32);
    let scaled =
        scaled.prop_map(|(digits, exponent, cut)| (digits / 10_i64.pow(cut)) as f64 * 10_f64.powi(exponent));
    prop_oneof![any::<f64>(), scaled].prop_filter("finite", |value| value.is_finite())
}

#[test]
fn doubles_are_written_as_mysql_does() {
    let Some(client) = crate::mysql() else { return };
    let values = some(&finite(), 4_000);
    let rows: Vec<_> = values.iter().map(|value| format!("SELECT {value:e} d")).collect();
    let answer = client.execute(&rows.join(" UNION ALL ")).unwrap();
    for (value, theirs) in values.iter().zip(answer.lines()) {
        assert_eq!(text(|out| write_f64(out, *value)), theirs, "{value:e}");
    }
}

#[test]
fn floats_are_written_as_mysql_does() {
    let Some(client) = crate::mysql() else { return };
    let is_float = |value: &f32| value.is_finite();
    let values = some(&finite().prop_map(|value| value as f32).prop_filter("a FLOAT", is_float), 2_000);
    let rows: Vec<_> =
        values.iter().enumerate().map(|(id, value)| format!("({id}, {:e})", f64::from(*value))).collect();
    let answer = client.execute(&format!(
        "CREATE DATABASE floats; CREATE TABLE floats.f (id INT PRIMARY KEY, f FLOAT); INSERT INTO floats.f VALUES {}; \
         SELECT f, CAST(f AS DOUBLE) FROM floats.f ORDER BY id",
        rows.join(",")
    ));
    for (value, theirs) in values.iter().zip(answer.unwrap().lines()) {
        let ours = [text(|out| write_f32_shown(out, *value)), text(|out| write_f32_exact(out, *value))];
        assert_eq!(ours.join("\t"), theirs, "{value:e}");
    }
}

#[test]
fn dates_are_counted_and_written_as_mysql_does() {
    let Some(client) = crate::mysql() else { return };
    let moments = (1..=9999, 1..=12_u8, 1..=28_u8, 0..24_u8, 0..60_u8, 0..1_000_000_u32);
    let moments: Vec<_> = some(&moments, 1_000)
        .into_iter()
        .map(|(year, month, day, hour, minute, micros)| DateTime {
            date: Date { year, month, day },
            hour,
            minute,
            second: 59,
            micros,
        })
        .collect();
    let rows: Vec<_> = moments
        .iter()
        .map(|moment| {
            let written = text(|out| write_datetime(out, datetime_to_micros(moment), 6));
            format!("SELECT TIMESTAMP'{written}' t, '{written}' w")
        })
        .collect();
    let query = format!(
        "SELECT w, DATE(t), TO_DAYS(t) - 719528, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', t), \
         CAST(t AS DATETIME(6)), TIMEDIFF(TIME(t), '23:00:00') FROM ({}) s",
        rows.join(" UNION ALL ")
    );
    for (moment, row) in moments.iter().zip(client.rows(&query).unwrap()) {
        let Date { year, month, day } = moment.date;
        let (days, micros) = (date_to_days(year, month, day), datetime_to_micros(moment));
        let since_day_start = micros.rem_euclid(86_400_000_000);
        let ours = [
            row[0].clone(),
            text(|out| write_date(out, days)),
            days.to_string(),
            micros.to_string(),
            text(|out| write_datetime(out, micros, 6)),
            text(|out| write_time(out, since_day_start - 23 * 3_600_000_000, 6)),
        ];
        assert_eq!(ours, row[..]);
    }
}

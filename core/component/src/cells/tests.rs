#[path = "../../tests/support/edges.rs"]
mod edges;

use super::*;
use crate::bindings::types::{self, Values};
use arrow_array::*;
use proptest::prelude::*;
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, FixedType, IntWidth, temporal::ZERO_DATETIME};

fn column(kind: ColumnKind, nullable: bool) -> Column {
    Column {
        name: "c".into(),
        kind,
        nullable,
        default: ColumnDefault::Unknown,
        generated: None,
        invisible: false,
        auto_increment: false,
    }
}

fn members(count: usize) -> Arc<[Arc<str>]> {
    (0..count).map(|index| Arc::from(index.to_string())).collect()
}

/// Also text that is broken, as long as it was there before.
#[test]
fn every_value_comes_back() {
    for (kind, values) in edges::edges() {
        let given = give(&kind, &values).unwrap();
        let back = take(&column(kind.clone(), true), given, values.len(), Some(&values)).unwrap();
        assert_eq!(*back, *values, "{kind:?}");
        let last = values.slice(values.len() - 2, 2);
        let given = give(&kind, &last).unwrap();
        assert_eq!(
            *take(&column(kind.clone(), true), given, 2, Some(&last)).unwrap(),
            *last,
            "{kind:?}, a part of them"
        );
    }
}

proptest! {
    #[test]
    fn random_values_come_back(columns in edges::random_table()) {
        for (kind, values) in columns {
            let given = give(&kind, &values).unwrap();
            let back = take(&column(kind.clone(), true), given, values.len(), Some(&values)).unwrap();
            prop_assert_eq!(&*back, &*values, "{:?}", kind);
        }
    }
}

fn refused(kind: ColumnKind, values: Values, rows: usize) -> String {
    let cells = types::Cells { validity: Vec::new(), values };
    take(&column(kind, false), cells, rows, None).unwrap_err()
}

fn spans(offsets: &[u32], data: &[u8]) -> types::Spans {
    types::Spans { offsets: offsets.to_vec(), data: data.to_vec() }
}

#[test]
fn what_a_column_does_not_have_is_refused() {
    use ColumnKind::{
        Date, DateTime, Decimal, Double, Enum, Float, Int, Json, Set, Time, Varchar, Vector, Year,
    };
    let decimal = |precision| Decimal { precision, scale: 0, unsigned: true };
    let utf8 = Varchar { collation: 255, length: 9 };
    let latin1 = Varchar { collation: 8, length: 9 };
    let tiny = Int { width: IntWidth::W8, unsigned: false };
    let medium = Int { width: IntWidth::W24, unsigned: true };
    let cases = [
        (tiny.clone(), Values::S64s(vec![128]), "row 0"),
        (tiny.clone(), Values::S64s(vec![1, 2]), "2 values for 1 rows"),
        (tiny, Values::U64s(vec![1]), "`u64s` for a column of signed integers"),
        (medium, Values::U64s(vec![1 << 24]), "row 0"),
        (ColumnKind::Bit { bits: 3 }, Values::U64s(vec![8]), "row 0"),
        (Year, Values::U64s(vec![1900]), "row 0"),
        (Enum { members: members(2), collation: 255 }, Values::U64s(vec![3]), "row 0"),
        (Set { members: members(2), collation: 255 }, Values::U64s(vec![4]), "row 0"),
        (Float { unsigned: false }, Values::F64s(vec![1e300]), "row 0"),
        (Double { unsigned: false }, Values::F64s(vec![f64::NAN]), "row 0"),
        (Double { unsigned: true }, Values::F64s(vec![-1.0]), "row 0"),
        (decimal(3), Values::S64s(vec![1000]), "row 0"),
        (decimal(3), Values::S64s(vec![-1]), "row 0"),
        (decimal(3), Values::S256s(vec![0; 4]), "`s256s` for a column of DECIMAL"),
        (decimal(38), Values::S256s(vec![0, 0, 0, 1 << 63]), "row 0"),
        (decimal(65), Values::S256s(vec![0, 0, 0, 1 << 63]), "row 0"),
        (decimal(65), Values::S256s(vec![0; 3]), "cut off"),
        (Date, Values::U64s(vec![1]), "row 0"),
        (Date, Values::U64s(vec![13 << 42]), "row 0"),
        (DateTime { fsp: 3 }, Values::U64s(vec![1]), "row 0"),
        (Time { fsp: 6 }, Values::S64s(vec![i64::MIN + 1]), "row 0"),
        (Time { fsp: 0 }, Values::S64s(vec![500_000]), "row 0"),
        (utf8.clone(), Values::Spans(spans(&[0, 1], b"\xff")), "row 0"),
        (utf8.clone(), Values::Utf8(spans(&[0, 1], b"\xff")), "not UTF-8"),
        (utf8.clone(), Values::Spans(spans(&[0], b"")), "1 offsets for 1 rows"),
        (utf8.clone(), Values::Spans(spans(&[1, 1], b"a")), "do not ascend from 0"),
        (utf8.clone(), Values::Spans(spans(&[0, 2], b"a")), "do not end at"),
        (latin1, Values::Utf8(spans(&[0, 3], "嗨".as_bytes())), "row 0"),
        (Json, Values::Spans(spans(&[0, 1], b"\x77")), "row 0"),
        (Json, Values::Utf8(spans(&[0, 1], b"{")), "row 0"),
        (Vector { dimensions: 1 }, Values::Spans(spans(&[0, 8], &[0; 8])), "row 0"),
        (ColumnKind::Binary { length: 1 }, Values::Spans(spans(&[0, 2], b"ab")), "row 0"),
        (
            ColumnKind::Binary { length: 1 },
            Values::Utf8(spans(&[0, 1], b"a")),
            "`utf8` for a column of bytes",
        ),
        (ColumnKind::Fixed { fixed: FixedType::Uuid }, Values::Spans(spans(&[0, 4], &[0; 4])), "row 0"),
    ];
    for (kind, values, expected) in cases {
        let message = refused(kind.clone(), values, 1);
        assert!(message.contains(expected), "{kind:?}: {message}");
    }
    let halves = Values::Spans(spans(&[0, 1, 2], "ö".as_bytes()));
    assert!(refused(utf8.clone(), halves, 2).contains("row 0"), "a character in two halves");
    let null = types::Cells { validity: vec![0], values: Values::Spans(spans(&[0, 0], b"")) };
    assert!(
        take(&column(utf8.clone(), false), null, 1, None).unwrap_err().contains("NULL where none can be")
    );
    let bits = types::Cells { validity: vec![0, 0], values: Values::Spans(spans(&[0, 0], b"")) };
    assert!(take(&column(utf8, true), bits, 1, None).unwrap_err().contains("2 bytes of validity for 1 rows"));
}

#[test]
fn broken_text_that_was_there_before_stays() {
    let kind = ColumnKind::Varchar { collation: 255, length: 9 };
    let before: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"\xff", b"a"]));
    let given = || give(&kind, &before).unwrap();
    let column = column(kind.clone(), false);
    assert_eq!(*take(&column, given(), 2, Some(&before)).unwrap(), *before);
    assert!(take(&column, given(), 2, None).is_err());
}

#[test]
fn text_is_what_mysql_prints() {
    let shown = |kind: ColumnKind, values: ArrayRef| {
        let Values::Utf8(spans) = give_text(&kind, &values).unwrap().values else { panic!("no text") };
        String::from_utf8(spans.data).unwrap()
    };
    let latin1 = ColumnKind::Char { collation: 8, length: 9 };
    assert_eq!(shown(latin1, Arc::new(BinaryArray::from_vec(vec![b"\xe4"]))), "ä");
    let zero = Arc::new(TimestampMicrosecondArray::from(vec![ZERO_DATETIME]));
    assert_eq!(shown(ColumnKind::DateTime { fsp: 0 }, zero), "0000-00-00 00:00:00");
}

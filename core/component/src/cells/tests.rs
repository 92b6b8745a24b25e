use super::*;
use crate::bindings::types::{self, Values};
use arrow_array::*;
use arrow_buffer::i256;
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, FixedType, IntWidth, SpatialType, json,
    temporal::{self, TIME_MAX, ZERO_DATE, ZERO_DATETIME},
};

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

/// Every kind with the values at its edges, each with a NULL among them.
fn edges() -> Vec<(ColumnKind, ArrayRef)> {
    use IntWidth::{W8, W16, W24, W32, W64};
    let int = |width, unsigned| ColumnKind::Int { width, unsigned };
    let bytes = |values: &[&[u8]]| -> ArrayRef {
        Arc::new(values.iter().map(|value| Some(*value)).chain([None]).collect::<BinaryArray>())
    };
    let decimal = |precision, scale| ColumnKind::Decimal { precision, scale, unsigned: false };
    let nines = |digits: u32| 10_i128.pow(digits) - 1;
    let wide = i256::from_i128(10).wrapping_pow(65).wrapping_sub(i256::ONE);
    let date = temporal::date_to_days(2024, 2, 29);
    let odd = temporal::date_to_days(2024, 0, 10);
    let mut document = Vec::new();
    json::encode_text(r#"{"a": [1, 2.5, null]}"#, &mut document).unwrap();
    vec![
        (int(W8, false), Arc::new(Int8Array::from(vec![Some(i8::MIN), Some(i8::MAX), None]))),
        (int(W8, true), Arc::new(UInt8Array::from(vec![Some(0), Some(u8::MAX), None]))),
        (int(W16, false), Arc::new(Int16Array::from(vec![Some(i16::MIN), Some(i16::MAX), None]))),
        (int(W16, true), Arc::new(UInt16Array::from(vec![Some(0), Some(u16::MAX), None]))),
        (int(W24, false), Arc::new(Int32Array::from(vec![Some(-(1 << 23)), Some((1 << 23) - 1), None]))),
        (int(W24, true), Arc::new(UInt32Array::from(vec![Some(0), Some((1 << 24) - 1), None]))),
        (int(W32, false), Arc::new(Int32Array::from(vec![Some(i32::MIN), Some(i32::MAX), None]))),
        (int(W32, true), Arc::new(UInt32Array::from(vec![Some(0), Some(u32::MAX), None]))),
        (int(W64, false), Arc::new(Int64Array::from(vec![Some(i64::MIN), Some(i64::MAX), None]))),
        (int(W64, true), Arc::new(UInt64Array::from(vec![Some(0), Some(u64::MAX), None]))),
        (ColumnKind::Bit { bits: 64 }, Arc::new(UInt64Array::from(vec![Some(u64::MAX), None]))),
        (ColumnKind::Bit { bits: 1 }, Arc::new(UInt64Array::from(vec![Some(1), None]))),
        (ColumnKind::Year, Arc::new(UInt16Array::from(vec![Some(0), Some(1901), Some(2155), None]))),
        (
            decimal(18, 2),
            Arc::new(
                Decimal128Array::from(vec![Some(nines(18)), Some(-nines(18)), None])
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
        ),
        (
            decimal(38, 30),
            Arc::new(
                Decimal128Array::from(vec![Some(nines(38)), Some(-nines(38)), None])
                    .with_precision_and_scale(38, 30)
                    .unwrap(),
            ),
        ),
        (
            decimal(65, 30),
            Arc::new(
                Decimal256Array::from(vec![Some(wide), Some(wide.wrapping_neg()), None])
                    .with_precision_and_scale(65, 30)
                    .unwrap(),
            ),
        ),
        (
            ColumnKind::Float { unsigned: false },
            Arc::new(Float32Array::from(vec![Some(f32::MIN), Some(-0.0), None])),
        ),
        (
            ColumnKind::Double { unsigned: false },
            Arc::new(Float64Array::from(vec![Some(f64::MAX), Some(5e-324), None])),
        ),
        (ColumnKind::Date, Arc::new(Date32Array::from(vec![Some(ZERO_DATE), Some(date), Some(odd), None]))),
        (
            ColumnKind::DateTime { fsp: 6 },
            Arc::new(TimestampMicrosecondArray::from(vec![
                Some(ZERO_DATETIME),
                Some(-1),
                Some(253_402_300_799_999_999),
                None,
            ])),
        ),
        (
            ColumnKind::Timestamp { fsp: 0 },
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(ZERO_DATETIME), Some(1_000_000), None])
                    .with_timezone("UTC"),
            ),
        ),
        (
            ColumnKind::Time { fsp: 6 },
            Arc::new(DurationMicrosecondArray::from(vec![Some(TIME_MAX), Some(-TIME_MAX), None])),
        ),
        (ColumnKind::Varchar { collation: 255, length: 9 }, bytes(&["ö\0".as_bytes(), b""])),
        (ColumnKind::Char { collation: 8, length: 9 }, bytes(&[b"\xe4\xf6", b""])),
        (ColumnKind::Text { collation: 255, length_bytes: 4 }, bytes(&["x".repeat(16 << 20).as_bytes()])),
        (ColumnKind::Binary { length: 2 }, bytes(&[b"\xff\0", b"\0\0"])),
        (ColumnKind::Varbinary { length: 3 }, bytes(&[b"\xff\xfe", b""])),
        (ColumnKind::Blob { length_bytes: 2 }, bytes(&[b"\0\x80"])),
        (
            ColumnKind::Enum { members: members(2), collation: 255 },
            Arc::new(UInt16Array::from(vec![Some(0), Some(2), None])),
        ),
        (
            ColumnKind::Set { members: members(64), collation: 255 },
            Arc::new(UInt64Array::from(vec![Some(0), Some(u64::MAX), None])),
        ),
        (ColumnKind::Json, bytes(&[&document])),
        (ColumnKind::Geometry { spatial: SpatialType::Point }, bytes(&[b"\0\0\0\0\x01"])),
        (ColumnKind::Vector { dimensions: 2 }, bytes(&[&[0; 8]])),
        (ColumnKind::Fixed { fixed: FixedType::Inet4 }, bytes(&[&[127, 0, 0, 1]])),
        (ColumnKind::Fixed { fixed: FixedType::Uuid }, bytes(&[&[7; 16]])),
    ]
}

#[test]
fn every_value_comes_back() {
    for (kind, values) in edges() {
        let given = give(&kind, &values).unwrap();
        let back = take(&column(kind.clone(), true), given, values.len(), None).unwrap();
        assert_eq!(*back, *values, "{kind:?}");
        let last = values.slice(values.len() - 2, 2);
        let given = give(&kind, &last).unwrap();
        assert_eq!(
            *take(&column(kind.clone(), true), given, 2, None).unwrap(),
            *last,
            "{kind:?}, a part of them"
        );
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

//! Columns of every kind with the values at its edges, and columns of random ones.

use arrow_array::*;
use arrow_buffer::i256;
use proptest::{collection::vec, option, prelude::*};
use std::sync::Arc;
use tidegate_model::{
    ColumnKind, FixedType, IntWidth, SpatialType, json,
    temporal::{self, DateTime, TIME_MAX, ZERO_DATE, ZERO_DATETIME},
};

/// A column's kind and its values.
pub(crate) type Values = (ColumnKind, ArrayRef);

fn members(count: usize) -> Arc<[Arc<str>]> {
    (0..count).map(|index| Arc::from(index.to_string())).collect()
}

fn binary_json(text: &str) -> Vec<u8> {
    let mut document = Vec::new();
    json::encode_text(text, &mut document).unwrap();
    document
}

fn decimal(precision: u8, scale: u8) -> ColumnKind {
    ColumnKind::Decimal { precision, scale, unsigned: false }
}

fn decimal128(precision: u8, scale: u8, values: Vec<Option<i128>>) -> ArrayRef {
    let array = Decimal128Array::from(values);
    Arc::new(array.with_precision_and_scale(precision, scale as i8).unwrap())
}

fn decimal256(values: Vec<Option<i256>>) -> ArrayRef {
    Arc::new(Decimal256Array::from(values).with_precision_and_scale(65, 30).unwrap())
}

fn datetimes(values: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(values))
}

fn timestamps(values: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC"))
}

fn bytes(values: &[&[u8]]) -> ArrayRef {
    Arc::new(values.iter().map(|value| Some(*value)).chain([None]).collect::<BinaryArray>())
}

/// Returns every kind with the values at its edges, and a NULL behind them.
pub(crate) fn edges() -> Vec<Values> {
    let mut edges = integers();
    edges.extend(other_numbers());
    edges.extend(times());
    edges.extend(texts_and_bytes());
    edges
}

fn integers() -> Vec<Values> {
    use IntWidth::{W8, W16, W24, W32, W64};
    let int = |width, unsigned| ColumnKind::Int { width, unsigned };
    let set = ColumnKind::Set { members: members(64), collation: 255 };
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
        (ColumnKind::Bit { bits: 64 }, Arc::new(UInt64Array::from(vec![Some(0), Some(u64::MAX), None]))),
        (ColumnKind::Bit { bits: 1 }, Arc::new(UInt64Array::from(vec![Some(1), None]))),
        (ColumnKind::Year, Arc::new(UInt16Array::from(vec![Some(0), Some(1901), Some(2155), None]))),
        (
            ColumnKind::Enum { members: members(2), collation: 255 },
            Arc::new(UInt16Array::from(vec![Some(0), Some(2), None])),
        ),
        (set, Arc::new(UInt64Array::from(vec![Some(0), Some(u64::MAX), None]))),
    ]
}

fn other_numbers() -> Vec<Values> {
    let nines = |digits: u32| 10_i128.pow(digits) - 1;
    let wide = i256::from_i128(10).wrapping_pow(65).wrapping_sub(i256::ONE);
    let unsigned = ColumnKind::Decimal { precision: 1, scale: 0, unsigned: true };
    let floats = Float32Array::from(vec![Some(f32::MIN), Some(f32::MAX), Some(-0.0), Some(1e-45), None]);
    let doubles = Float64Array::from(vec![Some(f64::MIN), Some(f64::MAX), Some(-0.0), Some(5e-324), None]);
    vec![
        (unsigned, decimal128(1, 0, vec![Some(0), Some(9), None])),
        (decimal(18, 2), decimal128(18, 2, vec![Some(nines(18)), Some(-nines(18)), Some(0), None])),
        (decimal(19, 19), decimal128(19, 19, vec![Some(nines(19)), Some(-1), None])),
        (decimal(38, 30), decimal128(38, 30, vec![Some(nines(38)), Some(-nines(38)), None])),
        (decimal(65, 30), decimal256(vec![Some(wide), Some(wide.wrapping_neg()), Some(i256::ZERO), None])),
        (ColumnKind::Float { unsigned: false }, Arc::new(floats)),
        (ColumnKind::Double { unsigned: false }, Arc::new(doubles)),
        (ColumnKind::Double { unsigned: true }, Arc::new(Float64Array::from(vec![Some(0.5), None]))),
    ]
}

fn times() -> Vec<Values> {
    let day = temporal::date_to_days;
    let dates =
        vec![Some(ZERO_DATE), Some(day(2024, 2, 29)), Some(day(2024, 0, 10)), Some(day(9999, 12, 31))];
    let last = Some(253_402_300_799_999_999);
    let times = vec![Some(TIME_MAX), Some(-TIME_MAX), Some(0), Some(-1), None];
    let whole = vec![Some(TIME_MAX - 999_999), Some(-1_000_000), None];
    vec![
        (ColumnKind::Date, Arc::new(dates.into_iter().chain([None]).collect::<Date32Array>())),
        (ColumnKind::DateTime { fsp: 6 }, datetimes(vec![Some(ZERO_DATETIME), Some(-1), last, None])),
        (ColumnKind::DateTime { fsp: 0 }, datetimes(vec![Some(ZERO_DATETIME), Some(0), None])),
        (ColumnKind::Timestamp { fsp: 0 }, timestamps(vec![Some(ZERO_DATETIME), Some(1_000_000), None])),
        (ColumnKind::Timestamp { fsp: 6 }, timestamps(vec![Some(1), Some(4_294_967_295_999_999), None])),
        (ColumnKind::Time { fsp: 6 }, Arc::new(DurationMicrosecondArray::from(times))),
        (ColumnKind::Time { fsp: 0 }, Arc::new(DurationMicrosecondArray::from(whole))),
    ]
}

fn texts_and_bytes() -> Vec<Values> {
    let varchar = |collation| ColumnKind::Varchar { collation, length: 9 };
    let json =
        r#"{"a": [1, 2.5, null, true, -9223372036854775808, 18446744073709551615], "ä": {"": "\u0000"}}"#;
    let wkb = b"\0\0\0\0\x01\x01\0\0\0\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0";
    let large = vec![0xfe; 16 << 20];
    vec![
        (varchar(255), bytes(&["ö\0".as_bytes(), b"", "日本語\u{1f40b}".as_bytes(), b"\0"])),
        // latin1, gbk, utf16 and a column whose character set nobody knows
        (ColumnKind::Char { collation: 8, length: 9 }, bytes(&[b"\xe4\xf6\0", b"", b"\x81"])),
        (varchar(28), bytes(&[b"\xc4\xe3\xba\xc3", b"a\0", b""])),
        (varchar(54), bytes(&[b"\0a\xd8\x3d\xdc\x0b", b""])),
        (varchar(0), bytes(&[b"\xff\xfe\0", b""])),
        (ColumnKind::Text { collation: 255, length_bytes: 4 }, bytes(&["x".repeat(16 << 20).as_bytes()])),
        (ColumnKind::Text { collation: 63, length_bytes: 1 }, bytes(&[b"\xff", b""])),
        (ColumnKind::Binary { length: 2 }, bytes(&[b"\xff\0", b"\0\0"])),
        (ColumnKind::Varbinary { length: 3 }, bytes(&[b"\xff\xfe", b"", b"\0\0\0"])),
        (ColumnKind::Blob { length_bytes: 2 }, bytes(&[b"\0\x80", b""])),
        (ColumnKind::Blob { length_bytes: 4 }, bytes(&[&large])),
        (ColumnKind::Json, bytes(&[&binary_json(json), &binary_json("null"), &binary_json("\"\"")])),
        (ColumnKind::Geometry { spatial: SpatialType::Point }, bytes(&[wkb])),
        (
            ColumnKind::Geometry { spatial: SpatialType::GeometryCollection },
            bytes(&[b"\0\0\0\0\x01\x07\0\0\0\0\0\0\0"]),
        ),
        (ColumnKind::Vector { dimensions: 2 }, bytes(&[&[0; 8], b"\xff\xff\x7f\xff\0\0\0\x80"])),
        (ColumnKind::Fixed { fixed: FixedType::Inet4 }, bytes(&[&[127, 0, 0, 1], &[255; 4]])),
        (ColumnKind::Fixed { fixed: FixedType::Inet6 }, bytes(&[&[0; 16], &[255; 16]])),
        (ColumnKind::Fixed { fixed: FixedType::Uuid }, bytes(&[&[7; 16]])),
    ]
}

/// Returns a few columns of some rows, of any kinds with any values.
pub(crate) fn random_table() -> impl Strategy<Value = Vec<Values>> {
    (1..40_usize).prop_flat_map(|rows| vec(column(rows), 1..8))
}

fn column(rows: usize) -> impl Strategy<Value = Values> {
    prop_oneof![random_number(rows), random_decimal(rows), random_time(rows), random_bytes(rows)]
}

/// Returns a column of the values that `one` gives, NULLs among them.
fn made<T: Clone + std::fmt::Debug + 'static>(
    kind: ColumnKind,
    rows: usize,
    one: impl Strategy<Value = T> + 'static,
    array: impl Fn(Vec<Option<T>>) -> ArrayRef + 'static,
) -> BoxedStrategy<Values> {
    vec(option::of(one), rows).prop_map(move |values| (kind.clone(), array(values))).boxed()
}

fn random_number(rows: usize) -> impl Strategy<Value = Values> {
    let int = |width, unsigned| ColumnKind::Int { width, unsigned };
    let set = ColumnKind::Set { members: members(9), collation: 255 };
    prop_oneof![
        made(int(IntWidth::W8, false), rows, any::<i8>(), |values| Arc::new(Int8Array::from(values))),
        made(int(IntWidth::W24, true), rows, 0..1_u32 << 24, |values| Arc::new(UInt32Array::from(values))),
        made(int(IntWidth::W32, false), rows, any::<i32>(), |values| Arc::new(Int32Array::from(values))),
        made(int(IntWidth::W64, false), rows, any::<i64>(), |values| Arc::new(Int64Array::from(values))),
        made(int(IntWidth::W64, true), rows, any::<u64>(), |values| Arc::new(UInt64Array::from(values))),
        made(ColumnKind::Bit { bits: 64 }, rows, any::<u64>(), |values| Arc::new(UInt64Array::from(values))),
        made(set, rows, 0..512_u64, |values| Arc::new(UInt64Array::from(values))),
        made(ColumnKind::Year, rows, 1901..2156_u16, |values| Arc::new(UInt16Array::from(values))),
        made(ColumnKind::Float { unsigned: false }, rows, proptest::num::f32::NORMAL, |values| {
            Arc::new(Float32Array::from(values))
        }),
        made(ColumnKind::Double { unsigned: false }, rows, proptest::num::f64::NORMAL, |values| {
            Arc::new(Float64Array::from(values))
        }),
    ]
}

fn random_decimal(rows: usize) -> impl Strategy<Value = Values> {
    let below = |digits: u32| 1 - 10_i128.pow(digits)..10_i128.pow(digits);
    // 27 digits over 38 others.
    let wide = (below(27), 0..10_i128.pow(38)).prop_map(|(high, low)| {
        let sign = if high < 0 { i256::MINUS_ONE } else { i256::ONE };
        let shift = i256::from_i128(10).wrapping_pow(38);
        let high = i256::from_i128(high).wrapping_mul(shift);
        high.wrapping_add(i256::from_i128(low).wrapping_mul(sign))
    });
    prop_oneof![
        made(decimal(18, 9), rows, below(18), |values| decimal128(18, 9, values)),
        made(decimal(38, 0), rows, below(38), |values| decimal128(38, 0, values)),
        made(decimal(65, 30), rows, wide, decimal256),
    ]
}

fn random_time(rows: usize) -> impl Strategy<Value = Values> {
    // Any month and day that fits into the fields, also those that no calendar has.
    let date = || (0..10_000_i32, 0..13_u8, 0..32_u8);
    let days = date().prop_map(|(year, month, day)| temporal::date_to_days(year, month, day));
    let moment = (date(), 0..24_u8, 0..60_u8, 0..60_u8, 0..1_000_000_u32);
    let micros = moment.prop_map(|((year, month, day), hour, minute, second, micros)| {
        let date = temporal::Date { year, month, day };
        temporal::datetime_to_micros(&DateTime { date, hour, minute, second, micros })
    });
    prop_oneof![
        made(ColumnKind::Date, rows, days, |values| Arc::new(Date32Array::from(values))),
        made(ColumnKind::DateTime { fsp: 6 }, rows, micros, datetimes),
        made(ColumnKind::Timestamp { fsp: 6 }, rows, 1..4_294_967_296_000_000_i64, timestamps),
        made(ColumnKind::Time { fsp: 6 }, rows, -TIME_MAX..=TIME_MAX, |values| {
            Arc::new(DurationMicrosecondArray::from(values))
        }),
    ]
}

fn random_bytes(rows: usize) -> impl Strategy<Value = Values> {
    let binary =
        |values: Vec<Option<Vec<u8>>>| -> ArrayRef { Arc::new(values.into_iter().collect::<BinaryArray>()) };
    let bytes = |most: usize| vec(any::<u8>(), 0..most);
    let text = ColumnKind::Text { collation: 255, length_bytes: 2 };
    let latin1 = ColumnKind::Varchar { collation: 8, length: 30 };
    let leaf =
        prop_oneof![any::<i64>().prop_map(serde_json::Value::from), ".*".prop_map(serde_json::Value::from)];
    let document = leaf.prop_recursive(3, 8, 4, |inner| {
        let object = proptest::collection::btree_map(".{0,3}", inner.clone(), 0..4);
        let object = object.prop_map(|members| members.into_iter().collect::<serde_json::Value>());
        prop_oneof![vec(inner, 0..4).prop_map(serde_json::Value::from), object]
    });
    let document = document.prop_map(|value| binary_json(&value.to_string()));
    prop_oneof![
        made(text, rows, ".{0,20}".prop_map(String::into_bytes), binary),
        made(latin1, rows, bytes(30), binary),
        made(ColumnKind::Varbinary { length: 30 }, rows, bytes(30), binary),
        made(ColumnKind::Blob { length_bytes: 3 }, rows, bytes(300), binary),
        made(ColumnKind::Json, rows, document, binary),
        made(ColumnKind::Fixed { fixed: FixedType::Uuid }, rows, vec(any::<u8>(), 16), binary),
    ]
}

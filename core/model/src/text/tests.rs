use super::*;
use crate::charset::BadText;
use crate::charset::Charset;
use crate::json::Malformed;
use crate::temporal::{TIME_MAX, ZERO_DATE, ZERO_DATETIME};
use crate::{ColumnKind, IntWidth, SpatialType};
use arrow_array::*;
use arrow_buffer::i256;
use proptest::prelude::*;
use std::sync::Arc;

fn text(kind: &ColumnKind, values: &dyn Array) -> Vec<String> {
    assert_eq!(*values.data_type(), kind.data_type());
    let cells = Cells::new(kind, values).unwrap();
    let cell = |row| {
        let mut out = Vec::new();
        cells.write(row, &mut out).unwrap();
        if cells.is_null(row) {
            assert!(out.is_empty());
            return "NULL".to_owned();
        }
        String::from_utf8(out).unwrap()
    };
    (0..values.len()).map(cell).collect()
}

fn int(width: IntWidth, unsigned: bool) -> ColumnKind {
    ColumnKind::Int { width, unsigned }
}

#[test]
fn integers_are_written_at_every_width() {
    use IntWidth::{W8, W16, W24, W32, W64};
    assert_eq!(
        text(&int(W8, false), &Int8Array::from(vec![Some(-128), None, Some(0)])),
        ["-128", "NULL", "0"]
    );
    assert_eq!(text(&int(W8, true), &UInt8Array::from(vec![255])), ["255"]);
    assert_eq!(text(&int(W16, false), &Int16Array::from(vec![-32_768])), ["-32768"]);
    assert_eq!(text(&int(W16, true), &UInt16Array::from(vec![65_535])), ["65535"]);
    assert_eq!(text(&int(W24, false), &Int32Array::from(vec![-8_388_608])), ["-8388608"]);
    assert_eq!(text(&int(W24, true), &UInt32Array::from(vec![16_777_215])), ["16777215"]);
    assert_eq!(text(&int(W32, false), &Int32Array::from(vec![i32::MIN])), ["-2147483648"]);
    assert_eq!(text(&int(W32, true), &UInt32Array::from(vec![u32::MAX])), ["4294967295"]);
    assert_eq!(text(&int(W64, false), &Int64Array::from(vec![i64::MIN])), ["-9223372036854775808"]);
    assert_eq!(text(&int(W64, true), &UInt64Array::from(vec![u64::MAX])), ["18446744073709551615"]);
    assert_eq!(text(&ColumnKind::Bit { bits: 9 }, &UInt64Array::from(vec![257])), ["257"]);
    assert_eq!(text(&ColumnKind::Year, &UInt16Array::from(vec![0, 2155])), ["0000", "2155"]);
}

#[test]
fn decimals_have_all_digits_of_their_scale() {
    let small = Decimal128Array::from(vec![50, -5]).with_precision_and_scale(10, 2).unwrap();
    assert_eq!(
        text(&ColumnKind::Decimal { precision: 10, scale: 2, unsigned: false }, &small),
        ["0.50", "-0.05"]
    );
    let large = Decimal256Array::from(vec![i256::from_i128(-1)]).with_precision_and_scale(65, 30).unwrap();
    let kind = ColumnKind::Decimal { precision: 65, scale: 30, unsigned: false };
    assert_eq!(text(&kind, &large), ["-0.000000000000000000000000000001"]);
}

#[test]
fn dates_and_times_have_the_columns_fraction() {
    assert_eq!(text(&ColumnKind::Date, &Date32Array::from(vec![0, ZERO_DATE])), ["1970-01-01", "0000-00-00"]);
    let datetimes = TimestampMicrosecondArray::from(vec![1_500_000, ZERO_DATETIME]);
    let expected = ["1970-01-01 00:00:01.500", "0000-00-00 00:00:00.000"];
    assert_eq!(text(&ColumnKind::DateTime { fsp: 3 }, &datetimes), expected);
    let timestamps = TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("UTC");
    assert_eq!(text(&ColumnKind::Timestamp { fsp: 0 }, &timestamps), ["1970-01-01 00:00:01"]);
    let times = DurationMicrosecondArray::from(vec![-TIME_MAX]);
    assert_eq!(text(&ColumnKind::Time { fsp: 6 }, &times), ["-838:59:59.999999"]);
}

#[test]
fn text_is_decoded_and_bytes_are_not() {
    let gbk = ColumnKind::Varchar { collation: 28, length: 9 };
    let values = BinaryArray::from_vec(vec![b"a\xd6\xd0", b"", b"\xff"]);
    let cells = Cells::new(&gbk, &values).unwrap();
    let mut out = Vec::new();
    assert_eq!(cells.write(0, &mut out), Ok(()));
    assert_eq!(cells.write(1, &mut out), Ok(()));
    assert_eq!(out, "a中".as_bytes());
    let bad = BadText { charset: Charset::Gbk, at: 0 };
    assert_eq!(cells.write(2, &mut out), Err(CellError::Text(bad)));
    for kind in [
        ColumnKind::Binary { length: 3 },
        ColumnKind::Blob { length_bytes: 1 },
        ColumnKind::Geometry { spatial: SpatialType::Point },
        ColumnKind::Vector { dimensions: 1 },
    ] {
        let mut out = Vec::new();
        Cells::new(&kind, &values).unwrap().write(0, &mut out).unwrap();
        assert_eq!(out, b"a\xd6\xd0");
    }
}

#[test]
fn members_are_written_by_name() {
    let members: Arc<[Arc<str>]> = ["a".into(), "é".into(), "c".into()].into();
    let kind = ColumnKind::Enum { members: Arc::clone(&members), collation: 255 };
    assert_eq!(text(&kind, &UInt16Array::from(vec![0, 2])), ["", "é"]);
    let cells = UInt16Array::from(vec![4]);
    let cells = Cells::new(&kind, &cells).unwrap();
    assert_eq!(cells.write(0, &mut Vec::new()), Err(CellError::Member(4)));
    let kind = ColumnKind::Set { members, collation: 255 };
    assert_eq!(text(&kind, &UInt64Array::from(vec![0, 2, 7])), ["", "é", "a,é,c"]);
    let cells = UInt64Array::from(vec![9]);
    let cells = Cells::new(&kind, &cells).unwrap();
    assert_eq!(cells.write(0, &mut Vec::new()), Err(CellError::Member(9)));
}

#[test]
fn json_is_written_as_text() {
    let values = BinaryArray::from_vec(vec![b"\x0c\x01x", b"\x05"]);
    let cells = Cells::new(&ColumnKind::Json, &values).unwrap();
    let mut out = Vec::new();
    assert_eq!(cells.write(0, &mut out), Ok(()));
    assert_eq!(out, b"\"x\"");
    assert_eq!(cells.write(1, &mut out), Err(CellError::Json(Malformed::Truncated)));
}

#[test]
fn a_column_that_is_not_its_kind_is_refused() {
    let values = UInt8Array::from(vec![1]);
    assert!(matches!(Cells::new(&ColumnKind::Year, &values), Err(ColumnError::Type { .. })));
    let values = BinaryArray::from_vec(vec![b"x"]);
    let unknown = ColumnKind::Char { collation: 0, length: 1 };
    assert_eq!(Cells::new(&unknown, &values).unwrap_err(), ColumnError::Collation(0));
}

#[test]
fn a_float_has_the_digits_that_are_asked_for() {
    let kind = ColumnKind::Float { unsigned: false };
    let values = Float32Array::from(vec![0.1, 16_777_216.0, 1e10, f32::MIN_POSITIVE]);
    let with = |floats| -> Vec<String> {
        let cells = Cells::with_floats(&kind, &values, floats).unwrap();
        let cell = |row| {
            let mut out = Vec::new();
            cells.write(row, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        (0..4).map(cell).collect()
    };
    assert_eq!(with(FloatText::Shortest), ["0.1", "16777216", "10000000000", "1.1754944e-38"]);
    assert_eq!(with(FloatText::Shown), ["0.1", "16777200", "10000000000", "1.17549e-38"]);
    let exact = ["0.10000000149011612", "16777216", "10000000000", "1.1754943508222875e-38"];
    assert_eq!(with(FloatText::Exact), exact);
}

#[test]
fn doubles_change_to_exponents_where_mysqls_do() {
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1e14, "100000000000000"),
        (1e15, "1e15"),
        (123_456_789_012_345.0, "123456789012345"),
        (1_234_567_890_123_456.0, "1.234567890123456e15"),
        (1e-15, "0.000000000000001"),
        (1.5e-15, "0.0000000000000015"),
        (1e-16, "1e-16"),
        (f64::MAX, "1.7976931348623157e308"),
        (5e-324, "5e-324"),
        (3_060_393_552_545_791.5, "3060393552545791.5"),
        (753.304_992_675_781_3, "753.3049926757812"),
        (f64::INFINITY, "0"),
        (f64::NAN, "0"),
    ] {
        let mut out = Vec::new();
        write_f64(&mut out, value);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

proptest! {
    #[test]
    fn doubles_and_floats_come_back(double: f64, bits: u32, integer: i64) {
        let float = f32::from_bits(bits);
        prop_assume!(double.is_finite() && float.is_finite());
        let mut out = Vec::new();
        write_f64(&mut out, double);
        prop_assert_eq!(std::str::from_utf8(&out).unwrap().parse(), Ok(double));
        for write in [write_f32, write_f32_exact] {
            out.clear();
            write(&mut out, float);
            prop_assert_eq!(std::str::from_utf8(&out).unwrap().parse(), Ok(float));
        }
        out.clear();
        write_i64(&mut out, integer);
        prop_assert_eq!(String::from_utf8(out).unwrap(), integer.to_string());
    }
}

//! What a line says.

use super::doubles::{batch, image, row_set};
use crate::Lines;
use arrow_array::{
    ArrayRef, BinaryArray, Date32Array, Decimal128Array, Decimal256Array, DurationMicrosecondArray,
    Float32Array, Float64Array, Int8Array, Int64Array, TimestampMicrosecondArray, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow_buffer::i256;
use serde_json::{Value, json};
use std::sync::Arc;
use tidegate_model::{
    ColumnKind, Encoding, Image, IntWidth, Operation, RowSet, SpatialType, TableName,
    temporal::{ZERO_DATE, ZERO_DATETIME},
};
use tidegate_plugin::Change;

fn text_of(sets: Vec<RowSet>) -> String {
    let mut out = Vec::new();
    let change = Change::Batch(Box::new(batch(sets, 4711)));
    Lines::default().write(&change, &mut out, |_| Ok(())).unwrap();
    String::from_utf8(out).unwrap()
}

/// Writes one value a row, and reads the lines back.
fn values(kind: ColumnKind, values: impl arrow_array::Array + 'static) -> Vec<Value> {
    let rows = u32::try_from(values.len()).unwrap();
    let values: ArrayRef = Arc::new(values);
    let values =
        arrow_array::make_array(values.to_data().into_builder().data_type(kind.data_type()).build().unwrap());
    let after = image(vec![("c", kind, values)]);
    let text = text_of(vec![row_set(Operation::Insert, Image::default(), after, (0..rows).collect())]);
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["after"]["c"].clone()).collect()
}

fn int(width: IntWidth, unsigned: bool) -> ColumnKind {
    ColumnKind::Int { width, unsigned }
}

fn members(labels: &[&str]) -> Arc<[Arc<str>]> {
    labels.iter().map(|label| Arc::from(*label)).collect()
}

#[test]
fn a_line_has_its_keys_in_a_fixed_order() {
    let id = |id: u64| image(vec![("id", int(IntWidth::W64, true), Arc::new(UInt64Array::from(vec![id])))]);
    let mut update = row_set(Operation::Update, id(1), id(2), vec![3]);
    assert_eq!(
        text_of(vec![update.clone()]),
        concat!(
            r#"{"op":"update","schema":"s","table":"t\"1","before":{"id":1},"after":{"id":2},"#,
            r#""gtid":"3e11fa47-71ca-11e1-9e33-c80aa9429562:77","file":"b.000001","offset":4711,"#,
            r#""commit_time":1700000000123456,"server_id":9,"row":13}"#,
            "\n"
        )
    );
    update.target = TableName::new("x", "y");
    let line: Value = serde_json::from_str(&text_of(vec![update])).unwrap();
    assert_eq!((&line["schema"], &line["table"]), (&json!("x"), &json!("y")));
    assert_eq!((&line["source_schema"], &line["source_table"]), (&json!("s"), &json!("t\"1")));
}

#[test]
fn rows_of_several_sets_stand_in_the_order_of_the_log() {
    let ids = |ids: Vec<u64>| image(vec![("id", int(IntWidth::W64, true), Arc::new(UInt64Array::from(ids)))]);
    let sets = vec![
        row_set(Operation::Delete, ids(vec![10, 13]), Image::default(), vec![0, 3]),
        row_set(Operation::Insert, Image::default(), ids(vec![11, 12, 13]), vec![1, 2, 3]),
    ];
    let rows: Vec<(String, u64)> = text_of(sets)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| (line["op"].as_str().unwrap().to_owned(), line["row"].as_u64().unwrap()))
        .collect();
    let expected = [("delete", 10), ("insert", 11), ("insert", 12), ("delete", 13), ("insert", 13)];
    assert_eq!(rows, expected.map(|(op, row)| (op.to_owned(), row)));
}

#[test]
fn numbers_are_exact() {
    assert_eq!(
        values(int(IntWidth::W8, false), Int8Array::from(vec![Some(-128), None])),
        [json!(-128), json!(null)]
    );
    assert_eq!(values(int(IntWidth::W24, true), UInt32Array::from(vec![16_777_215])), [json!(16_777_215)]);
    assert_eq!(values(int(IntWidth::W64, false), Int64Array::from(vec![i64::MIN])), [json!(i64::MIN)]);
    assert_eq!(values(int(IntWidth::W64, true), UInt64Array::from(vec![u64::MAX])), [json!(u64::MAX)]);
    assert_eq!(values(ColumnKind::Bit { bits: 64 }, UInt64Array::from(vec![1 << 63])), [json!(1_u64 << 63)]);
    assert_eq!(values(ColumnKind::Year, UInt16Array::from(vec![0, 2155])), [json!(0), json!(2155)]);
    let floats = values(ColumnKind::Float { unsigned: false }, Float32Array::from(vec![0.1, -1e30]));
    assert_eq!(floats, [json!(0.1), json!(-1e30)]);
    let doubles =
        values(ColumnKind::Double { unsigned: false }, Float64Array::from(vec![0.1, f64::MIN_POSITIVE]));
    assert_eq!(doubles, [json!(0.1), json!(f64::MIN_POSITIVE)]);
}

#[test]
fn decimals_are_strings_with_all_digits() {
    let small = ColumnKind::Decimal { precision: 10, scale: 2, unsigned: false };
    assert_eq!(values(small, Decimal128Array::from(vec![1250, -5])), [json!("12.50"), json!("-0.05")]);
    let large = ColumnKind::Decimal { precision: 65, scale: 0, unsigned: false };
    let digits = "9".repeat(65);
    let value = i256::from_string(&digits).unwrap();
    assert_eq!(values(large, Decimal256Array::from(vec![value])), [json!(digits)]);
}

#[test]
fn dates_are_as_mysql_writes_them() {
    assert_eq!(
        values(ColumnKind::Date, Date32Array::from(vec![ZERO_DATE, 0])),
        [json!("0000-00-00"), json!("1970-01-01")]
    );
    let micros = TimestampMicrosecondArray::from(vec![ZERO_DATETIME, 1_500_000]);
    let datetimes = values(ColumnKind::DateTime { fsp: 1 }, micros);
    assert_eq!(datetimes, [json!("0000-00-00 00:00:00.0"), json!("1970-01-01 00:00:01.5")]);
    let stamps = values(ColumnKind::Timestamp { fsp: 0 }, TimestampMicrosecondArray::from(vec![0]));
    assert_eq!(stamps, [json!("1970-01-01 00:00:00")]);
    let time = DurationMicrosecondArray::from(vec![-(838 * 3600 + 59 * 60 + 59) * 1_000_000_i64]);
    assert_eq!(values(ColumnKind::Time { fsp: 0 }, time), [json!("-838:59:59")]);
}

#[test]
fn text_is_decoded_and_broken_text_is_told_apart() {
    let utf8 = ColumnKind::Varchar { collation: 255, length: 10 };
    let bytes = BinaryArray::from_vec(vec!["ü\"\n🦀".as_bytes(), b"\xff"]);
    assert_eq!(values(utf8, bytes), [json!("ü\"\n🦀"), json!({ "base64": "/w==" })]);
    let latin1 = ColumnKind::Char { collation: 8, length: 10 };
    assert_eq!(values(latin1, BinaryArray::from_vec(vec![b"\xfc\x80"])), [json!("ü€")]);
    let unknown = ColumnKind::Text { collation: 0, length_bytes: 2 };
    assert_eq!(values(unknown, BinaryArray::from_vec(vec![b"a"])), [json!({ "base64": "YQ==" })]);
}

#[test]
fn bytes_labels_and_vectors() {
    let binary = ColumnKind::Binary { length: 2 };
    assert_eq!(values(binary, BinaryArray::from_vec(vec![b"\0a"])), [json!({ "base64": "AGE=" })]);
    let geometry = ColumnKind::Geometry { spatial: SpatialType::Point };
    assert_eq!(values(geometry, BinaryArray::from_vec(vec![b"\0"])), [json!({ "base64": "AA==" })]);
    let kind = ColumnKind::Enum { members: members(&["a", ""]), collation: 255 };
    let labels = values(kind, UInt16Array::from(vec![Some(1), Some(2), Some(0), Some(7), None]));
    assert_eq!(labels, [json!("a"), json!(""), json!(0), json!(7), json!(null)]);
    let kind = ColumnKind::Set { members: members(&["a", "b", "c"]), collation: 255 };
    let sets = values(kind, UInt64Array::from(vec![0, 5, 8]));
    assert_eq!(sets, [json!([]), json!(["a", "c"]), json!(8)]);
    let floats: Vec<u8> = [1.5_f32, -0.1].into_iter().flat_map(f32::to_le_bytes).collect();
    let kind = ColumnKind::Vector { dimensions: 2 };
    assert_eq!(
        values(kind, BinaryArray::from_vec(vec![&floats, b"abc"])),
        [json!([1.5, -0.1]), json!({ "base64": "YWJj" })]
    );
}

/// `{"a": 1}` in MySQL's binary JSON.
const OBJECT: &[u8] = b"\x00\x01\x00\x0c\x00\x0b\x00\x01\x00\x05\x01\x00a";
/// A DATE as a document: an opaque value of type 10 with eight bytes.
const DATE: &[u8] = b"\x0f\x0a\x08\x00\x00\x00\x00\x00\xc2\xac\x19";

#[test]
fn documents_are_embedded_and_what_text_loses_stands_beside() {
    assert_eq!(values(ColumnKind::Json, BinaryArray::from_vec(vec![OBJECT])), [json!({ "a": 1 })]);
    assert_eq!(values(ColumnKind::Json, BinaryArray::from_vec(vec![b"\x77"])), [json!({ "base64": "dw==" })]);

    let documents: ArrayRef = Arc::new(BinaryArray::from_vec(vec![DATE, OBJECT]));
    let after = image(vec![("c", ColumnKind::Json, documents)]);
    let text = text_of(vec![row_set(Operation::Insert, Image::default(), after, vec![0, 1])]);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["after"]["c"].is_string(), "{text}");
    assert_eq!(lines[0]["after_json"]["c"], json!({ "base64": "DwoIAAAAAADCrBk=" }));
    assert!(lines[1].get("after_json").is_none());
}

#[test]
fn partial_documents_stand_apart() {
    let diffs: &[u8] = b"\x00\x03$.a\x03\x05\x02\x00";
    let ints: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let documents: ArrayRef = Arc::new(BinaryArray::from_vec(vec![OBJECT]));
    let diffs: ArrayRef = Arc::new(BinaryArray::from_vec(vec![diffs]));
    let columns = |json: ArrayRef| {
        image(vec![("id", int(IntWidth::W64, false), ints.clone()), ("c", ColumnKind::Json, json)])
    };
    let mut after = columns(diffs);
    after.columns[1].encoding = Encoding::JsonDiff;
    let line = text_of(vec![row_set(Operation::Update, columns(documents), after, vec![0])]);
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["after"], json!({ "id": 1 }));
    assert_eq!(line["after_diffs"], json!({ "c": [{ "op": "replace", "path": "$.a", "value": 2 }] }));
}

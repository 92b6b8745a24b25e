//! Lines read back.

use super::{
    doubles::{column, image, row_set},
    edges::{Values, edges, random_table},
};
use crate::{ImageReader, JsonImage, Misfit, Part, Present, RowLines};
use arrow_array::{Array as _, ArrayRef, BinaryArray, Int64Array, UInt16Array, UInt64Array};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tidegate_model::{
    Column, ColumnKind, Encoding, Image, IntWidth, Operation, RowSet, SpatialType, charset::Charset,
};

fn line(rows: &RowSet, row: usize) -> String {
    let mut out = Vec::new();
    RowLines::new(rows).unwrap().write_open(&mut out, row, &[]);
    out.push(b'}');
    String::from_utf8(out).unwrap()
}

fn object<'a>(line: &'a Value, key: &str, nothing: &'a Map<String, Value>) -> &'a Map<String, Value> {
    line.get(key).map_or(nothing, |value| value.as_object().unwrap())
}

/// Reads the rows of lines that have the same columns.
fn read(lines: &[String], columns: &[Arc<Column>], side: &str) -> Image {
    let mut reader = None::<ImageReader>;
    let nothing = Map::new();
    for line in lines {
        let line: Value = serde_json::from_str(line).unwrap();
        let image = JsonImage {
            values: object(&line, side, &nothing),
            documents: object(&line, &format!("{side}_json"), &nothing),
            diffs: object(&line, &format!("{side}_diffs"), &nothing),
        };
        let (present, misfits) = image.present(columns);
        assert_eq!(misfits, [], "{line}");
        let reader = reader.get_or_insert_with(|| ImageReader::new(present));
        assert_eq!(reader.push(&image), [], "{line}");
    }
    reader.unwrap().finish().unwrap()
}

/// Writes rows, reads them back, and writes them once more.
fn comes_back(columns: Vec<Values>) {
    let names: Vec<String> = (0..columns.len()).map(|index| format!("c{index}")).collect();
    let columns = names.iter().zip(columns).map(|(name, (kind, values))| (name.as_str(), kind, values));
    let after = image(columns.collect());
    let count = after.columns.first().map_or(0, |column| column.values.len());
    let rows = row_set(Operation::Insert, Image::default(), after, (0..count as u32).collect());
    let written: Vec<String> = (0..count).map(|row| line(&rows, row)).collect();
    let after = read(&written, &rows.table.columns, "after");
    for (old, new) in rows.after.columns.iter().zip(&after.columns) {
        assert_eq!(old.values.to_data(), new.values.to_data(), "{:?}", old.column.kind);
    }
    assert_eq!(rows.after.columns.len(), after.columns.len());
    let again = RowSet { after, ..rows };
    (0..count).for_each(|row| assert_eq!(line(&again, row), written[row]));
}

#[test]
fn the_edges_of_every_type_come_back() {
    edges().into_iter().for_each(|values| comes_back(vec![values]));
}

#[test]
fn text_of_every_character_set_comes_back() {
    let samples = ["a\"\\\n", "ä", "я", "語", "한", "א", "🦀", "€"];
    for charset in Charset::all().filter(|charset| *charset != Charset::Binary) {
        let texts = samples.iter().filter_map(|text| charset.encode(text).ok());
        let texts: Vec<Option<Vec<u8>>> = texts.map(|text| Some(text.into_owned())).collect();
        let kind = ColumnKind::Varchar { collation: charset.binary_collation(), length: 4 };
        comes_back(vec![(kind, Arc::new(texts.into_iter().collect::<BinaryArray>()))]);
    }
}

proptest! {
    #[test]
    fn any_rows_come_back(table in random_table()) {
        comes_back(table);
    }

    #[test]
    fn any_bits_of_floats_come_back(mut bits: Vec<u64>) {
        bits.push(0);
        let doubles: Vec<f64> = bits.iter().map(|bits| f64::from_bits(*bits)).filter(|double| double.is_finite()).collect();
        let floats: Vec<f32> =
            bits.iter().map(|bits| f32::from_bits(*bits as u32)).filter(|float| float.is_finite()).collect();
        let vectors: Vec<Vec<u8>> = floats.iter().map(|float| float.to_le_bytes().to_vec()).collect();
        let documents: Vec<Vec<u8>> =
            doubles.iter().map(|double| [&[0x0b], &double.to_le_bytes()[..]].concat()).collect();
        comes_back(vec![(ColumnKind::Double { unsigned: false }, Arc::new(arrow_array::Float64Array::from(doubles)))]);
        comes_back(vec![(ColumnKind::Float { unsigned: false }, Arc::new(arrow_array::Float32Array::from(floats)))]);
        let bytes = |values: Vec<Vec<u8>>| -> ArrayRef { Arc::new(values.into_iter().map(Some).collect::<BinaryArray>()) };
        comes_back(vec![(ColumnKind::Vector { dimensions: 1 }, bytes(vectors))]);
        comes_back(vec![(ColumnKind::Json, bytes(documents))]);
    }
}

#[test]
fn what_only_bytes_say_comes_back() {
    let set = ColumnKind::Set { members: [Arc::from("a")].into(), collation: 255 };
    let label = ColumnKind::Enum { members: [Arc::from("a")].into(), collation: 255 };
    let bytes =
        |values: &[Option<&[u8]>]| -> ArrayRef { Arc::new(values.iter().copied().collect::<BinaryArray>()) };
    // A DATE, JSON's null, an empty document, which is null too, what is no document, and NULL.
    let date: &[u8] = b"\x0f\x0a\x08\x00\x00\x00\x00\x00\xc2\xac\x19";
    let documents = [Some(date), Some(b"\x04\x00"), Some(b""), Some(b"\x77"), None];
    comes_back(vec![
        (ColumnKind::Json, bytes(&documents)),
        (label, Arc::new(UInt16Array::from(vec![Some(0), Some(1), Some(9), Some(u16::MAX), None]))),
        (set, Arc::new(UInt64Array::from(vec![Some(0), Some(1), Some(2), Some(u64::MAX), None]))),
        (
            ColumnKind::Varchar { collation: 255, length: 2 },
            bytes(&[Some(b"\xff"), Some(b"{}"), Some(b""), None, None]),
        ),
        (ColumnKind::Geometry { spatial: SpatialType::Point }, bytes(&[Some(b"\0"), None, None, None, None])),
    ]);
}

#[test]
fn an_update_with_partial_documents_comes_back() {
    let ints: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let mut object = Vec::new();
    tidegate_model::json::encode(&json!({ "a": 1 }), &mut object).unwrap();
    let opaque: &[u8] = b"\x00\x03$.a\x0b\x0f\x0a\x08\x00\x00\x00\x00\x00\xc2\xac\x19";
    for diffs in [&b"\x00\x03$.a\x03\x05\x02\x00\x02\x03$.b"[..], opaque, b""] {
        let columns = |json: &[u8]| {
            let json: ArrayRef = Arc::new(BinaryArray::from_vec(vec![json]));
            let id = ColumnKind::Int { width: IntWidth::W64, unsigned: false };
            image(vec![("id", id, ints.clone()), ("c", ColumnKind::Json, json)])
        };
        let mut after = columns(diffs);
        after.columns[1].encoding = Encoding::JsonDiff;
        let rows = row_set(Operation::Update, columns(&object), after, vec![0]);
        let written = [line(&rows, 0)];
        let columns = &rows.table.columns[..2];
        let again = RowSet {
            before: read(&written, columns, "before"),
            after: read(&written, columns, "after"),
            ..rows.clone()
        };
        assert_eq!(line(&again, 0), written[0]);
        assert_eq!(again.after.columns[1].encoding, Encoding::JsonDiff);
    }
}

fn wrong(kind: ColumnKind, value: Value) -> String {
    let column = column("c", kind);
    let mut reader = ImageReader::new(vec![Present { column, source: Some(0), encoding: Encoding::Value }]);
    let values: Map<String, Value> = [("c".to_owned(), value)].into_iter().collect();
    let image = JsonImage { values: &values, ..JsonImage::default() };
    let misfits = reader.push(&image);
    assert_eq!(
        reader.finish().unwrap().columns[0].values.len(),
        1,
        "a row that does not fit is a row all the same"
    );
    misfits.into_iter().map(|misfit| misfit.message).collect()
}

#[test]
fn what_does_not_fit_is_told_by_what_was_expected() {
    let members: Arc<[Arc<str>]> = ["a", "b"].map(Arc::from).into();
    let int = |width, unsigned| ColumnKind::Int { width, unsigned };
    let decimal = ColumnKind::Decimal { precision: 5, scale: 2, unsigned: false };
    for (kind, value, message) in [
        (int(IntWidth::W24, true), json!(1 << 24), "expected a whole number from 0 to 16777215"),
        (int(IntWidth::W8, false), json!(-129), "expected a whole number from -128 to 127"),
        (int(IntWidth::W64, true), json!(1.5), "expected a whole number from 0 to 18446744073709551615"),
        (ColumnKind::Bit { bits: 3 }, json!(8), "expected a whole number from 0 to 7"),
        (ColumnKind::Year, json!(1900), "expected a year from 1901 to 2155, or 0"),
        (
            decimal.clone(),
            json!(12.5),
            "expected a number in quotes of at most 3 digits before the point and 2 behind it",
        ),
        (
            decimal,
            json!("1000.00"),
            "expected a number in quotes of at most 3 digits before the point and 2 behind it",
        ),
        (ColumnKind::Float { unsigned: false }, json!(1e39), "expected a number that the type can hold"),
        (ColumnKind::Date, json!("2024-1-1"), "expected a date such as `\"2024-02-29\"`"),
        (
            ColumnKind::DateTime { fsp: 0 },
            json!("2024-01-01 00:00:00.5"),
            "expected a date and time such as `\"2024-02-29 12:00:00\"`, without a fraction of the second",
        ),
        (
            ColumnKind::Time { fsp: 3 },
            json!("839:00:00"),
            "expected a time such as `\"-838:59:59\"`, with at most 3 digits behind the second",
        ),
        (
            ColumnKind::Varchar { collation: 255, length: 2 },
            json!("äöü"),
            "expected at most 2 characters, found 3",
        ),
        (
            ColumnKind::Varchar { collation: 8, length: 2 },
            json!("語"),
            "latin1 has not all characters of the text",
        ),
        (
            ColumnKind::Text { collation: 255, length_bytes: 1 },
            json!("x".repeat(256)),
            "expected at most 255 bytes, found 256",
        ),
        (ColumnKind::Varbinary { length: 2 }, json!("ab"), "expected `{\"base64\": …}`"),
        (
            ColumnKind::Varbinary { length: 2 },
            json!({ "base64": "YWJj" }),
            "expected at most 2 bytes, found 3",
        ),
        (ColumnKind::Binary { length: 2 }, json!({ "base64": "YQ==" }), "expected 2 bytes, found 1"),
        (ColumnKind::Binary { length: 2 }, json!({ "base64": "YQ" }), "expected base64 with its padding"),
        (
            ColumnKind::Enum { members: members.clone(), collation: 255 },
            json!("c"),
            "expected one of `a`, `b`",
        ),
        (
            ColumnKind::Set { members, collation: 255 },
            json!(["a", "c"]),
            "expected one of `a`, `b`, in a list",
        ),
        (ColumnKind::Vector { dimensions: 1 }, json!([1, 2]), "expected a list of 1 numbers"),
        (
            ColumnKind::Fixed { fixed: tidegate_model::FixedType::Inet4 },
            json!("1.2.3"),
            "expected an inet4 in quotes",
        ),
    ] {
        assert_eq!(wrong(kind, value), message);
    }
}

#[test]
fn keys_that_name_no_column_and_null_where_none_can_be_are_told_apart() {
    let id = Arc::new(Column { nullable: false, ..(*column("id", ColumnKind::Year)).clone() });
    let columns = [id.clone(), column("doc", ColumnKind::Json)];
    let map = |value: Value| value.as_object().unwrap().clone();
    let (values, documents, diffs) =
        (map(json!({ "id": null, "Doc": 1 })), map(json!({ "id": {}, "doc": {} })), map(json!({ "id": [] })));
    let image = JsonImage { values: &values, documents: &documents, diffs: &diffs };
    let found: Vec<(Part, String)> =
        image.present(&columns).1.into_iter().map(|misfit| (misfit.part, misfit.column)).collect();
    let expected = [
        (Part::Diffs, "id"),
        (Part::Values, "Doc"),
        (Part::Documents, "doc"),
        (Part::Documents, "id"),
        (Part::Diffs, "id"),
    ];
    assert_eq!(found, expected.map(|(part, name)| (part, name.to_owned())));
    let mut reader =
        ImageReader::new(vec![Present { column: id, source: Some(0), encoding: Encoding::Value }]);
    let misfit = Misfit {
        part: Part::Values,
        column: "id".to_owned(),
        message: "NULL cannot stand in the column".to_owned(),
    };
    assert_eq!(reader.push(&JsonImage { values: &values, ..JsonImage::default() }), [misfit]);
}

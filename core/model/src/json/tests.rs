use super::edit::Node;
use super::value::Raw;
use super::*;
use crate::temporal::ZERO_DATE;
use arrow_buffer::i256;
use proptest::prelude::*;
use std::borrow::Cow;

/// `{"a": 1, "bc": [true, "x", null], "z": -1.5}` as MySQL 9.7 logs it.
const SAMPLE: &[u8] = b"\x00\x03\x00\x34\x00\x19\x00\x01\x00\x1a\x00\x01\x00\x1b\x00\x02\x00\
    \x05\x01\x00\x0b\x1d\x00\x02\x25\x00azbc\
    \x00\x00\x00\x00\x00\x00\xf8\xbf\
    \x03\x00\x0f\x00\x04\x01\x00\x0c\x0d\x00\x04\x00\x00\x01x";

fn text(document: &[u8]) -> Result<String, Malformed> {
    let mut out = Vec::new();
    write_text(document, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// A document of one opaque value.
fn opaque(field_type: u8, data: &[u8]) -> Vec<u8> {
    let mut document = vec![0x0f, field_type, data.len() as u8];
    document.extend_from_slice(data);
    document
}

/// An operation, a path and a document.
type Change<'a> = (u8, &'a str, &'a [u8]);

/// Writes the diffs of the given operations, paths and documents.
fn diffs(diffs: &[Change<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for (operation, path, value) in diffs {
        out.extend_from_slice(&[*operation, path.len() as u8]);
        out.extend_from_slice(path.as_bytes());
        if *operation < 2 {
            out.push(value.len() as u8);
            out.extend_from_slice(value);
        }
    }
    out
}

fn changed(document: &[u8], changes: &[Change<'_>]) -> Result<String, DiffError> {
    let mut out = b"before".to_vec();
    let result = apply_diffs(document, &diffs(changes), &mut out);
    assert!(out.starts_with(b"before"));
    match result {
        Ok(()) => Ok(text(&out[6..]).unwrap()),
        Err(error) => {
            assert_eq!(out, b"before");
            Err(error)
        }
    }
}

#[test]
fn the_sample_is_read_and_written() {
    assert_eq!(text(SAMPLE).unwrap(), r#"{"a": 1, "z": -1.5, "bc": [true, "x", null]}"#);
    assert_eq!(validate(SAMPLE), Ok(()));
    assert_eq!(has_opaque(SAMPLE), Ok(false));
    let Value::Object(object) = parse(SAMPLE).unwrap() else { panic!("no object") };
    let keys: Vec<_> = object.iter().map(|member| member.unwrap().0).collect();
    assert_eq!(keys, ["a", "z", "bc"]);
    assert_eq!(object.get(1), Ok(("z", Value::Double(-1.5))));
    assert!(object.get(3).is_err());
}

#[test]
fn an_empty_document_is_null() {
    assert_eq!(text(b"").unwrap(), "null");
    assert_eq!(parse(b""), Ok(Value::Null));
}

#[test]
fn strings_are_escaped_as_mysql_does() {
    let mut out = Vec::new();
    write_string("\u{0}\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f}\u{7f}\"\\/é💩", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\u{7f}\\\"\\\\/é💩\""
    );
}

#[test]
fn opaque_values_keep_their_type() {
    let date = opaque(10, &((2024_i64 * 13 + 2) << 46 | 29 << 41).to_le_bytes());
    assert_eq!(text(&date).unwrap(), "\"2024-02-29\"");
    assert_eq!(text(&opaque(10, &[0; 8])).unwrap(), "\"0000-00-00\"");
    let time = opaque(11, &(-((12_i64 << 12 | 13 << 6 | 14) << 24 | 500_000)).to_le_bytes());
    assert_eq!(text(&time).unwrap(), "\"-12:13:14.500000\"");
    let decimal = opaque(246, &[14, 4, 0x81, 0x0d, 0xfb, 0x38, 0xd2, 0x04, 0xd2]);
    assert_eq!(text(&decimal).unwrap(), "1234567890.1234");
    assert_eq!(text(&opaque(252, b"\0\x01\xff\xfe")).unwrap(), "\"base64:type252:AAH//g==\"");
    assert_eq!(text(&opaque(11, b"1")).unwrap(), "\"base64:type11:MQ==\"");
    let long = text(&opaque(15, &[b'a'; 58])).unwrap();
    assert_eq!(long, format!("\"base64:type15:{}\\nYQ==\"", "YWFh".repeat(19)));
    assert!(has_opaque(&date).unwrap());

    let value = |document: &[u8]| match parse(document) {
        Ok(Value::Opaque(opaque)) => match opaque.value() {
            OpaqueValue::Bytes(_) => OpaqueValue::Bytes(b""),
            OpaqueValue::Date(days) => OpaqueValue::Date(days),
            OpaqueValue::Decimal { scale, value } => OpaqueValue::Decimal { scale, value },
            OpaqueValue::Time(micros) => OpaqueValue::Time(micros),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(value(&opaque(10, &[0; 8])), OpaqueValue::Date(ZERO_DATE));
    let number = i256::from_i128(12_345_678_901_234);
    assert_eq!(value(&decimal), OpaqueValue::Decimal { scale: 4, value: number });
    assert_eq!(value(&time), OpaqueValue::Time(-(((12 * 60 + 13) * 60 + 14) * 1_000_000 + 500_000)));
}

#[test]
fn what_is_no_document_is_refused() {
    for (document, error) in [
        (&b"\x0d"[..], Malformed::Type(0x0d)),
        (b"\x04\x03", Malformed::Type(3)),
        (b"\x04", Malformed::Truncated),
        (b"\x05\x01", Malformed::Truncated),
        (b"\x0c\x05abcd", Malformed::Truncated),
        (b"\x0c\x80\x80\x80\x80\x80\x01a", Malformed::Truncated),
        (b"\x0c\x01\xff", Malformed::Text),
        // An array whose element is the array itself, and one whose table is longer than it.
        (b"\x02\x01\x00\x07\x00\x02\x00\x00", Malformed::Truncated),
        (b"\x02\xff\x00\x04\x00", Malformed::Truncated),
    ] {
        assert_eq!(text(document), Err(error), "{document:x?}");
        assert_eq!(validate(document), Err(error), "{document:x?}");
    }
}

/// Returns an array in an array and so on, so many levels deep.
fn nested(levels: usize) -> Vec<u8> {
    let mut node = Node::Array(Vec::new());
    let mut out = Vec::new();
    for _ in 1..levels {
        node = Node::Array(vec![node]);
    }
    node.write_document(&mut out).unwrap();
    out
}

#[test]
fn nesting_ends_at_mysqls_limit() {
    let deepest = nested(DEPTH_MAX);
    assert_eq!(text(&deepest).unwrap(), format!("{}{}", "[".repeat(100), "]".repeat(100)));
    // One more level around it: an array of one element, which begins behind its table of seven bytes.
    let size = (deepest.len() - 1 + 7) as u8;
    let mut deeper = vec![0x02, 1, 0, size, ((deepest.len() + 6) >> 8) as u8, 0x02, 7, 0];
    deeper.extend_from_slice(&deepest[1..]);
    assert_eq!(text(&deeper), Err(Malformed::Depth));
    assert_eq!(validate(&deeper), Err(Malformed::Depth));
}

/// Each level's two entries lead to the same next level: 2^40 values in a few hundred bytes.
#[test]
fn meeting_offsets_do_not_multiply_the_work() {
    let mut document = b"\x0c\x01x".to_vec();
    for level in 0..40 {
        let size = (document.len() - 1 + 10) as u16;
        let kind = if level == 0 { 0x0c } else { 0x02 };
        let mut outer = vec![0x02, 2, 0];
        outer.extend_from_slice(&size.to_le_bytes());
        outer.extend_from_slice(&[kind, 10, 0, kind, 10, 0]);
        outer.extend_from_slice(&document[1..]);
        document = outer;
    }
    assert_eq!(validate(&document), Err(Malformed::Overlap));
    assert_eq!(text(&document), Err(Malformed::Overlap));
}

#[test]
fn diffs_change_what_they_name() {
    let one: &[u8] = b"\x05\x01\x00";
    let cases: [(&[Change<'_>], &str); 9] = [
        (&[], r#"{"a": 1, "z": -1.5, "bc": [true, "x", null]}"#),
        (&[(0, "$", one)], "1"),
        (&[(0, "$.bc[1]", one), (2, "$.z", b"")], r#"{"a": 1, "bc": [true, 1, null]}"#),
        (&[(1, "$.bc[0]", one), (2, "$.bc[3]", b"")], r#"{"a": 1, "z": -1.5, "bc": [1, true, "x"]}"#),
        (&[(1, "$.bc[99]", one)], r#"{"a": 1, "z": -1.5, "bc": [true, "x", null, 1]}"#),
        (
            &[(1, "$.\"a \\u0022\\\\é\"", one)],
            r#"{"a": 1, "z": -1.5, "bc": [true, "x", null], "a \"\\é": 1}"#,
        ),
        (
            &[(1, "$.d", SAMPLE), (2, "$.d.bc", b""), (2, "$.bc", b""), (2, "$.z", b"")],
            r#"{"a": 1, "d": {"a": 1, "z": -1.5}}"#,
        ),
        (
            &[(0, "$ . bc [ last - 1 ]", one), (2, "$.bc[last]", b"")],
            r#"{"a": 1, "z": -1.5, "bc": [true, 1]}"#,
        ),
        (
            &[(0, "$.a[0]", b"\x04\x00"), (0, "$.z[last]", one)],
            r#"{"a": null, "z": 1, "bc": [true, "x", null]}"#,
        ),
    ];
    for (changes, expected) in cases {
        assert_eq!(changed(SAMPLE, changes).as_deref(), Ok(expected), "{changes:?}");
    }
}

#[test]
fn diffs_are_written_as_they_are_read() {
    let written = diffs(&[(0, "$.a", b"\x05\x07\x00"), (1, "$[0]", b"\x04\x00"), (2, "$", b"")]);
    let mut out = Vec::new();
    Diffs::new(&written).for_each(|diff| diff.unwrap().write(&mut out));
    assert_eq!(out, written);
    for length in [250, 251, 0xffff, 0x1_0000, 0x100_0000] {
        let diff = Diff { operation: Operation::Replace, path: "$", value: Some(&vec![7; length]) };
        let mut out = Vec::new();
        diff.write(&mut out);
        assert_eq!(Diffs::new(&out).collect::<Vec<_>>(), [Ok(diff)]);
    }
}

#[test]
fn diffs_that_do_not_fit_are_refused() {
    let one: &[u8] = b"\x05\x01\x00";
    for (operation, path, error) in [
        (0, "$.b", DiffError::Unfit),
        (0, "$.bc[3]", DiffError::Unfit),
        (0, "$.a.b", DiffError::Unfit),
        (1, "$.a", DiffError::Unfit),
        (1, "$.b.c", DiffError::Unfit),
        (1, "$.bc.c", DiffError::Unfit),
        (1, "$.a[1]", DiffError::Unfit),
        (1, "$", DiffError::Unfit),
        (2, "$.b", DiffError::Unfit),
        (2, "$.bc[3]", DiffError::Unfit),
        (2, "$.a[0]", DiffError::Unfit),
        (2, "$", DiffError::Unfit),
        (2, ".a", DiffError::Path),
        (2, "$a", DiffError::Path),
        (2, "$.", DiffError::Path),
        (2, "$.*", DiffError::Path),
        (2, "$.\"a", DiffError::Path),
        (2, "$[x]", DiffError::Path),
        (2, "$[0", DiffError::Path),
        (3, "$.a", DiffError::Operation(3)),
    ] {
        assert_eq!(changed(SAMPLE, &[(operation, path, one)]), Err(error), "{operation} {path}");
    }
    assert_eq!(changed(SAMPLE, &[(0, "$.a", b"\x05")]), Err(Malformed::Truncated.into()));
    assert_eq!(apply_diffs(SAMPLE, b"\x00\x05$.a", &mut Vec::new()), Err(DiffError::Truncated));
    assert_eq!(Diffs::new(b"\x02\x03$.a\x09").count(), 2);
}

/// A tree with arrays and objects of every size, around the border between the small and the large form.
fn tree() -> impl Strategy<Value = Node<'static>> {
    let raw = |document: Vec<u8>| Node::Raw(Raw::of_document(document.leak()).unwrap());
    let leaf = prop_oneof![
        any::<i32>().prop_map(move |value| raw([&[0x07][..], &value.to_le_bytes()].concat())),
        any::<u16>().prop_map(move |value| raw([&[0x06][..], &value.to_le_bytes()].concat())),
        Just(()).prop_map(move |()| raw(vec![0x04, 0x01])),
        prop_oneof![0..300_usize, 16_000..17_000_usize].prop_map(move |length| {
            let prefix =
                [0x0c, (length & 0x7f) as u8 | 0x80, (length >> 7 & 0x7f) as u8 | 0x80, (length >> 14) as u8];
            raw([&prefix[..], &vec![b's'; length]].concat())
        }),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        let member = ("[a-z]{1,9}", inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..8).prop_map(Node::Array),
            proptest::collection::vec(member, 0..8).prop_map(|members| {
                let mut object = Node::Object(Vec::new());
                for (key, value) in members {
                    object.insert(&path::Leg::Member(Cow::Owned(key)), value).unwrap();
                }
                object
            }),
        ]
    })
}

fn open_all(node: &mut Node<'_>) {
    node.open().unwrap();
    match node {
        Node::Raw(_) => {}
        Node::Array(elements) => elements.iter_mut().for_each(open_all),
        Node::Object(members) => members.iter_mut().for_each(|(_, value)| open_all(value)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_and_written_again(node in tree()) {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        node.write_document(&mut first).unwrap();
        prop_assert_eq!(validate(&first), Ok(()));
        let mut read = Node::of_document(&first).unwrap();
        open_all(&mut read);
        read.write_document(&mut second).unwrap();
        prop_assert!(first == second);
        prop_assert_eq!(text(&first), text(&second));
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(mut document: Vec<u8>, at in 0..SAMPLE.len(), byte: u8, diffs: Vec<u8>) {
        let mut damaged = SAMPLE.to_vec();
        damaged[at] = byte;
        for bytes in [&mut document, &mut damaged] {
            let text = text(bytes);
            prop_assert_eq!(text.is_ok(), validate(bytes).is_ok());
            let _ = apply_diffs(bytes, &diffs, &mut Vec::new());
            let _ = apply_diffs(bytes, b"\x02\x07$.bc[0]", &mut Vec::new());
        }
    }

    #[test]
    fn no_path_breaks_the_reader(path in "\\$[.\\[\\]\"\\\\ a-z0-9éu-]{0,20}") {
        let _ = path::parse(&path);
    }
}

#[test]
fn a_text_becomes_the_document_that_mysql_makes_of_it() {
    let document = |text: &str| {
        let mut out = Vec::new();
        encode_text(text, &mut out).map(|()| out)
    };
    assert_eq!(document(r#"{"z": -1.5, "bc": [true, "x", null], "a": 7, "a": 1}"#).unwrap(), SAMPLE);
    let long = "x".repeat(200_000);
    for shown in [
        "null",
        "false",
        "-32768",
        "32768",
        "2147483648",
        "-9223372036854775808",
        "18446744073709551615",
        "1.5",
        "\"\"",
        "[]",
        "{}",
        r#"[[], {}, [1, [2]], {"": ""}]"#,
        // Digits that a fast reader of numbers rounds to a neighbour.
        "[1.4110649929262306e-178, 6.408408089929028e88, 0.9306924767545105]",
        &format!("[\"{long}\", 70000]"),
    ] {
        assert_eq!(text(&document(shown).unwrap()).as_deref(), Ok(shown));
    }
    assert_eq!(document("{\"a\":"), Err(BadJson::Text { line: 1, column: 5 }));
    assert_eq!(document(&format!("{{\"{long}\": 1}}")), Err(BadJson::Layout));
    assert_eq!(document(&format!("{}{}", "[".repeat(101), "]".repeat(101))), Err(BadJson::Layout));
}

//! Binary JSON as MySQL writes it to its log, against the text that MySQL makes of it.

use crate::binlog::{self, Json};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::HashMap;
use tidegate_model::json::{Diffs, Event, Malformed, apply_diffs, has_opaque, validate, walk, write_text};
use tidegate_test_servers::Client;

/// SQL expressions for single values.
fn scalar() -> impl Strategy<Value = String> {
    let finite = any::<f64>().prop_filter("MySQL has finite doubles only", |value| value.is_finite());
    prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<i16>().prop_map(|value| value.to_string()),
        any::<i32>().prop_map(|value| value.to_string()),
        any::<u64>().prop_map(|value| value.to_string()),
        finite.prop_map(|value| format!("{value:e}")),
        (-400..400_i32, -20..20_i32).prop_map(|(digits, exponent)| format!("{digits}e{exponent}")),
        string(),
        ("[1-9][0-9]{0,34}", "[0-9]{0,30}", any::<bool>()).prop_map(|(whole, fraction, negative)| {
            format!(
                "CAST('{}{whole}.{fraction}' AS DECIMAL(65,{}))",
                if negative { "-" } else { "" },
                fraction.len()
            )
        }),
        (0..9999_u16, 1..=12_u8, 1..=28_u8).prop_map(|(y, m, d)| format!("DATE'{y:04}-{m:02}-{d:02}'")),
        (1..9999_u16, 0..24_u8, 0..1_000_000_u32)
            .prop_map(|(y, h, us)| format!("TIMESTAMP'{y:04}-12-31 {h:02}:59:01.{us:06}'")),
        (-838..=838_i16, 0..60_u8, 0..1_000_000_u32)
            .prop_map(|(h, m, us)| format!("TIME'{h}:{m:02}:07.{us:06}'")),
        proptest::collection::vec(any::<u8>(), 1..200).prop_map(|bytes| format!("x'{}'", hex(&bytes))),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn string() -> impl Strategy<Value = String> {
    prop_oneof![".{0,12}", "[\\x00-\\x7f]{0,20}", Just("x".repeat(200))]
        .prop_map(|text| format!("_utf8mb4 x'{}'", hex(text.as_bytes())))
}

/// SQL expressions for documents.
fn document() -> impl Strategy<Value = String> {
    scalar().prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6)
                .prop_map(|values| format!("JSON_ARRAY({})", values.join(","))),
            proptest::collection::vec((string(), inner), 0..6).prop_map(|members| {
                let members: Vec<_> = members.iter().map(|(key, value)| format!("{key},{value}")).collect();
                format!("JSON_OBJECT({})", members.join(","))
            }),
        ]
    })
}

fn some<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn text(document: &[u8]) -> String {
    let mut out = Vec::new();
    write_text(document, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The server's text of all documents of a table, by id.
fn texts(client: &Client, table: &str) -> HashMap<u32, String> {
    let rows = client.rows(&format!("SELECT id, HEX(CAST(j AS CHAR)) FROM {table}")).unwrap();
    let text = |hex: &str| -> String {
        let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        String::from_utf8(bytes.collect()).unwrap()
    };
    rows.iter().map(|row| (row[0].parse().unwrap(), text(&row[1]))).collect()
}

/// The text built from events, to hold the walk against the writer.
fn text_of_events(document: &[u8]) -> String {
    let mut out = String::new();
    let mut opaque = false;
    let result = walk(document, &mut |event| {
        let (separator, part) = match event {
            Event::ArrayStart(_) => ("", "[".to_owned()),
            Event::ArrayEnd => ("", "], ".to_owned()),
            Event::ObjectStart(_) => ("", "{".to_owned()),
            Event::ObjectEnd => ("", "}, ".to_owned()),
            Event::Key(key) => ("", format!("{key:?}: ")),
            Event::Null => (", ", "null".to_owned()),
            Event::Bool(value) => (", ", value.to_string()),
            Event::Int(value) => (", ", value.to_string()),
            Event::Uint(value) => (", ", value.to_string()),
            Event::Double(value) => (", ", format!("{value:?}")),
            Event::String(value) => (", ", format!("{value:?}")),
            Event::Opaque(_) => {
                opaque = true;
                (", ", String::new())
            }
        };
        out.push_str(&part);
        out.push_str(separator);
        Ok::<_, Malformed>(())
    });
    result.unwrap();
    assert_eq!(opaque, has_opaque(document).unwrap());
    out
}

#[test]
fn text_is_the_servers() {
    let Some(server) = crate::mysql_server() else { return };
    let client = server.client().database("json_text");
    server.client().execute("CREATE DATABASE json_text").unwrap();
    client.execute("CREATE TABLE json_text_rows (id INT PRIMARY KEY, j JSON)").unwrap();
    let mut documents = some(&document(), 800);
    documents.extend(LARGE.map(str::to_owned));
    let mut insert = "SET sql_mode = ''".to_owned();
    for (id, document) in documents.iter().enumerate() {
        insert.push_str(&format!(
            ";\nINSERT INTO json_text_rows SELECT {id}, JSON_EXTRACT(JSON_ARRAY({document}), '$[0]')"
        ));
    }
    client.execute(&insert).unwrap();
    let texts = texts(&client, "json_text_rows");
    let rows = binlog::rows(server, "json_text_rows");
    assert_eq!(rows.len(), documents.len());
    for row in rows {
        let Json::Document(document) = row.after else { panic!("a diff in an insert") };
        let id = usize::try_from(row.id).unwrap();
        assert_eq!(text(&document), texts[&row.id], "{}", documents[id]);
        assert_eq!(validate(&document), Ok(()));
        text_of_events(&document);
    }
}

/// Documents whose tables have offsets of four bytes.
const LARGE: [&str; 3] = [
    "JSON_ARRAY(REPEAT('x', 70000), 100000, -100000, 1, true, JSON_OBJECT('a', 70000, 'b', 3000000000))",
    "JSON_OBJECT('k', REPEAT('y', 65536), REPEAT('k', 300), 3000000000, 'n', NULL)",
    "JSON_ARRAY(JSON_ARRAY(REPEAT('x', 65000)), JSON_ARRAY(REPEAT('z', 128), JSON_ARRAY(), JSON_OBJECT()))",
];

/// What updates do to documents: calls with `j` in it.
const CHANGES: [&str; 22] = [
    "JSON_SET(j, '$.a', 1)",
    "JSON_SET(j, '$.new', JSON_ARRAY(1, 2))",
    "JSON_SET(j, '$.b[1]', 'changed')",
    "JSON_SET(j, '$.b[99]', 100000)",
    "JSON_SET(j, '$.c.\"d e\"', NULL)",
    "JSON_SET(j, '$.c.\"q\\\\\"\\\\\\\\é\\\\n\"', TIME'-1:00:00')",
    "JSON_SET(j, '$.c.\"q\\\\\"\\\\\\\\é\\\\n\"', JSON_OBJECT('x', 1.5))",
    "JSON_SET(j, '$.a[1]', 'wrapped')",
    "JSON_SET(j, '$.c.x', CAST(1.50 AS DECIMAL(10,2)), '$.c.x', 2, '$.c.y', 3)",
    "JSON_REPLACE(j, '$.b[last]', JSON_OBJECT('last', true))",
    "JSON_REPLACE(j, '$.b[last-1]', 70000)",
    "JSON_REPLACE(j, '$.c', JSON_ARRAY(j))",
    "JSON_REPLACE(j, '$.big', 1)",
    "JSON_SET(j, '$.big', REPEAT('B', 66000))",
    "JSON_REMOVE(j, '$.b[0]')",
    "JSON_REMOVE(j, '$.b[1]', '$.b[1]', '$.a')",
    "JSON_REMOVE(j, '$.c')",
    "JSON_REMOVE(j, '$.c.\"d e\"')",
    "JSON_REMOVE(j, '$.b[last]')",
    "JSON_SET(JSON_REMOVE(j, '$.a'), '$.a', 'back')",
    "JSON_SET(JSON_REMOVE(j, '$.b[0]'), '$.b[0]', 0, '$.b[3]', 3)",
    "JSON_SET(j, '$.a', DATE'2024-02-29', '$.bb', b'1')",
];

#[test]
fn diffs_make_the_servers_document() {
    let Some(server) = crate::mysql_server() else { return };
    server.client().execute("CREATE DATABASE json_diff").unwrap();
    let client = server.client().database("json_diff");
    client
        .execute(
            "CREATE TABLE json_diff_rows (id INT PRIMARY KEY, j JSON);
             CREATE TABLE json_diff_whole (id INT PRIMARY KEY, j JSON);
             CREATE TABLE json_diff_texts (n INT AUTO_INCREMENT PRIMARY KEY, id INT, j LONGTEXT)",
        )
        .unwrap();
    let mut script = "SET binlog_row_value_options = 'PARTIAL_JSON'".to_owned();
    let pad = "'pad', REPEAT('p', 1000), 'big', REPEAT('b', 40000)";
    let tails = some(&proptest::collection::vec(0..CHANGES.len(), 1..12), 70);
    for (id, changes) in tails.iter().enumerate() {
        script.push_str(&format!(
            ";\nINSERT INTO json_diff_rows VALUES ({id}, JSON_OBJECT('a', 0, 'b', JSON_ARRAY(1, 'two', 3.5, 70000), \
             'c', JSON_OBJECT('d e', JSON_ARRAY()), {pad}))"
        ));
        for change in changes {
            script.push_str(&format!(
                ";\nUPDATE json_diff_rows SET j = {} WHERE id = {id}; \
                 INSERT INTO json_diff_texts (id, j) SELECT id, CAST(j AS CHAR) FROM json_diff_rows WHERE id = {id}",
                CHANGES[*change]
            ));
        }
    }
    // What the server writes anew has no holes from changes in place.
    script.push_str(
        ";\nINSERT INTO json_diff_whole SELECT id, JSON_MERGE_PRESERVE(j, '{}') FROM json_diff_rows",
    );
    client.execute(&script).unwrap();
    let mut documents: HashMap<u32, Vec<u8>> = HashMap::new();
    let mut kinds = [0; 3];
    for row in binlog::rows(server, "json_diff_rows") {
        let (before, after) = (documents.remove(&row.id).or(row.before), row.after);
        let document = match after {
            Json::Document(document) => document,
            Json::Diffs(diffs) => {
                Diffs::new(&diffs).for_each(|diff| kinds[diff.unwrap().operation as usize] += 1);
                let mut out = Vec::new();
                let before = before.unwrap();
                apply_diffs(&before, &diffs, &mut out).unwrap_or_else(|error| {
                    panic!("{error}: {:?} {}", Diffs::new(&diffs).collect::<Vec<_>>(), text(&before))
                });
                out
            }
        };
        assert_eq!(validate(&document), Ok(()));
        documents.insert(row.id, document);
    }
    assert!(kinds.iter().all(|count| *count > 20), "{kinds:?}");
    for (id, theirs) in texts(&client, "json_diff_rows") {
        assert_eq!(text(&documents[&id]), theirs, "{id}: {:?}", tails[id as usize]);
    }
    for row in binlog::rows(server, "json_diff_whole") {
        let Json::Document(theirs) = row.after else { panic!("a diff in an insert") };
        assert_eq!(documents[&row.id], theirs, "{}: {:?}", row.id, tails[row.id as usize]);
    }
}

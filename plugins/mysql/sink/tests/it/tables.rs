//! Every type to every server that has it, on tables with and without a key.

use crate::{
    feed::{Cell, Cells, Feed, INT, delete, insert, table, update},
    stage::Stage,
};
use serde_json::json;
use tidegate_model::{ColumnKind as K, IntWidth, SpatialType, temporal};
use tidegate_test_servers::{Kind, MariaDb, MySql, TiDb, server_or_skip};

fn bytes(value: &[u8]) -> Option<Cell> {
    Some(Cell::Bytes(value.to_vec()))
}

fn int(value: i64) -> Option<Cell> {
    Some(Cell::Int(value))
}

struct Type {
    sql: &'static str,
    kind: K,
    /// Values and how the server shows them.
    values: Vec<(Option<Cell>, &'static str)>,
    show: &'static str,
    except: &'static [Kind],
}

fn of(sql: &'static str, kind: K, values: Vec<(Option<Cell>, &'static str)>) -> Type {
    Type { sql, kind, values, show: "?", except: &[] }
}

fn shown(show: &'static str, kind: Type) -> Type {
    Type { show, ..kind }
}

fn not_on(except: &'static [Kind], kind: Type) -> Type {
    Type { except, ..kind }
}

#[rustfmt::skip]
fn types() -> Vec<Type> {
    let members = || ["a", "it's", "Ü"].map(Into::into).to_vec().into();
    let text = |collation| K::Varchar { collation, length: 20 };
    let zero = temporal::ZERO_DATETIME;
    vec![
        of("TINYINT", K::Int { width: IntWidth::W8, unsigned: false }, vec![(int(-128), "-128"), (int(0), "0")]),
        of("BIGINT UNSIGNED", K::Int { width: IntWidth::W64, unsigned: true }, vec![(int(-1), "18446744073709551615")]),
        of("DECIMAL(20,4)", K::Decimal { precision: 20, scale: 4, unsigned: false }, vec![(int(-12345), "-1.2345"), (int(5), "0.0005")]),
        of("FLOAT", K::Float { unsigned: false }, vec![(Some(Cell::Float(1.1)), "1.1"), (Some(Cell::Float(-0.5)), "-0.5")]),
        of("DOUBLE", K::Double { unsigned: false }, vec![(Some(Cell::Float(1e300)), "1e300"), (Some(Cell::Float(0.1)), "0.1")]),
        of("FLOAT(7,3)", K::Float { unsigned: false }, vec![(Some(Cell::Float(1.125)), "1.125"), (Some(Cell::Float(-1234.567)), "-1234.567")]),
        of("DOUBLE(10,2)", K::Double { unsigned: false }, vec![(Some(Cell::Float(0.29)), "0.29"), (Some(Cell::Float(-1_234_567.89)), "-1234567.89")]),
        of("DATE", K::Date, vec![(int(temporal::ZERO_DATE.into()), "0000-00-00"), (int(19_000), "2022-01-08"), (int(temporal::date_to_days(2024, 2, 31).into()), "2024-02-31")]),
        of("DATETIME(6)", K::DateTime { fsp: 6 }, vec![(int(zero), "0000-00-00 00:00:00.000000"), (int(1_700_000_000_123_456), "2023-11-14 22:13:20.123456")]),
        of("TIMESTAMP(3) NULL", K::Timestamp { fsp: 3 }, vec![(int(1_700_000_000_123_000), "2023-11-14 22:13:20.123"), (int(zero), "0000-00-00 00:00:00.000")]),
        of("TIME(2)", K::Time { fsp: 2 }, vec![(int(-(838 * 3600 + 59 * 60 + 59) * 1_000_000), "-838:59:59.00"), (int(10_000), "00:00:00.01")]),
        of("YEAR", K::Year, vec![(int(0), "0000"), (int(2155), "2155")]),
        shown("HEX(?)", of("BIT(64)", K::Bit { bits: 64 }, vec![(int(-1), "FFFFFFFFFFFFFFFF"), (int(5), "5")])),
        of("ENUM('a','it''s','Ü') CHARACTER SET utf8mb4", K::Enum { members: members(), collation: 255 }, vec![(int(2), "it's"), (int(3), "Ü"), (int(0), "")]),
        of("SET('a','it''s','Ü') CHARACTER SET utf8mb4", K::Set { members: members(), collation: 255 }, vec![(int(5), "a,Ü"), (int(0), "")]),
        of("VARCHAR(20) CHARACTER SET utf8mb4", text(255), vec![(bytes("a'\\\0😀 ".as_bytes()), "a'\\\\\\0😀 "), (bytes(b""), "")]),
        shown("HEX(CONVERT(? USING utf8mb4))", of("VARCHAR(20) CHARACTER SET latin1", text(8), vec![(bytes(b"\xe9\x80"), "C3A9E282AC")])),
        shown("HEX(CONVERT(? USING utf8mb4))", not_on(&[Kind::TiDb], of("VARCHAR(20) CHARACTER SET gbk", text(28), vec![(bytes(b"\xb1\xb1\x5c"), "E58C975C")]))),
        shown("HEX(?)", of("VARCHAR(20) CHARACTER SET utf8mb4 /* from latin1 */", text(8), vec![(bytes(b"\xe9"), "C3A9")])),
        shown("HEX(?)", of("BINARY(4)", K::Binary { length: 4 }, vec![(bytes(b"a\0\0\0"), "61000000")])),
        shown("HEX(?)", of("BLOB", K::Blob { length_bytes: 2 }, vec![(bytes(b"\0\xff'"), "00FF27"), (bytes(b""), "")])),
        of("JSON", K::Json, vec![(bytes(b"\x0c\x03a\"\\"), "\"a\\\\\"\\\\\\\\\""), (bytes(b"\x05\x07\x00"), "7")]),
        shown("ST_AsText(?)", not_on(&[Kind::TiDb], of("POINT", K::Geometry { spatial: SpatialType::Point }, vec![
            (bytes(b"\0\0\0\0\x01\x01\0\0\0\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40"), "POINT(1 2)")]))),
        shown("HEX(?)", not_on(&[Kind::TiDb, Kind::MariaDb], of("VECTOR(2)", K::Vector { dimensions: 2 }, vec![(bytes(b"\0\0\x80\x3f\0\0\0\x40"), "0000803F00000040")]))),
    ]
}

/// Inserts, updates and deletes rows with every value of every type, in a table with a key and one without.
async fn round_trip(stage: &Stage) {
    let kind = stage.server.kind();
    stage.sql("CREATE DATABASE t");
    let mut feed = Feed::default();
    let mut expected = Vec::new();
    for (number, ty) in types().into_iter().enumerate() {
        if ty.except.contains(&kind) {
            continue;
        }
        for (name, key) in [(format!("k{number}"), " PRIMARY KEY"), (format!("l{number}"), "")] {
            stage.sql(&format!("SET sql_mode=''; CREATE TABLE t.{name} (id INT{key}, v {})", ty.sql));
            let schema = table("t", &name, &[("id", INT), ("v", ty.kind.clone())]);
            let row = |id: i64, value: &Option<Cell>| -> Cells { vec![int(id), value.clone()] };
            let null = Some(Cell::Null);
            for (id, (value, text)) in (0_i64..).zip(&ty.values) {
                feed.push(vec![
                    insert(&schema, row(id, value)),
                    insert(&schema, row(id + 100, &null)),
                    insert(&schema, row(id + 200, value)),
                ]);
                feed.push(vec![
                    update(&schema, row(id + 100, &null), row(id + 300, value)),
                    update(&schema, row(id, value), row(id, &null)),
                    delete(&schema, row(id + 200, value)),
                ]);
                feed.push(vec![update(&schema, row(id, &null), row(id, value))]);
                for id in [id, id + 300] {
                    let show = ty.show.replace('?', "v");
                    expected.push((
                        format!("SELECT {show} FROM t.{name} WHERE id = {id}"),
                        format!("{text}\n"),
                        ty.sql,
                    ));
                }
            }
            expected.push((
                format!("SELECT COUNT(*) FROM t.{name}"),
                format!("{}\n", 2 * ty.values.len()),
                ty.sql,
            ));
        }
    }
    // A window for each transaction, so that nothing is compacted away.
    stage.apply(&feed, 1, json!({ "lanes": 2, "window-rows": 1 })).await.unwrap();
    let queries: String = expected.iter().map(|(query, _, _)| format!("{query};")).collect();
    let found = stage.sql(&format!("SET time_zone='+00:00'; {queries}"));
    for ((query, text, sql), found) in expected.iter().zip(found.lines()) {
        assert_eq!(found, text.trim_end_matches('\n'), "{sql}: {query}");
    }
}

/// Of two rows without a key that the server takes for equal, the very one is deleted. (MariaDB and TiDB do not store -0,
/// and as text TiDB's 1.0 is 1.)
async fn equal_rows_are_told_apart(stage: &Stage) {
    let one_as_double = [&[0x0b][..], &1_f64.to_le_bytes()].concat();
    let zeros = || [Some(Cell::Float(0.0)), Some(Cell::Float(-0.0))];
    let cases = [
        ("JSON", K::Json, [bytes(b"\x05\x01\x00"), bytes(&one_as_double)]),
        ("DOUBLE", K::Double { unsigned: false }, zeros()),
        ("FLOAT", K::Float { unsigned: false }, zeros()),
    ];
    for (number, (sql, kind, values)) in (0..).zip(&cases) {
        let (name, other) = (format!("e{number}"), format!("f{number}"));
        for (name, gone) in [(name, 0), (other, 1)] {
            stage.sql(&format!("CREATE DATABASE IF NOT EXISTS e; CREATE TABLE e.{name} (v {sql})"));
            let schema = table("e", &name, &[("v", kind.clone())]);
            let row = |which: usize| vec![values[which].clone()];
            let mut feed = Feed::default();
            feed.push(vec![insert(&schema, row(0)), insert(&schema, row(1)), delete(&schema, row(gone))]);
            stage.sql("DROP DATABASE IF EXISTS tidegate");
            stage.apply(&feed, 1, json!({})).await.unwrap();
            let texts = if *sql == "JSON" { ["1\n", "1.0\n"] } else { ["0\n", "-0\n"] };
            assert_eq!(stage.sql(&format!("SELECT v FROM e.{name}")), texts[1 - gone], "{sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_reaches_mysql() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    round_trip(&stage).await;
    equal_rows_are_told_apart(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_reaches_mariadb() {
    round_trip(&Stage::new(server_or_skip!(MariaDb::builder().start()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_reaches_tidb() {
    round_trip(&Stage::new(server_or_skip!(TiDb::builder().start()))).await;
}

/// FLOAT(M,D) and DOUBLE(M,D) take what they would not round.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_the_target_would_round_stops() {
    let stage = Stage::new(server_or_skip!(MySql::builder().start()));
    stage.sql("CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY, v DOUBLE(10,2))");
    let schema = table("t", "a", &[("id", INT), ("v", K::Double { unsigned: false })]);
    let mut feed = Feed::default();
    feed.push(vec![insert(&schema, vec![int(1), Some(Cell::Float(0.295))])]);
    let error = stage.apply(&feed, 1, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("which would round it"), "{error}");
}

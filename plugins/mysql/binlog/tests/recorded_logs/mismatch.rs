//! A table map that contradicts the schema in use is found.

use crate::{
    MYSQL,
    replay::{LIMITS, Reading},
};
use std::sync::Arc;
use tidegate_model::{Column, ColumnKind, IntWidth, TableSchema};
use tidegate_mysql_binlog::Problem;

fn schema(table: &str) -> Arc<TableSchema> {
    let mut reading = Reading::new(&[], LIMITS);
    reading.log_file(MYSQL).unwrap();
    reading.close();
    reading.log.rows(table)[0].set.table.clone()
}

/// Reads the log with a schema in which column `name` of `table` is changed, and returns what is found wrong.
fn wrong(table: &str, name: &str, change: impl Fn(&mut Column)) -> String {
    let mut schema = TableSchema::clone(&schema(table));
    let index = schema.column(name).unwrap();
    let mut column = Column::clone(&schema.columns[index]);
    change(&mut column);
    schema.columns[index] = Arc::new(column);
    fault(schema)
}

fn fault(schema: TableSchema) -> String {
    let mut reading = Reading::new(&[Arc::new(schema)], LIMITS);
    let error = reading.log_file(MYSQL).unwrap_err();
    assert!(matches!(error.problem, Problem::Mismatch(_)), "{error}");
    error.to_string()
}

#[test]
fn every_difference_of_a_column_is_named() {
    let kind = |kind: ColumnKind| move |column: &mut Column| column.kind = kind.clone();
    let int = |width, unsigned| kind(ColumnKind::Int { width, unsigned });
    let cases = [
        (wrong("numbers", "a", int(IntWidth::W16, false)), "column 1 `a`: the log has Tiny, the schema Int"),
        (wrong("numbers", "b", int(IntWidth::W16, false)), "is UNSIGNED, the schema signed"),
        (wrong("numbers", "d", int(IntWidth::W32, false)), "is UNSIGNED, the schema signed"),
        (
            wrong("numbers", "h", kind(ColumnKind::Decimal { precision: 10, scale: 3, unsigned: false })),
            "the log has DECIMAL(10,2), the schema",
        ),
        (wrong("numbers", "j", kind(ColumnKind::Bit { bits: 12 })), "the log has Bit { bits: 13 }"),
        (wrong("times", "b", kind(ColumnKind::Time { fsp: 2 })), "the log has Time2 { fsp: 3 }"),
        (wrong("times", "c", kind(ColumnKind::Timestamp { fsp: 6 })), "the log has DateTime2 { fsp: 6 }"),
        (wrong("texts", "a", kind(ColumnKind::Char { collation: 255, length: 11 })), "of 40 bytes"),
        (
            wrong("texts", "a", kind(ColumnKind::Char { collation: 45, length: 10 })),
            "in collation 255, the schema in 45",
        ),
        (
            wrong("texts", "b", kind(ColumnKind::Varbinary { length: 600 })),
            "in collation 28, the schema in 63",
        ),
        (
            wrong("texts", "c", kind(ColumnKind::Text { collation: 255, length_bytes: 3 })),
            "Blob { length_bytes: 2 }",
        ),
        (wrong("texts", "d", kind(ColumnKind::Binary { length: 5 })), "of 4 bytes"),
        (
            wrong("texts", "g", |column| {
                let ColumnKind::Enum { members, .. } = &mut column.kind else { panic!() };
                *members = ["a".into(), "u".into()].into();
            }),
            "the log lists other members",
        ),
        (
            wrong("j", "v", kind(ColumnKind::Vector { dimensions: 3 })),
            "the log has 2 dimensions, the schema 3",
        ),
        (wrong("times", "a", |column| column.name = "z".into()), "the log calls it `a`"),
    ];
    for (message, expected) in cases {
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}

#[test]
fn another_number_of_columns_is_named() {
    let mut schema = TableSchema::clone(&schema("times"));
    schema.columns.pop();
    assert!(
        fault(schema).contains(
            "table shop.times is not as its schema in use says: the log has 7 columns, the schema 6"
        )
    );
}

#[test]
fn full_metadata_tells_the_schema() {
    let texts = schema("texts");
    assert!(!texts.complete);
    let key = texts.primary_key().unwrap();
    assert_eq!(
        format!("{:?}", key.parts),
        "[Column { column: 0, prefix: None }, Column { column: 2, prefix: Some(5) }]"
    );
    assert_eq!(texts.columns[2].kind, ColumnKind::Varchar { collation: 28, length: 300 });
    let ColumnKind::Enum { members, collation: 8 } = &texts.columns[7].kind else {
        panic!("{:?}", texts.columns[7])
    };
    assert_eq!(members.iter().map(|member| &**member).collect::<Vec<_>>(), ["a", "ü"]);
    assert!(!texts.columns[0].nullable && texts.columns[1].nullable);
}

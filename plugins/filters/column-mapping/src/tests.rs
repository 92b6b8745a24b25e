use super::*;
use arrow_array::{BinaryArray, Int32Array, Int64Array, cast::AsArray};
use serde_json::{Value, json};
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, DdlEvent, Encoding, ImageColumn, IntWidth, NameRole, TableName,
};
use tidegate_plugin::settings::Settings;

#[path = "../../pattern/tests/support/statement.rs"]
mod statement;

fn filter(config: &Value) -> ColumnMapping {
    ColumnMapping {
        rules: Rules::build(&Settings::from_json(config).parse::<Vec<MappingRule>>().unwrap()).unwrap(),
    }
}

fn table(schema: &str, table: &str) -> Arc<TableSchema> {
    let column = |name: &str, kind| {
        Arc::new(Column {
            name: name.into(),
            kind,
            nullable: true,
            default: ColumnDefault::Null,
            generated: None,
            invisible: false,
            auto_increment: false,
        })
    };
    let id = column("id", ColumnKind::Int { width: IntWidth::W32, unsigned: false });
    let name = column("name", ColumnKind::Varchar { collation: 255, length: 20 });
    let columns = vec![id, name];
    let name = TableName::new(schema, table);
    Arc::new(TableSchema {
        name,
        columns,
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

fn mapped(
    filter: &ColumnMapping,
    table: &Arc<TableSchema>,
    column: usize,
    values: ArrayRef,
) -> Result<ArrayRef> {
    let rows = values.len();
    let input = TableInput { schema: table, name: &table.name, columns: &table.columns };
    let plan = filter.table(&input)?;
    let column = ImageColumn {
        column: table.columns[column].clone(),
        source: Some(column),
        encoding: Encoding::Value,
        values,
    };
    let mut arrays = filter.map(&plan, &Image { columns: vec![column] }, rows)?;
    Ok(arrays.remove(0).unwrap())
}

/// Returns the table with another kind of column in the place of one.
fn with_kind(table: &Arc<TableSchema>, column: usize, kind: ColumnKind) -> Arc<TableSchema> {
    let mut table = TableSchema::clone(table);
    table.columns[column] = Arc::new(Column { kind, ..Column::clone(&table.columns[column]) });
    Arc::new(table)
}

fn texts(values: &[&[u8]]) -> ArrayRef {
    Arc::new(BinaryArray::from_iter_values(values))
}

fn partition_ids(arguments: Value) -> ColumnMapping {
    filter(
        &json!([{"schema-pattern": "s*", "table-pattern": "t*", "target-column": "id", "expression": "partition id", "arguments": arguments}]),
    )
}

#[test]
fn partition_ids_have_dms_layout() {
    let ids = || -> ArrayRef { Arc::new(Int32Array::from(vec![1, 7])) };
    let of = |arguments: Value, table: &Arc<TableSchema>| -> Result<Vec<i64>> {
        let values = mapped(&partition_ids(arguments), table, 0, ids())?;
        Ok(values.as_primitive::<arrow_array::types::Int64Type>().values().to_vec())
    };
    let all = of(json!(["1", "s", "t", "_"]), &table("s_2", "t_3")).unwrap();
    assert_eq!(all, [1 << 59 | 2 << 52 | 3 << 44 | 1, 1 << 59 | 2 << 52 | 3 << 44 | 7]);
    let no_instance = of(json!(["", "s", "t", "_"]), &table("s_2", "t_3")).unwrap();
    assert_eq!(no_instance[0], 2 << 56 | 3 << 48 | 1);
    let bare = of(json!(["1", "s", "t"]), &table("s", "t")).unwrap();
    assert_eq!(bare[0], 1 << 59 | 1);
    assert_eq!(of(json!(["", "s", "t", "_"]), &table("S_2", "T_3")).unwrap(), no_instance);
    assert!(of(json!(["1", "s", "t"]), &table("s300", "t")).is_err());
    assert!(of(json!(["1", "s", "t"]), &table("s1", "tx")).is_err());
}

#[test]
fn ids_that_do_not_fit_and_nulls_are_errors() {
    let filter = partition_ids(json!(["1", "s", "t"]));
    let map = |values: Int64Array| {
        let wide = ColumnKind::Int { width: IntWidth::W64, unsigned: false };
        mapped(&filter, &with_kind(&table("s", "t"), 0, wide), 0, Arc::new(values))
    };
    assert!(map(Int64Array::from(vec![(1 << 44) - 1])).is_ok());
    assert!(map(Int64Array::from(vec![1 << 44])).is_err());
    assert!(map(Int64Array::from(vec![-1])).is_err());
    assert!(map(Int64Array::from(vec![None::<i64>])).is_err());
}

#[test]
fn texts_get_prefixes_and_suffixes() {
    for (expression, expected) in [("add prefix", "x-b"), ("add suffix", "bx-")] {
        let filter = filter(
            &json!([{"schema-pattern": "s", "target-column": "name", "expression": expression, "arguments": ["x-"]}]),
        );
        let values =
            mapped(&filter, &table("s", "t"), 1, Arc::new(BinaryArray::from_vec(vec![b"b"]))).unwrap();
        assert_eq!(values.as_binary::<i32>().value(0), expected.as_bytes());
        let input = TableInput { schema: &table("s", "t"), name: &TableName::new("s", "t"), columns: &[] };
        assert!(filter.table(&input).is_err(), "the column is missing");
    }
}

#[test]
fn rules_that_cannot_work_are_refused() {
    let rules = |config: &Value| {
        Settings::from_json(config).parse::<Vec<MappingRule>>().and_then(|rules| Rules::build(&rules))
    };
    let problems = rules(&json!([
        {"schema-pattern": "s", "target-column": "c", "expression": "add prefix"},
        {"schema-pattern": "a*b", "target-column": "c", "expression": "add suffix", "arguments": ["x"]},
        {"schema-pattern": "b", "target-column": "c", "expression": "partition id", "arguments": ["16", "", ""]},
        {"schema-pattern": "c", "source-column": "d", "target-column": "c", "expression": "add suffix", "arguments": ["x"]},
        {"schema-pattern": "d", "target-column": "c", "expression": "add suffix", "arguments": ["x"]},
        {"schema-pattern": "d", "target-column": "e", "expression": "add suffix", "arguments": ["x"]},
    ]))
    .err()
    .unwrap();
    assert_eq!(problems.len(), 5, "{problems:#?}");
}

#[test]
fn every_field_has_its_border_and_may_be_left_out() {
    let id = |arguments: Value, schema: &str, name: &str| -> Option<i64> {
        let ids: ArrayRef = Arc::new(Int32Array::from(vec![5]));
        let values = mapped(&partition_ids(arguments), &table(schema, name), 0, ids).ok()?;
        Some(values.as_primitive::<arrow_array::types::Int64Type>().value(0))
    };
    assert_eq!(id(json!(["15", "s", "t"]), "s127", "t255"), Some(15 << 59 | 127 << 52 | 255 << 44 | 5));
    assert_eq!(id(json!(["1", "s", "t"]), "s128", "t0"), None);
    assert_eq!(id(json!(["1", "s", "t"]), "s0", "t256"), None);
    assert_eq!(id(json!(["", "", ""]), "s1", "t1"), Some(5));
    assert_eq!(id(json!(["", "", "t"]), "s1", "t3"), Some(3 << 55 | 5));
    assert_eq!(id(json!(["2", "", "t"]), "s1", "t3"), Some(2 << 59 | 3 << 51 | 5));
    assert_eq!(id(json!(["2", "s", ""]), "s1", "t3"), Some(2 << 59 | 1 << 52 | 5));
    assert_eq!(id(json!(["1", "s", "t", "_"]), "s1", "t_1"), None, "the separator is missing");
}

#[test]
fn ids_may_be_text() {
    let filter = filter(
        &json!([{"schema-pattern": "s", "target-column": "name", "expression": "partition id", "arguments": ["1", "", ""]}]),
    );
    let id = |table: &Arc<TableSchema>, text: &[u8]| mapped(&filter, table, 1, texts(&[text]));
    let table = table("s", "t");
    let packed = id(&table, b"7").unwrap();
    assert_eq!(packed.as_binary::<i32>().value(0), ((1_i64 << 59) | 7).to_string().as_bytes());
    let error = id(&table, b"abc").unwrap_err();
    assert!(error.message.contains("not an integer") && !error.message.contains("abc"), "{error}");
    assert!(id(&table, b"17592186044416").unwrap_err().message.contains("outside of 0"));
    let utf16 = with_kind(&table, 1, ColumnKind::Varchar { collation: 54, length: 20 });
    assert!(id(&utf16, b"\x007").unwrap_err().message.contains("digits are ASCII"));
    let blob = with_kind(&table, 1, ColumnKind::Year);
    assert!(id(&blob, b"7").is_err());
}

/// The text is written in UTF-8, whatever the column's character set is.
#[test]
fn what_is_added_is_encoded_as_the_column_is() {
    let add = |text: &str, collation: u16| {
        let filter = filter(
            &json!([{"schema-pattern": "s", "target-column": "name", "expression": "add prefix", "arguments": [text]}]),
        );
        let table = with_kind(&table("s", "t"), 1, ColumnKind::Varchar { collation, length: 20 });
        mapped(&filter, &table, 1, texts(&[b"x"])).map(|values| values.as_binary::<i32>().value(0).to_vec())
    };
    const LATIN1: u16 = 8;
    const UCS2: u16 = 35;
    assert_eq!(add("é-", 255).unwrap(), "é-x".as_bytes());
    assert_eq!(add("é-", LATIN1).unwrap(), b"\xe9-x");
    assert_eq!(add("é", UCS2).unwrap(), b"\x00\xe9x");
    assert!(add("語", LATIN1).unwrap_err().message.contains("latin1 has no character"));
    assert_eq!(add("", LATIN1).unwrap(), b"x");
    assert!(add("a", u16::MAX).is_err(), "an unknown collation");
}

#[test]
fn only_text_gets_a_prefix_or_a_suffix() {
    for expression in ["add prefix", "add suffix"] {
        let of = |column: &str| {
            filter(
                &json!([{"schema-pattern": "s", "target-column": column, "expression": expression, "arguments": ["x"]}]),
            )
        };
        assert!(mapped(&of("id"), &table("s", "t"), 0, Arc::new(Int32Array::from(vec![1]))).is_err());
        let null: ArrayRef = Arc::new(BinaryArray::from(vec![Some(&b"a"[..]), None]));
        let error = mapped(&of("name"), &table("s", "t"), 1, null).unwrap_err();
        assert!(error.message.contains("NULL"), "{expression}");
    }
}

#[test]
fn a_table_has_the_rule_of_its_own_or_that_of_its_schema() {
    let rule = |schema: &str, table: &str, column: &str| json!({"schema-pattern": schema, "table-pattern": table, "target-column": column, "expression": "add suffix", "arguments": ["x"]});
    let filter = filter(&json!([
        rule("s", "", "a"),
        rule("s", "t", "b"),
        rule("s*", "t?", "c"),
        rule("s", "t[1]", "d")
    ]));
    let of = |table: &str| {
        filter.rules.of(&TableName::new("s", table)).map(|rule| rule.map(|rule| rule.column.to_string()))
    };
    assert_eq!(of("u").unwrap().as_deref(), Some("a"));
    assert_eq!(of("t").unwrap().as_deref(), Some("b"));
    assert_eq!(of("t2").unwrap().as_deref(), Some("c"));
    assert!(of("t1").unwrap_err().message.contains("2 and 3"));
    assert_eq!(of("").unwrap().as_deref(), Some("a"), "a statement on the schema follows the schema's rule");
}

#[test]
fn statements_on_mapped_tables_stop() {
    let filter = filter(
        &json!([{"schema-pattern": "s", "table-pattern": "t", "target-column": "name", "expression": "add prefix", "arguments": ["x"]}]),
    );
    let asked = |sql: &str, element: statement::Part<'_>, names: &[(&str, NameRole)]| {
        statement::ask(&filter, sql, &[element], names).is_ok()
    };
    assert!(!asked("ALTER TABLE s.t ADD c INT", (DdlEvent::AlterTable, "s.t", "ADD c INT"), &[]));
    assert!(asked("ALTER TABLE s.u ADD c INT", (DdlEvent::AlterTable, "s.u", "ADD c INT"), &[]));
    assert!(!asked("RENAME TABLE s.u TO s.t", (DdlEvent::RenameTable, "s.u>s.t", "s.u TO s.t"), &[]));
    assert!(asked("RENAME TABLE s.u TO s.v", (DdlEvent::RenameTable, "s.u>s.v", "s.u TO s.v"), &[]));
    let exchange = "EXCHANGE PARTITION p WITH TABLE s.t";
    let element = (DdlEvent::ExchangeTablePartition, "s.u", exchange);
    assert!(!asked(&format!("ALTER TABLE s.u {exchange}"), element, &[("s.t", NameRole::Exchanged)]));
    let model = [("s.t", NameRole::Model)];
    assert!(asked("CREATE TABLE s.u LIKE s.t", (DdlEvent::CreateTable, "s.u", "s.u LIKE"), &model));
}

#[test]
fn check_finds_what_is_not_there() {
    let filter = filter(&json!([
        {"schema-pattern": "s", "table-pattern": "t*", "target-column": "NAME", "expression": "add prefix", "arguments": ["x"],
         "create-table-query": "CREATE TABLE x (id INT)"},
        {"schema-pattern": "s", "table-pattern": "u", "target-column": "gone", "expression": "add prefix", "arguments": ["x"]},
        {"schema-pattern": "nowhere", "target-column": "name", "expression": "add prefix", "arguments": ["x"]},
        {"schema-pattern": "s", "table-pattern": "t1*", "target-column": "name", "expression": "add prefix", "arguments": ["x"]},
    ]));
    let findings = filter.check(&[table("s", "t"), table("s", "u"), table("s", "t1")]);
    let messages: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
    assert_eq!(messages.len(), 5, "{messages:#?}");
    let says = |part: &str| messages.iter().any(|message| message.contains(part));
    assert!(
        says("s.u has no column `gone`")
            && says("rule 2 matches no table")
            && says("rule 3 matches no table")
    );
    assert!(
        says("0 and 3 all match s.t1") && says("`create-table-query` of rule 0 is not used"),
        "{messages:#?}"
    );
}

use super::*;
use arrow_array::{BinaryArray, Int32Array, Int64Array, cast::AsArray};
use serde_json::{Value, json};
use tidegate_model::{Column, ColumnDefault, ColumnKind, Encoding, ImageColumn, IntWidth, TableName};
use tidegate_plugin::settings::Settings;

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
        let column = ColumnKind::Int { width: IntWidth::W64, unsigned: false };
        let mut table = TableSchema::clone(&table("s", "t"));
        table.columns[0] = Arc::new(Column { kind: column, ..Column::clone(&table.columns[0]) });
        mapped(&filter, &Arc::new(table), 0, Arc::new(values))
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

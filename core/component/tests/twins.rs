//! Filters that are built in, and examples that do the same as components: both say the same.

#[path = "../../../plugins/filters/pattern/tests/support/statement.rs"]
mod statement;
mod support;

use arrow_array::{ArrayRef, BinaryArray, Int32Array, Int64Array, UInt64Array};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};
use support::{column, filter, image, input, load_kept};
use tidegate_model::{ColumnKind, DdlEvent, IntWidth, NameRole, TableName, TableSchema};
use tidegate_plugin::{Decision, Entry, Filter, Instance, settings::Settings};

/// Returns the filter of a component, and the built-in one, with the same settings.
fn twins(component: &str, built_in: Entry<dyn Filter>, settings: &Value) -> Option<[Box<dyn Filter>; 2]> {
    let file = tidegate_test_guests::guest(component).unwrap()?;
    Some([filter(load_kept(&file), settings.clone()).unwrap(), build(built_in, settings)])
}

fn build(built_in: Entry<dyn Filter>, settings: &Value) -> Box<dyn Filter> {
    let instance = Instance { pipeline: "p".into(), folder: PathBuf::new(), memory: None, impure: false };
    (built_in.build)(&Settings::from_json(settings), &instance).ok().unwrap()
}

fn table(name: &str, columns: &[(&str, ColumnKind)]) -> Arc<TableSchema> {
    let (schema, table) = name.split_once('.').unwrap();
    Arc::new(TableSchema {
        name: TableName::new(schema, table),
        columns: columns.iter().map(|(name, kind)| column(name, kind.clone())).collect(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

const fn int(width: IntWidth, unsigned: bool) -> ColumnKind {
    ColumnKind::Int { width, unsigned }
}

fn texts(values: &[&[u8]]) -> ArrayRef {
    Arc::new(BinaryArray::from_iter_values(values))
}

/// What a filter makes of a table with one column: the column behind it and its values, or that it refuses.
fn mapped(
    filter: &dyn Filter,
    name: &str,
    kind: &ColumnKind,
    values: &ArrayRef,
) -> Option<(ColumnKind, ArrayRef)> {
    let schema = table(name, &[("id", kind.clone())]);
    let plan = filter.table(&input(&schema)).ok()?;
    let Some(columns) = &plan.columns else { return Some((kind.clone(), values.clone())) };
    let behind = filter.map(&plan, &image(&schema, vec![values.clone()]), values.len()).ok()?;
    Some((columns[0].column.kind.clone(), behind[0].clone().unwrap()))
}

#[test]
fn column_mapping_in_python() {
    let rule = |table: &str, expression: &str, arguments: &[&str]| {
        json!({
            "schema-pattern": "shop_[0-9]*", "table-pattern": table, "target-column": "ID", "expression": expression,
            "arguments": arguments,
        })
    };
    let settings = json!([
        rule("orders_*", "partition id", &["7", "shop", "orders", "_"]),
        rule("items*", "partition id", &["", "", "items"]),
        rule("named_?", "add prefix", &["ö:"]),
        rule("ended_?", "add suffix", &[":1"]),
    ]);
    let built_in = tidegate_filter_column_mapping::entry();
    let Some([component, built_in]) = twins("examples/filters/python/column-mapping", built_in, &settings)
    else {
        return;
    };
    let latin1 = ColumnKind::Varchar { collation: 8, length: 20 };
    let columns: [(ColumnKind, ArrayRef); 8] = [
        (int(IntWidth::W32, false), Arc::new(Int32Array::from(vec![0, 1, i32::MAX]))),
        (int(IntWidth::W64, true), Arc::new(UInt64Array::from(vec![(1 << 44) - 1]))),
        (int(IntWidth::W64, true), Arc::new(UInt64Array::from(vec![1 << 44]))),
        (int(IntWidth::W64, false), Arc::new(Int64Array::from(vec![-1]))),
        (int(IntWidth::W64, false), Arc::new(Int64Array::from(vec![Some(1), None]))),
        (latin1.clone(), texts(&[b"17", b"+5", b"007"])),
        (latin1, texts(&[b"\xe4", b""])),
        (ColumnKind::Varchar { collation: 255, length: 20 }, texts(&["日本".as_bytes(), b"1_0"])),
    ];
    let tables = [
        "shop_1.orders_2",
        "Shop_127.ORDERS_255",
        "shop_128.orders_1",
        "shop_1.orders_256",
        "shop_1.orders_x",
        "shop_1.items",
        "shop_1.items9",
        "shop_1.named_1",
        "shop_1.ended_2",
        "shop_1.named_12",
        "shop_x.orders_1",
    ];
    let mut refused = 0;
    for name in tables {
        for (kind, values) in &columns {
            let [one, other] = [&component, &built_in].map(|filter| mapped(&**filter, name, kind, values));
            assert_eq!(one, other, "{name} {kind:?}");
            refused += usize::from(one.is_none());
        }
    }
    assert!(refused > 20 && refused < 70, "{refused} of {} are refused", tables.len() * columns.len());
    for name in ["shop_1.orders_1", "other.orders_1", "other.a>shop_1.orders_1"] {
        let sql = "ALTER TABLE t DROP COLUMN c";
        let parts = [(DdlEvent::DropColumn, name, "DROP COLUMN c")];
        let [one, other] = [&component, &built_in]
            .map(|filter| statement::ask(&**filter, sql, &parts, &[("t", NameRole::Subject)]).is_ok());
        assert_eq!(one, other, "{name}");
        assert_eq!(one, name == "other.orders_1", "{name}");
    }
}

#[test]
fn binlog_event_in_typescript() {
    let rule = |schema: &str, table: &str, events: &[&str], action: &str| json!({"schema-pattern": schema, "table-pattern": table, "events": events, "action": action});
    let settings = json!([
        rule("shop", "log_*", &["Delete", "truncate table", "drop table"], "Ignore"),
        rule("shop", "t[0-9]", &["none ddl", "all"], "Ignore"),
        rule("only*", "*", &["all dml", "create table"], "Do"),
        rule("careful", "*", &["incompatible ddl changes"], "Ignore"),
        rule("whole", "", &["drop schema", "update"], "Ignore"),
    ]);
    let built_in = tidegate_filter_binlog_event::entry();
    let Some([component, built_in]) = twins("examples/filters/js/binlog-event", built_in, &settings) else {
        return;
    };
    let mut answers = [0, 0];
    for name in
        ["shop.log_1", "SHOP.LOG_", "shop.t5", "shop.t55", "only.a", "careful.b", "whole.c", "other.d"]
    {
        let schema = table(name, &[("id", ColumnKind::Year)]);
        let [one, other] = [&component, &built_in].map(|filter| {
            let plan = filter.table(&input(&schema)).unwrap();
            [plan.insert, plan.update, plan.delete]
        });
        assert_eq!(one, other, "{name}");
        for event in DdlEvent::ALL.iter().copied().filter(|event| event.occurs()) {
            let parts = [(event, name, "x")];
            let [one, other] = [&component, &built_in]
                .map(|filter| statement::ask(&**filter, "x", &parts, &[]).unwrap().keep);
            // No entry: all pass.
            let [one, other] = [one, other].map(|keep| keep.iter().all(|keep| *keep));
            assert_eq!(one, other, "{name} {}", event.name());
            answers[usize::from(one)] += 1;
        }
    }
    assert!(answers[0] > 20 && answers[1] > 20, "{answers:?}");
}

/// Of schemas the built-in one says less: it lets those be created of which no table passes.
#[test]
fn block_allow_in_go() {
    let Some(file) = tidegate_test_guests::guest("examples/filters/go/block-allow").unwrap() else { return };
    let lists = [
        (&["shop.*", "crm.user?"][..], &["shop.tmp*"][..]),
        (&[], &["shop.tmp*", "scratch.*", "crm.users"]),
        (&["*.t1"], &[]),
    ];
    let names = [
        "shop.orders",
        "SHOP.Tmp_1",
        "crm.users",
        "crm.user",
        "scratch.x",
        "mysql.t1",
        "sys.t1",
        "other.T1",
        "other.tt1",
    ];
    let mut passed = [0, 0];
    for (allowed, blocked) in lists {
        let rules = |names: &[&str]| -> Value {
            let rule = |name: &&str| {
                let (schema, table) = name.split_once('.').unwrap();
                json!({"db-name": schema, "tbl-name": table})
            };
            names.iter().map(rule).collect()
        };
        let component =
            filter(load_kept(&file), json!({"do-tables": allowed, "ignore-tables": blocked})).unwrap();
        let settings = json!({"do-tables": rules(allowed), "ignore-tables": rules(blocked)});
        let built_in = build(tidegate_filter_block_allow_list::entry(), &settings);
        for name in names {
            let schema = table(name, &[("id", ColumnKind::Year)]);
            let [one, other] = [&component, &built_in].map(|filter| {
                let plan = filter.table(&input(&schema)).unwrap();
                (filter.wants(&schema.name), [plan.insert, plan.update, plan.delete])
            });
            assert_eq!(one, other, "{name} with {settings}");
            let sql = "DROP TABLE t";
            let parts = [(DdlEvent::DropTable, name, "t")];
            let keeps = [&component, &built_in].map(|filter| {
                statement::ask(&**filter, sql, &parts, &[]).unwrap().keep.iter().all(|keep| *keep)
            });
            assert_eq!(keeps, [one.0; 2], "{name} with {settings}");
            assert_eq!(one.0, one.1 == [Decision::Keep; 3], "{name} with {settings}");
            passed[usize::from(one.0)] += 1;
        }
    }
    assert!(passed[0] > 5 && passed[1] > 5, "{passed:?}");
}

//! Whatever the contract allows goes through an SDK: names, plans, verdicts, facts, columns, statements, errors.

#[path = "../../../plugins/filters/pattern/tests/support/statement.rs"]
mod statement;
mod support;

use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array};
use std::sync::Arc;
use support::{LIMITS, column, filter, image, input, inserts, load, load_kept};
use tidegate_model::{
    ColumnKind, DdlEvent, Image, IntWidth, LogPosition, Operation, RowSet, TableName, TableSchema,
    Transaction,
};
use tidegate_plugin::{Decision, Filter, Produced, TablePlan, Verdict, Verdicts};

fn table(name: &str, secret: &str) -> Arc<TableSchema> {
    let (schema, table) = name.split_once('.').unwrap();
    let number = ColumnKind::Int { width: IntWidth::W64, unsigned: false };
    Arc::new(TableSchema {
        name: TableName::new(schema, table),
        columns: vec![column("n", number), column(secret, ColumnKind::Blob { length_bytes: 1 })],
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

fn columns(numbers: &[Option<i64>]) -> Vec<ArrayRef> {
    let secrets: BinaryArray = numbers.iter().map(|_| Some(b"x")).collect();
    vec![Arc::new(Int64Array::from(numbers.to_vec())), Arc::new(secrets)]
}

/// Transactions of which only the first is of interest to the probe.
fn transactions() -> [Transaction; 4] {
    let plain = Transaction {
        gtid: None,
        log: LogPosition { file: "b.000001".into(), offset: 4 },
        commit_time: 1_700_000_000_000_000,
        server_id: 7,
        rows_before: 0,
        first_ordinal: 0,
        closed: true,
    };
    let gtid = "00000000-0000-0000-0000-000000000001:1".parse().unwrap();
    let mut made = [plain.clone(), plain.clone(), plain.clone(), plain];
    made[1].server_id = 13;
    made[2].commit_time = -1;
    made[3].gtid = Some(gtid);
    made
}

fn probe(source: &str) -> Option<Box<dyn Filter>> {
    let file = tidegate_test_guests::guest(source).unwrap()?;
    Some(filter(load_kept(&file), serde_json::json!({})).unwrap())
}

fn check_plan(filter: &dyn Filter) -> TablePlan {
    let schema = table("shop.t", "Secret");
    let plan = filter.table(&input(&schema)).unwrap();
    assert_eq!([plan.insert, plan.update, plan.delete], [Decision::PerRow, Decision::PerRow, Decision::Keep]);
    assert_eq!(plan.routes, [TableName::new("a", "t"), TableName::new("b", "t")]);
    assert_eq!(plan.because, ["probed", "twice"]);
    let behind = plan.columns.as_ref().unwrap();
    let names: Vec<&str> = behind.iter().map(|output| &*output.column.name).collect();
    assert_eq!(names, ["n", "text"]);
    assert_eq!([behind[0].produced, behind[1].produced], [Produced::Input(0), Produced::Mapped(0)]);
    assert_eq!(behind[1].column.kind, ColumnKind::Varchar { collation: 8, length: 20 });
    assert!(filter.wants(&schema.name) && !filter.wants(&TableName::new("gone", "t")));
    let refused = |name, secret| filter.table(&input(&table(name, secret))).unwrap_err().message;
    assert!(refused("shop.wrong", "secret").contains("no name for shop.wrong"));
    assert!(refused("shop.t", "open").contains("no column `secret` in shop.t"));
    plan
}

fn check_rows(filter: &dyn Filter, plan: &TablePlan) {
    let schema = table("shop.t", "Secret");
    let transactions = transactions();
    let answer = |rows: &RowSet| filter.rows(plan, rows, &transactions);
    let rows = inserts(&schema, columns(&[Some(2), Some(1), Some(-5), Some(0), None, Some(-6)]));
    let answered = answer(&rows).unwrap();
    let verdicts = [
        Verdict::Keep,
        Verdict::Route(1),
        Verdict::Refuse(0),
        Verdict::Refuse(1),
        Verdict::Drop,
        Verdict::Refuse(0),
    ];
    assert_eq!(answered.verdicts, Verdicts::Change(verdicts.to_vec()));
    assert_eq!(answered.reasons, ["below 0", "nothing"]);
    let mut rows = inserts(&schema, columns(&[Some(2); 4]));
    rows.transactions = vec![0, 1, 2, 3];
    let verdicts = vec![Verdict::Keep, Verdict::Drop, Verdict::Drop, Verdict::Drop];
    assert_eq!(answer(&rows).unwrap().verdicts, Verdicts::Change(verdicts));
    let mut rows = inserts(&schema, columns(&[Some(-1), Some(4)]));
    rows.operation = Operation::Update;
    rows.before = image(&schema, columns(&[Some(2), Some(1)]));
    let (before, after) = (vec![Verdict::Keep, Verdict::Route(1)], vec![Verdict::Refuse(0), Verdict::Keep]);
    assert_eq!(answer(&rows).unwrap().verdicts, Verdicts::Images(before, after));
    let error = answer(&inserts(&schema, columns(&[Some(777)]))).unwrap_err();
    assert!(error.message.contains("777 is too much"), "{error}");
}

fn check_columns(filter: &dyn Filter, plan: &TablePlan) {
    let schema = table("shop.t", "Secret");
    let whole = image(&schema, columns(&[Some(12), None]));
    let expected = BinaryArray::from_opt_vec(vec![Some(b"\xe412"), None]);
    let mapped = filter.map(plan, &whole, 2).unwrap();
    assert_eq!(mapped.len(), 1);
    assert_eq!(mapped[0].as_ref().unwrap().as_ref(), &expected as &dyn Array);
    let without = Image { columns: whole.columns[1..].to_vec() };
    assert_eq!(filter.map(plan, &without, 2).unwrap(), [None]);
}

fn check_statements(filter: &dyn Filter) {
    let ask = |sql: &str, parts: &[statement::Part<'_>]| statement::ask(filter, sql, parts, &[]);
    let alter = [
        (DdlEvent::DropColumn, "shop.t", "DROP COLUMN c"),
        (DdlEvent::AddColumn, "shop.t", "ADD COLUMN d INT"),
    ];
    assert_eq!(ask("ALTER TABLE t DROP COLUMN c, ADD COLUMN d INT", &alter).unwrap().keep, [false, true]);
    let rename = [
        (DdlEvent::RenameTable, "shop.t>shop.bad", "t TO bad"),
        (DdlEvent::RenameTable, "shop.u>shop.good", "u TO good"),
    ];
    assert_eq!(ask("RENAME TABLE t TO bad, u TO good", &rename).unwrap().keep, [false, true]);
    let drop =
        ask("DROP TABLE t, u", &[(DdlEvent::DropTable, "shop.t", "t"), (DdlEvent::DropTable, "gone.u", "u")]);
    let drop = drop.unwrap();
    assert_eq!(drop.keep, [true, false], "what passes by name does not change");
    assert_eq!(
        drop.rewritten.as_deref(),
        Some("DROP TABLE t /* äh */"),
        "what was dropped is not in the text"
    );
    let error = ask("TRUNCATE t", &[(DdlEvent::TruncateTable, "shop.t", "TRUNCATE t")]).unwrap_err();
    assert!(error.message.contains("TRUNCATE t at ") && error.message.contains(" of shop.t"), "{error}");
}

/// Whatever crosses for a call is freed behind it: all of it together is more than an instance may have.
fn memory_is_bounded(source: &str) {
    const ROWS: usize = 2000;
    let Some(file) = tidegate_test_guests::guest(source).unwrap() else { return };
    let filter = filter(load(&file), serde_json::json!({})).unwrap();
    let schema = table("shop.t", "Secret");
    let plan = filter.table(&input(&schema)).unwrap();
    let rows = inserts(&schema, columns(&[Some(2); ROWS]));
    let calls = 2 * LIMITS.memory / (ROWS * size_of::<i64>());
    for _ in 0..calls {
        filter.rows(&plan, &rows, &transactions()).unwrap();
        filter.map(&plan, &rows.after, ROWS).unwrap();
    }
}

fn answers_everything(source: &str) {
    let Some(filter) = probe(source) else { return };
    let plan = check_plan(&*filter);
    check_rows(&*filter, &plan);
    check_columns(&*filter, &plan);
    check_statements(&*filter);
    // An instance that has met no table yet asks for it.
    let Some(fresh) = probe(source) else { return };
    check_rows(&*fresh, &plan);
}

#[test]
fn in_go() {
    answers_everything("tests/guests/go/probe");
    memory_is_bounded("tests/guests/go/probe");
}

#[test]
fn in_c() {
    answers_everything("tests/guests/c/probe");
    memory_is_bounded("tests/guests/c/probe");
}

#[test]
fn in_python() {
    answers_everything("tests/guests/python/probe");
}

#[test]
fn in_typescript() {
    answers_everything("tests/guests/js/probe");
}

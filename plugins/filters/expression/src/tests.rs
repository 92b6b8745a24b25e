use super::*;
use arrow_array::{ArrayRef, BinaryArray, Int32Array};
use serde_json::{Value, json};
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, IntWidth, Operation, TableName,
};
use tidegate_plugin::{Decision, Verdict, settings::Settings};

fn rules(config: &Value) -> std::result::Result<Rules, Vec<String>> {
    let parsed = Settings::from_json(config).parse::<Vec<ExpressionRule>>();
    let built = parsed.and_then(|rules| Rules::build(&rules));
    built.map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn rule(key: &str, expression: &str) -> Value {
    json!({"schema": "s", "table": "t", key: expression})
}

fn table() -> Arc<TableSchema> {
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
    let columns = vec![
        column("a", ColumnKind::Int { width: IntWidth::W32, unsigned: false }),
        column("v", ColumnKind::Varchar { collation: 255, length: 20 }),
        column("cz", ColumnKind::Varchar { collation: 234, length: 20 }),
    ];
    Arc::new(TableSchema {
        name: TableName::new("s", "t"),
        columns,
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

fn image(table: &TableSchema, a: &[Option<i32>]) -> Image {
    let text: BinaryArray = a.iter().map(|a| a.map(|a| if a > 1 { "é".as_bytes() } else { b"x" })).collect();
    let arrays: [ArrayRef; 2] = [Arc::new(Int32Array::from(a.to_vec())), Arc::new(text)];
    let columns = table.columns.iter().zip(arrays).enumerate().map(|(index, (column, values))| ImageColumn {
        column: column.clone(),
        source: Some(index),
        encoding: Encoding::Value,
        values,
    });
    Image { columns: columns.collect() }
}

fn judge(config: &Value, operation: Operation, before: Image, after: Image, rows: u32) -> Result<Verdicts> {
    let filter = ExpressionFilter { rules: rules(config).unwrap() };
    let table = table();
    let input = TableInput { schema: &table, name: &table.name, columns: &table.columns };
    let plan = filter.table(&input)?;
    let set = RowSet {
        table: table.clone(),
        target: table.name.clone(),
        operation,
        before,
        after,
        ordinals: (0..rows).collect(),
        transactions: vec![0; rows as usize],
        hashes: vec![0; rows as usize],
        unlogged_cascades: false,
    };
    filter.rows(&plan, &set, &[]).map(|answer| answer.verdicts)
}

fn kept(verdicts: Verdicts) -> Vec<bool> {
    match verdicts {
        Verdicts::Selection(kept) => kept.iter().map(|kept| kept == Some(true)).collect(),
        other => panic!("{other:?}"),
    }
}

/// Whether a change with NULL, 0 and 1 is kept, for each.
fn inserts(expression: &str) -> Vec<bool> {
    let after = image(&table(), &[None, Some(0), Some(1)]);
    kept(
        judge(&json!([rule("insert-value-expr", expression)]), Operation::Insert, Image::default(), after, 3)
            .unwrap(),
    )
}

#[test]
fn only_what_is_true_is_dropped() {
    assert_eq!(inserts("a"), [true, true, false]);
    assert_eq!(inserts("NOT a"), [true, false, true], "NOT NULL is NULL");
    assert_eq!(inserts("a IS NULL"), [false, true, true]);
    assert_eq!(inserts("a OR TRUE"), [false, false, false]);
    assert_eq!(inserts("a OR NULL"), [true, true, false]);
    assert_eq!(inserts("NOT (a AND NULL)"), [true, false, true]);
    assert_eq!(inserts("a IN (0, NULL)"), [true, false, true]);
    assert_eq!(inserts("a NOT IN (0, NULL)"), [true, true, true]);
    assert_eq!(inserts("a <=> NULL"), [false, true, true]);
    assert_eq!(inserts("a IS NOT TRUE"), [false, false, true]);
}

#[test]
fn several_rules_are_joined_with_or() {
    let config = json!([rule("insert-value-expr", "a = 0"), rule("insert-value-expr", "a = 1")]);
    let after = image(&table(), &[Some(0), Some(1), Some(2)]);
    assert_eq!(
        kept(judge(&config, Operation::Insert, Image::default(), after, 3).unwrap()),
        [false, false, true]
    );
}

#[test]
fn an_update_is_dropped_if_both_expressions_are_true() {
    let update = |config: &Value| {
        let before = image(&table(), &[Some(0), Some(0), Some(1), Some(1)]);
        let after = image(&table(), &[Some(0), Some(1), Some(0), Some(1)]);
        judge(config, Operation::Update, before, after, 4).unwrap()
    };
    let mut both = rule("update-old-value-expr", "a = 0");
    assert_eq!(kept(update(&json!([both.clone()]))), [false, false, true, true]);
    both["update-new-value-expr"] = json!("a = 1");
    assert_eq!(kept(update(&json!([both]))), [true, false, true, true]);
    let (keep, drop) = (Verdict::Keep, Verdict::Drop);
    let images = update(&json!([rule("keep", "a = 1")]));
    assert_eq!(images, Verdicts::Images(vec![drop, drop, keep, keep], vec![drop, keep, drop, keep]));
    let images = update(&json!([rule("keep", "a = 1"), rule("update-old-value-expr", "a = 0")]));
    assert_eq!(images, Verdicts::Images(vec![drop, drop, keep, keep], vec![drop, drop, drop, keep]));
}

#[test]
fn only_the_operations_of_a_rule_are_asked_about() {
    let table = table();
    let plan = |config: Value| {
        let filter = ExpressionFilter { rules: rules(&config).unwrap() };
        filter.table(&TableInput { schema: &table, name: &table.name, columns: &table.columns }).unwrap()
    };
    let found = plan(json!([rule("delete-value-expr", "v = 'x'")]));
    assert_eq!(
        [found.insert, found.update, found.delete],
        [Decision::Keep, Decision::Keep, Decision::PerRow]
    );
    assert_eq!(found.needs, [1], "only what is read is needed");
    assert!(found.because[0].contains("drops the deletes"), "{:?}", found.because);
    let found = plan(json!([rule("keep", "A > 0")]));
    assert_eq!([found.insert, found.update, found.delete], [Decision::PerRow; 3]);
    let other = plan(json!([{"schema": "S", "table": "t", "keep": "a > 0"}]));
    assert_eq!(other.insert, Decision::Keep, "names are exact");
}

#[test]
fn mistakes_are_told_at_load_all_at_once() {
    let mut two = rule("insert-value-expr", "a = 1");
    two["delete-value-expr"] = json!("a = 1 ||");
    let config = json!([
        two,
        rule("keep", "LOWER(v) = 'x'"),
        rule("keep", "a > 0"),
        {"schema": "s", "table": "t"},
        {"schema": "", "table": "t", "keep": "a", "time-zone": "Europe/Berlin"},
        rule("keep", "a < 9"),
    ]);
    let problems = rules(&config).err().unwrap();
    for part in [
        "[0]: a rule is about one kind of change",
        "[0].delete-value-expr: character 7 (`||`): `||` is not taken",
        "[1].keep: character 1 (`LOWER(v) = 'x'`): functions are not taken",
        "[3]: a rule without an expression",
        "[4].schema: the schema's name is empty",
        "[4].time-zone: a time zone is a distance",
        "[5].keep: s.t has a `keep` in rule 2 already",
    ] {
        assert!(problems.iter().any(|problem| problem.contains(part)), "no `{part}` in {problems:#?}");
    }
    assert_eq!(problems.len(), 7, "{problems:#?}");
}

#[test]
fn what_does_not_fit_a_table_is_refused_there() {
    let table = table();
    for (expression, part) in [
        ("a > 0 AND gone = 1", "character 11 (`gone = 1`): there is no column `gone`"),
        ("v < 'x'", "which of two texts comes first under utf8mb4_0900_ai_ci"),
        ("v = 'é'", "characters beyond printable ASCII"),
        ("cz = 'x'", "how the collation utf8mb4_czech_ci compares"),
        ("v", "a condition is wanted here"),
        ("v + 1 > 0", "only numbers do"),
        ("a / 2 > 1", "`/` of exact numbers is not taken"),
        ("a = 'x'", "a text that is none"),
        ("a IN (1, '2')", "texts and numbers stand in one list"),
        ("v->'$.a' = 1", "take a JSON column"),
        ("a LIKE '1%'", "LIKE takes text only"),
        ("v REGEXP '(?=x)'", "is not taken in regular expressions"),
        ("v REGEXP '(x'", "is not understood"),
        ("a COLLATE utf8mb4_bin = 'x'", "behind a text column only"),
        ("v COLLATE latin1_bin = 'x'", "is no collation of utf8mb4"),
    ] {
        let config = json!([rule("keep", expression)]);
        let filter = ExpressionFilter { rules: rules(&config).unwrap() };
        let input = TableInput { schema: &table, name: &table.name, columns: &table.columns };
        let message = filter.table(&input).unwrap_err().message;
        assert!(message.contains(part), "{expression}: {message}");
        let found = filter.check(std::slice::from_ref(&table));
        assert!(found[0].message.contains(part), "{found:?}");
    }
    let filter =
        ExpressionFilter { rules: rules(&json!([{"schema": "s", "table": "T", "keep": "a"}])).unwrap() };
    let found = filter.check(&[table]);
    assert!(
        found[0].message.contains("is about s.T") && found[0].remedy.as_ref().unwrap().contains("s.t"),
        "{found:?}"
    );
}

/// A row whose comparison is not known is an error, not a guess; nothing of the row is told.
#[test]
fn values_beyond_what_is_known_stop() {
    let after = image(&table(), &[Some(2)]);
    let config = json!([rule("insert-value-expr", "v = 'e'")]);
    let error = judge(&config, Operation::Insert, Image::default(), after.clone(), 1).unwrap_err();
    assert!(error.message.contains("utf8mb4_0900_ai_ci") && !error.message.contains('é'), "{error}");
    let config = json!([rule("insert-value-expr", "v COLLATE utf8mb4_bin = 'é'")]);
    assert_eq!(kept(judge(&config, Operation::Insert, Image::default(), after, 1).unwrap()), [false]);
}

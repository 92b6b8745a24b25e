use super::*;
use serde_json::{Value, json};
use tidegate_plugin::settings::{Problem, Settings};

fn rules(config: &Value) -> std::result::Result<Rules, Vec<Problem>> {
    Rules::build(&Settings::from_json(config).parse::<Vec<RouteRule>>()?, &"shop-eu".into())
}

fn target(rules: &Rules, schema: &str, table: &str) -> Option<String> {
    rules.route(&TableName::new(schema, table)).unwrap().map(|route| route.target.to_string())
}

#[test]
fn tables_follow_table_rules_and_schemas_schema_rules() {
    let rules = rules(&json!([
        {"schema-pattern": "shop_*", "table-pattern": "orders", "target-schema": "shop", "target-table": "orders"},
        {"schema-pattern": "shop_*", "target-schema": "all_shops"},
        {"schema-pattern": "~^x\\d$", "table-pattern": "~t", "target-schema": "y"},
    ]))
    .unwrap();
    assert_eq!(target(&rules, "shop_1", "orders").as_deref(), Some("shop.orders"));
    assert_eq!(target(&rules, "SHOP_1", "Items").as_deref(), Some("all_shops.Items"));
    assert_eq!(target(&rules, "shop_1", "").as_deref(), Some("all_shops"));
    assert_eq!(target(&rules, "x1", "a_t").as_deref(), Some("y.a_t"));
    assert_eq!(target(&rules, "x1", ""), None, "a table rule is not used for a statement on the schema");
    assert_eq!(target(&rules, "other", "t"), None);
}

#[test]
fn several_matching_rules_are_an_error_that_names_them() {
    let rules = rules(&json!([
        {"schema-pattern": "a*", "table-pattern": "t", "target-schema": "x"},
        {"schema-pattern": "*", "table-pattern": "t*", "target-schema": "y"},
    ]))
    .unwrap();
    let error = rules.route(&TableName::new("ab", "t")).err().unwrap();
    assert!(error.message.contains("0 and 1") && error.message.contains("ab.t"), "{error}");
    assert_eq!(target(&rules, "b", "t").as_deref(), Some("y.t"));

    let table = TableSchema {
        name: TableName::new("ab", "t"),
        columns: Vec::new(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 0,
        complete: true,
    };
    let findings = rules.check(&[Arc::new(table)]);
    assert_eq!(findings.len(), 1, "neither rule is idle: {findings:?}");
}

#[test]
fn names_become_columns() {
    let rules = rules(&json!([{
        "schema-pattern": "s*", "table-pattern": "t_*", "target-schema": "x", "target-table": "t",
        "extract-table": {"table-regexp": "t_(.*)_(.*)", "target-column": "c_table"},
        "extract-schema": {"schema-regexp": "none(.*)", "target-column": "c_schema"},
        "extract-source": {"source-regexp": "shop-(.*)", "target-column": "c_source"},
    }]))
    .unwrap();
    let route = rules.route(&TableName::new("s1", "t_a_b")).unwrap().unwrap();
    let values: Vec<(&str, &str)> =
        route.extracted.iter().map(|(name, value)| (&**name, value.as_str())).collect();
    assert_eq!(values, [("c_table", "ab"), ("c_schema", ""), ("c_source", "eu")]);
}

#[test]
fn the_source_has_the_name_that_the_rule_gives_it() {
    let rules = rules(&json!([{
        "schema-pattern": "s", "target-schema": "x",
        "extract-source": {"source": "replica-07", "source-regexp": "-(.*)", "target-column": "c"},
    }]))
    .unwrap();
    let route = rules.route(&TableName::new("s", "t")).unwrap().unwrap();
    assert_eq!(route.extracted, [("c".into(), "07".to_owned())]);
}

#[test]
fn bad_rules_are_reported_all_at_once() {
    let problems = rules(&json!([
        {"schema-pattern": "a*b", "table-pattern": "~(", "target-schema": ""},
        {"schema-pattern": "a", "target-schema": "x", "extract-table": {"table-regexp": "(", "target-column": "c"}},
    ]))
    .err()
    .unwrap();
    assert_eq!(problems.len(), 4, "{problems:#?}");
    let places: Vec<String> = problems.iter().map(|problem| problem.path.to_string()).collect();
    assert!(places.contains(&"[1].extract-table.table-regexp".to_owned()), "{places:?}");
}

#[test]
fn what_could_never_work_is_refused() {
    let extract = |table: &str, schema: &str| {
        json!({
            "schema-pattern": "s", "target-schema": "x",
            "extract-table": {"table-regexp": "(.*)", "target-column": table},
            "extract-schema": {"schema-regexp": "(.*)", "target-column": schema},
        })
    };
    let to = |target: &str| json!({"schema-pattern": "s", "target-schema": target});
    let table =
        |pattern: &str| json!({"schema-pattern": "s", "table-pattern": pattern, "target-schema": "x"});
    for (config, part) in [
        (json!([extract("", "c")]), "the name of the column is empty"),
        (json!([extract("c", "C")]), "fills the column `C` twice"),
        (json!([to("tidegate")]), "a schema of the server itself"),
        (json!([to("MySQL")]), "a schema of the server itself"),
        (json!([to("x"), to("y")]), "those of rule 0"),
        (json!([table("t[ab]"), table("t[ba]")]), "those of rule 0"),
        (json!([table("~^t$"), table("~^t$")]), "those of rule 0"),
    ] {
        let problems = rules(&config).err().unwrap();
        assert_eq!(problems.len(), 1, "{config}: {problems:#?}");
        assert!(problems[0].message.contains(part), "{problems:#?}");
    }
    assert!(rules(&json!([extract("a", "b"), table("t"), table("u")])).is_ok());
}

#[test]
fn a_target_of_several_tables_is_known_from_the_rules() {
    let rules = rules(&json!([
        {"schema-pattern": "shop_*", "table-pattern": "orders", "target-schema": "shop", "target-table": "orders"},
        {"schema-pattern": "one", "target-schema": "two"},
        {"schema-pattern": "one", "table-pattern": "log_*", "target-schema": "logs"},
        {"schema-pattern": "one", "table-pattern": "a", "target-schema": "two", "target-table": "b"},
        {"schema-pattern": "~^re$", "table-pattern": "t", "target-schema": "x", "target-table": "t"},
    ]))
    .unwrap();
    let leads = |source: (&str, &str), target: (&str, &str)| {
        rules.lead_others(&TableName::new(source.0, source.1), &TableName::new(target.0, target.1))
    };
    assert!(leads(("shop_1", "orders"), ("shop", "orders")));
    assert!(
        leads(("shop", "orders"), ("shop", "orders")),
        "the rule leads others to a table that keeps its name"
    );
    assert!(leads(("shop_1", ""), ("shop", "")), "a schema is shared by what its tables share");
    assert!(!leads(("shop_1", "items"), ("shop_1", "items")));
    assert!(!leads(("one", "t"), ("two", "t")));
    assert!(!leads(("one", ""), ("two", "")));
    assert!(leads(("two", ""), ("two", "")));
    assert!(!leads(("ONE", "log_1"), ("logs", "log_1")), "every table keeps its own name there");
    assert!(leads(("one", "a"), ("two", "b")), "one.b goes there by the rule for the schema");
    assert!(leads(("one", "b"), ("two", "b")));
    assert!(leads(("re", "t"), ("x", "t")), "an expression may match more than one name");
}

#[test]
fn what_keeps_its_name_is_known_from_the_rules() {
    let rules = rules(&json!([
        {"schema-pattern": "one", "target-schema": "two"},
        {"schema-pattern": "three", "table-pattern": "t", "target-schema": "two"},
        {"schema-pattern": "four", "target-schema": "four"},
        {"schema-pattern": "f*", "table-pattern": "x", "target-schema": "y"},
        {"schema-pattern": "four", "table-pattern": "x", "target-schema": "z"},
    ]))
    .unwrap();
    let keep = |schema: &str, table: &str| rules.keep(&TableName::new(schema, table));
    assert!(keep("two", "") && keep("two", "t"), "no rule is about it");
    assert!(!keep("one", "") && !keep("one", "t"));
    assert!(!keep("three", "t") && keep("three", "u"));
    assert!(keep("three", ""), "the schema's other tables stay");
    assert!(keep("four", "t") && keep("four", ""), "the rule leads it where it is");
    assert!(keep("four", "x"), "what is ambiguous stops, and is not said to be elsewhere");
}

fn table(schema: &str, table: &str, columns: &[&str]) -> Arc<TableSchema> {
    let column = |name: &&str| Arc::new(extracted(&(*name).into(), ""));
    Arc::new(TableSchema {
        name: TableName::new(schema, table),
        columns: columns.iter().map(column).collect(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

#[test]
fn a_rule_of_a_schema_may_name_the_table() {
    let rules = rules(&json!([
        {"schema-pattern": "s", "target-schema": "x", "target-table": "all"},
        {"schema-pattern": "S*", "target-schema": "y", "case-sensitive": true},
        {"schema-pattern": "a*", "target-schema": "x"},
        {"schema-pattern": "*b", "target-schema": "y"},
    ]));
    assert!(rules.is_err(), "a star may stand at the end only");
    let rules = self::rules(&json!([
        {"schema-pattern": "s", "target-schema": "x", "target-table": "all"},
        {"schema-pattern": "T*", "target-schema": "y", "case-sensitive": true},
        {"schema-pattern": "a*", "target-schema": "x"},
        {"schema-pattern": "~b$", "target-schema": "y"},
    ]))
    .unwrap();
    assert_eq!(target(&rules, "S", "t").as_deref(), Some("x.all"));
    assert_eq!(target(&rules, "s", "").as_deref(), Some("x"), "a schema has no table's name");
    assert_eq!(target(&rules, "T1", "u").as_deref(), Some("y.u"));
    assert_eq!(target(&rules, "t1", "u"), None);
    let error = rules.route(&TableName::of_schema("ab")).err().unwrap();
    assert!(error.message.contains("2 and 3"), "two rules for one schema: {error}");
    assert!(rules.route(&TableName::new("ab", "t")).is_err());
}

#[test]
fn an_added_column_must_be_new() {
    let rules = rules(&json!([{
        "schema-pattern": "s", "target-schema": "x",
        "extract-schema": {"schema-regexp": "(.*)", "target-column": "Shop"},
    }]));
    let filter = RouteFilter { rules: rules.unwrap() };
    let ask = |schema: &Arc<TableSchema>| {
        filter.table(&TableInput { schema, name: &schema.name, columns: &schema.columns })
    };
    let plan = ask(&table("s", "t", &["id"])).unwrap();
    let columns: Vec<String> =
        plan.columns.iter().flatten().map(|output| output.column.name.to_string()).collect();
    assert_eq!(columns, ["id", "Shop"]);
    let values = filter.map(&plan, &Image::default(), 2).unwrap();
    assert_eq!(arrow_array::Array::len(&**values[0].as_ref().unwrap()), 2);
    assert!(ask(&table("s", "t", &["id", "shop"])).unwrap_err().message.contains("there already"));
}

#[test]
fn check_finds_what_is_ambiguous_and_what_is_idle() {
    let rules = rules(&json!([
        {"schema-pattern": "a*", "target-schema": "x"},
        {"schema-pattern": "~b$", "target-schema": "y"},
        {"schema-pattern": "ab", "table-pattern": "t", "target-schema": "y"},
        {"schema-pattern": "none", "target-schema": "z"},
        {"schema-pattern": "ab", "table-pattern": "none", "target-schema": "z"},
    ]))
    .unwrap();
    let found = rules.check(&[table("ab", "t", &[]), table("ac", "t", &[]), table("cb", "t", &[])]);
    let messages: Vec<&str> = found.iter().map(|finding| &*finding.message).collect();
    assert_eq!(messages.len(), 3, "{messages:#?}");
    assert!(messages[0].contains("0 and 1 all match ab"), "only CREATE DATABASE would tell: {messages:#?}");
    assert!(messages[1].contains("rule 3") && messages[2].contains("rule 4"), "{messages:#?}");
}

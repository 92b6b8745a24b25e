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
fn bad_rules_are_reported_all_at_once() {
    let problems = rules(&json!([
        {"schema-pattern": "a*b", "table-pattern": "~(", "target-schema": ""},
        {"schema-pattern": "a", "target-schema": "x", "extract-table": {"table-regexp": "(", "target-column": "c"}},
    ]))
    .err()
    .unwrap();
    assert_eq!(problems.len(), 4, "{problems:#?}");
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

use super::*;
use serde_json::{Value, json};
use tidegate_model::DdlEvent;
use tidegate_plugin::settings::{Problem, Settings};

#[path = "../../pattern/tests/support/statement.rs"]
mod statement;

fn list(config: Value) -> Result<List, Vec<Problem>> {
    List::build(&Settings::from_json(&config).parse()?)
}

fn verdicts(config: Value) -> [bool; 4] {
    let list = list(config).unwrap();
    let names = [
        TableName::new("a", "t1"),
        TableName::new("a", "t2"),
        TableName::new("b", "t1"),
        TableName::of_schema("b"),
    ];
    names.map(|name| list.judge(&name).passes)
}

/// DM's truth table, row by row: `a.t1`, `a.t2`, `b.t1`, `DROP DATABASE b`.
#[test]
fn the_truth_table_is_dms() {
    let a1 = json!([{"db-name": "a", "tbl-name": "t1"}]);
    for (config, expected) in [
        (json!({}), [true, true, true, true]),
        (json!({"do-dbs": ["a"]}), [true, true, false, false]),
        (json!({"do-dbs": ["a"], "ignore-dbs": ["a"]}), [true, true, false, false]),
        (json!({"ignore-dbs": ["a"]}), [false, false, true, true]),
        (json!({"do-tables": a1}), [true, false, false, true]),
        (json!({"ignore-tables": a1}), [false, true, true, true]),
        (
            json!({"do-tables": [{"db-name": "a", "tbl-name": "t*"}], "ignore-tables": a1}),
            [true, true, false, true],
        ),
        (json!({"do-dbs": ["b"], "do-tables": a1}), [false, false, false, true]),
        (json!({"do-dbs": ["a"], "do-tables": a1}), [true, false, false, false]),
    ] {
        assert_eq!(verdicts(config.clone()), expected, "{config}");
    }
}

#[test]
fn system_schemas_never_pass() {
    let list = list(json!({"do-dbs": ["*"]})).unwrap();
    for schema in [
        "mysql",
        "SYS",
        "Information_Schema",
        "performance_schema",
        "dm_heartbeat",
        "DM_HEARTBEAT",
        "inspection_schema",
        "metrics_schema",
    ] {
        assert!(!list.judge(&TableName::new(schema, "t")).passes);
    }
}

#[test]
fn expressions_and_wildcards_mix_and_cross_as_in_dm() {
    let rules = json!([{"db-name": "~^a", "tbl-name": "t1"}, {"db-name": "~^b", "tbl-name": "t2"}]);
    assert_eq!(verdicts(json!({"do-tables": rules})), [true, true, true, true]);
    assert!(list(json!({"ignore-tables": rules})).is_err());
    assert_eq!(
        verdicts(json!({"do-tables": [{"db-name": "A", "tbl-name": "~1$"}]})),
        [true, false, false, true]
    );
    assert_eq!(
        verdicts(json!({"do-tables": [{"db-name": "A", "tbl-name": "t1"}], "case-sensitive": true})),
        [false, false, false, true]
    );
}

#[test]
fn every_bad_pattern_is_reported() {
    let problems = list(json!({
        "do-dbs": ["do*c", "ok", ""],
        "ignore-tables": [{"db-name": "~a(", "tbl-name": "t["}],
    }))
    .err()
    .unwrap();
    let places: Vec<String> = problems.iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(problems.len(), 4, "{places:?}");
}

#[test]
fn a_schema_is_wanted_for_its_tables() {
    let wants = |config: Value, schema: &str| {
        BlockAllowList { list: list(config).unwrap() }.wants(&TableName::of_schema(schema))
    };
    let a1 = json!([{"db-name": "a*", "tbl-name": "t1"}]);
    assert!(wants(json!({}), "b"));
    assert!(wants(json!({"do-dbs": ["b"]}), "b") && !wants(json!({"do-dbs": ["a"]}), "b"));
    assert!(!wants(json!({"ignore-dbs": ["b"]}), "b"));
    assert!(wants(json!({"do-tables": a1}), "a2") && !wants(json!({"do-tables": a1}), "b"));
    assert!(wants(json!({"ignore-tables": a1}), "a"), "only some of its tables are blocked");
}

/// A statement that connects a table inside the list with one outside of it stops; others pass or are dropped.
#[test]
fn the_border_of_the_list_is_watched() {
    let filter = BlockAllowList {
        list: list(json!({"ignore-tables": [{"db-name": "s", "tbl-name": "out*"}]})).unwrap(),
    };
    let asked = |sql: &str, element: statement::Part<'_>, names: &[(&str, NameRole)]| {
        statement::ask(&filter, sql, &[element], names).ok().map(|answer| answer.keep[0])
    };
    let rename = |old: &str, new: &str| {
        let pair = format!("{old} TO {new}");
        asked(&format!("RENAME TABLE {pair}"), (DdlEvent::RenameTable, &format!("{old}>{new}"), &pair), &[])
    };
    assert_eq!(rename("s.a", "s.b"), Some(true));
    assert_eq!(rename("s.out1", "s.out2"), Some(false));
    assert_eq!(rename("s.a", "s.out1"), None);
    assert_eq!(rename("s.out1", "s.a"), None);
    assert_eq!(rename("s.a", "mysql.a"), None);
    let exchange = |table: &str, with: &str| {
        let part = format!("EXCHANGE PARTITION p WITH TABLE {with}");
        let element = (DdlEvent::ExchangeTablePartition, table, &*part);
        asked(&format!("ALTER TABLE {table} {part}"), element, &[(with, NameRole::Exchanged)])
    };
    assert_eq!(exchange("s.a", "s.b"), Some(true));
    assert_eq!(exchange("s.out1", "s.out2"), Some(false));
    assert_eq!(exchange("s.a", "s.out1"), None);
    assert_eq!(exchange("s.out1", "s.a"), None);
    let model = [("s.out1", NameRole::Model)];
    let like = asked("CREATE TABLE s.a LIKE s.out1", (DdlEvent::CreateTable, "s.a", "s.a LIKE"), &model);
    assert_eq!(like, Some(true), "the model is written out");
}

#[test]
fn check_finds_what_is_never_read_and_what_matches_nothing() {
    let table = |schema: &str, table: &str| {
        Arc::new(TableSchema {
            name: TableName::new(schema, table),
            columns: Vec::new(),
            keys: Vec::new(),
            foreign_keys: Vec::new(),
            collation: 255,
            complete: true,
        })
    };
    let findings = |config: Value| {
        let found = list(config).unwrap().useless(&[table("a", "t1"), table("a", "t2")]);
        found.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert!(
        findings(json!({"do-dbs": ["a"], "ignore-tables": [{"db-name": "a", "tbl-name": "t1"}]})).is_empty()
    );
    let both = findings(json!({
        "do-dbs": ["a", "x"], "ignore-dbs": ["y"], "do-tables": [{"db-name": "a", "tbl-name": "u"}],
    }));
    assert_eq!(both.len(), 3, "{both:#?}");
    assert!(
        both[0].contains("not consulted")
            && both[1].contains("do-dbs[1]")
            && both[2].contains("do-tables[0]")
    );
    let blocked = findings(json!({"ignore-dbs": ["y"]}));
    assert!(blocked.len() == 1 && blocked[0].contains("ignore-dbs[0]"), "{blocked:#?}");
}

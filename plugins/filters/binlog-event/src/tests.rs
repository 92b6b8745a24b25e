use super::*;
use serde_json::{Value, json};
use tidegate_model::NameRole;
use tidegate_plugin::settings::{Problem, Settings};

#[path = "../../pattern/tests/support/statement.rs"]
mod statement;

fn rules(config: Value) -> Result<Rules, Vec<Problem>> {
    Rules::build(&Settings::from_json(&config).parse::<Vec<EventRule>>()?)
}

/// Judges an insert, `DROP TABLE t` and `ALTER TABLE t …` on `s.t`.
fn verdicts(config: Value) -> [Verdict; 3] {
    let rules = rules(config).unwrap();
    let name = TableName::new("s", "t");
    [
        rules.judge(&name, Occurrence::Rows(Operation::Insert), "").verdict,
        rules.judge(&name, Occurrence::Ddl(DdlEvent::DropTable), "DROP TABLE t").verdict,
        rules.judge(&name, Occurrence::Ddl(DdlEvent::AlterTable), "ALTER TABLE t ADD c INT").verdict,
    ]
}

fn rule(events: Value, sql: Value, action: &str) -> Value {
    json!({"schema-pattern": "s", "table-pattern": "t", "events": events, "sql-pattern": sql, "action": action})
}

/// DM's table of examples, row by row.
#[test]
fn the_examples_are_dms() {
    use Verdict::{Do, Error, Ignore};
    let schema_wide =
        |events: Value, action: &str| json!({"schema-pattern": "s*", "events": events, "action": action});
    for (config, expected) in [
        (json!([rule(json!(["drop table"]), json!([]), "Ignore")]), [Do, Ignore, Do]),
        (json!([rule(json!(["all dml"]), json!([]), "Do")]), [Do, Ignore, Ignore]),
        (json!([rule(json!([]), json!(["^DROP"]), "Ignore")]), [Do, Ignore, Do]),
        (json!([rule(json!([]), json!(["^drop"]), "Do")]), [Ignore, Ignore, Ignore]),
        (
            json!([rule(json!(["all dml"]), json!([]), "Do"), schema_wide(json!(["create table"]), "Do")]),
            [Ignore, Ignore, Ignore],
        ),
        (
            json!([rule(json!(["Drop Table"]), json!([]), "Ignore"), schema_wide(json!(["all"]), "Do")]),
            [Do, Ignore, Do],
        ),
        (json!([rule(json!(["incompatible ddl changes"]), json!([]), "Error")]), [Do, Error, Do]),
        (json!([rule(json!(["none ddl", "all"]), json!([]), "Ignore")]), [Ignore, Do, Do]),
    ] {
        assert_eq!(verdicts(config.clone()), expected, "{config}");
    }
}

/// DM joins them; a name of a group in one of them must not reach the next.
#[test]
fn one_of_several_sql_patterns_is_enough() {
    use Verdict::{Do, Ignore};
    for patterns in [json!(["^truncate", "^drop"]), json!(["(?P<x>^truncate)", "(?P<x>^drop)"])] {
        assert_eq!(
            verdicts(json!([rule(json!([]), patterns.clone(), "Ignore")])),
            [Do, Ignore, Do],
            "{patterns}"
        );
    }
}

#[test]
fn rules_of_whole_schemas_are_asked_first() {
    let table = rule(json!(["drop table"]), json!([]), "Ignore");
    let schema = json!({"schema-pattern": "s", "events": ["drop table"], "action": "Error"});
    assert_eq!(verdicts(json!([table, schema]))[1], Verdict::Error);
}

#[test]
fn a_star_for_the_table_also_matches_the_schema() {
    let judge = |pattern: &str| {
        let rule = json!([{"schema-pattern": "s", "table-pattern": pattern, "events": ["drop schema"], "action": "Ignore"}]);
        let occurrence = Occurrence::Ddl(DdlEvent::DropDatabase);
        rules(rule).unwrap().judge(&TableName::of_schema("s"), occurrence, "DROP DATABASE s").verdict
    };
    assert_eq!(judge("*"), Verdict::Ignore);
    assert_eq!(judge("t_*"), Verdict::Do);
}

#[test]
fn what_dm_drops_in_silence_is_an_error() {
    let config = json!([
        rule(json!(["truncate tabel"]), json!(["("]), "Ignore"),
        rule(json!(["drop table"]), json!([]), "Ignore"),
        rule(json!(["delete"]), json!([]), "Ignore"),
        {"schema-pattern": "a*b", "events": ["all"], "action": "Ignore"},
        {"schema-pattern": "a", "action": "Do"},
    ]);
    let problems = rules(config).err().unwrap();
    let messages: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 5, "{messages:#?}");
    assert!(messages.iter().any(|message| message.contains("truncate table")), "{messages:#?}");
    assert!(rules(json!([{"schema-pattern": "s", "events": ["all"], "action": "ignore"}])).is_err());
}

fn kept(
    config: Value,
    sql: &str,
    elements: &[statement::Part<'_>],
    names: &[(&str, NameRole)],
) -> Result<Vec<bool>> {
    let filter = BinlogEvent { rules: rules(config).unwrap() };
    statement::ask(&filter, sql, elements, names).map(|answer| answer.keep)
}

/// DM looks for a pattern in the statement as it stands in the log, whichever part of it is judged.
#[test]
fn sql_patterns_are_looked_for_in_the_whole_statement() {
    let pattern = |sql: &str| json!([rule(json!([]), json!([sql]), "Ignore")]);
    let sql = "ALTER TABLE s.t ADD c INT, DROP COLUMN d /* x */";
    let elements =
        [(DdlEvent::AlterTable, "s.t", "ADD c INT"), (DdlEvent::DropColumn, "s.t", "DROP COLUMN d")];
    let kept = |config| kept(config, sql, &elements, &[]).unwrap();
    assert_eq!(kept(pattern("drop column")), [false, false]);
    assert_eq!(kept(pattern("int, drop")), [false, false]);
    assert_eq!(kept(pattern(r"/\* x")), [false, false]);
    assert_eq!(kept(pattern("^drop")), [true, true]);
    let of_u =
        json!([{"schema-pattern": "s", "table-pattern": "u", "sql-pattern": ["s[.]t"], "action": "Ignore"}]);
    assert_eq!(kept(of_u), [true, true], "the tables are those of each element");
}

#[test]
fn what_is_dropped_is_known_by_name() {
    let drops = |config: Value, operation| {
        BinlogEvent { rules: rules(config).unwrap() }.drops(&TableName::new("s", "t"), operation)
    };
    let deletes = |action| json!([rule(json!(["delete"]), json!([]), action)]);
    assert!(drops(deletes("Ignore"), Operation::Delete) && !drops(deletes("Ignore"), Operation::Update));
    assert!(drops(deletes("Do"), Operation::Update) && !drops(deletes("Do"), Operation::Delete));
    assert!(!drops(deletes("Error"), Operation::Delete), "it stops there");
}

use super::*;
use crate::event::EventName;
use serde_json::{Value, json};
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

#[test]
fn every_table_of_a_statement_is_judged() {
    let of = |table: &str| json!([{"schema-pattern": "s", "table-pattern": table, "events": ["all"], "action": "Ignore"}]);
    let rename = |config| {
        kept(config, "RENAME TABLE s.a TO s.b", &[(DdlEvent::RenameTable, "s.a>s.b", "s.a TO s.b")], &[])
            .unwrap()
    };
    assert_eq!(rename(of("a")), [false]);
    assert_eq!(rename(of("b")), [false], "the new name decides too");
    assert_eq!(rename(of("c")), [true]);
    let create = |config, role| {
        let element = [(DdlEvent::CreateTable, "s.a", "s.a")];
        kept(config, "CREATE TABLE s.a LIKE s.m", &element, &[("s.m", role)]).unwrap()
    };
    assert_eq!(create(of("m"), NameRole::Model), [false]);
    assert_eq!(create(of("m"), NameRole::Read), [false]);
    assert_eq!(create(of("m"), NameRole::Parent), [true]);
    let parts = ["ADD c INT", "EXCHANGE PARTITION p WITH TABLE s.x"];
    let elements =
        [(DdlEvent::AlterTable, "s.a", parts[0]), (DdlEvent::ExchangeTablePartition, "s.a", parts[1])];
    let sql = format!("ALTER TABLE s.a {}, {}", parts[0], parts[1]);
    let exchanged = [("s.x", NameRole::Exchanged)];
    assert_eq!(kept(of("x"), &sql, &elements, &exchanged).unwrap(), [true, false]);
    let forbidden =
        json!([{"schema-pattern": "s", "table-pattern": "x", "events": ["all ddl"], "action": "Error"}]);
    let error = kept(forbidden, &sql, &elements, &exchanged).unwrap_err();
    assert!(error.message.contains("forbids `exchange table partition` on s.x"), "{error}");
}

#[test]
fn every_name_of_the_vocabulary_is_read() {
    for name in DdlEvent::ALL.iter().map(|event| event.name()) {
        for name in [name.to_owned(), name.to_uppercase()] {
            assert!(
                EventName::parse(&name).is_some_and(|event| matches!(event, EventName::Ddl(_))),
                "{name}"
            );
        }
    }
    for (name, event) in [
        ("create schema", DdlEvent::CreateDatabase),
        ("Alter Schema", DdlEvent::AlterDatabase),
        ("drop schema", DdlEvent::DropDatabase),
    ] {
        assert_eq!(EventName::parse(name), Some(EventName::Ddl(event)));
    }
    for name in [
        "insert",
        "update",
        "delete",
        "all",
        "all ddl",
        "all dml",
        "none",
        "none ddl",
        "none dml",
        "incompatible ddl changes",
    ] {
        assert!(EventName::parse(name).is_some(), "{name}");
    }
    for name in ["", "truncate", "insert ", "snapshot", "incompatible ddl"] {
        assert!(EventName::parse(name).is_none(), "{name}");
    }
}

/// DM's two classes of schema changes, name by name.
#[test]
fn the_classes_are_dms() {
    let compatible = [
        "create database",
        "alter database",
        "create table",
        "create index",
        "create view",
        "drop view",
        "alter table",
        "add table partition",
    ];
    for event in DdlEvent::ALL {
        let is_hit = EventName::Incompatible.answer(Occurrence::Ddl(*event)) == Some(true);
        assert_eq!(is_hit, !compatible.contains(&event.name()), "{}", event.name());
        assert_eq!(EventName::AllDdl.answer(Occurrence::Ddl(*event)), Some(true));
        assert_eq!(EventName::AllDml.answer(Occurrence::Ddl(*event)), None);
        assert_eq!(
            EventName::Ddl(DdlEvent::AlterTable).answer(Occurrence::Ddl(*event)).is_some(),
            event.name() == "alter table"
        );
    }
    assert_eq!(EventName::Incompatible.answer(Occurrence::Rows(Operation::Delete)), None);
}

/// `none …` ends a rule's events without a hit.
#[test]
fn groups_of_none_end_the_list() {
    use Verdict::{Do, Ignore};
    for (events, expected) in [
        (json!(["none", "all"]), [Do, Do, Do]),
        (json!(["all", "none"]), [Ignore, Ignore, Ignore]),
        (json!(["none dml", "all"]), [Do, Ignore, Ignore]),
        (json!(["none ddl", "all dml"]), [Ignore, Do, Do]),
        (json!(["drop table", "none ddl", "all"]), [Ignore, Ignore, Do]),
    ] {
        assert_eq!(verdicts(json!([rule(events.clone(), json!([]), "Ignore")])), expected, "{events}");
    }
    assert_eq!(verdicts(json!([rule(json!(["none"]), json!([]), "Do")])), [Ignore, Ignore, Ignore]);
}

#[test]
fn events_are_asked_before_patterns() {
    use Verdict::{Do, Error, Ignore};
    for (config, expected) in [
        (rule(json!(["insert"]), json!(["^DROP"]), "Ignore"), [Ignore, Ignore, Do]),
        (rule(json!(["all dml"]), json!(["^DROP"]), "Error"), [Error, Error, Do]),
        (rule(json!(["all"]), json!(["^DROP"]), "Do"), [Do, Do, Ignore]),
        (rule(json!([]), json!(["t add"]), "Ignore"), [Do, Do, Ignore]),
        (rule(json!([]), json!(["[^a-z ]"]), "Ignore"), [Do, Do, Do]),
    ] {
        assert_eq!(verdicts(json!([config.clone()])), expected, "{config}");
    }
}

#[test]
fn rows_that_are_forbidden_stop_at_the_first() {
    let filter = BinlogEvent { rules: rules(json!([rule(json!(["delete"]), json!([]), "Error")])).unwrap() };
    let schema = schema("s", "t");
    let input = TableInput { schema: &schema, name: &schema.name, columns: &[] };
    let plan = filter.table(&input).unwrap();
    assert_eq!([plan.insert, plan.update, plan.delete], [Decision::Keep, Decision::Keep, Decision::PerRow]);
}

fn schema(schema: &str, table: &str) -> Arc<TableSchema> {
    Arc::new(TableSchema {
        name: TableName::new(schema, table),
        columns: Vec::new(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

#[test]
fn check_finds_what_never_happens() {
    let config = json!([
        rule(json!(["add column", "drop foreign key", "drop table", "all"]), json!([]), "Ignore"),
        {"schema-pattern": "nowhere", "events": ["none", "none ddl"], "action": "Ignore"},
    ]);
    let found = rules(config).unwrap().useless(&[schema("s", "t")]);
    let messages: Vec<&str> = found.iter().map(|finding| &*finding.message).collect();
    assert_eq!(messages.len(), 4, "{messages:#?}");
    assert!(messages[0].contains("rule 1 matches no table"));
    assert!(messages[1].contains("`add column`") && messages[2].contains("`drop foreign key`"));
    assert!(messages[3].contains("rule 1 names `none`"));
}

/// What cannot be read is about no table: only rules for all schemas speak of it, and of these their patterns.
#[test]
fn what_is_not_understood_is_left_out_by_its_text() {
    let leaves_out =
        |config: Value| BinlogEvent { rules: rules(json!([config])).unwrap() }.leaves_out("FROB TABLE s.t");
    let of = |schema: &str, table: &str, action: &str| json!({"schema-pattern": schema, "table-pattern": table, "sql-pattern": ["^frob"], "action": action});
    assert!(leaves_out(of("*", "", "Ignore")));
    assert!(leaves_out(of("*", "*", "Ignore")));
    assert!(!leaves_out(of("s", "", "Ignore")));
    assert!(!leaves_out(of("*", "t", "Ignore")));
    assert!(!leaves_out(of("*", "", "Error")) && !leaves_out(of("*", "", "Do")));
    assert!(!leaves_out(json!({"schema-pattern": "*", "events": ["all"], "action": "Ignore"})));
    assert!(!leaves_out(json!({"schema-pattern": "*", "events": ["all dml"], "action": "Do"})));
    assert!(leaves_out(json!({"schema-pattern": "*", "sql-pattern": ["^drop"], "action": "Do"})));
}

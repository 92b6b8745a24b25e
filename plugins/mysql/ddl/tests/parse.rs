//! What statements are taken for: their events, the names in them, and the text that splicing gives.

#![cfg(test)]

use tidegate_model::{NameRole, Session, TableName};
use tidegate_mysql_ddl::{Definition, Flavor, Parsed, parse};

const ANSI_QUOTES: u64 = 4;
const NO_BACKSLASH_ESCAPES: u64 = 1 << 20;

fn session(sql_mode: u64) -> Session {
    Session { default_schema: Some("d".into()), sql_mode: Some(sql_mode), ..Session::default() }
}

fn definition(sql: &str, sql_mode: u64, flavor: Flavor) -> Definition {
    match parse(sql, &session(sql_mode), flavor) {
        Ok(Parsed::Ddl(definition)) => *definition,
        other => panic!("{sql}: {other:?}"),
    }
}

fn role_mark(role: NameRole) -> &'static str {
    match role {
        NameRole::Subject => "",
        NameRole::NewName => ">",
        NameRole::Parent => "^",
        NameRole::Model => "~",
        NameRole::Exchanged => "=",
        NameRole::Read => "?",
    }
}

/// `event, event | name name …`
fn summary(definition: &Definition) -> String {
    let statement = &definition.statement;
    let events: Vec<&str> = statement.elements.iter().map(|element| element.event.name()).collect();
    let names: Vec<String> =
        statement.names.iter().map(|name| format!("{}{}", role_mark(name.role), name.table)).collect();
    format!("{} | {}", events.join(", "), names.join(" "))
}

fn check(cases: &[(&str, &str)], sql_mode: u64, flavor: Flavor) {
    for (sql, expected) in cases {
        let definition = definition(sql, sql_mode, flavor);
        assert_eq!(summary(&definition), *expected, "{sql}");
        let same = definition.statement.render(&[], |_| None).unwrap();
        assert_eq!(&same, sql);
        splicing_names_as_they_are_changes_nothing(&definition, sql_mode, flavor);
    }
}

/// Each name replaced by itself, qualified and quoted, must mean the same; and what is replaced must be a name.
fn splicing_names_as_they_are_changes_nothing(before: &Definition, sql_mode: u64, flavor: Flavor) {
    let statement = &before.statement;
    let quoted = statement.render(&[], |name| Some(name.table.clone())).unwrap();
    let elsewhere = Session { default_schema: None, sql_mode: Some(sql_mode), ..Session::default() };
    let Ok(Parsed::Ddl(after)) = parse(&quoted, &elsewhere, flavor) else {
        panic!("{quoted}: {:?}", parse(&quoted, &elsewhere, flavor));
    };
    assert_eq!(summary(&after), summary(before), "{quoted}");
    let text = statement.render(&[], |name| Some(moved(&name.table))).unwrap();
    let Ok(Parsed::Ddl(after)) = parse(&text, &elsewhere, flavor) else {
        panic!("{text}: {:?}", parse(&text, &elsewhere, flavor));
    };
    for (old, new) in statement.names.iter().zip(&after.statement.names) {
        assert_eq!(moved(&old.table), new.table, "{text}");
    }
}

fn moved(table: &TableName) -> TableName {
    TableName {
        schema: format!("x {}", table.schema).into(),
        table: if table.is_schema() { "".into() } else { format!("`{}`", table.table).into() },
    }
}

#[path = "parse/alter.rs"]
mod alter;
#[path = "parse/create.rs"]
mod create;
#[path = "parse/grammar.rs"]
mod grammar;
#[path = "parse/modes.rs"]
mod modes;
#[path = "parse/not_ddl.rs"]
mod not_ddl;
#[path = "parse/properties.rs"]
mod properties;
#[path = "parse/table.rs"]
mod table;

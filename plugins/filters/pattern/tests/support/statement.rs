//! Statements for the unit tests of filters, taken apart by hand.

use std::sync::Arc;
use tidegate_model::{
    Checkpoint, Ddl, DdlEvent, Element, Grammar, LogPosition, Name, NameRole, Position, Session, Statement,
    TableName, Transaction,
};
use tidegate_plugin::{DdlAnswer, DdlInput, DdlName, Filter, Result};

/// No built-in filter puts another statement in the place of one.
#[derive(Debug)]
struct Unread;

impl Grammar for Unread {
    fn read(&self, sql: &str, _: &Session) -> std::result::Result<Statement, String> {
        Err(format!("`{sql}` is not read"))
    }
}

/// An element: what it does, its table (`s.t`, a schema `s`, or for a rename `s.t>s.u`), and its text.
pub(crate) type Part<'a> = (DdlEvent, &'a str, &'a str);

/// Asks a filter about a statement. `names` are tables as they stand in it, beside those of the elements.
pub(crate) fn ask(
    filter: &dyn Filter,
    sql: &str,
    elements: &[Part<'_>],
    names: &[(&str, NameRole)],
) -> Result<DdlAnswer> {
    let span = |part: &str| sql.find(part).map(|start| start..start + part.len()).unwrap();
    let table = |name: &str| {
        let (schema, table) = name.split_once('.').unwrap_or((name, ""));
        TableName::new(schema, table)
    };
    let element = |(event, name, part): &Part<'_>| {
        let (old, new) = name.split_once('>').map_or((*name, None), |(old, new)| (old, Some(new)));
        Element { event: *event, table: table(old), renamed_to: new.map(table), span: span(part) }
    };
    let name = |(name, role): &(&str, NameRole)| Name { span: span(name), table: table(name), role: *role };
    let elements: Vec<Element> = elements.iter().map(element).collect();
    let list = elements.first().unwrap().span.start..elements.last().unwrap().span.end;
    let statement = Statement {
        sql: sql.to_owned(),
        elements,
        names: names.iter().map(name).collect(),
        list: Some(list),
    };
    let position = Position { gtids: None, log: None, inside: None };
    let checkpoint = Checkpoint { applied: position.clone(), resume: position, source: "s".into() };
    let ddl = Ddl {
        statement,
        expanded: None,
        session: Arc::new(Session::default()),
        grammar: Arc::new(Unread),
        targets: Vec::new(),
        schemas: Vec::new(),
        transaction: Transaction {
            gtid: None,
            log: LogPosition { file: "b.000001".into(), offset: 4 },
            commit_time: 0,
            server_id: 1,
            rows_before: 0,
            first_ordinal: 0,
            closed: true,
        },
        begin: checkpoint.clone(),
        end: checkpoint,
    };
    let elements: Vec<&Element> = ddl.statement.elements.iter().collect();
    let current = |name: &Name| vec![name.table.clone()];
    let current: Vec<Vec<TableName>> = ddl.statement.names.iter().map(current).collect();
    let names: Vec<DdlName<'_>> = ddl
        .statement
        .names
        .iter()
        .zip(&current)
        .map(|(name, current)| DdlName { source: &name.table, current, role: name.role })
        .collect();
    filter.ddl(&DdlInput { ddl: &ddl, sql, elements: &elements, names: &names })
}

//! `tidegate explain --sql`: what becomes of a statement.

use super::{filters_json, filters_text};
use crate::{
    failure::{Failure, Outcome},
    load::Loaded,
};
use serde_json::json;
use std::sync::Arc;
use tidegate_model::{Checkpoint, Ddl, LogPosition, Position, Session, Statement, Transaction};
use tidegate_mysql_ddl::{Flavor, Parsed, parse};
use tidegate_plugin::{ErrorKind, PluginError, TableNames};

/// The server whose dialect a statement on the command line is read in: MySQL 8.4, which also knows the older forms.
const FLAVOR_VERSION: u32 = 80_400;

pub(super) fn explain(loaded: &Loaded, sql: &str) -> Result<Outcome, Failure> {
    if sql.trim().is_empty() {
        return Err(PluginError::new(ErrorKind::Input, "there is no statement").at("--sql").into());
    }
    let session = Session::default();
    let parsed = parse(sql, &session, Flavor::mysql(FLAVOR_VERSION)).map_err(|error| {
        PluginError::new(ErrorKind::Input, "the statement cannot be read").at("--sql").because(error)
    })?;
    let definition = match parsed {
        Parsed::Ddl(definition) => definition,
        Parsed::Ignored(_) => return Ok(only("the statement is about something that is not replicated")),
        Parsed::Transaction(_) => {
            return Ok(only("the statement bounds a transaction; rows are replicated by themselves"));
        }
        Parsed::Dml(_) => {
            return Ok(only("the statement changes rows: logged as a statement it stops the pipeline"));
        }
        Parsed::Unknown => return Ok(only("the statement is none that is known: it stops the pipeline")),
    };
    let ddl = ddl(definition.statement, session);
    // Nobody is asked which tables the source has: any may be there.
    let explanation = loaded.filters.explain_ddl(&ddl, &TableNames::default())?;
    let mut text = filters_text(&explanation.filters);
    for (element, keep) in ddl.statement.elements.iter().zip(&explanation.keep) {
        let verdict = if *keep { "passes" } else { "is dropped" };
        text.push_str(&format!("  {} on {} {verdict}\n", element.event.name(), element.table));
    }
    if explanation.targets.is_empty() {
        text.push_str("→ nothing reaches the sink\n");
    }
    for target in &explanation.targets {
        text.push_str(&format!("→ {}\n", target.sql));
        for merged in &target.merged {
            text.push_str(&format!("    {}\n", super::merged(merged)));
        }
    }
    let elements: Vec<_> = ddl
        .statement
        .elements
        .iter()
        .zip(&explanation.keep)
        .map(|(element, keep)| json!({ "event": element.event.name(), "table": element.table.to_string(), "passes": keep }))
        .collect();
    let targets: Vec<&str> = explanation.targets.iter().map(|target| target.sql.as_str()).collect();
    let merged: Vec<String> =
        explanation.targets.iter().flat_map(|target| &target.merged).map(ToString::to_string).collect();
    let filters = filters_json(&explanation.filters);
    let result = json!({ "filters": filters, "elements": elements, "targets": targets, "merged": merged });
    Ok(Outcome { result, text })
}

fn only(sentence: &str) -> Outcome {
    Outcome { result: json!({ "note": sentence }), text: format!("{sentence}\n") }
}

/// Returns the statement as if it came from a log, at no place of it.
fn ddl(statement: Statement, session: Session) -> Ddl {
    let log = LogPosition { file: "--sql".into(), offset: 0 };
    let position = Position { gtids: None, log: Some(log.clone()), inside: None };
    let checkpoint = Checkpoint { applied: position.clone(), resume: position, source: "".into() };
    Ddl {
        statement,
        session: Arc::new(session),
        expanded: None,
        targets: Vec::new(),
        schemas: Vec::new(),
        transaction: Transaction {
            gtid: None,
            log,
            commit_time: 0,
            server_id: 0,
            rows_before: 0,
            first_ordinal: 0,
            closed: true,
        },
        begin: checkpoint.clone(),
        end: checkpoint,
    }
}

//! `tidegate explain --sql`: what becomes of a statement.

use super::{filters_json, filters_text};
use crate::{
    failure::{Failure, Outcome},
    load::Loaded,
    statement,
};
use serde_json::json;
use tidegate_model::Session;
use tidegate_plugin::{ErrorKind, PluginError, TableNames};

pub(super) fn explain(loaded: &Loaded, sql: &str) -> Result<Outcome, Failure> {
    if sql.trim().is_empty() {
        return Err(PluginError::new(ErrorKind::Input, "there is no statement").at("--sql").into());
    }
    let session = Session::default();
    let parsed = statement::parse(sql, &session).map_err(|error| {
        PluginError::new(ErrorKind::Input, "the statement cannot be read").at("--sql").because(error)
    })?;
    let definition = match parsed {
        Ok(definition) => definition,
        Err(sentence) => return Ok(only(sentence)),
    };
    let ddl = statement::ddl(definition.statement, session, "--sql");
    // Nobody is asked which tables the source has: any may be there.
    let explanation = loaded.filters.explain_ddl(&ddl, &TableNames::default())?;
    let mut text = filters_text(&explanation.filters);
    let elements = || explanation.elements.iter().zip(&explanation.keep);
    for (element, keep) in elements() {
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
    let elements: Vec<_> = elements()
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

//! `tidegate check`: connects to both ends and looks at everything that a run depends on.

use super::{findings::Findings, run::state_root};
use crate::{
    arguments::CheckArguments,
    failure::{Failure, Outcome},
    load::{Loaded, load},
};
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc};
use tidegate_engine::{Filters, StateFolder};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{
    ErrorKind, Finding, Level, PluginError, Registry, RoutedTable, SourceReport, TableNames,
};

const START_REMEDY: &str =
    "set the source's `start` to `latest`, `earliest`, { file: …, position: … } or { gtid: … }";

pub(crate) async fn run(arguments: &CheckArguments, registry: &Arc<Registry>) -> Result<Outcome, Failure> {
    let loaded = load(&arguments.file, registry, arguments.state.as_ref()).map_err(Failure::file)?;
    let clean = |text: &str| loaded.file.redact(text);
    let findings = look(arguments, &loaded).await.map_err(|failure| failure.cleaned(clean))?.cleaned(clean);
    let outcome = Outcome {
        result: json!({ "pipeline": loaded.file.name, "findings": findings.to_json() }),
        text: findings.to_text(),
    };
    if findings.has_errors() { Err(Failure::Findings(outcome)) } else { Ok(outcome) }
}

async fn look(arguments: &CheckArguments, loaded: &Loaded) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let SourceReport { tables, names, unlogged_cascades, .. } = check_source(loaded, &mut findings).await?;
    for (plugin, finding) in loaded.filters.check(&tables) {
        findings.add(&format!("filter {plugin}"), [finding]);
    }
    let mut routed = routed(&loaded.filters, &tables, &names, &mut findings);
    if unlogged_cascades {
        routed.iter_mut().for_each(|table| table.unlogged_cascades = true);
        let refused = routed.iter().filter_map(|table| loaded.filters.admit_child(&table.table).err());
        let finding = |error: PluginError| {
            Finding::error("foreign-keys", error.message).remedy(error.hint.unwrap_or_default())
        };
        findings.add("filters", refused.map(finding).collect::<Vec<_>>());
    }
    check_sink(loaded, &routed, &mut findings).await?;
    findings.add("source", check_start(arguments, loaded).await);
    Ok(findings)
}

/// A source whose settings do not say where to begin needs a checkpoint.
async fn check_start(arguments: &CheckArguments, loaded: &Loaded) -> Option<Finding> {
    if loaded.start_is_known() {
        return None;
    }
    let kept = match (loaded.sink)() {
        Ok(mut sink) => sink.has_checkpoint(&loaded.file.name).await,
        Err(error) => Err(error),
    };
    let stored = || {
        let root = state_root(arguments.state.as_ref()).ok()?;
        Some(StateFolder::has_checkpoint(&root, &loaded.file.name))
    };
    let finding = match kept.map(|kept| kept.or_else(stored)) {
        Ok(Some(true)) => Finding::ok("start", "`start` is not set: a run goes on at the checkpoint"),
        Ok(_) => {
            Finding::error("start", "there is no checkpoint, and the settings do not say where to begin")
        }
        // Why it cannot be known is said of the sink.
        Err(_) => {
            Finding::warning("start", "`start` is not set, and whether there is a checkpoint is not known")
        }
    };
    Some(if finding.level == Level::Ok { finding } else { finding.remedy(START_REMEDY) })
}

async fn check_source(loaded: &Loaded, findings: &mut Findings) -> Result<SourceReport, Failure> {
    let mut source = (loaded.source)()?;
    match source.check().await {
        Ok(mut report) => {
            findings.add("source", std::mem::take(&mut report.findings));
            Ok(report)
        }
        Err(error) => {
            findings.add("source", [unreachable(error)?]);
            Ok(SourceReport::default())
        }
    }
}

async fn check_sink(loaded: &Loaded, routed: &[RoutedTable], findings: &mut Findings) -> Result<(), Failure> {
    let mut sink = (loaded.sink)()?;
    match sink.check(&loaded.file.name, routed).await {
        Ok(found) => findings.add("sink", found),
        Err(error) => findings.add("sink", [unreachable(error)?]),
    }
    Ok(())
}

/// Returns the finding that a check could not be made, so that the other end is looked at all the same.
fn unreachable(error: PluginError) -> Result<Finding, PluginError> {
    if error.kind == ErrorKind::Input {
        return Err(error);
    }
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        message.push_str(&format!(": {error}"));
        cause = error.source();
    }
    let finding = Finding::error("connection", message);
    Ok(match error.hint {
        Some(hint) => finding.remedy(hint),
        None => finding,
    })
}

/// Returns the tables of which something can pass the filters, and where it goes.
fn routed(
    filters: &Filters,
    tables: &[Arc<TableSchema>],
    names: &TableNames,
    findings: &mut Findings,
) -> Vec<RoutedTable> {
    let mut routed: Vec<RoutedTable> = Vec::new();
    let mut merged = BTreeSet::new();
    let mut is_refused = false;
    for table in tables.iter().filter(|table| filters.wants(&table.name)) {
        match filters.explain_table(table, names) {
            Ok(explanation) => {
                routed.extend(explanation.routed);
                merged.extend(explanation.merged);
            }
            Err(error) => {
                is_refused = true;
                // A filter may have said it already.
                if !findings.say(&error.message) {
                    findings.add("filters", [Finding::error("table", error.to_string())]);
                }
            }
        }
    }
    // What exists now may meet although no pattern says so.
    for target in routed.iter().flat_map(|table| &table.targets) {
        let mut own =
            routed.iter().filter(|table| table.targets.contains(target)).map(|table| &table.table.name);
        let first = own.next();
        if own.any(|name| Some(name) != first) {
            merged.insert(target.clone());
        }
    }
    findings.add("filters", merged.iter().map(meeting));
    if routed.is_empty() && !tables.is_empty() && !is_refused {
        let message = "no table that exists at the source passes the filters";
        findings.add("filters", [Finding::warning("tables", message)]);
    }
    routed
}

fn meeting(target: &TableName) -> Finding {
    Finding::ok(
        "merged",
        format!(
            "several source tables may go to {target}: DROP, TRUNCATE and RENAME of one of them, and what removes or \
             changes a column, stop the pipeline unless a filter leaves them out (a source table of that very name counts \
             too, unless a block-allow list leaves it out)"
        ),
    )
}

//! `tidegate explain`: what becomes of a table's rows or of a statement, and which rules say so.

mod statement;

use crate::{
    arguments::ExplainArguments,
    failure::{Failure, Outcome},
    load::{Loaded, load},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tidegate_engine::Explained;
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{ErrorKind, PluginError, Registry, RoutedTable, TableNames, settings::suggestion};

pub(crate) async fn run(arguments: &ExplainArguments, registry: &Arc<Registry>) -> Result<Outcome, Failure> {
    let loaded = load(&arguments.file, registry, None).map_err(Failure::file)?;
    let clean = |text: &str| loaded.file.redact(text);
    match explain(&loaded, arguments).await {
        Ok(outcome) => Ok(outcome.cleaned(&clean)),
        Err(failure) => Err(failure.cleaned(clean)),
    }
}

async fn explain(loaded: &Loaded, arguments: &ExplainArguments) -> Result<Outcome, Failure> {
    match (&arguments.subject.table, &arguments.subject.sql) {
        (Some(table), _) => explain_table(loaded, table).await,
        (None, Some(sql)) => statement::explain(loaded, sql),
        (None, None) => {
            Err(Failure::input("say what to explain: `--table schema.table` or `--sql statement`"))
        }
    }
}

async fn explain_table(loaded: &Loaded, name: &str) -> Result<Outcome, Failure> {
    let (table, names) = find_table(loaded, name).await?;
    let wanted = loaded.filters.wants(&table.name);
    let explanation = loaded.filters.explain_table(&table, &names)?;
    let mut text = format!("{}\n", table.name);
    text.push_str(&filters_text(&explanation.filters));
    let mut targets = Vec::new();
    if explanation.routed.is_empty() {
        text.push_str("→ nothing reaches the sink\n");
    }
    for routed in &explanation.routed {
        let (json, lines) = explain_target(loaded, routed).await?;
        text.push_str(&lines);
        targets.push(json);
    }
    for target in &explanation.merged {
        text.push_str(&format!("  {}\n", merged(target)));
    }
    let result = json!({
        "table": table.name.to_string(),
        "decoded": wanted,
        "filters": filters_json(&explanation.filters),
        "targets": targets,
        "merged": explanation.merged.iter().map(TableName::to_string).collect::<Vec<_>>(),
    });
    Ok(Outcome { result, text })
}

/// Says what it means that the filters may lead several source tables to `target`.
fn merged(target: &TableName) -> String {
    format!(
        "the filters may lead other source tables to {target} too: a statement that takes away or changes what is there \
         stops the pipeline unless a filter leaves it out"
    )
}

/// Asks the source for its tables; the name is looked for as it is written. Returns the names of all of them, too.
async fn find_table(loaded: &Loaded, name: &str) -> Result<(Arc<TableSchema>, Arc<TableNames>), Failure> {
    let mut source = (loaded.source)()?;
    let report = source.check().await.map_err(not_ready)?;
    if let Some(table) = report.tables.iter().find(|table| table.name.to_string() == name) {
        return Ok((table.clone(), report.names));
    }
    let names: Vec<String> = report.tables.iter().map(|table| table.name.to_string()).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let error = PluginError::new(ErrorKind::Input, format!("the source has no table `{name}`")).at("--table");
    let hint = suggestion(name, &known).unwrap_or_else(|| "a table is named `schema.table`".to_owned());
    Err(error.hint(hint).into())
}

/// What may pass by itself is, for whoever asks once, a world that is not ready.
pub(super) fn not_ready(error: PluginError) -> PluginError {
    let kind = if error.kind == ErrorKind::Transient { ErrorKind::World } else { error.kind };
    PluginError { kind, ..error }
}

async fn explain_target(loaded: &Loaded, routed: &RoutedTable) -> Result<(Value, String), Failure> {
    let mut sink = (loaded.sink)()?;
    let explained = sink.explain(routed).await.map_err(not_ready)?;
    let targets: Vec<String> = routed.targets.iter().map(TableName::to_string).collect();
    let columns: Vec<&str> = routed.columns.iter().map(|column| &*column.name).collect();
    let mut text = format!("→ {} ({})\n", targets.join(" or "), columns.join(", "));
    for line in &explained {
        text.push_str(&format!("    {line}\n"));
    }
    Ok((json!({ "targets": targets, "columns": columns, "sink": explained }), text))
}

fn filters_text(filters: &[Explained]) -> String {
    let mut text = String::new();
    for Explained { plugin, name, decision, because } in filters {
        let name = name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
        let decision = if decision.is_empty() { String::new() } else { format!(": {decision}") };
        text.push_str(&format!("  {plugin}{name}{decision}\n"));
        for reason in because {
            text.push_str(&format!("    because {reason}\n"));
        }
    }
    text
}

fn filters_json(filters: &[Explained]) -> Value {
    let entry = |Explained { plugin, name, decision, because }: &Explained| {
        json!({
            "plugin": **plugin,
            "name": name.as_ref().map(ToString::to_string),
            "decision": decision,
            "because": because,
        })
    };
    filters.iter().map(entry).collect()
}

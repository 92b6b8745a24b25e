//! What the filters would do with a table or a statement, and which rules say so.

use super::{
    Filters,
    ddl::{self, Said},
    plan::{self, Plan, Step},
};
use std::sync::Arc;
use tidegate_model::{Column, Ddl, Element, TableName, TableSchema, TargetStatement};
use tidegate_plugin::{Decision, Result, RoutedTable, TableNames};

/// What one filter decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The filter.
    pub plugin: Arc<str>,
    /// The name under which it sees the table; `None` for a statement.
    pub name: Option<TableName>,
    /// What it decides, in short.
    pub decision: String,
    /// Which rules decided.
    pub because: Vec<String>,
}

/// What the filters do with a table's rows.
#[derive(Clone, Debug)]
pub struct TableExplanation {
    /// What each filter decides, in the order that the rows pass them; once for each name that they may have there.
    pub filters: Vec<Explained>,
    /// Where rows may arrive, grouped by the columns that they have then; empty if everything is dropped.
    pub routed: Vec<RoutedTable>,
    /// The targets that the filters may give to other source tables as well.
    pub merged: Vec<TableName>,
}

/// What the filters do with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DdlExplanation {
    /// What each filter that was asked says of it.
    pub filters: Vec<Explained>,
    /// The statement's elements; those of the last one that a filter put in its place.
    pub elements: Vec<Element>,
    /// Whether each of them passes.
    pub keep: Vec<bool>,
    /// What the target would run.
    pub targets: Vec<TargetStatement>,
}

impl Filters {
    /// Tells what becomes of the rows of a table, if the source has tables of these names.
    ///
    /// # Errors
    /// If a filter cannot work for this table.
    pub fn explain_table(&self, schema: &Arc<TableSchema>, names: &TableNames) -> Result<TableExplanation> {
        let explanation = TableExplanation { filters: Vec::new(), routed: Vec::new(), merged: Vec::new() };
        let plan = plan::compose(self, schema)?;
        let mut walk = Walk { filters: self, schema, names, explanation };
        walk.follow(&plan, &schema.name, false);
        Ok(walk.explanation)
    }

    /// Tells what becomes of a statement, if the source has tables of these names.
    ///
    /// # Errors
    /// If it would stop the pipeline.
    pub fn explain_ddl(&self, ddl: &Ddl, names: &TableNames) -> Result<DdlExplanation> {
        let mut ddl = ddl.clone();
        let raw = ddl::expand(self, &mut ddl, names)?;
        let judged = ddl::judge(self, &ddl, raw.as_deref(), names)?;
        let targets = judged.render()?;
        let explained = |Said { filter, rewritten, because }| {
            let plugin = self.stages.get(filter).map(|stage| stage.plugin.clone()).unwrap_or_default();
            let decision = rewritten.map_or_else(String::new, |sql| format!("rewrites it: {sql}"));
            Explained { plugin, name: None, decision, because }
        };
        Ok(DdlExplanation {
            filters: judged.said.into_iter().map(explained).collect(),
            elements: judged.ddl.statement.elements.clone(),
            keep: judged.keep,
            targets,
        })
    }
}

/// The way of a table's rows through all filters.
struct Walk<'a> {
    filters: &'a Filters,
    schema: &'a Arc<TableSchema>,
    names: &'a TableNames,
    explanation: TableExplanation,
}

impl Walk<'_> {
    /// Follows rows that are called `name` here; `merged` if others may get that name as well.
    fn follow(&mut self, plan: &Plan, name: &TableName, merged: bool) {
        let (schema, explanation) = (self.schema, &mut self.explanation);
        match plan {
            Plan::Sink { target, columns } => {
                let columns = columns.iter().map(|present| present.column.clone()).collect();
                add_target(&mut explanation.routed, schema, columns, target);
                let merged = merged || self.filters.meets_namesake(&schema.name, target, self.names);
                if merged && !explanation.merged.contains(target) {
                    explanation.merged.push(target.clone());
                }
            }
            Plan::Step(step) => {
                let stage = self.filters.stages.get(step.filter);
                let plugin = stage.map(|stage| stage.plugin.clone());
                explanation.filters.push(Explained {
                    plugin: plugin.unwrap_or_default(),
                    name: Some(name.clone()),
                    decision: describe(step),
                    because: step.answer.because.clone(),
                });
                for (index, next) in step.routes.iter().enumerate() {
                    let route = step.answer.routes.get(index).unwrap_or(name);
                    let merges = stage.is_some_and(|stage| stage.merges(&schema.name, route, route != name));
                    self.follow(next, route, merged || merges);
                }
            }
        }
    }
}

fn add_target(
    routed: &mut Vec<RoutedTable>,
    schema: &Arc<TableSchema>,
    columns: Vec<Arc<Column>>,
    target: &TableName,
) {
    match routed.iter_mut().find(|routed| routed.columns == columns) {
        Some(routed) if routed.targets.contains(target) => {}
        Some(routed) => routed.targets.push(target.clone()),
        None => routed.push(RoutedTable {
            table: schema.clone(),
            columns,
            targets: vec![target.clone()],
            unlogged_cascades: false,
        }),
    }
}

fn describe(step: &Step) -> String {
    let word = |decision| match decision {
        Decision::Keep => "keep",
        Decision::Drop => "drop",
        Decision::PerRow => "per row",
    };
    let answer = &step.answer;
    let mut text = if answer.insert == answer.update && answer.update == answer.delete {
        word(answer.insert).to_owned()
    } else {
        format!(
            "insert: {}, update: {}, delete: {}",
            word(answer.insert),
            word(answer.update),
            word(answer.delete)
        )
    };
    if !answer.routes.is_empty() {
        let names: Vec<String> = answer.routes.iter().map(ToString::to_string).collect();
        text.push_str(&format!(", to {}", names.join(" or ")));
    }
    if answer.columns.is_some() {
        text.push_str(", with other columns");
    }
    text
}

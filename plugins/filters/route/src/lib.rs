//! The `route` filter: which target table a source table's rows and schema changes go to, with TiDB DM's semantics.
//!
//! A table follows the one rule with a table pattern that matches it, else the one rule without that matches its schema.
//! Statements about a schema follow only rules without a table pattern. Where several rules match, the pipeline stops
//! (DM's syncer then does not route, without a word).

mod rule;

pub use rule::{ExtractSchema, ExtractSource, ExtractTable, RouteRule};

use arrow_array::{ArrayRef, BinaryArray};
use rule::{Route, Rules};
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, Image, TableName, TableSchema};
use tidegate_plugin::{
    DdlAnswer, DdlInput, Entry, Filter, Finding, OutputColumn, PluginError, Produced, Result, TableInput,
    TablePlan,
};

/// Returns the filter's entry for the registry.
pub fn entry() -> Entry<dyn Filter> {
    Entry::new::<Vec<RouteRule>>(|settings, instance| {
        let rules = settings.judge(|rules: Vec<RouteRule>| Rules::build(&rules, &instance.pipeline))?;
        Ok(Box::new(RouteFilter { rules }) as Box<dyn Filter>)
    })
}

struct RouteFilter {
    rules: Rules,
}

/// The collation of columns that a route adds: utf8mb4_bin.
const UTF8MB4_BIN: u16 = 46;

impl Filter for RouteFilter {
    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        let Some(route) = self.rules.route(&input.schema.name)? else {
            return Ok(TablePlan {
                because: vec!["no route matches: the name stays".to_owned()],
                ..TablePlan::keep()
            });
        };
        let because = vec![format!("route {} leads to {}", route.rule, route.target)];
        let columns = columns(input, &route)?;
        let memo = (!route.extracted.is_empty()).then(|| Arc::new(route.extracted) as _);
        Ok(TablePlan { routes: vec![route.target], columns, memo, because, ..TablePlan::keep() })
    }

    fn map(&self, plan: &TablePlan, _: &Image, rows: usize) -> Result<Vec<Option<ArrayRef>>> {
        let extracted = plan.memo.as_ref().and_then(|memo| memo.downcast_ref::<Vec<(Arc<str>, String)>>());
        let constant = |value: &String| {
            let values: BinaryArray = std::iter::repeat_n(Some(value.as_bytes()), rows).collect();
            Some(Arc::new(values) as ArrayRef)
        };
        Ok(extracted.into_iter().flatten().map(|(_, value)| constant(value)).collect())
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        let mut answer = DdlAnswer::default();
        for name in input.names {
            let route = self.rules.route(name.source).map_err(|error| error.at(input.position()))?;
            if let Some(route) = &route {
                answer
                    .because
                    .push(format!("route {} leads {} to {}", route.rule, name.source, route.target));
            }
            answer.routes.push(route.map(|route| route.target).into_iter().collect());
        }
        Ok(answer)
    }

    fn leads_others(&self, source: &TableName, target: &TableName) -> Option<bool> {
        Some(self.rules.lead_others(source, target))
    }

    fn keeps_name(&self, source: &TableName) -> bool {
        self.rules.keep(source)
    }

    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        self.rules.check(tables)
    }
}

/// Returns the input's columns and, behind them, one for each value that the rule takes from names.
fn columns(input: &TableInput<'_>, route: &Route) -> Result<Option<Vec<OutputColumn>>> {
    if route.extracted.is_empty() {
        return Ok(None);
    }
    let kept = input.columns.iter().enumerate();
    let kept =
        kept.map(|(index, column)| OutputColumn { column: column.clone(), produced: Produced::Input(index) });
    let mut columns: Vec<OutputColumn> = kept.collect();
    for (index, (name, value)) in route.extracted.iter().enumerate() {
        if columns.iter().any(|column| column.column.name.eq_ignore_ascii_case(name)) {
            return Err(PluginError::definite(format!(
                "route {} adds the column `{name}`, which is there already",
                route.rule
            ))
            .at(&input.schema.name)
            .hint("give the extracted column a name that no source table has"));
        }
        columns.push(OutputColumn {
            column: Arc::new(extracted(name, value)),
            produced: Produced::Mapped(index),
        });
    }
    Ok(Some(columns))
}

fn extracted(name: &Arc<str>, value: &str) -> Column {
    let length = u32::try_from(value.chars().count()).unwrap_or(u32::MAX);
    Column {
        name: name.clone(),
        kind: ColumnKind::Varchar { collation: UTF8MB4_BIN, length },
        nullable: false,
        default: ColumnDefault::Absent,
        generated: None,
        invisible: false,
        auto_increment: false,
    }
}

fn ambiguous(name: &TableName, rules: &[usize]) -> PluginError {
    let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
    PluginError::definite(format!(
        "routes {} all match {name}, and none comes before the others",
        rules.join(" and ")
    ))
    .hint("narrow the patterns until each table matches one rule only")
}

#[cfg(test)]
mod tests;

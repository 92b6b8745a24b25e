//! The composed answer of all filters for one table.

use super::{FilterStage, Filters};
use std::{collections::HashSet, sync::Arc};
use tidegate_model::{Column, Operation, TableName, TableSchema};
use tidegate_plugin::{Decision, PluginError, Produced, Result, TableInput, TablePlan};

/// What becomes of the rows of a table from one filter on.
pub(super) enum Plan {
    /// All filters are passed: the rows go to the sink under this name, with these columns.
    Sink { target: TableName, columns: Vec<Present> },
    /// A filter decides.
    Step(Box<Step>),
}

/// A filter's answer for a table, and what follows for each route that it announced.
pub(super) struct Step {
    /// Which filter, by index.
    pub(super) filter: usize,
    pub(super) answer: TablePlan,
    /// The columns as the filters before left them.
    pub(super) input: Vec<Present>,
    /// What follows, by route; at least one unless the filter drops every operation.
    pub(super) routes: Vec<Plan>,
}

/// A column at some place between the filters.
#[derive(Clone)]
pub(super) struct Present {
    pub(super) column: Arc<Column>,
    /// Its index in the source's table schema; `None` for a column that a filter made.
    pub(super) source: Option<usize>,
}

impl Plan {
    /// Tells whether any row may reach the sink.
    pub(super) fn arrives(&self) -> bool {
        match self {
            Self::Sink { .. } => true,
            Self::Step(step) => step.routes.iter().any(Self::arrives),
        }
    }
}

impl Step {
    pub(super) fn decision(&self, operation: Operation) -> Decision {
        match operation {
            Operation::Insert | Operation::Snapshot => self.answer.insert,
            Operation::Update => self.answer.update,
            Operation::Delete => self.answer.delete,
        }
    }
}

/// Asks the filters about a table, from the first one.
pub(super) fn compose(filters: &Filters, schema: &Arc<TableSchema>) -> Result<Plan> {
    let present =
        |(index, column): (usize, &Arc<Column>)| Present { column: column.clone(), source: Some(index) };
    let columns = schema.columns.iter().enumerate().map(present).collect();
    Composer { stages: &filters.stages, schema }.from(0, schema.name.clone(), columns)
}

struct Composer<'a> {
    stages: &'a [FilterStage],
    schema: &'a Arc<TableSchema>,
}

impl Composer<'_> {
    /// Asks the filters from index `filter` on.
    fn from(&self, filter: usize, name: TableName, input: Vec<Present>) -> Result<Plan> {
        let Some(stage) = self.stages.get(filter) else {
            return Ok(Plan::Sink { target: name, columns: input });
        };
        let columns: Vec<Arc<Column>> = input.iter().map(|present| present.column.clone()).collect();
        let question = TableInput { schema: self.schema, name: &name, columns: &columns };
        let answer = stage.filter.table(&question).map_err(|mut error| {
            let place = || format!("table {}, filter `{}`", self.schema.name, stage.plugin);
            error.place.get_or_insert_with(place);
            error
        })?;
        let output = self.output(stage, &answer, &input)?;
        let mut routes = Vec::new();
        if [answer.insert, answer.update, answer.delete] != [Decision::Drop; 3] {
            let unchanged = [name];
            let names = if answer.routes.is_empty() { &unchanged[..] } else { &answer.routes };
            for name in names {
                routes.push(self.from(filter + 1, name.clone(), output.clone())?);
            }
        }
        Ok(Plan::Step(Box::new(Step { filter, answer, input, routes })))
    }

    fn output(&self, stage: &FilterStage, answer: &TablePlan, input: &[Present]) -> Result<Vec<Present>> {
        let malformed = |what: String| {
            PluginError::definite(format!("filter `{}` gave a plan that {what}", stage.plugin))
                .at(format!("table {}", self.schema.name))
                .hint("this is a bug of the plugin: report it to its author")
        };
        if answer.needs.iter().any(|index| *index >= input.len()) {
            return Err(malformed("needs a column that does not exist".to_owned()));
        }
        let Some(columns) = &answer.columns else {
            return Ok(input.to_vec());
        };
        // MySQL compares names of columns so, too.
        let mut names = HashSet::new();
        if let Some(twice) = columns.iter().find(|output| !names.insert(output.column.name.to_lowercase())) {
            return Err(malformed(format!("has two columns `{}`", twice.column.name)));
        }
        let present = columns.iter().map(|output| match output.produced {
            Produced::Input(index) => {
                let missing = || malformed("takes a column that does not exist".to_owned());
                let from = input.get(index).ok_or_else(missing)?;
                Ok(Present { column: output.column.clone(), source: from.source })
            }
            Produced::Mapped(_) => Ok(Present { column: output.column.clone(), source: None }),
        });
        present.collect()
    }
}

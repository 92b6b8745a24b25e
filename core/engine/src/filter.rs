//! Hosts the filters: asks each at the cheapest level, and does with rows and statements what they answer.
//!
//! A [`Plan`](plan::Plan) is the composed answer of all filters for one table, cached; a row set of a table that is
//! decided there costs one look-up and its new name.

mod columns;
mod compare;
mod ddl;
mod divide;
mod explain;
mod host;
mod narrow;
mod plan;
mod refusals;
mod rewrite;
mod trial;

#[cfg(test)]
mod tests;

pub use compare::{Place, Places, differing};
pub use explain::{DdlExplanation, Explained, TableExplanation};
pub(crate) use host::Host;
pub use trial::{LostRow, Trial};

use std::{fmt, sync::Arc};
use tidegate_model::{ForeignKey, Operation, ReferentialAction, TableName, TableSchema};
use tidegate_plugin::{Filter, Finding, PluginError, Result, TableNames};

/// A filter and what it is called.
pub struct FilterStage {
    /// The plugin's name or path, for messages.
    pub plugin: Arc<str>,
    /// The filter.
    pub filter: Box<dyn Filter>,
    /// What becomes of rows that it refuses or fails on.
    pub on_error: OnError,
}

/// What becomes of rows that a filter refuses or fails on. What it says of tables, names and statements is never given up:
/// there a failure stops the pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The pipeline stops.
    #[default]
    Stop,
    /// They are dropped and counted.
    Drop,
    /// They are written to a file in the state folder, and dropped.
    DeadLetter,
}

impl OnError {
    /// Returns the name in pipeline files, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Drop => "drop",
            Self::DeadLetter => "dead-letter",
        }
    }
}

impl FilterStage {
    /// Tells whether the filter may lead other source tables than `source` to `target`; `renamed` if it gave that name.
    fn merges(&self, source: &TableName, target: &TableName, renamed: bool) -> bool {
        self.filter.leads_others(source, target).unwrap_or(renamed)
    }
}

/// A pipeline's filters, in order.
#[derive(Default)]
pub struct Filters {
    stages: Vec<FilterStage>,
    digest: Arc<str>,
}

impl Filters {
    /// Returns the filters of a pipeline. `digest` stands for them and their settings: a sink notices by it that
    /// they changed between a crash and the restart.
    pub fn new(stages: Vec<FilterStage>, digest: impl Into<Arc<str>>) -> Self {
        Self { stages, digest: digest.into() }
    }

    /// Returns what stands for the filters and their settings.
    pub fn digest(&self) -> Arc<str> {
        self.digest.clone()
    }

    /// Tells whether anything of the source table `source` can pass every filter.
    pub fn wants(&self, source: &TableName) -> bool {
        !is_of_the_server(source) && self.stages.iter().all(|stage| stage.filter.wants(source))
    }

    /// Tells whether a filter leaves out, by its text alone, a statement that the source does not understand.
    pub fn leaves_out(&self, sql: &str) -> bool {
        self.stages.iter().any(|stage| stage.filter.leaves_out(sql))
    }

    /// Tells whether another source table may go to `target` because the filters leave it its own name, which is that;
    /// `names` are those of the source's tables.
    fn meets_namesake(&self, source: &TableName, target: &TableName, names: &TableNames) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        !(same(&source.schema, &target.schema) && same(&source.table, &target.table))
            && self.wants(target)
            && self.stages.iter().all(|stage| stage.filter.keeps_name(target))
            && names.may_have(target)
    }

    /// Refuses a table that changes with its parents by foreign keys, without the log telling, while changes of one of
    /// these do not pass.
    ///
    /// # Errors
    /// If it is refused.
    pub fn admit_child(&self, table: &TableSchema) -> Result<()> {
        let missing = |key: &ForeignKey| Some((key.clone(), self.missed(&table.name, key)?));
        let Some((key, operation)) = table.foreign_keys.iter().find_map(missing) else {
            return Ok(());
        };
        let (child, parent, name) = (&table.name, &key.parent, &key.name);
        let left_out = if self.wants(parent) {
            format!("drop each {} of {parent}", operation.name())
        } else {
            format!("leave {parent} out")
        };
        Err(PluginError::definite(format!(
            "the foreign key `{name}` changes rows of {child} when those of {parent} change, which is not in the log, \
             and the filters {left_out}"
        ))
        .hint(format!(
            "let {parent} pass the filters, leave {child} out too, or drop the foreign key at the source"
        )))
    }

    /// Returns the operation on the parent that the filters drop, while they let pass what it does to the child.
    fn missed(&self, child: &TableName, key: &ForeignKey) -> Option<Operation> {
        use Operation::{Delete, Update};
        use ReferentialAction::{Cascade, SetNull};
        let follows = match key.on_delete {
            Cascade => Some((Delete, Delete)),
            SetNull => Some((Delete, Update)),
            _ => None,
        };
        let renamed = matches!(key.on_update, Cascade | SetNull).then_some((Update, Update));
        let missed = |(on_parent, on_child): &(Operation, Operation)| {
            self.drops(&key.parent, *on_parent) && !self.drops(child, *on_child)
        };
        follows.into_iter().chain(renamed).find(missed).map(|(on_parent, _)| on_parent)
    }

    fn drops(&self, source: &TableName, operation: Operation) -> bool {
        !self.wants(source) || self.stages.iter().any(|stage| stage.filter.drops(source, operation))
    }

    /// Lets every filter look at the source's tables for rules that can never match; paired with the filter's name. A
    /// filter sees the tables that all others want.
    pub fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<(Arc<str>, Finding)> {
        let mut found = Vec::new();
        for (index, stage) in self.stages.iter().enumerate() {
            let others = || self.stages.iter().enumerate().filter(|(other, _)| *other != index);
            let wanted = |name: &TableName| {
                !is_of_the_server(name) && others().all(|(_, stage)| stage.filter.wants(name))
            };
            let seen: Vec<Arc<TableSchema>> =
                tables.iter().filter(|table| wanted(&table.name)).cloned().collect();
            let findings = stage.filter.check(&seen).into_iter();
            found.extend(findings.map(|finding| (stage.plugin.clone(), finding)));
        }
        found
    }
}

/// Tells whether a schema belongs to the server itself, to DM, or to Tidegate as a sink; none is ever replicated.
fn is_of_the_server(name: &TableName) -> bool {
    const SCHEMAS: [&str; 8] = [
        "mysql",
        "sys",
        "information_schema",
        "performance_schema",
        "tidegate",
        "dm_heartbeat",
        "inspection_schema",
        "metrics_schema",
    ];
    SCHEMAS.iter().any(|schema| name.schema.eq_ignore_ascii_case(schema))
}

impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.stages.iter().map(|stage| &stage.plugin)).finish()
    }
}

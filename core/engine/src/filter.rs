//! Hosts the filters: asks each at the cheapest level, and does with rows and statements what they answer.
//!
//! A [`Plan`](plan::Plan) is the composed answer of all filters for one table, cached; a row set of a table that is
//! decided there costs one look-up and its new name.

mod columns;
mod ddl;
mod divide;
mod explain;
mod host;
mod plan;

#[cfg(test)]
mod tests;

pub use explain::{DdlExplanation, Explained, TableExplanation};
pub(crate) use host::Host;

use std::{fmt, sync::Arc};
use tidegate_model::{ForeignKey, TableName, TableSchema};
use tidegate_plugin::{Filter, Finding, PluginError, Result};

/// A filter and what it is called.
pub struct FilterStage {
    /// The plugin's name or path, for messages.
    pub plugin: Arc<str>,
    /// The filter.
    pub filter: Box<dyn Filter>,
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

    /// Refuses a table that changes with its parents by foreign keys, without the log telling, while no change of one of
    /// these passes.
    ///
    /// # Errors
    /// If it is refused.
    pub fn admit_child(&self, table: &TableSchema) -> Result<()> {
        let parts = |key: &&ForeignKey| key.cascades() && !self.wants(&key.parent);
        match table.foreign_keys.iter().find(parts) {
            None => Ok(()),
            Some(key) => Err(PluginError::definite(format!(
                "the foreign key `{}` changes rows of {} when those of {} change, which is not in the log, and the filters \
                 leave {} out",
                key.name, table.name, key.parent, key.parent
            ))
            .hint(format!(
                "let {} pass the filters, leave {} out too, or drop the foreign key at the source",
                key.parent, table.name
            ))),
        }
    }

    /// Lets every filter look at the source's tables for rules that can never match; paired with the filter's name.
    pub fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<(Arc<str>, Finding)> {
        let found = |stage: &FilterStage| -> Vec<(Arc<str>, Finding)> {
            let findings = stage.filter.check(tables).into_iter();
            findings.map(|finding| (stage.plugin.clone(), finding)).collect()
        };
        self.stages.iter().flat_map(found).collect()
    }
}

/// Tells whether a schema belongs to the server itself, or to Tidegate as a sink; neither is ever replicated.
fn is_of_the_server(name: &TableName) -> bool {
    const SCHEMAS: [&str; 5] = ["mysql", "sys", "information_schema", "performance_schema", "tidegate"];
    SCHEMAS.iter().any(|schema| name.schema.eq_ignore_ascii_case(schema))
}

impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.stages.iter().map(|stage| &stage.plugin)).finish()
    }
}

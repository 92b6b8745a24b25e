//! The `block-allow-list` filter: which schemas and tables are replicated, with TiDB DM's semantics.
//!
//! The order of decision: MySQL's own schemas never pass; `do-dbs`, or else `ignore-dbs`, judge the schema; `do-tables`
//! beats `ignore-tables`; what neither names passes if there are no `do-tables`. A statement about a schema is judged
//! by the schema lists alone, so `DROP DATABASE` passes a list that has only `do-tables`.

mod list;
mod settings;

pub use settings::{BlockAllowListConfig, TableRule};

use list::List;
use std::sync::Arc;
use tidegate_model::{Element, NameRole, TableName, TableSchema};
use tidegate_plugin::{
    DdlAnswer, DdlInput, Entry, Filter, Finding, PluginError, Result, TableInput, TablePlan,
};

/// Returns the filter's entry for the registry.
pub fn entry() -> Entry<dyn Filter> {
    Entry::new::<BlockAllowListConfig>(|settings, _| {
        let list = settings.judge(|config: BlockAllowListConfig| List::build(&config))?;
        Ok(Box::new(BlockAllowList { list }) as Box<dyn Filter>)
    })
}

struct BlockAllowList {
    list: List,
}

impl Filter for BlockAllowList {
    fn wants(&self, source: &TableName) -> bool {
        if source.is_schema() { self.list.passes_some_of(source) } else { self.list.judge(source).passes }
    }

    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        let judgement = self.list.judge(&input.schema.name);
        let plan = if judgement.passes { TablePlan::keep() } else { TablePlan::drop() };
        Ok(TablePlan { because: vec![judgement.because], ..plan })
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        let mut answer = DdlAnswer::default();
        for element in input.elements {
            let judgement = self.list.judge(&element.table);
            self.check_border(input, element, judgement.passes)?;
            answer.keep.push(judgement.passes);
            answer.because.push(judgement.because);
        }
        Ok(answer)
    }

    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        self.list.useless(tables)
    }
}

impl BlockAllowList {
    /// Stops where a statement connects a table inside the list with one outside of it: dropping it would leave rows
    /// without a table, sending it would name a table that the target does not have.
    fn check_border(&self, input: &DdlInput<'_>, element: &Element, passes: bool) -> Result<()> {
        if let Some(new) = &element.renamed_to
            && self.list.judge(new).passes != passes
        {
            let (from, to) = if passes { ("inside", "outside") } else { ("outside", "inside") };
            let message =
                format!("a rename takes {} ({from} the block-allow list) to {new} ({to} it)", element.table);
            let hint = if passes {
                "widen the list so that both names are inside, or, if the target's table is to stay as it is, add a \
                 binlog-event rule that ignores `rename table` for it before the block-allow list"
            } else {
                "the table's existing rows are not at the target: widen the list to the old name and start again from \
                 a copy, or ignore `rename table` for it with a binlog-event rule before the block-allow list"
            };
            return Err(PluginError::definite(message).at(input.position()).hint(hint));
        }
        let outside = input
            .names
            .iter()
            .find(|name| name.role == NameRole::Exchanged && self.list.judge(name.source).passes != passes);
        match outside {
            Some(name) => Err(PluginError::definite(format!(
                "EXCHANGE PARTITION moves rows between {} and {}, of which one is outside the block-allow list",
                element.table, name.source
            ))
            .at(input.position())
            .hint("widen the list so that both tables are inside or outside")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

//! The `expression-filter` filter: SQL over the row, with TiDB DM's meaning.
//!
//! DM's expressions say which row changes are *dropped*; `keep`, which DM does not have, says which rows the target has.
//! `docs/expressions.md` tells of the grammar, and of what differs from DM and from MySQL.

mod collation;
mod document;
mod evaluate;
mod moment;
mod pattern;
mod plan;
mod regular;
mod rule;
mod syntax;
mod typed;

pub use rule::ExpressionRule;

use plan::Plan;
use rule::Rules;
use std::sync::Arc;
use tidegate_model::{RowSet, TableSchema, Transaction};
use tidegate_plugin::{
    Answer, DdlAnswer, DdlInput, Entry, Filter, Finding, Result, TableInput, TablePlan, Verdicts,
};

/// Returns the filter's entry for the registry.
pub fn entry() -> Entry<dyn Filter> {
    Entry::new::<Vec<ExpressionRule>>(|settings, _| {
        let rules = settings.judge(|rules: Vec<ExpressionRule>| Rules::build(&rules))?;
        Ok(Box::new(ExpressionFilter { rules }) as Box<dyn Filter>)
    })
}

struct ExpressionFilter {
    rules: Rules,
}

impl Filter for ExpressionFilter {
    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        let rules = self.rules.of(&input.schema.name);
        if rules.is_empty() {
            return Ok(TablePlan {
                because: vec!["no rule names the table".to_owned()],
                ..TablePlan::keep()
            });
        }
        let plan = Plan::bind(&rules, input.columns)?;
        Ok(TablePlan {
            insert: plan.inserts(),
            update: plan.updates(),
            delete: plan.deletes(),
            needs: plan.needs.iter().copied().collect(),
            because: rules.iter().flat_map(|rule| rule.sentences()).collect(),
            memo: Some(Arc::new(plan)),
            ..TablePlan::keep()
        })
    }

    fn rows(&self, plan: &TablePlan, rows: &RowSet, _: &[Transaction]) -> Result<Answer> {
        match plan.memo.as_ref().and_then(|memo| memo.downcast_ref::<Plan>()) {
            Some(plan) => plan.judge(rows).map(Answer::from),
            None => Ok(Verdicts::Change(Vec::new()).into()),
        }
    }

    fn ddl(&self, _: &DdlInput<'_>) -> Result<DdlAnswer> {
        Ok(DdlAnswer::default())
    }

    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        self.rules.check(tables)
    }
}

#[cfg(test)]
mod tests;

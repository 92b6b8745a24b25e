//! The rules of a table, bound to its columns, and their verdicts.

use crate::{
    evaluate::{Rows, Truth},
    rule::{Expression, Rule},
    typed::{Binder, Condition},
};
use arrow_array::BooleanArray;
use arrow_buffer::BooleanBuffer;
use std::{collections::BTreeSet, sync::Arc};
use tidegate_model::{Column, Encoding, Image, Operation, RowSet};
use tidegate_plugin::{Decision, ErrorKind, PluginError, Result, Verdict, Verdicts};

/// The rules of a table.
pub(crate) struct Plan {
    columns: Vec<Arc<Column>>,
    /// The columns that the expressions read, by index.
    pub(crate) needs: BTreeSet<usize>,
    insert: Vec<Condition>,
    /// Of the images before and after; one that is not given holds.
    update: Vec<(Option<Condition>, Option<Condition>)>,
    delete: Vec<Condition>,
    keep: Option<Condition>,
}

impl Plan {
    pub(crate) fn bind(rules: &[&Rule], columns: &[Arc<Column>]) -> Result<Self> {
        let mut plan = Self {
            columns: columns.to_vec(),
            needs: BTreeSet::new(),
            insert: Vec::new(),
            update: Vec::new(),
            delete: Vec::new(),
            keep: None,
        };
        for rule in rules {
            let binder = Binder::new(columns, rule.zone);
            let bind = |expression: &Option<Expression>| -> Result<Option<Condition>> {
                let Some(expression) = expression else { return Ok(None) };
                let bound = binder.condition(&expression.node);
                bound.map(Some).map_err(|refusal| {
                    let (index, key) = (rule.index, expression.key);
                    let place = expression.place(refusal.at);
                    let message = format!("rule {index}: `{key}`, {place}: {}", refusal.message);
                    PluginError::definite(message).hint("correct the expression, or the rule's table")
                })
            };
            plan.insert.extend(bind(&rule.insert)?);
            plan.delete.extend(bind(&rule.delete)?);
            let (before, after) = (bind(&rule.update_old)?, bind(&rule.update_new)?);
            if before.is_some() || after.is_some() {
                plan.update.push((before, after));
            }
            if let Some(keep) = bind(&rule.keep)? {
                plan.keep = Some(keep);
            }
            plan.needs.extend(binder.used());
        }
        Ok(plan)
    }

    pub(crate) fn inserts(&self) -> Decision {
        self.decision(self.insert.is_empty())
    }

    pub(crate) fn updates(&self) -> Decision {
        self.decision(self.update.is_empty())
    }

    pub(crate) fn deletes(&self) -> Decision {
        self.decision(self.delete.is_empty())
    }

    fn decision(&self, without_rules: bool) -> Decision {
        if without_rules && self.keep.is_none() { Decision::Keep } else { Decision::PerRow }
    }

    /// Gives the verdicts for a row set.
    pub(crate) fn judge(&self, set: &RowSet) -> Result<Verdicts> {
        let rows = set.rows();
        let before = || self.rows(&set.before, rows);
        let after = || self.rows(&set.after, rows);
        match set.operation {
            Operation::Insert | Operation::Snapshot => self.select(&self.insert, &after()?),
            Operation::Delete => self.select(&self.delete, &before()?),
            Operation::Update => self.update(&before()?, &after()?),
        }
    }

    /// Drops the rows that one of the conditions is true for, and those that `keep` is not true for.
    fn select(&self, drops: &[Condition], image: &Rows<'_>) -> Result<Verdicts> {
        let mut kept = BooleanBuffer::new_set(image.rows);
        for condition in drops {
            kept = &kept & &!judge(condition, image)?.trues();
        }
        if let Some(keep) = &self.keep {
            kept = &kept & judge(keep, image)?.trues();
        }
        Ok(Verdicts::Selection(BooleanArray::new(kept, None)))
    }

    fn update(&self, before: &Rows<'_>, after: &Rows<'_>) -> Result<Verdicts> {
        let mut kept = BooleanBuffer::new_set(before.rows);
        for (old, new) in &self.update {
            let truth = |condition: &Option<Condition>, image| {
                condition.as_ref().map(|condition| judge(condition, image)).transpose()
            };
            let dropped = match (truth(old, before)?, truth(new, after)?) {
                (Some(old), Some(new)) => old.trues() & new.trues(),
                (Some(one), None) | (None, Some(one)) => one.trues().clone(),
                (None, None) => continue,
            };
            kept = &kept & &!&dropped;
        }
        let Some(keep) = &self.keep else {
            return Ok(Verdicts::Selection(BooleanArray::new(kept, None)));
        };
        let verdicts = |image| -> Result<Vec<Verdict>> {
            let kept = &kept & judge(keep, image)?.trues();
            Ok(kept.iter().map(|is_kept| if is_kept { Verdict::Keep } else { Verdict::Drop }).collect())
        };
        Ok(Verdicts::Images(verdicts(before)?, verdicts(after)?))
    }

    fn rows<'a>(&self, image: &'a Image, rows: usize) -> Result<Rows<'a>> {
        let mut columns = vec![None; self.columns.len()];
        for index in &self.needs {
            let Some(column) = self.columns.get(*index) else { continue };
            let found = image.columns.iter().find(|found| found.column.name == column.name);
            // The engine has looked for what is absent or a diff.
            if let (Some(found), Some(place)) = (found, columns.get_mut(*index))
                && found.encoding == Encoding::Value
            {
                *place = Some(&found.values);
            }
        }
        Ok(Rows { rows, columns })
    }
}

fn judge(condition: &Condition, image: &Rows<'_>) -> Result<Truth> {
    image.judge(condition).map_err(|message| {
        PluginError::new(ErrorKind::Rows, format!("an expression cannot be evaluated: {message}"))
    })
}

//! The `binlog-event` filter: which kinds of events pass for which tables, with TiDB DM's semantics.
//!
//! All rules whose patterns match are asked, those of whole schemas first; the first decisive one wins. A rule with
//! `Ignore` or `Error` decides if it hits, one with `Do` decides (to ignore) if it does not. `alter table` in a rule does
//! not match the more specific events (`modify column`, …), as in DM.

mod event;
mod rule;

pub use rule::{Action, EventRule};

use event::Occurrence;
use rule::{Rules, Verdict};
use std::sync::Arc;
use tidegate_model::{
    DdlEvent, Element, Name, NameRole, Operation, RowSet, Statement, TableName, TableSchema, Transaction,
};
use tidegate_plugin::{
    Answer, DdlAnswer, DdlInput, Decision, Entry, Filter, Finding, PluginError, Result, TableInput, TablePlan,
};

/// Returns the filter's entry for the registry.
pub fn entry() -> Entry<dyn Filter> {
    Entry::new::<Vec<EventRule>>(|settings, _| {
        let rules = settings.judge(|rules: Vec<EventRule>| Rules::build(&rules))?;
        Ok(Box::new(BinlogEvent { rules }) as Box<dyn Filter>)
    })
}

struct BinlogEvent {
    rules: Rules,
}

const HINT: &str =
    "this is what the rule's action `Error` asks for; change the rule, or mend the source and skip the event";

impl Filter for BinlogEvent {
    fn drops(&self, source: &TableName, operation: Operation) -> bool {
        self.rules.judge(source, Occurrence::Rows(operation), "").verdict == Verdict::Ignore
    }

    /// As in DM, rules for all schemas are asked about such a statement, and of these their SQL patterns.
    fn leaves_out(&self, sql: &str) -> bool {
        self.rules.judge(&TableName::of_schema(""), Occurrence::Unknown, sql).verdict == Verdict::Ignore
    }

    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        let mut plan = TablePlan::keep();
        for operation in [Operation::Insert, Operation::Update, Operation::Delete] {
            let judgement = self.rules.judge(&input.schema.name, Occurrence::Rows(operation), "");
            let decision = match judgement.verdict {
                Verdict::Do => Decision::Keep,
                Verdict::Ignore => Decision::Drop,
                // The table may stay without such rows for ever: stop at the first one, not before.
                Verdict::Error => Decision::PerRow,
            };
            match operation {
                Operation::Update => plan.update = decision,
                Operation::Delete => plan.delete = decision,
                Operation::Insert | Operation::Snapshot => plan.insert = decision,
            }
            plan.because.push(format!("{}: {}", operation.name(), judgement.because));
        }
        Ok(plan)
    }

    fn rows(&self, _: &TablePlan, rows: &RowSet, _: &[Transaction]) -> Result<Answer> {
        let operation = rows.operation.name();
        Err(PluginError::definite(format!("a binlog-event rule forbids `{operation}` on this table"))
            .at(&rows.table.name)
            .hint(HINT))
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        let mut answer = DdlAnswer::default();
        // As in DM, patterns are looked for in the whole statement, whichever element is judged.
        for element in input.elements {
            let mut keep = true;
            for name in named(&input.ddl.statement, element) {
                let judgement = self.rules.judge(name, Occurrence::Ddl(element.event), input.sql);
                answer.because.push(format!("{}: {}", element.event.name(), judgement.because));
                match judgement.verdict {
                    Verdict::Do => {}
                    Verdict::Ignore => keep = false,
                    Verdict::Error => return Err(forbidden(element.event, name).at(input.position())),
                }
            }
            answer.keep.push(keep);
        }
        Ok(answer)
    }

    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        self.rules.useless(tables)
    }
}

/// Returns the tables that DM judges beside an element's own: all that it names, except the parents of foreign keys.
fn named<'a>(statement: &'a Statement, element: &'a Element) -> impl Iterator<Item = &'a TableName> {
    let inside = |name: &Name, element: &Element| {
        element.span.start <= name.span.start && name.span.end <= element.span.end
    };
    let own = [Some(&element.table), element.renamed_to.as_ref()];
    let others = statement.names.iter().filter(move |name| {
        matches!(name.role, NameRole::Model | NameRole::Exchanged | NameRole::Read)
            && (inside(name, element) || !statement.elements.iter().any(|element| inside(name, element)))
    });
    own.into_iter().flatten().chain(others.map(|name| &name.table))
}

fn forbidden(event: DdlEvent, table: &TableName) -> PluginError {
    PluginError::definite(format!("a binlog-event rule forbids `{}` on {table}", event.name())).hint(HINT)
}

#[cfg(test)]
mod tests;

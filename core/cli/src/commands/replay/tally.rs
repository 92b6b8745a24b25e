//! Counts what became of rows and statements.

use super::changes::{Passed, operation, set};
use serde::Serialize;
use std::collections::BTreeMap;
use tidegate_engine::{Place, Places, differing};
use tidegate_model::{Batch, Operation, TableName};
use tidegate_plugin::Result;

/// How many reasons of refusals and failures are kept for a table.
const REASONS_MAX: usize = 3;

/// What became of the rows of a source table. A row may be both changed and routed, and a routed one another operation;
/// else each is in one place.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Counts {
    pub(super) read: u64,
    /// They passed as they were, under their own name.
    pub(super) kept: u64,
    /// They have other values or columns.
    pub(super) changed: u64,
    /// They go to a table of another name.
    pub(super) routed: u64,
    /// Updates of which only the row behind passed.
    pub(super) became_insert: u64,
    /// Updates of which only the row before passed.
    pub(super) became_delete: u64,
    /// Updates that became a delete here and an insert there.
    pub(super) divided: u64,
    pub(super) dropped: u64,
    pub(super) refused: u64,
    pub(super) failed: u64,
    /// Why rows were refused or failed on, the first ones.
    pub(super) reasons: Vec<Reason>,
}

/// Why a row was refused or failed on.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Reason {
    reason: String,
    refused: bool,
    /// The first such row.
    place: String,
}

/// What became of statements.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Statements {
    /// They passed as they were.
    pub(super) passed: u64,
    /// Their names or a part of them are others.
    pub(super) rewritten: u64,
    pub(super) dropped: u64,
}

/// What became of everything.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) tables: BTreeMap<TableName, Counts>,
    pub(super) statements: Statements,
}

impl Tally {
    /// Counts the rows of a batch.
    pub(super) fn rows(&mut self, before: &Batch, passed: &Passed) -> Result<()> {
        let sources = Places::of(before);
        let changed = changed(before, &sources, passed)?;
        let mut of_sets = vec![Counts::default(); before.row_sets.len()];
        for ordinal in 0..sources.len() {
            let [Some(source), _] = sources.at(ordinal) else { continue };
            let Some(counts) = of_sets.get_mut(source.set) else { continue };
            let changed = changed.get(ordinal).copied().unwrap_or_default();
            counts.row(before, source, passed, ordinal, changed);
        }
        for (rows, counts) in before.row_sets.iter().zip(&of_sets) {
            self.tables.entry(rows.table.name.clone()).or_default().add(counts);
        }
        for lost in passed.losses() {
            let place = before.transactions.get(lost.transaction as usize).map_or_else(String::new, |own| {
                format!("{}:{}, row {}", own.log.file, own.log.offset, own.row_number(lost.ordinal))
            });
            let reason = Reason { reason: lost.reason.to_string(), refused: lost.refused, place };
            self.tables.entry(lost.table.clone()).or_default().note(reason);
        }
        Ok(())
    }

    /// Counts a statement: what the target would run, and what it would run without any filter.
    pub(super) fn statement(&mut self, left: &[String], unfiltered: &[String]) {
        let Statements { passed, rewritten, dropped } = &mut self.statements;
        *match left {
            [] => dropped,
            left if left == unfiltered => passed,
            _ => rewritten,
        } += 1;
    }
}

/// Tells of each row that is still one of its operation whether it has other values, by ordinal.
fn changed(before: &Batch, sources: &Places, passed: &Passed) -> Result<Vec<bool>> {
    let same = |ordinal: usize| match (sources.at(ordinal), passed.left(ordinal)) {
        ([Some(source), _], [Some(left), None])
            if operation(before, source) == operation(&passed.batch, left) =>
        {
            Some((ordinal, (source, left)))
        }
        _ => None,
    };
    let (ordinals, pairs): (Vec<usize>, Vec<(Place, Place)>) = (0..sources.len()).filter_map(same).unzip();
    let mut changed = vec![false; sources.len()];
    for (ordinal, differs) in ordinals.into_iter().zip(differing(before, &passed.batch, &pairs)?) {
        if let Some(changed) = changed.get_mut(ordinal) {
            *changed = differs;
        }
    }
    Ok(changed)
}

impl Counts {
    fn row(&mut self, before: &Batch, source: Place, passed: &Passed, ordinal: usize, changed: bool) {
        self.read += 1;
        if let Some(lost) = passed.lost(ordinal) {
            *(if lost.refused { &mut self.refused } else { &mut self.failed }) += 1;
            return;
        }
        let left = match passed.left(ordinal) {
            [None, _] => return self.dropped += 1,
            [Some(_), Some(_)] => return self.divided += 1,
            [Some(left), None] => left,
        };
        let (Some(from), Some(to)) = (set(before, source), set(&passed.batch, left)) else { return };
        let routed = from.target != to.target;
        self.routed += u64::from(routed);
        match (from.operation == to.operation, to.operation) {
            (false, Operation::Insert) => self.became_insert += 1,
            (false, Operation::Delete) => self.became_delete += 1,
            _ if changed => self.changed += 1,
            _ => self.kept += u64::from(!routed),
        }
    }

    fn add(&mut self, other: &Self) {
        for ((_, own), (_, more)) in self.columns_mut().into_iter().zip(other.columns()) {
            *own += more;
        }
    }

    /// Keeps a reason, each once.
    fn note(&mut self, reason: Reason) {
        let known =
            self.reasons.iter().any(|own| own.reason == reason.reason && own.refused == reason.refused);
        if !known && self.reasons.len() < REASONS_MAX {
            self.reasons.push(reason);
        }
    }

    /// Returns the numbers under the names that the text has for them.
    pub(super) fn columns(&self) -> [(&'static str, u64); 10] {
        let mut copy = self.clone();
        copy.columns_mut().map(|(name, count)| (name, *count))
    }

    fn columns_mut(&mut self) -> [(&'static str, &mut u64); 10] {
        [
            ("read", &mut self.read),
            ("kept", &mut self.kept),
            ("changed", &mut self.changed),
            ("routed", &mut self.routed),
            ("dropped", &mut self.dropped),
            ("to insert", &mut self.became_insert),
            ("to delete", &mut self.became_delete),
            ("divided", &mut self.divided),
            ("refused", &mut self.refused),
            ("failed", &mut self.failed),
        ]
    }
}

impl Reason {
    /// Returns the reason as a line of text.
    pub(super) fn line(&self) -> String {
        let what = if self.refused { "refused" } else { "failed" };
        format!("{what}, first at {}: {}", self.place, self.reason)
    }
}

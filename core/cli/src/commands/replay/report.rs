//! What a replay has found, as text and as JSON.

use super::{
    changes::Side,
    differences::{Differences, Different},
    filters::OnTrial,
    tally::{Counts, Tally},
};
use crate::failure::Outcome;
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc};
use tidegate_engine::Filters;
use tidegate_model::{Position, TableName};
use tidegate_plugin::{Change, Result, TableNames};

/// The numbers that are shown also where all of them are zero.
const SHOWN: [&str; 5] = ["read", "kept", "changed", "routed", "dropped"];

/// Lets changes through the filters and counts.
pub(super) struct Report {
    sides: Vec<(Side, Tally)>,
    /// What statements are like without any filter.
    unfiltered: Side,
    differences: Differences,
    rows: u64,
    from: Option<Position>,
    to: Option<Position>,
    stopped: bool,
}

impl Report {
    /// Begins with one or two lists of filters; `names` are those of the source's tables.
    pub(super) fn new(sides: &[OnTrial], names: &Arc<TableNames>, examples: usize) -> Self {
        let side = |side: &OnTrial| {
            (Side::new(side.name.clone(), side.filters.clone(), names.clone()), Tally::default())
        };
        let nothing = Arc::new(Filters::default());
        Self {
            sides: sides.iter().map(side).collect(),
            unfiltered: Side::new(String::new(), nothing, names.clone()),
            differences: Differences::new(examples),
            rows: 0,
            from: None,
            to: None,
            stopped: false,
        }
    }

    pub(super) fn begin(&mut self, position: Option<Position>) {
        self.from = position;
    }

    pub(super) fn end(&mut self, position: Option<Position>) {
        self.to = position;
    }

    /// The user has seen enough.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Tells whether two lists of filters made something else of the same changes.
    pub(super) fn differs(&self) -> bool {
        !self.differences.is_empty()
    }

    /// Lets a change through.
    pub(super) fn take(&mut self, change: Change) -> Result<()> {
        match change {
            Change::Batch(batch) => {
                self.rows += batch.rows() as u64;
                let mut passed = Vec::new();
                for (side, tally) in &mut self.sides {
                    let left = side.batch(&batch)?;
                    tally.rows(&batch, &left)?;
                    passed.push(left);
                }
                if let [one, other] = passed.as_slice() {
                    self.differences.batch(&batch, one, other)?;
                }
            }
            Change::Ddl(ddl) => {
                let unfiltered = self.unfiltered.statement(&ddl)?;
                let mut passed = Vec::new();
                for (side, tally) in &mut self.sides {
                    let left = side.statement(&ddl)?;
                    tally.statement(&left, &unfiltered);
                    passed.push(left);
                }
                if let [one, other] = passed.as_slice() {
                    self.differences.statement(&ddl, one, other);
                }
            }
        }
        Ok(())
    }

    /// Returns what was found.
    pub(super) fn outcome(&self) -> Outcome {
        let place = |position: &Option<Position>| position.as_ref().map(ToString::to_string);
        let sides: Vec<Value> = self.sides.iter().map(|(side, tally)| tally_json(side, tally)).collect();
        let result = json!({
            "ending": if self.stopped { "stopped" } else { "end" },
            "from": place(&self.from),
            "to": place(&self.to),
            "rows_read": self.rows,
            "filter": sides.first(),
            "against": sides.get(1),
            "differences": (sides.len() > 1).then(|| self.differences_json()),
        });
        Outcome { result, text: self.text() }
    }

    fn differences_json(&self) -> Value {
        let tables = self.differences.tables.iter().map(|(table, different)| {
            json!({ "table": table.to_string(), "rows": different.count, "examples": examples(different) })
        });
        json!({
            "rows": self.differences.rows(),
            "tables": tables.collect::<Vec<_>>(),
            "statements": self.differences.statements.count,
            "statement_examples": examples(&self.differences.statements),
        })
    }

    fn text(&self) -> String {
        let place =
            |position: &Option<Position>| position.as_ref().map_or_else(String::new, ToString::to_string);
        let mut text = format!("{} rows from {} to {}", self.rows, place(&self.from), place(&self.to));
        text.push_str(if self.stopped { ", stopped\n" } else { "\n" });
        for (side, tally) in &self.sides {
            text.push_str(&format!("\n{}\n", side.name));
            tally_text(&mut text, tally);
        }
        if self.sides.len() > 1 {
            self.differences_text(&mut text);
        }
        text
    }

    fn differences_text(&self, text: &mut String) {
        let Differences { tables, statements, .. } = &self.differences;
        text.push_str(if self.differs() { "\ndifferences\n" } else { "\nno differences\n" });
        let groups = tables.iter().map(|(table, different)| (format!("rows of {table}"), different));
        let statements = (statements.count > 0).then(|| ("statements".to_owned(), statements));
        for (what, different) in groups.chain(statements) {
            let _ = writeln!(text, "  {} {what}", different.count);
            different.examples.iter().for_each(|example| text.push_str(&format!("{example}\n")));
        }
    }
}

fn examples(different: &Different) -> Vec<Value> {
    let value = |example: &String| serde_json::from_str(example).unwrap_or_else(|_| json!(example));
    different.examples.iter().map(value).collect()
}

fn tally_json(side: &Side, tally: &Tally) -> Value {
    let table = |(table, counts): (&TableName, &Counts)| {
        let mut entry = json!({ "table": table.to_string() });
        if let (Value::Object(entry), Ok(Value::Object(counts))) = (&mut entry, serde_json::to_value(counts))
        {
            entry.extend(counts);
        }
        entry
    };
    json!({
        "plugin": side.name,
        "tables": tally.tables.iter().map(table).collect::<Vec<_>>(),
        "statements": tally.statements,
    })
}

/// Writes an aligned table, without the columns of which nothing came.
fn tally_text(text: &mut String, tally: &Tally) {
    let used = |name: &str| {
        let counted =
            |counts: &Counts| counts.columns().iter().any(|(own, count)| *own == name && *count > 0);
        SHOWN.contains(&name) || tally.tables.values().any(counted)
    };
    let columns = |counts: &Counts| counts.columns().into_iter().filter(|(name, _)| used(name));
    let head = columns(&Counts::default()).map(|(name, _)| name.to_owned());
    let mut lines = vec![std::iter::once("table".to_owned()).chain(head).collect::<Vec<_>>()];
    for (table, counts) in &tally.tables {
        let numbers = columns(counts).map(|(_, count)| count.to_string());
        lines.push(std::iter::once(table.to_string()).chain(numbers).collect());
    }
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len))
        .map(|column| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    if lines.len() > 1 {
        for line in &lines {
            let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("  {cell:width$}"),
                _ => format!("  {cell:>width$}"),
            });
            text.push_str(cells.collect::<String>().trim_end());
            text.push('\n');
        }
    }
    for (table, counts) in &tally.tables {
        counts.reasons.iter().for_each(|reason| text.push_str(&format!("  {table}: {}\n", reason.line())));
    }
    let statements = &tally.statements;
    let _ = writeln!(
        text,
        "  statements: {} passed, {} rewritten, {} dropped",
        statements.passed, statements.rewritten, statements.dropped
    );
}

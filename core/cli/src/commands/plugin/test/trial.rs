//! A case is run: what leaves the filter, beside what was expected.

use super::{cases::Case, expect::Expected};
use serde_json::{Value, json};
use std::sync::Arc;
use tidegate_engine::{Filters, LostRow, Trial};
use tidegate_lines::{RowLines, write_string};
use tidegate_model::{Batch, Image, Operation, RowSet};
use tidegate_plugin::{Change, PluginError, Result, TableNames};

/// What came of a case.
pub(super) struct Verdict {
    name: String,
    /// Lines, or statements.
    expected: Vec<String>,
    got: Vec<String>,
    /// Why the pipeline would stop.
    stops: Option<PluginError>,
    /// Whether they are lines.
    of_rows: bool,
}

/// Lets the case's change through the filters.
pub(super) fn run(case: Case, filters: &Arc<Filters>, names: &Arc<TableNames>) -> Result<Verdict> {
    let Case { name, change, expected } = case;
    let through = |filters: &Arc<Filters>| Trial::new(filters.clone(), names.clone()).apply(change.clone());
    let expected = match expected {
        Expected::These(lines) => lines,
        Expected::Unchanged => written(&change, through(&Arc::default())?)?,
    };
    let of_rows = matches!(change, Change::Batch(_));
    let (got, stops) = match through(filters) {
        Ok(left) => (written(&change, left)?, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    Ok(Verdict { name, expected, got, stops, of_rows })
}

/// Returns what left the filters as lines in the order of the rows, or as statements.
fn written(came: &Change, (left, lost): (Change, Vec<LostRow>)) -> Result<Vec<String>> {
    let (came, batch) = match (came, left) {
        (Change::Batch(came), Change::Batch(batch)) => (came, batch),
        (_, Change::Ddl(ddl)) => return Ok(ddl.targets.into_iter().map(|target| target.sql).collect()),
        (Change::Ddl(_), Change::Batch(_)) => return Ok(Vec::new()),
    };
    let mut lines = Vec::new();
    for rows in &batch.row_sets {
        for (row, ordinal) in rows.ordinals.iter().enumerate() {
            lines.push((*ordinal, row_line(rows, row)?));
        }
    }
    for lost in &lost {
        lines.push((lost.ordinal, line_of_lost(came, lost)?));
    }
    // Of a row that became two, the delete comes first.
    lines.sort_by_key(|(ordinal, _)| *ordinal);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn line_of_lost(came: &Batch, lost: &LostRow) -> Result<String> {
    let place = |rows: &RowSet| rows.ordinals.iter().position(|ordinal| *ordinal == lost.ordinal);
    let found = came.row_sets.iter().find_map(|rows| Some((rows, place(rows)?)));
    let (rows, row) =
        found.ok_or_else(|| PluginError::definite("a row was lost that never came: a bug in tidegate"))?;
    let mut rows = rows.clone();
    rows.operation = lost.operation;
    match lost.operation {
        Operation::Delete => rows.after = Image::default(),
        Operation::Insert | Operation::Snapshot => rows.before = Image::default(),
        Operation::Update => {}
    }
    lost_line(&rows, row, &lost.reason, lost.refused)
}

/// Returns a row's line without its place in a log.
pub(super) fn row_line(rows: &RowSet, row: usize) -> Result<String> {
    line(rows, row, |_| {})
}

/// Returns the line of a row that the filter refused or failed on.
pub(super) fn lost_line(rows: &RowSet, row: usize, reason: &str, refused: bool) -> Result<String> {
    line(rows, row, |out| {
        out.extend_from_slice(b",\"reason\":");
        write_string(out, reason);
        out.extend_from_slice(format!(",\"refused\":{refused}").as_bytes());
    })
}

fn line(rows: &RowSet, row: usize, more: impl FnOnce(&mut Vec<u8>)) -> Result<String> {
    let mut out = Vec::new();
    RowLines::new(rows)?.write_open(&mut out, row, &[]);
    more(&mut out);
    out.push(b'}');
    String::from_utf8(out).map_err(|error| PluginError::definite("a line is no text").because(error))
}

impl Verdict {
    pub(super) fn passes(&self) -> bool {
        self.stops.is_none()
            && self.expected.len() == self.got.len()
            && self.expected.iter().zip(&self.got).all(|(expected, got)| self.same(expected, got))
    }

    /// Tells whether a line says what is expected, in whatever order of the columns. Of a failure a part of the reason is
    /// enough: the rest of it names functions and lines of source code.
    fn same(&self, expected: &str, got: &str) -> bool {
        if expected == got || !self.of_rows {
            return expected == got;
        }
        let (mut expected, got) = (parsed(expected), parsed(got));
        let reason = |line: &Value| line.get("reason").and_then(Value::as_str).map(str::to_owned);
        if let (Some(part), Some(whole)) = (reason(&expected), reason(&got))
            && got.get("refused") == Some(&Value::Bool(false))
            && whole.contains(&part)
        {
            expected["reason"] = whole.into();
        }
        expected == got
    }

    pub(super) fn to_json(&self) -> Value {
        let list = |lines: &[String]| -> Vec<Value> {
            let text = |line: &String| line.as_str().into();
            if self.of_rows {
                lines.iter().map(|line| parsed(line)).collect()
            } else {
                lines.iter().map(text).collect()
            }
        };
        json!({
            "name": self.name,
            "passed": self.passes(),
            "expected": list(&self.expected),
            "got": list(&self.got),
            "stops": self.stops.as_ref().map(ToString::to_string),
        })
    }

    /// Returns one line, and below it what differs; what is the same at both ends of the lists is left out.
    pub(super) fn to_text(&self) -> String {
        if self.passes() {
            return format!("ok      {}\n", self.name);
        }
        let mut text = format!("failed  {}\n", self.name);
        if let Some(error) = &self.stops {
            text.push_str(&format!("  the pipeline would stop: {error}\n"));
            if let Some(hint) = &error.hint {
                text.push_str(&format!("  help: {hint}\n"));
            }
            return text;
        }
        let (mut expected, mut got) = (&*self.expected, &*self.got);
        while let ([first, expected_rest @ ..], [other, got_rest @ ..]) = (expected, got)
            && self.same(first, other)
        {
            (expected, got) = (expected_rest, got_rest);
        }
        while let ([expected_rest @ .., last], [got_rest @ .., other]) = (expected, got)
            && self.same(last, other)
        {
            (expected, got) = (expected_rest, got_rest);
        }
        for (word, lines) in [("expected", expected), ("got     ", got)] {
            if lines.is_empty() {
                text.push_str(&format!("  {word}  nothing\n"));
            }
            lines.iter().for_each(|line| text.push_str(&format!("  {word}  {line}\n")));
        }
        text
    }
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_default()
}

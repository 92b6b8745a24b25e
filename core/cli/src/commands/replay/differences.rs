//! What two lists of filters make of the same changes, where it is not the same.

use super::changes::{Passed, set};
use serde_json::json;
use std::collections::BTreeMap;
use tidegate_engine::{LostRow, Place, Places, differing};
use tidegate_lines::RowLines;
use tidegate_model::{Batch, Ddl, TableName};
use tidegate_plugin::{PluginError, Result};

/// Where two lists of filters differ.
#[derive(Debug)]
pub(super) struct Differences {
    pub(super) tables: BTreeMap<TableName, Different>,
    pub(super) statements: Different,
    examples: usize,
}

/// How many rows or statements came out differently, and the first ones.
#[derive(Debug, Default)]
pub(super) struct Different {
    pub(super) count: u64,
    /// Each a JSON object with the source's line, and for either side the lines that it left.
    pub(super) examples: Vec<String>,
}

impl Differences {
    /// Keeps up to so many examples of each table, and of statements.
    pub(super) fn new(examples: usize) -> Self {
        Self { tables: BTreeMap::new(), statements: Different::default(), examples }
    }

    pub(super) fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.count).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows() == 0 && self.statements.count == 0
    }

    /// Compares what is left of a batch.
    pub(super) fn batch(&mut self, before: &Batch, one: &Passed, other: &Passed) -> Result<()> {
        let sources = Places::of(before);
        let mut different = vec![false; sources.len()];
        let (mut ordinals, mut pairs) = (Vec::new(), Vec::new());
        for (ordinal, different) in different.iter_mut().enumerate() {
            let refused = |side: &Passed| side.lost(ordinal).map(|lost| lost.refused);
            let left = one.left(ordinal).into_iter().zip(other.left(ordinal));
            *different = refused(one) != refused(other);
            for pair in left {
                match pair {
                    (None, None) => {}
                    (Some(left), Some(right)) if is_same_kind(one, left, other, right) => {
                        ordinals.push(ordinal);
                        pairs.push((left, right));
                    }
                    _ => *different = true,
                }
            }
        }
        let differ = differing(&one.batch, &other.batch, &pairs)?;
        for (ordinal, _) in ordinals.into_iter().zip(differ).filter(|(_, differs)| *differs) {
            if let Some(different) = different.get_mut(ordinal) {
                *different = true;
            }
        }
        for ordinal in (0..).zip(different).filter_map(|(ordinal, different)| different.then_some(ordinal)) {
            let [Some(source), _] = sources.at(ordinal) else { continue };
            let Some(rows) = set(before, source) else { continue };
            let table = self.tables.entry(rows.table.name.clone()).or_default();
            table.count += 1;
            if table.examples.len() < self.examples {
                let source = line(before, source)?;
                table.examples.push(example(&source, &lines(one, ordinal)?, &lines(other, ordinal)?));
            }
        }
        Ok(())
    }

    /// Compares what is left of a statement.
    pub(super) fn statement(&mut self, ddl: &Ddl, one: &[String], other: &[String]) {
        if one == other {
            return;
        }
        self.statements.count += 1;
        if self.statements.examples.len() < self.examples {
            let log = &ddl.transaction.log;
            let source =
                json!({ "op": "ddl", "sql": ddl.statement.sql, "file": &*log.file, "offset": log.offset });
            let side = |statements: &[String]| {
                statements.iter().map(|sql| json!(sql).to_string()).collect::<Vec<_>>()
            };
            self.statements.examples.push(example(&source.to_string(), &side(one), &side(other)));
        }
    }
}

/// Puts lines together as they are: a reader of JSON would not keep every digit.
fn example(source: &str, one: &[String], other: &[String]) -> String {
    let (one, other) = (one.join(","), other.join(","));
    format!("{{\"source\":{source},\"filter\":[{one}],\"against\":[{other}]}}")
}

fn is_same_kind(one: &Passed, left: Place, other: &Passed, right: Place) -> bool {
    let kind =
        |side: &Passed, place| set(&side.batch, place).map(|rows| (rows.operation, rows.target.clone()));
    kind(one, left) == kind(other, right)
}

/// Returns the lines of what is left of a row; of one that was lost, why.
fn lines(side: &Passed, ordinal: usize) -> Result<Vec<String>> {
    let left = side.left(ordinal).into_iter().flatten().map(|place| line(&side.batch, place));
    let lost = side.lost(ordinal).map(|LostRow { refused, reason, .. }| {
        Ok(json!({ "lost": if *refused { "refused" } else { "failed" }, "reason": &**reason }).to_string())
    });
    left.chain(lost).collect()
}

/// Returns the line of a row.
fn line(batch: &Batch, place: Place) -> Result<String> {
    let Some(rows) = set(batch, place) else { return Ok("null".to_owned()) };
    let mut line = Vec::new();
    RowLines::new(rows)?.write_open(&mut line, place.row, &batch.transactions);
    line.push(b'}');
    String::from_utf8(line)
        .map_err(|error| PluginError::definite(format!("a line is no text: {error}: a bug in tidegate")))
}

//! How the columns of a row set meet the columns of its target table.

use crate::target::TargetTable;
use std::sync::Arc;
use tidegate_model::{Column, ColumnDefault, ColumnKind, Encoding, Image, Operation, RowSet};
use tidegate_plugin::{PluginError, Result};

/// How the columns of a row set meet the columns of its target table.
#[derive(Debug)]
pub(crate) struct Binding {
    /// The target table.
    pub(crate) table: Arc<TargetTable>,
    /// For each target column, the column of the before image that belongs to it.
    pub(crate) before: Vec<Option<usize>>,
    /// The same for the after image.
    pub(crate) after: Vec<Option<usize>>,
    /// What an insert puts into target columns that its image lacks although the source table has them.
    pub(crate) fills: Vec<(usize, Fill)>,
    /// Columns that the target would set to its clock at an update, although the source has its own values there.
    pub(crate) stamped: Vec<usize>,
    /// Whether each image has what splitting and compaction need: a value for every column that is written, or, for a
    /// delete, for every column of a unique key.
    pub(crate) complete: bool,
    /// Whether some column comes as a JSON diff.
    pub(crate) diffs: bool,
    /// The columns of the key that finds a row; empty for a table without any.
    pub(crate) finding: Vec<usize>,
}

/// What stands in for a column that an insert's image lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// NULL.
    Null,
    /// The source's default, as text.
    Text(Arc<str>),
}

/// Which of the two images of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Before the change.
    Before,
    /// After the change.
    After,
}

impl Binding {
    /// Binds a row set to its target table.
    ///
    /// # Errors
    /// If the target lacks a column, if the image lacks the key that finds a row, or if nobody knows what an absent
    /// column of an insert was.
    pub(crate) fn new(set: &RowSet, table: &Arc<TargetTable>) -> Result<Self> {
        let before = columns(set, &set.before, table)?;
        let after = columns(set, &set.after, table)?;
        let fills = match set.operation {
            Operation::Insert | Operation::Snapshot => fills(set, table, &after)?,
            Operation::Update | Operation::Delete => Vec::new(),
        };
        let diffs = set.after.columns.iter().any(|column| column.encoding == Encoding::JsonDiff);
        let finding = finding(set, table);
        if let (Operation::Update | Operation::Delete, Some(missing)) =
            (set.operation, finding.iter().find(|column| !has(&before, **column)))
        {
            return Err(lacks_key(set, &table.columns[*missing]));
        }
        let stamped = stamped(set, table, &before, &after);
        let mut binding =
            Self { table: table.clone(), before, after, fills, stamped, complete: false, diffs, finding };
        binding.complete = binding.is_complete(set.operation);
        Ok(binding)
    }

    /// Returns the image's columns by target column.
    pub(crate) fn side(&self, side: Side) -> &[Option<usize>] {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }

    /// Tells whether an insert has a value for this target column.
    fn inserts(&self, column: usize) -> bool {
        has(&self.after, column) || self.fills.iter().any(|(filled, _)| *filled == column)
    }

    fn is_complete(&self, operation: Operation) -> bool {
        let mut keys = self.table.keys.iter().flat_map(crate::target::UniqueKey::columns);
        let mut written = self.table.written();
        match operation {
            Operation::Insert | Operation::Snapshot => written.all(|(column, _)| self.inserts(column)),
            Operation::Update => {
                !self.diffs
                    && written.all(|(column, _)| has(&self.after, column))
                    && keys.all(|column| has(&self.before, column))
            }
            Operation::Delete => keys.all(|column| has(&self.before, column)),
        }
    }
}

fn has(side: &[Option<usize>], column: usize) -> bool {
    side.get(column).is_some_and(Option::is_some)
}

fn columns(set: &RowSet, image: &Image, table: &TargetTable) -> Result<Vec<Option<usize>>> {
    let mut bound = vec![None; table.columns.len()];
    for (index, column) in image.columns.iter().enumerate() {
        match table.column(&column.column.name) {
            Some(target) => bound[target] = Some(index),
            // What the source computes the target need not have.
            None if column.column.generated.is_some() => {}
            None => return Err(lacks_column(set, &column.column, table)),
        }
    }
    Ok(bound)
}

/// The target's finding key, else the source's, as far as the target has its columns.
fn finding(set: &RowSet, table: &TargetTable) -> Vec<usize> {
    if let Some(key) = table.finding_key() {
        return table.keys[key].columns().collect();
    }
    // Under a full image the bytes of the whole row find it; the source's key is for images that hold little more.
    let image = if set.operation == Operation::Insert { &set.after } else { &set.before };
    if image.columns.len() >= set.table.columns.len() {
        return Vec::new();
    }
    let keys = set.table.keys.iter().filter(|key| key.kind != tidegate_model::KeyKind::Index);
    let mut columns = keys.map(|key| {
        key.parts.iter().map(|part| match part {
            tidegate_model::KeyPart::Column { column, prefix: None } => {
                let column = set.table.columns.get(*column)?;
                if column.nullable { None } else { table.column(&column.name) }
            }
            _ => None,
        })
    });
    columns.find_map(|columns| columns.collect::<Option<Vec<_>>>()).unwrap_or_default()
}

/// A column that the source does not have is the target's own, and left to its clock.
fn stamped(
    set: &RowSet,
    table: &TargetTable,
    before: &[Option<usize>],
    after: &[Option<usize>],
) -> Vec<usize> {
    let of_source =
        |column: usize| set.table.columns.iter().any(|own| table.column(&own.name) == Some(column));
    let theirs = |column: &usize| has(before, *column) || has(after, *column) || of_source(*column);
    table.stamped.iter().copied().filter(theirs).collect()
}

fn fills(set: &RowSet, table: &TargetTable, after: &[Option<usize>]) -> Result<Vec<(usize, Fill)>> {
    let mut fills = Vec::new();
    for (index, column) in set.table.columns.iter().enumerate() {
        if column.generated.is_some() || set.after.source_column(index).is_some() {
            continue;
        }
        let Some(target) = table.column(&column.name) else { continue };
        if has(after, target) || table.columns[target].generated.is_some() {
            continue;
        }
        let fill = match &column.default {
            ColumnDefault::Null => Fill::Null,
            ColumnDefault::Absent if column.nullable => Fill::Null,
            ColumnDefault::Literal(text) if is_exact(&column.kind, text) => Fill::Text(text.clone()),
            ColumnDefault::Literal(_)
            | ColumnDefault::Absent
            | ColumnDefault::Unknown
            | ColumnDefault::Expression(_) => {
                return Err(no_default(set, column));
            }
        };
        fills.push((target, fill));
    }
    Ok(fills)
}

/// Tells whether a default means one value everywhere: that of a TIMESTAMP is in the time zone of whoever set it, which
/// counts for nothing in the zero value alone.
fn is_exact(kind: &ColumnKind, default: &str) -> bool {
    let is_zero = || default.bytes().all(|byte| matches!(byte, b'0' | b'-' | b':' | b'.' | b' '));
    !matches!(kind, ColumnKind::Timestamp { .. }) || is_zero()
}

fn lacks_column(set: &RowSet, column: &Column, table: &TargetTable) -> PluginError {
    PluginError::definite(format!(
        "the target table {} has no column `{}`, which rows of {} have",
        table.name, column.name, set.table.name
    ))
    .at(&set.target)
    .hint("add the column to the target table, or leave it out with a filter")
}

fn lacks_key(set: &RowSet, column: &Column) -> PluginError {
    PluginError::definite(format!(
        "the row images of {} lack the column `{}`, by which the target finds a row",
        set.table.name, column.name
    ))
    .at(&set.target)
    .hint("set `binlog_row_image=FULL` at the source, or give both tables the same primary key")
}

fn no_default(set: &RowSet, column: &Column) -> PluginError {
    PluginError::definite(format!(
        "an inserted row of {} lacks the column `{}`, and what the source put there is not known",
        set.table.name, column.name
    ))
    .at(&set.target)
    .hint("set `binlog_row_image=FULL` at the source")
}

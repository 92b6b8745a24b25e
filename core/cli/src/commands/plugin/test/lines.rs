//! Rows as they come: lines gathered into the row sets of one batch.

use super::reading::{Line, Operation, Reading};
use crate::statement::checkpoint;
use std::sync::Arc;
use tidegate_lines::{ImageReader, JsonImage, Misfit, Part, Present};
use tidegate_model::{Batch, Column, LogPosition, RowSet, TableName, TableSchema, Transaction};
use tidegate_plugin::{
    Result,
    settings::{Path, Problem, suggestion},
};

/// What stands in for a log.
const LOG: &str = "cases";

/// One of the images of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// The row sets of a batch, as far as its lines were read.
#[derive(Default)]
pub(super) struct RowSets {
    sets: Vec<OpenSet>,
    /// One for each row.
    transactions: Vec<Transaction>,
}

/// Rows of one table and operation in which the same columns are present.
struct OpenSet {
    table: Arc<TableSchema>,
    operation: tidegate_model::Operation,
    present: [Vec<Present>; 2],
    readers: [ImageReader; 2],
    ordinals: Vec<u32>,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Before, Self::After];

    /// Returns the key of a part of the image.
    const fn key(self, part: Part) -> &'static str {
        match (self, part) {
            (Self::Before, Part::Values) => "before",
            (Self::Before, _) => "before_json",
            (Self::After, Part::Values) => "after",
            (Self::After, Part::Documents) => "after_json",
            (Self::After, Part::Diffs) => "after_diffs",
        }
    }
}

impl Line {
    pub(super) const fn operation(&self) -> tidegate_model::Operation {
        match self.op {
            Operation::Insert => tidegate_model::Operation::Insert,
            Operation::Update => tidegate_model::Operation::Update,
            Operation::Delete => tidegate_model::Operation::Delete,
        }
    }

    /// Returns one image; of a side that the operation does not have, one without columns.
    pub(super) fn image(&self, side: Side) -> JsonImage<'_> {
        let (values, documents, diffs) = match side {
            Side::Before => (&self.before, &self.before_json, &None),
            Side::After => (&self.after, &self.after_json, &self.after_diffs),
        };
        let nothing = JsonImage::default();
        JsonImage {
            values: values.as_ref().unwrap_or(nothing.values),
            documents: documents.as_ref().unwrap_or(nothing.documents),
            diffs: diffs.as_ref().unwrap_or(nothing.diffs),
        }
    }

    /// Reports images that the operation lacks, and those that it cannot have. Returns whether all is well.
    pub(super) fn has_its_images(&self, reading: &mut Reading<'_>, path: &Path) -> bool {
        let wanted = |side| match side {
            Side::Before => self.op != Operation::Insert,
            Side::After => self.op != Operation::Delete,
        };
        let before = [(self.before.is_some(), "before"), (self.before_json.is_some(), "before_json")];
        let after = [
            (self.after.is_some(), "after"),
            (self.after_json.is_some(), "after_json"),
            (self.after_diffs.is_some(), "after_diffs"),
        ];
        let name = self.operation().name();
        let found = reading.problems.len();
        for (side, keys) in [(Side::Before, &before[..]), (Side::After, &after[..])] {
            match keys {
                [(false, key), ..] if wanted(side) => {
                    let message = format!("the {name} lacks its image `{key}`");
                    reading.report(Problem::at(path.clone(), message).on_key().code("missing-key"));
                }
                _ if wanted(side) => {}
                _ => {
                    for (_, key) in keys.iter().filter(|(given, _)| *given) {
                        let message = format!("`{key}` means nothing for a row of operation {name}");
                        reading.report(Problem::at(path.join(*key), message).on_key().code("useless-key"));
                    }
                }
            }
        }
        reading.problems.len() == found
    }

    /// Returns the table that the line names, `None` if it names none.
    pub(super) fn name(&self, reading: &mut Reading<'_>, path: &Path) -> Option<TableName> {
        pair(reading, path, [&self.schema, &self.table], ["schema", "table"])
    }

    /// Returns the table that the row comes from, where the line says that it is another one than it names.
    pub(super) fn source(&self, reading: &mut Reading<'_>, path: &Path) -> Option<TableName> {
        pair(reading, path, [&self.source_schema, &self.source_table], ["source_schema", "source_table"])
    }
}

fn pair(
    reading: &mut Reading<'_>,
    path: &Path,
    [schema, table]: [&Option<String>; 2],
    [schema_key, table_key]: [&'static str; 2],
) -> Option<TableName> {
    let (given, missing) = match (schema, table) {
        (Some(schema), Some(table)) => return Some(TableName::new(schema.as_str(), table.as_str())),
        (None, None) => return None,
        (Some(_), None) => (schema_key, table_key),
        (None, Some(_)) => (table_key, schema_key),
    };
    let message = format!("`{given}` stands alone: `{missing}` is missing");
    reading.report(Problem::at(path.join(given), message).on_key().code("missing-key"));
    None
}

impl RowSets {
    /// Adds the row of a line; what is wrong with it is reported.
    pub(super) fn add(
        &mut self,
        reading: &mut Reading<'_>,
        path: &Path,
        line: &Line,
        table: &Arc<TableSchema>,
    ) {
        let mut present = [Vec::new(), Vec::new()];
        for (side, present) in Side::BOTH.into_iter().zip(&mut present) {
            let (columns, misfits) = line.image(side).present(&table.columns);
            *present = columns;
            for misfit in misfits {
                reading.report(no_column(path, side, misfit, &table.columns));
            }
        }
        let Ok(ordinal) = u32::try_from(self.transactions.len()) else { return };
        self.transactions.push(transaction(reading, path, line, ordinal));
        let set = self.set(table, line.operation(), present);
        set.ordinals.push(ordinal);
        for (side, reader) in Side::BOTH.into_iter().zip(&mut set.readers) {
            let misfits = reader.push(&line.image(side));
            reading.problems.extend(misfits.into_iter().map(|misfit| bad_value(path, side, misfit)));
        }
    }

    fn set(
        &mut self,
        table: &Arc<TableSchema>,
        operation: tidegate_model::Operation,
        present: [Vec<Present>; 2],
    ) -> &mut OpenSet {
        let same = |set: &OpenSet| {
            set.table.name == table.name && set.operation == operation && set.present == present
        };
        let index = self.sets.iter().position(same).unwrap_or(self.sets.len());
        if index == self.sets.len() {
            self.sets.push(OpenSet {
                table: table.clone(),
                operation,
                readers: present.clone().map(ImageReader::new),
                present,
                ordinals: Vec::new(),
            });
        }
        &mut self.sets[index]
    }

    /// Returns the batch.
    pub(super) fn finish(self) -> Result<Batch> {
        let row_set = |set: OpenSet| {
            let [before, after] = set.readers.map(ImageReader::finish);
            let rows = set.ordinals.len();
            Ok(RowSet {
                target: set.table.name.clone(),
                table: set.table,
                operation: set.operation,
                before: before?,
                after: after?,
                transactions: set.ordinals.clone(),
                ordinals: set.ordinals,
                hashes: vec![0; rows],
                unlogged_cascades: false,
            })
        };
        Ok(Batch {
            rows_read: self.transactions.len() as u64,
            transactions: self.transactions,
            row_sets: self.sets.into_iter().map(row_set).collect::<Result<_>>()?,
            schemas: Vec::new(),
            end: checkpoint(LOG),
        })
    }
}

fn transaction(reading: &mut Reading<'_>, path: &Path, line: &Line, ordinal: u32) -> Transaction {
    let gtid = line.gtid.as_deref().map(str::parse).transpose().unwrap_or_else(|error| {
        let problem = Problem::at(path.join("gtid"), format!("this is no GTID: {error}")).code("bad-value");
        reading.report(problem);
        None
    });
    Transaction {
        gtid,
        log: LogPosition { file: LOG.into(), offset: u64::from(ordinal) },
        commit_time: 0,
        server_id: 0,
        rows_before: 0,
        first_ordinal: ordinal,
        closed: true,
    }
}

/// Returns what is wrong with a key that names no column, or stands where it cannot.
pub(super) fn no_column(path: &Path, side: Side, misfit: Misfit, columns: &[Arc<Column>]) -> Problem {
    let Misfit { part, column, message } = misfit;
    let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
    let help = suggestion(&column, &names).filter(|_| !names.contains(&&*column));
    let place = path.join(side.key(part)).join(&column);
    let problem = Problem::at(place, format!("`{column}`: {message}")).on_key().code("unknown-column");
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// Returns what is wrong with a value.
pub(super) fn bad_value(path: &Path, side: Side, misfit: Misfit) -> Problem {
    let Misfit { part, column, message } = misfit;
    let place = path.join(side.key(part)).join(&column);
    Problem::at(place, format!("`{column}`: {message}")).code("bad-value")
}

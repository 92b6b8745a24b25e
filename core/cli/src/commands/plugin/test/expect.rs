//! What a case expects to leave the filter.

use super::{
    lines::{Side, bad_value, no_column},
    reading::{Line, Reading},
    tables::Tables,
    trial::{lost_line, row_line},
};
use std::sync::Arc;
use tidegate_engine::Filters;
use tidegate_lines::{ImageReader, JsonImage, Misfit, Present};
use tidegate_model::{Column, Encoding, Image, ImageColumn, RowSet, TableName, TableSchema};
use tidegate_plugin::{
    TableNames,
    settings::{Path, Problem, Value},
};

/// What is expected.
pub(super) enum Expected {
    /// What came, as it came.
    Unchanged,
    /// These lines or statements, in this order.
    These(Vec<String>),
}

/// What the images of expected rows may be made of.
pub(super) struct Images<'a> {
    tables: &'a mut Tables,
    filters: &'a Filters,
    /// The table of lines that name none.
    table: Option<TableName>,
}

impl Expected {
    /// Reads what a case of rows expects.
    pub(super) fn of_rows(reading: &mut Reading<'_>, path: &Path, images: &mut Images<'_>) -> Option<Self> {
        let count = match Self::of_word(reading, path, "lines") {
            Ok(expected) => return expected,
            Err(count) => count,
        };
        let mut lines = Vec::new();
        for index in 0..count {
            let path = path.join(index);
            let Some(line) = reading.part::<Line>(&path) else { continue };
            lines.extend(images.line(reading, &path, &line));
        }
        Some(Self::These(lines))
    }

    /// Reads what a case of a statement expects.
    pub(super) fn of_statement(reading: &mut Reading<'_>, path: &Path) -> Option<Self> {
        match Self::of_word(reading, path, "statements") {
            Ok(expected) => expected,
            Err(_) => reading.part(path).map(Self::These),
        }
    }

    /// Reads one of the words; of a list returns the length.
    fn of_word(reading: &mut Reading<'_>, path: &Path, items: &str) -> Result<Option<Self>, usize> {
        let node = reading.root.at(path);
        match node.map(|node| &node.value) {
            Some(Value::Sequence(items)) => return Err(items.len()),
            Some(Value::String(text)) if text.expose() == "passes" => return Ok(Some(Self::Unchanged)),
            Some(Value::String(text)) if text.expose() == "dropped" => {
                return Ok(Some(Self::These(Vec::new())));
            }
            _ => {}
        }
        let message = format!("expected `passes`, `dropped` or a list of {items}");
        reading.report(Problem::at(path.clone(), message).code("bad-expectation"));
        Ok(None)
    }
}

impl<'a> Images<'a> {
    pub(super) fn new(tables: &'a mut Tables, filters: &'a Filters, table: Option<TableName>) -> Self {
        Self { tables, filters, table }
    }

    /// Returns the line as a row would be written that is as expected.
    fn line(&mut self, reading: &mut Reading<'_>, path: &Path, line: &Line) -> Option<String> {
        let named = line.name(reading, path);
        let Some(target) = named.clone().or_else(|| self.table.clone()) else {
            let message = "nothing says which table the row is expected in";
            let problem = Problem::at(path.clone(), message).on_key().code("missing-key");
            reading.report(problem.help("give the case a `table`, or the row `schema` and `table`"));
            return None;
        };
        let source =
            line.source(reading, path).or_else(|| self.table.clone()).unwrap_or_else(|| target.clone());
        let place = if named.is_some() { path.join("table") } else { path.clone() };
        let table = self.tables.find(reading, &source, place)?;
        if !line.has_its_images(reading, path) {
            return None;
        }
        let planned = self.planned(&table, &target);
        let mut read = |side| image(reading, path, side, line.image(side), [&planned, &table.columns]);
        let [before, after] = Side::BOTH.map(&mut read);
        let rows = RowSet {
            table,
            target,
            operation: line.operation(),
            before: before?,
            after: after?,
            ordinals: vec![0],
            transactions: vec![0],
            hashes: vec![0],
            unlogged_cascades: false,
        };
        let written = match &line.reason {
            Some(reason) => lost_line(&rows, 0, reason, line.refused.unwrap_or(true)),
            None if line.refused.is_some() => {
                let message = "`refused` says how a row was lost, and stands with its `reason`";
                reading.report(Problem::at(path.join("refused"), message).on_key().code("missing-key"));
                return None;
            }
            None => row_line(&rows, 0),
        };
        match written {
            Ok(written) => Some(written),
            Err(error) => {
                reading.report(Problem::at(path.clone(), error.to_string()));
                None
            }
        }
    }

    /// Returns the columns that a table's rows have behind the filter at `target`; nothing if that cannot be told: then the
    /// case shows why.
    fn planned(&self, table: &Arc<TableSchema>, target: &TableName) -> Vec<Arc<Column>> {
        let explained = self.filters.explain_table(table, &TableNames::default());
        let routed = explained.map(|explained| explained.routed).unwrap_or_default();
        let there = routed.into_iter().find(|routed| routed.targets.contains(target));
        there.map(|routed| routed.columns).unwrap_or_default()
    }
}

/// Reads an image. A value may be one of the column behind the filter, or, where the filter is not yet as it should be, one
/// of the table's own column.
fn image(
    reading: &mut Reading<'_>,
    path: &Path,
    side: Side,
    given: JsonImage<'_>,
    [planned, declared]: [&[Arc<Column>]; 2],
) -> Option<Image> {
    let others = declared.iter().filter(|column| !planned.iter().any(|planned| planned.name == column.name));
    let columns: Vec<Arc<Column>> = planned.iter().chain(others).cloned().collect();
    let mut image = Image::default();
    let found = reading.problems.len();
    let (present, misfits) = given.present(&columns);
    for misfit in misfits {
        reading.report(no_column(path, side, misfit, &columns));
    }
    for present in present {
        let own = declared.iter().find(|column| column.name == present.column.name);
        let read = value(&present.column, present.encoding, &given).or_else(|misfits| {
            let own = own.filter(|own| own.kind != present.column.kind);
            own.and_then(|own| value(own, present.encoding, &given).ok()).ok_or(misfits)
        });
        match read {
            Ok(column) => image.columns.push(column),
            Err(misfits) => {
                reading.problems.extend(misfits.into_iter().map(|misfit| bad_value(path, side, misfit)));
            }
        }
    }
    (reading.problems.len() == found).then_some(image)
}

/// Reads the value of one column of an image.
fn value(
    column: &Arc<Column>,
    encoding: Encoding,
    given: &JsonImage<'_>,
) -> Result<ImageColumn, Vec<Misfit>> {
    let mut reader = ImageReader::new(vec![Present { column: column.clone(), source: None, encoding }]);
    let misfits = reader.push(given);
    let image = reader.finish().ok().filter(|_| misfits.is_empty());
    image.and_then(|image| image.columns.into_iter().next()).ok_or(misfits)
}

//! The cases: what each lets through the filter, and what it expects.

use super::{
    expect::{Expected, Images},
    lines::RowSets,
    reading::{CaseFrame, Frame, Line, Reading, table_name},
    tables::{Tables, no_name},
};
use crate::statement;
use tidegate_engine::Filters;
use tidegate_model::{Session, TableName};
use tidegate_plugin::{
    Change, path,
    settings::{Path, Problem},
};

/// A case that can be run.
pub(super) struct Case {
    pub(super) name: String,
    /// What comes to the filter.
    pub(super) change: Change,
    pub(super) expected: Expected,
}

/// Reads all cases; what is wrong with one is reported, and the others are looked at all the same.
pub(super) fn read(
    reading: &mut Reading<'_>,
    frame: &Frame,
    tables: &mut Tables,
    filters: &Filters,
) -> Vec<Case> {
    let mut cases = Vec::new();
    for index in 0..frame.cases.len() {
        let path = path!["cases", index];
        let Some(case) = reading.part::<CaseFrame>(&path) else { continue };
        let found = reading.problems.len();
        let read = match (&case.rows, &case.statement) {
            (Some(_), None) => rows(reading, &path, &case, tables, filters),
            (None, Some(sql)) => of_statement(reading, &path, &case, sql, tables),
            _ => {
                let message = "a case has either `rows` or a `statement`";
                reading.report(Problem::at(path.clone(), message).on_key().code("bad-case"));
                None
            }
        };
        if let Some((change, expected)) = read.filter(|_| reading.problems.len() == found) {
            cases.push(Case { name: case.name, change, expected });
        }
    }
    cases
}

fn rows(
    reading: &mut Reading<'_>,
    path: &Path,
    case: &CaseFrame,
    tables: &mut Tables,
    filters: &Filters,
) -> Option<(Change, Expected)> {
    if case.schema.is_some() {
        useless(reading, path, "schema", "a statement");
    }
    let table = default_table(reading, path, case, tables);
    let mut sets = RowSets::default();
    for index in 0..case.rows.as_ref().map_or(0, Vec::len) {
        let path = path.join("rows").join(index);
        let Some(line) = reading.part::<Line>(&path) else { continue };
        let name = line.name(reading, &path);
        let Some(name) = line.source(reading, &path).or(name).or_else(|| table.clone()) else {
            let message = "nothing says which table the row is of";
            let problem = Problem::at(path, message).on_key().code("missing-key");
            reading.report(problem.help("give the case a `table`, or the row `schema` and `table`"));
            continue;
        };
        let place = if line.schema.is_some() { path.join("table") } else { path.clone() };
        if let Some(schema) = tables.find(reading, &name, place)
            && line.has_its_images(reading, &path)
        {
            sets.add(reading, &path, &line, &schema);
        }
    }
    let mut images = Images::new(tables, filters, table);
    let expected = Expected::of_rows(reading, &path.join("expect"), &mut images);
    match sets.finish() {
        Ok(batch) => Some((Change::Batch(Box::new(batch)), expected?)),
        Err(error) => {
            reading.report(Problem::at(path.join("rows"), error.to_string()));
            None
        }
    }
}

/// Returns the table of the lines that name none.
fn default_table(
    reading: &mut Reading<'_>,
    path: &Path,
    case: &CaseFrame,
    tables: &mut Tables,
) -> Option<TableName> {
    let text = case.table.as_deref()?;
    let place = path.join("table");
    let Some(name) = table_name(text) else {
        reading.report(no_name(place, text));
        return None;
    };
    tables.find(reading, &name, place)?;
    Some(name)
}

fn of_statement(
    reading: &mut Reading<'_>,
    path: &Path,
    case: &CaseFrame,
    sql: &str,
    tables: &mut Tables,
) -> Option<(Change, Expected)> {
    if case.table.is_some() {
        useless(reading, path, "table", "rows");
    }
    let session = Session { default_schema: case.schema.as_deref().map(Into::into), ..Session::default() };
    let parsed = statement::parse(sql, &session).map_err(|error| error.to_string());
    let expected = Expected::of_statement(reading, &path.join("expect"));
    match parsed.and_then(|parsed| parsed.map_err(str::to_owned)) {
        Ok(mut definition) => {
            definition.statement.names.iter().for_each(|name| tables.mark(&name.table));
            tables.classify(&mut definition, &session);
            let ddl = statement::ddl(definition.statement, session, "cases");
            Some((Change::Ddl(Box::new(ddl)), expected?))
        }
        Err(message) => {
            reading.report(Problem::at(path.join("statement"), message).code("bad-statement"));
            None
        }
    }
}

fn useless(reading: &mut Reading<'_>, path: &Path, key: &str, with: &str) {
    let message = format!("`{key}` means something beside {with} only");
    reading.report(Problem::at(path.join(key), message).on_key().code("useless-key"));
}

//! Divides a row set by a filter's verdicts. Rows keep their order and their ordinals.

use super::{columns, plan::Present};
use arrow_array::{Array, UInt32Array};
use tidegate_model::{Image, Operation, RowSet};
use tidegate_plugin::{Answer, PluginError, Result, Verdict, Verdicts};

/// Rows that take one route.
pub(super) struct Part {
    pub(super) route: usize,
    pub(super) rows: RowSet,
}

/// Divides `rows`, whose columns are `input`, over `routes` routes, as a filter answered.
///
/// Of an update that becomes a delete and an insert, the delete's part comes first: both have the same ordinal.
pub(super) fn divide(rows: RowSet, answer: &Answer, routes: usize, input: &[Present]) -> Result<Vec<Part>> {
    let route = |verdict| route(verdict, &answer.reasons);
    match &answer.verdicts {
        Verdicts::Selection(selection) => {
            expect_length(selection.len(), &rows)?;
            let passing = selection.len() - selection.null_count();
            let rows = if passing == selection.len() && selection.true_count() == passing {
                rows
            } else {
                rows.filter(selection).map_err(unsplittable)?
            };
            Ok(vec![Part { route: 0, rows }])
        }
        Verdicts::Change(verdicts) => {
            expect_length(verdicts.len(), &rows)?;
            let mut buckets = Buckets::new(routes);
            for (row, verdict) in verdicts.iter().enumerate() {
                if let Some(route) = route(*verdict)? {
                    buckets.add(route, row)?;
                }
            }
            buckets.into_parts(&rows)
        }
        Verdicts::Images(before, after) => {
            if rows.operation != Operation::Update {
                return Err(malformed("verdicts per image for rows that have one image"));
            }
            expect_length(before.len(), &rows)?;
            expect_length(after.len(), &rows)?;
            divide_images(&rows, [before, after], route, routes, input)
        }
    }
}

fn divide_images(
    rows: &RowSet,
    [before, after]: [&[Verdict]; 2],
    route: impl Fn(Verdict) -> Result<Option<usize>>,
    routes: usize,
    input: &[Present],
) -> Result<Vec<Part>> {
    let mut deletes = Buckets::new(routes);
    let mut updates = Buckets::new(routes);
    let mut inserts = Buckets::new(routes);
    for (row, (before, after)) in before.iter().zip(after).enumerate() {
        match (route(*before)?, route(*after)?) {
            (Some(from), Some(to)) if from == to => updates.add(from, row)?,
            (from, to) => {
                if let Some(from) = from {
                    deletes.add(from, row)?;
                }
                if let Some(to) = to {
                    inserts.add(to, row)?;
                }
            }
        }
    }
    if !inserts.is_empty()
        && let Some(missing) = columns::first_missing(&rows.after, input)
    {
        return Err(incomplete(missing));
    }
    let half = |operation, before, after| RowSet { operation, before, after, ..rows.clone() };
    let mut parts = Vec::new();
    if !deletes.is_empty() {
        let rows = half(Operation::Delete, rows.before.clone(), Image::default());
        parts.append(&mut deletes.into_parts(&rows)?);
    }
    parts.append(&mut updates.into_parts(rows)?);
    if !inserts.is_empty() {
        let rows = half(Operation::Insert, Image::default(), rows.after.clone());
        parts.append(&mut inserts.into_parts(&rows)?);
    }
    Ok(parts)
}

/// The indexes of the rows that take each route.
struct Buckets(Vec<Vec<u32>>);

impl Buckets {
    fn new(routes: usize) -> Self {
        Self(vec![Vec::new(); routes])
    }

    fn add(&mut self, route: usize, row: usize) -> Result<()> {
        let bucket = self.0.get_mut(route).ok_or_else(|| malformed("a route that it did not announce"))?;
        bucket.push(u32::try_from(row).map_err(|_| malformed("more verdicts than a batch can hold"))?);
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    fn into_parts(self, rows: &RowSet) -> Result<Vec<Part>> {
        let chosen = self.0.into_iter().enumerate().filter(|(_, indexes)| !indexes.is_empty());
        let part = |(route, indexes): (usize, Vec<u32>)| {
            let rows = if indexes.len() == rows.rows() {
                rows.clone()
            } else {
                rows.take(&UInt32Array::from(indexes)).map_err(unsplittable)?
            };
            Ok(Part { route, rows })
        };
        chosen.map(part).collect()
    }
}

/// Returns the route of a row or image, or `None` if it is dropped.
fn route(verdict: Verdict, reasons: &[String]) -> Result<Option<usize>> {
    match verdict {
        Verdict::Keep => Ok(Some(0)),
        Verdict::Drop => Ok(None),
        Verdict::Route(route) => Ok(Some(route as usize)),
        Verdict::Refuse(reason) => {
            let reason =
                reasons.get(reason as usize).ok_or_else(|| malformed("a reason that it does not give"))?;
            Err(PluginError::definite(format!("the filter refused a row: {reason}"))
                .hint("mend the row or the filter's settings; a component's `on-error: dead-letter` or `drop` goes on without the row"))
        }
    }
}

fn expect_length(verdicts: usize, rows: &RowSet) -> Result<()> {
    if verdicts == rows.rows() {
        Ok(())
    } else {
        Err(malformed("another number of verdicts than there are rows"))
    }
}

pub(super) fn malformed(what: &str) -> PluginError {
    PluginError::definite(format!("the filter answered with {what}"))
        .hint("this is a bug of the plugin: report it to its author")
}

fn unsplittable(error: arrow_schema::ArrowError) -> PluginError {
    PluginError::definite("the rows could not be divided as the filter said").because(error)
}

fn incomplete(missing: &Present) -> PluginError {
    PluginError::definite(format!(
        "an update brings a row into the filter's range, and its after image lacks column `{}`: it cannot be \
         inserted",
        missing.column.name
    ))
    .hint("set `binlog_row_image = FULL` and `binlog_row_value_options = ''` at the source")
}

//! The columns that a filter leaves: picked from its input, or mapped by it.

use super::plan::{Present, Step};
use arrow_array::{Array, ArrayRef};
use std::sync::Arc;
use tidegate_model::{Encoding, Image, ImageColumn, Operation, RowSet};
use tidegate_plugin::{Decision, Filter, OutputColumn, PluginError, Produced, Result};

/// Returns both images of `rows` with the columns that the step's filter leaves.
pub(super) fn project(
    step: &Step,
    filter: &dyn Filter,
    columns: &[OutputColumn],
    rows: &RowSet,
) -> Result<(Image, Image)> {
    let project = |has: bool, image: &Image| {
        if has { project_image(step, filter, columns, image, rows.rows()) } else { Ok(Image::default()) }
    };
    let (has_before, has_after) = images(rows.operation);
    Ok((project(has_before, &rows.before)?, project(has_after, &rows.after)?))
}

/// Returns an error if an image lacks a column that the filter reads to judge its rows.
pub(super) fn require(step: &Step, rows: &RowSet) -> Result<()> {
    if step.decision(rows.operation) != Decision::PerRow {
        return Ok(());
    }
    let (has_before, has_after) = images(rows.operation);
    for present in step.answer.needs.iter().filter_map(|index| step.input.get(*index)) {
        for (image, has, which) in [(&rows.before, has_before, "before"), (&rows.after, has_after, "after")] {
            if !has {
                continue;
            }
            match find(image, &step.input, present) {
                None => return Err(lacking(present, which, rows.operation)),
                Some(column) if column.encoding == Encoding::JsonDiff => return Err(partial(present)),
                Some(_) => {}
            }
        }
    }
    Ok(())
}

/// Returns an error if of a column that the filter maps only the difference is there: nothing can be made of it.
fn require_whole(step: &Step, image: &Image) -> Result<()> {
    let needed = step.answer.needs.iter().filter_map(|index| step.input.get(*index));
    let is_diff = |present: &&Present| {
        find(image, &step.input, present).is_some_and(|column| column.encoding == Encoding::JsonDiff)
    };
    needed.into_iter().find(is_diff).map_or(Ok(()), |present| Err(partial(present)))
}

/// Returns which columns of `input` a complete row has and `image` has not: the first of them.
pub(super) fn first_missing<'a>(image: &Image, input: &'a [Present]) -> Option<&'a Present> {
    input
        .iter()
        .filter(|present| present.column.generated.is_none())
        .find(|present| find(image, input, present).is_none_or(|column| column.encoding != Encoding::Value))
}

fn project_image(
    step: &Step,
    filter: &dyn Filter,
    columns: &[OutputColumn],
    image: &Image,
    rows: usize,
) -> Result<Image> {
    let mapped = if columns.iter().any(|column| matches!(column.produced, Produced::Mapped(_))) {
        require_whole(step, image)?;
        filter.map(&step.answer, image, rows)?
    } else {
        Vec::new()
    };
    let mut projected = Vec::with_capacity(columns.len());
    for output in columns {
        let column = match output.produced {
            Produced::Input(index) => step.input.get(index).and_then(|present| {
                let column = find(image, &step.input, present)?;
                Some(ImageColumn { column: output.column.clone(), ..column.clone() })
            }),
            Produced::Mapped(index) => {
                let values = mapped.get(index).ok_or_else(|| malformed("fewer columns than it announced"))?;
                values.as_ref().map(|values| mapped_column(output, values, rows)).transpose()?
            }
        };
        projected.extend(column);
    }
    Ok(Image { columns: projected })
}

fn mapped_column(output: &OutputColumn, values: &ArrayRef, rows: usize) -> Result<ImageColumn> {
    if values.len() != rows {
        return Err(malformed("a column with another number of rows"));
    }
    if *values.data_type() != output.column.kind.data_type() {
        return Err(malformed("a column of another type than it announced"));
    }
    Ok(ImageColumn {
        column: output.column.clone(),
        source: None,
        encoding: Encoding::Value,
        values: values.clone(),
    })
}

/// Returns the image's column that is `present`. Full images are the rule: it then stands where it stands in `input`.
fn find<'a>(image: &'a Image, input: &[Present], present: &Present) -> Option<&'a ImageColumn> {
    let is = |column: &&ImageColumn| {
        column.source == present.source
            && (Arc::ptr_eq(&column.column, &present.column) || column.column.name == present.column.name)
    };
    let index = input.iter().position(|other| std::ptr::eq(other, present));
    let direct = index.and_then(|index| image.columns.get(index)).filter(is);
    direct.or_else(|| image.columns.iter().find(is))
}

/// Returns whether rows of an operation have a before and an after image.
const fn images(operation: Operation) -> (bool, bool) {
    match operation {
        Operation::Insert | Operation::Snapshot => (false, true),
        Operation::Update => (true, true),
        Operation::Delete => (true, false),
    }
}

fn lacking(present: &Present, which: &str, operation: Operation) -> PluginError {
    PluginError::definite(format!(
        "a filter reads column `{}`, which the {which} image of the {} lacks",
        present.column.name,
        operation.name()
    ))
    .hint("set `binlog_row_image = FULL` at the source, and begin behind the rows that were logged without")
}

fn partial(present: &Present) -> PluginError {
    PluginError::definite(format!(
        "a filter reads column `{}`, of which the log holds only what changed",
        present.column.name
    ))
    .hint("set `binlog_row_value_options = ''` at the source, and begin behind the rows that were logged so")
}

fn malformed(what: &str) -> PluginError {
    PluginError::definite(format!("the filter mapped {what}"))
        .hint("this is a bug of the plugin: report it to its author")
}

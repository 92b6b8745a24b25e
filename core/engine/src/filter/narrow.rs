//! Narrows a filter's failure on rows to those rows that it fails on.

use arrow_array::UInt32Array;
use tidegate_model::RowSet;
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// What became of rows: they are answered for, or given up.
pub(super) struct Narrowed<T> {
    /// Rows with the answer for them, in order.
    pub(super) answered: Vec<(RowSet, T)>,
    /// Single rows, each with why the filter fails on it.
    pub(super) failed: Vec<(RowSet, PluginError)>,
}

/// Asks for rows; where that fails on the rows, for each half of them by itself, and so on. A single row is asked for once
/// more before it is given up: what the instance had used up by then was not its fault.
///
/// # Errors
/// If asking fails in another way, or `is_abandoned` says that nobody waits any more.
pub(super) fn narrow<T>(
    rows: RowSet,
    ask: &mut dyn FnMut(&RowSet) -> Result<T>,
    is_abandoned: &dyn Fn() -> bool,
) -> Result<Narrowed<T>> {
    let mut narrowed = Narrowed { answered: Vec::new(), failed: Vec::new() };
    let mut open = vec![rows];
    while let Some(rows) = open.pop() {
        match ask(&rows) {
            Ok(answer) => narrowed.answered.push((rows, answer)),
            Err(error) if error.kind != ErrorKind::Rows => return Err(error),
            Err(_) if is_abandoned() => return Err(abandoned()),
            Err(_) if rows.rows() > 1 => {
                let [first, second] = halves(&rows)?;
                open.extend([second, first]);
            }
            Err(_) => match ask(&rows) {
                Ok(answer) => narrowed.answered.push((rows, answer)),
                Err(error) if error.kind == ErrorKind::Rows => narrowed.failed.push((rows, error)),
                Err(error) => return Err(error),
            },
        }
    }
    Ok(narrowed)
}

fn halves(rows: &RowSet) -> Result<[RowSet; 2]> {
    let count = u32::try_from(rows.rows()).unwrap_or(u32::MAX);
    let take = |range: std::ops::Range<u32>| {
        rows.take(&UInt32Array::from_iter_values(range))
            .map_err(|error| PluginError::definite("rows could not be halved").because(error))
    };
    Ok([take(0..count / 2)?, take(count / 2..count)?])
}

fn abandoned() -> PluginError {
    PluginError::transient("the stream was cut off while a plugin's failure was narrowed down")
}

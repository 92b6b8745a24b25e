//! Narrows a filter's failure on rows to those rows that it fails on.

use arrow_array::UInt32Array;
use tidegate_model::RowSet;
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Asks for rows; where that fails on the rows, for each half of them by itself, and so on. A single row is asked for once
/// more before it is given up: what the instance had used up by then was not its fault. Returns rows with the answer for them,
/// in order; `give_up` gets each single row that the filter fails on, with the reason, as soon as that is known, since
/// narrowing down many of them takes long.
///
/// # Errors
/// If asking fails in another way, `give_up` does, or `is_abandoned` says that nobody waits any more.
pub(super) fn narrow<T>(
    rows: RowSet,
    ask: &mut dyn FnMut(&RowSet) -> Result<T>,
    give_up: &mut dyn FnMut(&RowSet, &PluginError) -> Result<()>,
    is_abandoned: &dyn Fn() -> bool,
) -> Result<Vec<(RowSet, T)>> {
    let mut answered = Vec::new();
    let mut open = vec![rows];
    while let Some(rows) = open.pop() {
        match ask(&rows) {
            Ok(answer) => answered.push((rows, answer)),
            Err(error) if error.kind != ErrorKind::Rows => return Err(error),
            Err(_) if is_abandoned() => return Err(abandoned()),
            Err(_) if rows.rows() > 1 => {
                let [first, second] = halves(&rows)?;
                open.extend([second, first]);
            }
            Err(_) => match ask(&rows) {
                Ok(answer) => answered.push((rows, answer)),
                Err(error) if error.kind == ErrorKind::Rows => give_up(&rows, &error)?,
                Err(error) => return Err(error),
            },
        }
    }
    Ok(answered)
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

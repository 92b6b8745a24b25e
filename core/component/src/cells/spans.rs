//! Values of any length, one behind the other, and bits that say which are NULL.

use crate::bindings::types::Spans;
use arrow_array::{Array, BinaryArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

/// Returns a bit for each row, 1 where it is not NULL; nothing if no row is NULL.
pub(super) fn validity(values: &dyn Array) -> Vec<u8> {
    match values.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => Vec::new(),
        Some(nulls) => {
            let bytes = nulls.len().div_ceil(8);
            nulls.inner().sliced().as_slice().get(..bytes).unwrap_or_default().to_vec()
        }
    }
}

/// Reads what [`validity`] writes.
///
/// # Errors
/// If it is of another length than `rows` rows take.
pub(super) fn nulls(validity: Vec<u8>, rows: usize) -> Result<Option<NullBuffer>, String> {
    if validity.is_empty() {
        return Ok(None);
    }
    if validity.len() != rows.div_ceil(8) {
        return Err(format!("{} bytes of validity for {rows} rows", validity.len()));
    }
    let nulls = NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(validity), 0, rows));
    Ok((nulls.null_count() > 0).then_some(nulls))
}

/// Returns the values of an array.
pub(super) fn of(values: &BinaryArray) -> Spans {
    let offsets = values.value_offsets();
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    let data = values.value_data().get(first as usize..last as usize).unwrap_or_default();
    // Arrow's offsets ascend from 0, so that what is left of them is positive.
    Spans { offsets: offsets.iter().map(|offset| (offset - first) as u32).collect(), data: data.to_vec() }
}

/// Makes an array of values.
///
/// # Errors
/// If the offsets do not divide the data over `rows` rows.
pub(super) fn array(spans: Spans, nulls: Option<NullBuffer>, rows: usize) -> Result<BinaryArray, String> {
    let Spans { offsets, data } = spans;
    if offsets.len() != rows + 1 {
        return Err(format!("{} offsets for {rows} rows; {} are needed", offsets.len(), rows + 1));
    }
    if offsets.first() != Some(&0) || !offsets.is_sorted() {
        return Err("offsets that do not ascend from 0".to_owned());
    }
    if offsets.last().map(|last| *last as usize) != Some(data.len()) {
        return Err(format!("offsets that do not end at the data's {} bytes", data.len()));
    }
    if data.len() > i32::MAX as usize {
        return Err(format!("{} bytes in one column", data.len()));
    }
    let offsets: Vec<i32> = offsets.into_iter().map(|offset| offset as i32).collect();
    // They ascend, as was just seen.
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    BinaryArray::try_new(offsets, Buffer::from_vec(data), nulls).map_err(|error| error.to_string())
}

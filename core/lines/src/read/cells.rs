//! A column that grows value by value.

use arrow_array::{Array as _, ArrayRef, ArrowPrimitiveType, BinaryArray, PrimitiveArray, make_array};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::sync::Arc;
use tidegate_model::{ColumnKind, Encoding};
use tidegate_plugin::{PluginError, Result};

/// What a value is, or what was expected in its place.
pub(super) type Read<T> = std::result::Result<T, String>;

/// The values of one column, as far as they were read.
pub(super) trait Cells {
    /// Adds a value that is not NULL; nothing, if it is none of the column.
    fn push(&mut self, value: &Value) -> Read<()>;

    /// Adds a value that is given as `{"base64":…}` of its bytes, whatever they are; nothing, if it is not.
    fn push_bytes(&mut self, value: &Value) -> Read<()>;

    /// Adds NULL.
    fn push_null(&mut self) -> Read<()>;

    /// Returns the array, of the type of its kind.
    fn finish(self: Box<Self>, kind: &ColumnKind, encoding: Encoding) -> Result<ArrayRef>;
}

/// Returns a column of numbers that `read` reads.
pub(super) fn numbers<T: ArrowPrimitiveType>(
    read: impl Fn(&Value) -> Read<T::Native> + 'static,
) -> Box<dyn Cells> {
    Box::new(Typed {
        values: Vec::new(),
        read: Box::new(read),
        of_bytes: |_| None,
        array: |values| Arc::new(PrimitiveArray::<T>::from_iter(values)),
    })
}

/// Returns a column of bytes that `read` reads.
pub(super) fn bytes(read: impl Fn(&Value) -> Read<Vec<u8>> + 'static) -> Box<dyn Cells> {
    Box::new(Typed {
        values: Vec::new(),
        read: Box::new(read),
        of_bytes: Some,
        array: |values| Arc::new(values.into_iter().collect::<BinaryArray>()),
    })
}

/// Returns the bytes of `{"base64":…}`; `None` if the value is something else.
pub(super) fn base64(value: &Value) -> Option<Read<Vec<u8>>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let text = object.get("base64")?.as_str();
    let bytes = text.and_then(|text| STANDARD.decode(text).ok());
    Some(bytes.ok_or_else(|| "expected base64 with its padding".to_owned()))
}

/// Reads a value that is not NULL.
type ReadValue<T> = dyn Fn(&Value) -> Read<T>;

struct Typed<T> {
    values: Vec<Option<T>>,
    read: Box<ReadValue<T>>,
    /// A value of bytes, for columns whose values are bytes.
    of_bytes: fn(Vec<u8>) -> Option<T>,
    array: fn(Vec<Option<T>>) -> ArrayRef,
}

impl<T> Cells for Typed<T> {
    fn push(&mut self, value: &Value) -> Read<()> {
        self.values.push(Some((self.read)(value)?));
        Ok(())
    }

    fn push_bytes(&mut self, value: &Value) -> Read<()> {
        let bytes = base64(value).unwrap_or_else(|| Err("expected `{\"base64\": …}`".to_owned()))?;
        let value = (self.of_bytes)(bytes).ok_or("the column's values are no bytes")?;
        self.values.push(Some(value));
        Ok(())
    }

    fn push_null(&mut self) -> Read<()> {
        self.values.push(None);
        Ok(())
    }

    fn finish(self: Box<Self>, kind: &ColumnKind, encoding: Encoding) -> Result<ArrayRef> {
        let array = (self.array)(self.values);
        if encoding == Encoding::JsonDiff {
            return Ok(array);
        }
        // Decimals have their scale in the type, timestamps their zone.
        let data = array.to_data().into_builder().data_type(kind.data_type()).build();
        let bug = |error| {
            PluginError::definite("values that were read do not fit their column: a bug in tidegate")
                .because(error)
        };
        data.map(make_array).map_err(bug)
    }
}

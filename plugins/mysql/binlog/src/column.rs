//! Columns in the making: values as they arrive, finished into Arrow arrays without copying.

mod budget;
pub(crate) mod old_temporal;
mod reader;
mod temporal;
mod values;

pub(crate) use budget::Budget;
pub(crate) use reader::{Fault, Reader};

use arrow_array::ArrayRef;
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};
use std::sync::Arc;
use tidegate_model::{Column, ColumnKind, Encoding, ImageColumn};
use values::Values;

/// One column of one image of a row set.
#[derive(Debug)]
pub(crate) struct ColumnBuilder {
    index: usize,
    encoding: Encoding,
    reader: Reader,
    values: Values,
    /// Validity up to the last NULL; there is none as long as no NULL came.
    validity: Option<BooleanBufferBuilder>,
}

impl ColumnBuilder {
    /// Returns a builder for the table's column `index`.
    pub(crate) fn new(index: usize, kind: &ColumnKind, reader: Reader, encoding: Encoding) -> Self {
        Self { index, encoding, reader, values: Values::new(kind), validity: None }
    }

    /// Returns the index of the column in the table.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Reads a value from the beginning of `input`.
    #[inline]
    pub(crate) fn read(&mut self, input: &mut &[u8], budget: &mut Budget) -> Result<(), Fault> {
        self.reader.read(input, &mut self.values, budget)
    }

    /// Adds a NULL as value number `row`.
    pub(crate) fn push_null(&mut self, row: usize) {
        let validity = self.validity.get_or_insert_with(|| BooleanBufferBuilder::new(row + 1));
        validity.append_n(row - validity.len(), true);
        validity.append(false);
        self.values.push_default();
    }

    /// Returns how many bits a row takes here, apart from what is of variable length; one is for NULL.
    pub(crate) fn row_bits(&self) -> usize {
        8 * self.values.width() + 1
    }

    /// Makes room for `rows` rows in all, apart from what is of variable length.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.values.reserve(rows);
    }

    /// Forgets all rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        if let Some(validity) = &mut self.validity
            && validity.len() > rows
        {
            validity.truncate(rows);
        }
    }

    /// Returns the column of `rows` values.
    pub(crate) fn finish(self, column: &Arc<Column>, rows: usize) -> ImageColumn {
        let nulls = self.validity.map(|mut validity| {
            validity.append_n(rows - validity.len(), true);
            NullBuffer::new(validity.finish())
        });
        let values: ArrayRef = self.values.finish(&column.kind, nulls);
        ImageColumn { column: column.clone(), source: Some(self.index), encoding: self.encoding, values }
    }
}

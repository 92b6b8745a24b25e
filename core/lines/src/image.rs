//! One image of a row, as a JSON object.

use crate::{
    text::{write_base64, write_string},
    value::Values,
};
use tidegate_model::{Encoding, Image};
use tidegate_plugin::{PluginError, Result};

/// The columns of an image, resolved once a row set.
pub(crate) struct ImageWriter<'a> {
    values: Vec<Field<'a>>,
    diffs: Vec<Field<'a>>,
}

struct Field<'a> {
    /// The name as a JSON string, with the colon behind it and, but for the first, the comma before it.
    name: Vec<u8>,
    values: Values<'a>,
}

impl<'a> ImageWriter<'a> {
    pub(crate) fn new(image: &'a Image) -> Result<Self> {
        let mut writer = Self { values: Vec::new(), diffs: Vec::new() };
        for column in &image.columns {
            let values = Values::of(column).ok_or_else(|| {
                PluginError::definite(format!(
                    "column `{}` arrives as {}, which does not fit its type: a bug in tidegate or in a filter",
                    column.column.name,
                    column.values.data_type()
                ))
            })?;
            let fields = match column.encoding {
                Encoding::Value => &mut writer.values,
                Encoding::JsonDiff => &mut writer.diffs,
            };
            let mut name = if fields.is_empty() { Vec::new() } else { vec![b','] };
            write_string(&mut name, &column.column.name);
            name.push(b':');
            fields.push(Field { name, values });
        }
        Ok(writer)
    }

    /// Appends the columns of `row` that are logged whole.
    pub(crate) fn write(&self, out: &mut Vec<u8>, row: usize, scratch: &mut Vec<u8>) {
        write_fields(&self.values, out, row, scratch);
    }

    /// Tells whether columns are logged as changes only.
    pub(crate) fn has_diffs(&self) -> bool {
        !self.diffs.is_empty()
    }

    /// Appends, after `key`, the documents of `row` whose text does not say everything; nothing if there are none.
    pub(crate) fn write_inexact(&self, out: &mut Vec<u8>, key: &[u8], row: usize) {
        let mut first = true;
        for field in self.values.iter().filter(|field| matches!(field.values, Values::Json(_))) {
            let Some(document) = field.values.inexact_document(row) else { continue };
            out.extend_from_slice(if first { key } else { b"," });
            out.extend_from_slice(if first { b"{" } else { b"" });
            first = false;
            out.extend_from_slice(field.name.strip_prefix(b",").unwrap_or(&field.name));
            write_base64(out, document);
        }
        if !first {
            out.push(b'}');
        }
    }

    /// Appends the columns of `row` that are logged as changes only.
    pub(crate) fn write_diffs(&self, out: &mut Vec<u8>, row: usize, scratch: &mut Vec<u8>) {
        write_fields(&self.diffs, out, row, scratch);
    }
}

fn write_fields(fields: &[Field<'_>], out: &mut Vec<u8>, row: usize, scratch: &mut Vec<u8>) {
    out.push(b'{');
    for field in fields {
        out.extend_from_slice(&field.name);
        field.values.write(out, row, scratch);
    }
    out.push(b'}');
}

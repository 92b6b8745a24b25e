//! The writers of a row set's columns, by target column.

use super::{
    literal::{Purpose, Unwritable, Writer, Written},
    rounding::Rounding,
    text::{put_name, put_quoted},
};
use crate::plan::{Binding, Fill, Side};
use tidegate_model::RowSet;
use tidegate_mysql_connection::Flavor;
use tidegate_plugin::{PluginError, Result};

/// The writers of a row set.
pub(crate) struct SetWriters<'a> {
    /// The key that finds a row, from the before image.
    pub(crate) find: Vec<(usize, Writer<'a>)>,
    /// All written columns of the before image.
    pub(crate) before: Vec<(usize, Writer<'a>)>,
    /// All written columns of the after image.
    pub(crate) after: Vec<(usize, Writer<'a>)>,
    /// What stands in for columns that an insert lacks.
    pub(crate) fills: &'a [(usize, Fill)],
    /// A number that row sets with the same inserted columns share.
    pub(crate) shape: usize,
}

impl<'a> SetWriters<'a> {
    /// Returns the writers of a row set; `shape` is filled in later.
    ///
    /// # Errors
    /// If a column is held in a type that no column of MySQL has.
    pub(crate) fn new(set: &'a RowSet, binding: &'a Binding, flavor: Flavor) -> Result<Self> {
        let side = |side: Side, columns: &[usize], purpose: Purpose| -> Result<Vec<(usize, Writer<'a>)>> {
            let image = if side == Side::Before { &set.before } else { &set.after };
            let mut writers = Vec::with_capacity(columns.len());
            for &target in columns {
                let Some(column) = binding.side(side)[target].and_then(|index| image.columns.get(index))
                else {
                    continue;
                };
                let writer = Writer::new(column, &binding.table.columns[target], purpose, flavor);
                let writer = writer.ok_or_else(|| unknown_type(set, &column.column.name))?;
                let rounding = Rounding::of(&binding.table, target, flavor);
                let rounding = rounding.filter(|_| purpose == Purpose::Store);
                writers.push((target, writer.unless_rounded(rounding)));
            }
            Ok(writers)
        };
        let written: Vec<usize> = binding.table.written().map(|(index, _)| index).collect();
        Ok(Self {
            find: side(Side::Before, &binding.finding, Purpose::Find)?,
            before: if binding.finding.is_empty() {
                side(Side::Before, &written, Purpose::Compare)?
            } else {
                Vec::new()
            },
            after: side(Side::After, &written, Purpose::Store)?,
            fills: &binding.fills,
            shape: 0,
        })
    }

    /// Returns the target columns that an insert names.
    pub(crate) fn inserted(&self) -> Vec<usize> {
        let own = self.after.iter().map(|(column, _)| *column);
        own.chain(self.fills.iter().map(|(column, _)| *column)).collect()
    }

    /// Returns how many ENUM columns of a row hold the error value.
    pub(crate) fn enum_errors(&self, row: usize) -> u16 {
        let errors = self.after.iter().filter(|(_, writer)| writer.is_enum_error(row)).count();
        u16::try_from(errors).unwrap_or(u16::MAX)
    }

    /// Appends `(value, …)` of an insert.
    ///
    /// # Errors
    /// The column, and why its value cannot be written.
    pub(crate) fn put_inserted(&self, row: usize, out: &mut Vec<u8>) -> Result<Written, (usize, Unwritable)> {
        let mut written = Written::Plain;
        let mut separator = b'(';
        for (column, writer) in &self.after {
            out.push(separator);
            separator = b',';
            written.join(writer.write(row, out).map_err(|error| (*column, error))?);
        }
        for (_, fill) in self.fills {
            out.push(separator);
            separator = b',';
            match fill {
                Fill::Null => out.extend_from_slice(b"NULL"),
                Fill::Text(text) => put_quoted(out, text.as_bytes()),
            }
        }
        if separator == b'(' {
            out.push(b'(');
        }
        out.push(b')');
        Ok(written)
    }

    /// Appends `column=value, …` for the columns that `wanted` admits, and what keeps the others from the target's clock.
    ///
    /// # Errors
    /// The column, and why its value cannot be written.
    pub(crate) fn put_assignments(
        &self,
        binding: &Binding,
        row: usize,
        wanted: impl Fn(usize) -> bool,
        out: &mut Vec<u8>,
    ) -> Result<Written, (usize, Unwritable)> {
        let mut written = Written::Plain;
        let mut first = true;
        let mut put_target = |column: usize, out: &mut Vec<u8>| {
            if !first {
                out.push(b',');
            }
            first = false;
            put_name(out, &binding.table.columns[column].name);
            out.push(b'=');
        };
        for (column, writer) in self.after.iter().filter(|(column, _)| wanted(*column)) {
            put_target(*column, out);
            written.join(writer.write(row, out).map_err(|error| (*column, error))?);
        }
        let is_set = |column: usize| wanted(column) && self.after.iter().any(|(own, _)| *own == column);
        for column in binding.stamped.iter().copied().filter(|column| !is_set(*column)) {
            put_target(column, out);
            put_name(out, &binding.table.columns[column].name);
        }
        Ok(written)
    }
}

fn unknown_type(set: &RowSet, column: &str) -> PluginError {
    PluginError::definite(format!(
        "the values of column `{column}` are held in a type that no MySQL column has"
    ))
    .at(&set.target)
}

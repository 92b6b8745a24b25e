//! What a component may read during a call.

use crate::{bindings::types, cells, table::Table};
use arrow_array::ArrayRef;
use std::sync::Arc;
use tidegate_model::{Encoding, Image, RowSet, Transaction};

/// What a call is about.
pub(crate) enum Call {
    /// Nothing that could be read.
    Other,
    /// A row set.
    Rows(Rows),
    /// An image, to be mapped.
    Map(Held),
}

/// A row set at hand.
pub(crate) struct Rows {
    before: Option<Held>,
    after: Option<Held>,
    facts: Option<Facts>,
    table: Arc<Table>,
}

/// The columns of an image that the filter may read.
pub(crate) struct Held {
    table: Arc<Table>,
    /// Parallel to the table's `needs`; what the image lacks is none.
    columns: Vec<Option<ArrayRef>>,
}

/// What is known of the rows' transactions.
pub(crate) struct Facts {
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) indexes: Vec<u32>,
}

impl Call {
    /// Tells whether an error may be the rows' own.
    pub(crate) fn is_about_rows(&self) -> bool {
        !matches!(self, Self::Other)
    }

    pub(crate) fn rows(&self) -> Option<&Rows> {
        if let Self::Rows(rows) = self { Some(rows) } else { None }
    }

    pub(crate) fn image(&self) -> Option<&Held> {
        if let Self::Map(image) = self { Some(image) } else { None }
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        match self {
            Self::Other => None,
            Self::Rows(rows) => Some(&rows.table),
            Self::Map(image) => Some(&image.table),
        }
    }

    pub(crate) fn facts(&self) -> Result<&Facts, String> {
        let undeclared = "asked for facts of transactions, and its plan does not say so (`facts`)";
        self.rows().and_then(|rows| rows.facts.as_ref()).ok_or_else(|| undeclared.to_owned())
    }
}

impl Facts {
    pub(crate) fn each<T: Default>(&self, of: impl Fn(&Transaction) -> T) -> Vec<T> {
        let one = |index: &u32| self.transactions.get(*index as usize).map(&of).unwrap_or_default();
        self.indexes.iter().map(one).collect()
    }
}

impl Rows {
    pub(crate) fn new(table: &Arc<Table>, rows: &RowSet, transactions: &[Transaction]) -> Self {
        let held = |image: &Image| (!image.columns.is_empty()).then(|| Held::new(table, image));
        let facts = table
            .facts
            .then(|| Facts { transactions: transactions.to_vec(), indexes: rows.transactions.clone() });
        Self { before: held(&rows.before), after: held(&rows.after), facts, table: table.clone() }
    }

    pub(crate) fn read(&self, image: types::Image, column: u32) -> Result<Option<types::Cells>, String> {
        self.image(image).map_or(Ok(None), |held| held.read(column))
    }

    pub(crate) fn text(
        &self,
        image: types::Image,
        column: u32,
    ) -> Result<Result<Option<types::Cells>, String>, String> {
        self.image(image).map_or(Ok(Ok(None)), |held| held.text(column))
    }

    fn image(&self, image: types::Image) -> Option<&Held> {
        match image {
            types::Image::Before => self.before.as_ref(),
            types::Image::After => self.after.as_ref(),
        }
    }
}

impl Held {
    pub(crate) fn new(table: &Arc<Table>, image: &Image) -> Self {
        let values = |index: &usize| {
            let column = table.columns.get(*index)?;
            // Full images are the rule: look where the column stands if none is absent.
            let at = image.columns.get(*index).filter(|present| present.column.name == column.name);
            let present =
                at.or_else(|| image.columns.iter().find(|present| present.column.name == column.name))?;
            (present.encoding == Encoding::Value).then(|| present.values.clone())
        };
        Self { table: table.clone(), columns: table.needs.iter().map(values).collect() }
    }

    /// Tells whether every column that the filter may read is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.columns.iter().all(Option::is_some)
    }

    /// Returns the values of a column of the table, by index, if the image has it and the filter may read it.
    pub(crate) fn values(&self, column: usize) -> Option<&ArrayRef> {
        let place = self.table.needs.iter().position(|need| *need == column)?;
        self.columns.get(place)?.as_ref()
    }

    pub(crate) fn read(&self, column: u32) -> Result<Option<types::Cells>, String> {
        self.column(column, |kind, values| cells::give(kind, values)).map(Option::transpose)?
    }

    pub(crate) fn text(&self, column: u32) -> Result<Result<Option<types::Cells>, String>, String> {
        self.column(column, |kind, values| cells::give_text(kind, values)).map(Option::transpose)
    }

    fn column<T>(
        &self,
        index: u32,
        of: impl FnOnce(&tidegate_model::ColumnKind, &dyn arrow_array::Array) -> T,
    ) -> Result<Option<T>, String> {
        let table = &self.table;
        let missing =
            || format!("read column {index} of {}, which has {}", table.source, table.columns.len());
        let column = table.columns.get(index as usize).ok_or_else(missing)?;
        let place = table.needs.iter().position(|need| *need == index as usize);
        let undeclared = || format!("read column `{}`, and its plan does not say so (`needs`)", column.name);
        let values = self.columns.get(place.ok_or_else(undeclared)?);
        Ok(values.and_then(Option::as_ref).map(|values| of(&column.kind, values)))
    }
}

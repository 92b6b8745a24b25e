//! Unit tests without a host: rows that the test makes.

use crate::{Cells, ColumnInfo, Image, Kind, MapRows, Operation, Rows, Table, TableName, rows::Supply};
use std::rc::Rc;

/// A table for a test: `table("shop.orders", [("id", Kind::Int(…)), …])`.
pub fn table(name: &str, columns: impl IntoIterator<Item = (&'static str, Kind)>) -> Table {
    let (schema, table) = name.split_once('.').unwrap_or((name, ""));
    let name = TableName { schema: schema.to_owned(), table: table.to_owned() };
    let column = |(name, kind): (&str, Kind)| ColumnInfo {
        name: name.to_owned(),
        kind,
        nullable: true,
        generated: false,
    };
    Table {
        id: 1,
        source: name.clone(),
        current: name,
        columns: columns.into_iter().map(column).collect(),
        primary_key: vec![0],
    }
}

struct Made {
    before: Vec<Cells>,
    after: Vec<Cells>,
}

impl Supply for Made {
    fn read(&self, image: Image, column: u32) -> Option<Cells> {
        let cells = match image {
            Image::Before => &self.before,
            Image::After => &self.after,
        };
        cells.get(column as usize).cloned()
    }

    fn text(&self, image: Image, column: u32) -> Result<Option<Cells>, String> {
        Ok(self.read(image, column))
    }
}

/// Returns rows with the given columns, in the order of the table's; inserts have no `before`, deletes no `after`.
pub fn rows(table: &Table, operation: Operation, rows: usize, before: Vec<Cells>, after: Vec<Cells>) -> Rows {
    Rows { table: Rc::new(table.clone()), operation, rows, supply: Box::new(Made { before, after }) }
}

/// Returns an image to be mapped.
pub fn map_rows(table: &Table, rows: usize, columns: Vec<Cells>) -> MapRows {
    let supply = Box::new(Made { before: Vec::new(), after: columns });
    MapRows { table: Rc::new(table.clone()), rows, supply }
}

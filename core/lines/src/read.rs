//! Images read back from lines: from JSON to the arrays of the row model.

mod cells;
mod value;

use cells::Cells;
use serde_json::{Map, Value};
use std::sync::{Arc, LazyLock};
use tidegate_model::{Column, ColumnKind, Encoding, Image, ImageColumn};
use tidegate_plugin::Result;

/// An image of a row as a line holds it.
#[derive(Clone, Copy, Debug)]
pub struct JsonImage<'a> {
    /// What stands under `before` or `after`.
    pub values: &'a Map<String, Value>,
    /// What stands under `before_json` or `after_json`.
    pub documents: &'a Map<String, Value>,
    /// What stands under `after_diffs`.
    pub diffs: &'a Map<String, Value>,
}

/// The objects that a line's image is divided over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `before` or `after`
    Values,
    /// `before_json` or `after_json`
    Documents,
    /// `after_diffs`
    Diffs,
}

/// What cannot be read. It says what was expected, and never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where it stands.
    pub part: Part,
    /// The key, a column's name.
    pub column: String,
    /// What is wrong, as half a sentence.
    pub message: String,
}

/// A column that is present in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The column.
    pub column: Arc<Column>,
    /// Its index in the source's table schema; `None` for a column that a filter made.
    pub source: Option<usize>,
    /// How its values are encoded.
    pub encoding: Encoding,
}

/// Reads rows, one after the other, in which the same columns are present.
pub struct ImageReader {
    columns: Vec<(Present, Box<dyn Cells>)>,
}

static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl Default for JsonImage<'_> {
    fn default() -> Self {
        Self { values: &NOTHING, documents: &NOTHING, diffs: &NOTHING }
    }
}

impl JsonImage<'_> {
    /// Returns which of a table's columns are present, in the table's order; and every key that names no column or stands
    /// where it cannot.
    pub fn present(&self, columns: &[Arc<Column>]) -> (Vec<Present>, Vec<Misfit>) {
        let mut misfits = Vec::new();
        let mut found = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let name = &*column.name;
            let encoding = match (self.values.contains_key(name), self.diffs.contains_key(name)) {
                (false, false) => continue,
                (true, false) => Encoding::Value,
                (false, true) => Encoding::JsonDiff,
                (true, true) => {
                    misfits.push(Misfit::new(Part::Diffs, name, "the column has its value in `after` too"));
                    continue;
                }
            };
            found.push(Present { column: column.clone(), source: Some(index), encoding });
        }
        let parts =
            [(Part::Values, self.values), (Part::Documents, self.documents), (Part::Diffs, self.diffs)];
        for (part, keys) in parts {
            misfits.extend(keys.keys().filter_map(|key| self.misplaced(part, key, columns)));
        }
        (found, misfits)
    }

    fn misplaced(&self, part: Part, key: &str, columns: &[Arc<Column>]) -> Option<Misfit> {
        let message = match (columns.iter().find(|column| *column.name == *key), part) {
            (None, _) => "there is no such column",
            (Some(_), Part::Values) => return None,
            (Some(column), _) if column.kind != ColumnKind::Json => "the column is none of type JSON",
            (Some(_), Part::Documents) if !self.values.contains_key(key) => {
                "the document stands here only: its text stands beside, or `null`"
            }
            (Some(_), _) => return None,
        };
        Some(Misfit::new(part, key, message))
    }
}

impl Misfit {
    fn new(part: Part, column: &str, message: impl Into<String>) -> Self {
        Self { part, column: column.to_owned(), message: message.into() }
    }
}

impl ImageReader {
    /// Returns a reader of these columns.
    pub fn new(columns: Vec<Present>) -> Self {
        let reader = |present: Present| {
            let cells = match present.encoding {
                Encoding::Value => value::of_kind(&present.column.kind),
                Encoding::JsonDiff => value::of_diffs(),
            };
            (present, cells)
        };
        Self { columns: columns.into_iter().map(reader).collect() }
    }

    /// Adds a row. What is wrong with it is returned, and NULL then stands in its place.
    pub fn push(&mut self, image: &JsonImage<'_>) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        for (present, cells) in &mut self.columns {
            let name = &*present.column.name;
            let (part, keys) = match present.encoding {
                Encoding::JsonDiff => (Part::Diffs, image.diffs),
                Encoding::Value if image.documents.contains_key(name) => (Part::Documents, image.documents),
                Encoding::Value => (Part::Values, image.values),
            };
            let read = match keys.get(name).unwrap_or(&Value::Null) {
                Value::Null if present.column.nullable => cells.push_null(),
                Value::Null => Err("NULL cannot stand in the column".to_owned()),
                value if part == Part::Documents => cells.push_bytes(value),
                value => cells.push(value),
            };
            if let Err(message) = read {
                let _ = cells.push_null();
                misfits.push(Misfit::new(part, name, message));
            }
        }
        misfits
    }

    /// Returns the columns with one value for each row.
    ///
    /// # Errors
    /// If an array cannot have its column's type, which is a bug.
    pub fn finish(self) -> Result<Image> {
        let column = |(present, cells): (Present, Box<dyn Cells>)| {
            let values = cells.finish(&present.column.kind, present.encoding)?;
            let Present { column, source, encoding } = present;
            Ok(ImageColumn { column, source, encoding, values })
        };
        Ok(Image { columns: self.columns.into_iter().map(column).collect::<Result<_>>()? })
    }
}

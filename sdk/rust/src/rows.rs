//! Rows at hand.

use crate::{Answer, Cells, Column, Image, Operation, Table, Verdicts};
use std::rc::Rc;

/// The verdict that drops a row or an image.
pub const DROP: u32 = u32::MAX;
/// The verdict that lets a row or an image pass to the first route. The route with index *n* is *n*.
pub const KEEP: u32 = 0;

/// Returns the verdict that refuses a row, for the reason with this index.
pub const fn refuse(reason: u32) -> u32 {
    0x8000_0000 | reason
}

/// Where values come from: the host, or a test.
pub(crate) trait Supply {
    fn read(&self, image: Image, column: u32) -> Option<Cells>;
    fn text(&self, image: Image, column: u32) -> Result<Option<Cells>, String>;
}

/// Rows of one table and one operation.
pub struct Rows {
    pub(crate) table: Rc<Table>,
    pub(crate) operation: Operation,
    pub(crate) rows: usize,
    pub(crate) supply: Box<dyn Supply>,
}

/// One image of rows, to be mapped: before and after images alike.
pub struct MapRows {
    pub(crate) table: Rc<Table>,
    pub(crate) rows: usize,
    pub(crate) supply: Box<dyn Supply>,
}

impl Rows {
    /// Returns the table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Returns what happened to the rows.
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// Returns how many rows there are: at least one.
    #[expect(clippy::len_without_is_empty, reason = "there always are some")]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Returns the images that the rows have.
    pub const fn images(&self) -> &'static [Image] {
        match self.operation {
            Operation::Insert => &[Image::After],
            Operation::Update => &[Image::Before, Image::After],
            Operation::Delete => &[Image::Before],
        }
    }

    /// Returns a column's values, without loss.
    ///
    /// # Errors
    /// If the image does not have it, which cannot be for a column that the plan needs.
    pub fn column(&self, image: Image, column: u32) -> Result<Column, String> {
        found(&self.table, column, self.supply.read(image, column))
    }

    /// Returns a column's values as text.
    ///
    /// # Errors
    /// If there is none, or its character set is not known.
    pub fn text(&self, image: Image, column: u32) -> Result<Column, String> {
        found(&self.table, column, self.supply.text(image, column)?)
    }

    /// Answers with one verdict for each image of each row: `judge` is asked for each image, and what it returns for each
    /// row. Of an update whose before image passes and whose after image does not, a DELETE is left, and so on.
    ///
    /// # Errors
    /// Of `judge`.
    pub fn answer<J: FnMut(usize) -> u32>(
        &self,
        mut judge: impl FnMut(Image) -> Result<J, String>,
    ) -> Result<Answer, String> {
        let mut verdicts = |image| judge(image).map(|row| (0..self.rows).map(row).collect::<Vec<u32>>());
        let verdicts = match self.operation {
            Operation::Insert => Verdicts::Changes(verdicts(Image::After)?),
            Operation::Update => Verdicts::Images((verdicts(Image::Before)?, verdicts(Image::After)?)),
            Operation::Delete => Verdicts::Changes(verdicts(Image::Before)?),
        };
        Ok(Answer { verdicts, reasons: Vec::new() })
    }

    /// As [`answer`](Self::answer), of whether an image passes.
    ///
    /// # Errors
    /// Of `judge`.
    pub fn answer_per_image<J: FnMut(usize) -> bool>(
        &self,
        mut judge: impl FnMut(Image) -> Result<J, String>,
    ) -> Result<Answer, String> {
        let image = match self.operation {
            Operation::Insert => Image::After,
            Operation::Delete => Image::Before,
            Operation::Update => {
                return self.answer(|image| {
                    let mut passes = judge(image)?;
                    Ok(move |row| if passes(row) { KEEP } else { DROP })
                });
            }
        };
        let mut passes = judge(image)?;
        let mut bits = vec![0_u8; self.rows.div_ceil(8)];
        for (chunk, byte) in bits.iter_mut().enumerate() {
            for row in 8 * chunk..self.rows.min(8 * chunk + 8) {
                *byte |= u8::from(passes(row)) << (row % 8);
            }
        }
        Ok(Answer { verdicts: Verdicts::Selection(bits), reasons: Vec::new() })
    }
}

impl MapRows {
    /// Returns the table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Returns how many rows there are: at least one.
    #[expect(clippy::len_without_is_empty, reason = "there always are some")]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Returns a column's values, without loss; `None` if the image does not have it.
    pub fn column(&self, column: u32) -> Option<Column> {
        found(&self.table, column, self.supply.read(Image::After, column)).ok()
    }

    /// Returns a column's values as text; `None` if the image does not have it.
    ///
    /// # Errors
    /// If its character set is not known.
    pub fn text(&self, column: u32) -> Result<Option<Column>, String> {
        Ok(found(&self.table, column, self.supply.text(Image::After, column)?).ok())
    }
}

fn found(table: &Table, column: u32, cells: Option<Cells>) -> Result<Column, String> {
    let kind = table.columns.get(column as usize).map(|column| column.kind.clone());
    kind.zip(cells)
        .map(|(kind, cells)| Column::new(kind, cells))
        .ok_or_else(|| format!("column {column} is not in this image of the rows"))
}

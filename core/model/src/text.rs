//! Cells as text, the way MySQL's own text protocol shows them.
//!
//! | kind | text |
//! |---|---|
//! | integers, BIT | decimal digits (the client shows a BIT as bytes; a number says the same without its width) |
//! | YEAR | four digits |
//! | DECIMAL | all digits of the scale: `0.50` |
//! | FLOAT, DOUBLE | see [`FloatText`]; the exponent, where there is one, as `1e-16` |
//! | DATE, DATETIME, TIMESTAMP, TIME | with all fractional digits of the column; a TIMESTAMP in UTC; also what is no calendar date |
//! | CHAR, VARCHAR, TEXT | UTF-8, from the column's character set |
//! | ENUM, SET | the labels, of a SET with commas; ENUM's error value is empty |
//! | JSON | its text |
//! | binary strings, GEOMETRY (SRID and WKB), VECTOR | their bytes |
//!
//! [`Cells`] is resolved once per column of a row set; a cell then costs no look-up and no allocation.

mod cells;
mod number;
#[cfg(test)]
mod tests;

pub use cells::{CellError, Cells, ColumnError};
pub use number::{write_f32, write_f32_exact, write_f32_shown, write_f64, write_i64, write_u64};

/// How many digits of a FLOAT are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FloatText {
    /// As few as read back as the same FLOAT: `0.1`, `16777216`.
    #[default]
    Shortest,
    /// Those of the double of the same value: `0.10000000149011612`. A comparison with the column must name it so.
    Exact,
    /// At most six, as MySQL's client shows it: `0.1`, `16777200`. It may read back as another FLOAT.
    Shown,
}

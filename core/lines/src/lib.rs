//! Changes as JSON lines, in the order of the log: what the `file` sink and dead letters are made of; and their images read
//! back ([`ImageReader`]).
//!
//! # Lines
//! ```json
//! {"op":"update","schema":"shop","table":"orders","before":{"id":7,"total":"9.50"},"after":{"id":7,"total":"9.75"},
//!  "gtid":"3e11fa47-71ca-11e1-9e33-c80aa9429562:77","file":"binlog.000012","offset":4711,
//!  "commit_time":1700000000123456,"server_id":1,"row":0}
//! ```
//!
//! * `op`: `insert`, `update`, `delete`, `snapshot` or `ddl`.
//! * `schema`, `table`: the target's names; `source_schema`, `source_table` stand beside them where filters renamed it.
//! * `before`, `after`: the images. A column that the log does not hold is absent; NULL is `null`.
//! * `before_json`, `after_json`, if text does not say all of a document: it holds values of SQL types (DECIMAL, DATE, BLOB,
//!   …), which look like numbers and strings, it is JSON's `null`, which looks like NULL, or it is damaged. Those columns
//!   once more, as `{"base64":…}` of MySQL's binary JSON.
//! * `after_diffs`, if columns of JSON were logged as changes only (`binlog_row_value_options=PARTIAL_JSON`): each as
//!   an array of `{"op":"replace"|"insert"|"remove","path":"$.a","value":…}`, to be applied in order to the column in
//!   `before`; as `{"base64":…}` of MySQL's diffs where text would not say everything.
//! * `gtid`, if the source has GTIDs; `file` and `offset`: where the transaction begins in the log.
//! * `commit_time`: when the source committed, in microseconds since 1970 UTC.
//! * `server_id`: of the server that first committed.
//! * `row`: the place of the change among the row changes of its transaction, from 0, counted before any filter.
//!
//! A schema change has one line for each statement that the target would run:
//! `{"op":"ddl","statement":0,"sql":…,"tables":[{"schema":…,"table":…}],…}` and the keys from `gtid` to `server_id`.
//!
//! # Values
//! Exact for every type; what JSON's numbers cannot hold in every reader is a string.
//!
//! | MySQL | JSON |
//! |---|---|
//! | integers, BIT, YEAR | number, all 64 bits written out (read it as an integer, not as a double) |
//! | FLOAT, DOUBLE | number, the shortest that reads back as the same 32 or 64 bits |
//! | DECIMAL | string with all digits of the scale: `"12.50"` |
//! | DATE, DATETIME, TIME | string as MySQL writes it, also `"0000-00-00"` and `"-838:59:59"` |
//! | TIMESTAMP | the same, in UTC |
//! | CHAR, VARCHAR, TEXT | string; `{"base64":…}` of the bytes if they are no text in the column's character set |
//! | BINARY, VARBINARY, BLOB, GEOMETRY | `{"base64":…}` (GEOMETRY: SRID and WKB, as MySQL stores it) |
//! | VECTOR | array of numbers |
//! | ENUM | its label as a string; the error value (and what the list lacks) as its number |
//! | SET | array of its labels; as its number if the list lacks one |
//! | JSON | itself, as MySQL writes it; `{"base64":…}` of the bytes if they are no document |
//!
//! Read back, every value is the one that was written. Two things are told by less than all bytes, and come back in the form
//! that MySQL itself writes: a number in a document whose type is wider than it needs, and a character for which a
//! character set has several byte sequences (cp932's and the like).

mod image;
mod line;
mod read;
mod text;
mod value;

#[cfg(test)]
mod tests;

pub use line::{Lines, RowLines};
pub use read::{ImageReader, JsonImage, Misfit, Part, Present};
pub use text::{write_number, write_string};

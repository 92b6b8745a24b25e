//! Diffs: what the log holds of a JSON column under `binlog_row_value_options=PARTIAL_JSON`.
//!
//! Source: MySQL source documentation, `Json_diff` and `Json_diff_vector` (`sql/json_diff.h`), and MySQL 9.7's log. A
//! column's diffs follow one another; each is a byte for the operation, the path (its length before it as a
//! length-encoded integer), and, unless it removes, the new value as a document (with its length alike). In the row
//! event four bytes with the length of all of them stand before; here they are not part of the diffs.

use super::edit::Node;
use super::{DEPTH_MAX, Malformed, path};
use std::mem;

/// What a diff does at its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Replaces the value that is there.
    Replace,
    /// Adds a member to an object, or an element to an array before the one that is there.
    Insert,
    /// Removes the member or element that is there.
    Remove,
}

/// One change of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diff<'a> {
    /// What it does.
    pub operation: Operation,
    /// Where, in MySQL's path syntax: `$.a[1]."b c"`.
    pub path: &'a str,
    /// The new value as a document; `None` if it removes.
    pub value: Option<&'a [u8]>,
}

impl Diff<'_> {
    /// Appends the diff as the log holds it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(match self.operation {
            Operation::Replace => 0,
            Operation::Insert => 1,
            Operation::Remove => 2,
        });
        write_counted(out, self.path.as_bytes());
        self.value.into_iter().for_each(|value| write_counted(out, value));
    }
}

/// Appends bytes with their length before them; what [`Diffs::counted`] reads.
fn write_counted(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = (bytes.len() as u64).to_le_bytes();
    let (mark, width) = match bytes.len() {
        0..=250 => (None, 1),
        251..=0xffff => (Some(252), 2),
        0x1_0000..=0xff_ffff => (Some(253), 3),
        _ => (Some(254), 8),
    };
    out.extend(mark);
    out.extend_from_slice(&length[..width]);
    out.extend_from_slice(bytes);
}

/// Why diffs cannot be read or applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// The document, or a value in a diff, is none.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A diff ends behind the end of the diffs.
    #[error("a JSON diff ends behind the end of the diffs")]
    Truncated,
    /// There is no such operation.
    #[error("a JSON diff has the unknown operation {0}")]
    Operation(u8),
    /// Its path is none, or no text.
    #[error("a JSON diff has a path that cannot be read")]
    Path,
    /// The document does not have what the diff changes, or has what it adds: it is another document.
    #[error("a JSON diff does not fit the document that it is applied to")]
    Unfit,
}

/// Reads the diffs of a column, one after the other; ends after the first error.
#[derive(Clone, Debug)]
pub struct Diffs<'a> {
    rest: &'a [u8],
}

impl<'a> Diffs<'a> {
    /// Reads these diffs: the bytes behind the four of their length.
    pub fn new(diffs: &'a [u8]) -> Self {
        Self { rest: diffs }
    }

    fn read(&mut self) -> Result<Diff<'a>, DiffError> {
        let (&code, rest) = self.rest.split_first().ok_or(DiffError::Truncated)?;
        self.rest = rest;
        let operation = match code {
            0 => Operation::Replace,
            1 => Operation::Insert,
            2 => Operation::Remove,
            other => return Err(DiffError::Operation(other)),
        };
        let path = std::str::from_utf8(self.counted()?).map_err(|_| DiffError::Path)?;
        let value = if operation == Operation::Remove { None } else { Some(self.counted()?) };
        Ok(Diff { operation, path, value })
    }

    /// Takes bytes with their length before them. Source: MySQL source documentation, "Protocol::LengthEncodedInteger".
    fn counted(&mut self) -> Result<&'a [u8], DiffError> {
        let (&first, rest) = self.rest.split_first().ok_or(DiffError::Truncated)?;
        let width = match first {
            0..=250 => 0,
            252 => 2,
            253 => 3,
            254 => 8,
            _ => return Err(DiffError::Truncated),
        };
        let (number, rest) = rest.split_at_checked(width).ok_or(DiffError::Truncated)?;
        let mut length = [0; 8];
        length[..width].copy_from_slice(number);
        let length = if width == 0 { u64::from(first) } else { u64::from_le_bytes(length) };
        let length = usize::try_from(length).map_err(|_| DiffError::Truncated)?;
        let (bytes, rest) = rest.split_at_checked(length).ok_or(DiffError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }
}

impl<'a> Iterator for Diffs<'a> {
    type Item = Result<Diff<'a>, DiffError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let diff = self.read();
        if diff.is_err() {
            self.rest = &[];
        }
        Some(diff)
    }
}

/// Appends the document that `document` becomes by `diffs`, in order; laid out as MySQL does.
///
/// # Errors
/// If the diffs or the document cannot be read, or do not fit one another; then nothing is appended.
pub fn apply_diffs(document: &[u8], diffs: &[u8], out: &mut Vec<u8>) -> Result<(), DiffError> {
    let mut root = Node::of_document(document)?;
    for diff in Diffs::new(diffs) {
        apply(&mut root, &diff?)?;
    }
    let start = out.len();
    root.write_document(out).inspect_err(|_| out.truncate(start))?;
    Ok(())
}

fn apply<'a>(root: &mut Node<'a>, diff: &Diff<'a>) -> Result<(), DiffError> {
    let legs = path::parse(diff.path).filter(|legs| legs.len() <= DEPTH_MAX).ok_or(DiffError::Path)?;
    let value = diff.value.map(Node::of_document).transpose()?;
    let fits = match (diff.operation, value, legs.split_last()) {
        (Operation::Replace, Some(value), _) => {
            root.find(&legs)?.map(|place| mem::replace(place, value)).is_some()
        }
        (Operation::Insert, Some(value), Some((last, parents))) => match root.find(parents)? {
            Some(parent) => parent.insert(last, value)?,
            None => false,
        },
        (Operation::Remove, _, Some((last, parents))) => match root.find(parents)? {
            Some(parent) => parent.remove(last)?,
            None => false,
        },
        _ => false,
    };
    if fits { Ok(()) } else { Err(DiffError::Unfit) }
}

//! JSON as MySQL stores it, written as SQL that makes the very same value again.

use super::literal::Unwritable;
use tidegate_mysql_connection::Flavor;

/// Appends an expression for a JSON value.
pub(crate) fn put_value(out: &mut Vec<u8>, bytes: &[u8], flavor: Flavor) -> Result<(), Unwritable> {
    let _ = (out, bytes, flavor);
    Err(Unwritable::BadJson)
}

/// Appends an expression that applies a diff to the column called `column`.
pub(crate) fn put_diff(
    out: &mut Vec<u8>,
    bytes: &[u8],
    column: &str,
    flavor: Flavor,
) -> Result<(), Unwritable> {
    let _ = (out, bytes, column, flavor);
    Err(Unwritable::BadJson)
}

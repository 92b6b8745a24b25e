//! Reads whole events from streams.

use std::io::{self, BufRead};

/// Appends up to `length` bytes to `bytes` and returns how many there were. Memory grows with what is there, not with
/// what is announced.
pub(crate) fn gather(input: &mut impl BufRead, length: usize, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut left = length;
    while left > 0 {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let part = available.get(..left).unwrap_or(available);
        if part.is_empty() {
            break;
        }
        bytes.extend_from_slice(part);
        let taken = part.len();
        input.consume(taken);
        left -= taken;
    }
    Ok(length - left)
}

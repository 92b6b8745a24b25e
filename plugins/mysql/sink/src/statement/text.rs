//! Pieces of SQL text.

use tidegate_model::TableName;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends an identifier in backticks.
pub(crate) fn put_name(out: &mut Vec<u8>, name: &str) {
    out.push(b'`');
    for part in name.split_inclusive('`') {
        out.extend_from_slice(part.as_bytes());
        if part.ends_with('`') {
            out.push(b'`');
        }
    }
    out.push(b'`');
}

/// Appends a table's qualified name.
pub(crate) fn put_table(out: &mut Vec<u8>, name: &TableName) {
    put_name(out, &name.schema);
    out.push(b'.');
    put_name(out, &name.table);
}

/// Appends text between quotes. Our sessions never have NO_BACKSLASH_ESCAPES.
pub(crate) fn put_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'\'');
    let mut from = 0;
    for (at, byte) in text.iter().enumerate() {
        let escaped = match byte {
            b'\'' => b'\'',
            b'\\' => b'\\',
            0 => b'0',
            _ => continue,
        };
        out.extend_from_slice(&text[from..at]);
        out.extend_from_slice(&[b'\\', escaped]);
        from = at + 1;
    }
    out.extend_from_slice(&text[from..]);
    out.push(b'\'');
}

/// Appends `x'…'`.
pub(crate) fn put_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(2 * bytes.len() + 3);
    out.extend_from_slice(b"x'");
    for byte in bytes {
        out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    out.push(b'\'');
}

/// Appends a whole number.
pub(crate) fn put_unsigned(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a whole number with its sign.
pub(crate) fn put_signed(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    put_unsigned(out, number.unsigned_abs());
}

/// Appends a number that reads back as exactly this double.
pub(crate) fn put_double(out: &mut Vec<u8>, number: f64) {
    use std::io::Write as _;
    // Writing to a vector cannot fail.
    let _ = write!(out, "{number:e}");
}

/// Returns text between quotes, for statements that are not about rows.
pub(crate) fn quoted(text: impl AsRef<[u8]>) -> String {
    let mut out = Vec::new();
    put_quoted(&mut out, text.as_ref());
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_break_out_of_their_quotes() {
        let mut out = Vec::new();
        put_name(&mut out, "a`b``c");
        put_quoted(&mut out, b"it's \\ \0");
        assert_eq!(String::from_utf8(out).unwrap(), r"`a``b````c`'it\'s \\ \0'");
    }

    #[test]
    fn numbers_are_written_whole() {
        let mut out = Vec::new();
        put_signed(&mut out, i64::MIN);
        out.push(b' ');
        put_unsigned(&mut out, u64::MAX);
        out.push(b' ');
        put_double(&mut out, f64::from(1.1_f32));
        out.push(b' ');
        put_double(&mut out, -0.0);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "-9223372036854775808 18446744073709551615 1.100000023841858e0 -0e0"
        );
    }
}

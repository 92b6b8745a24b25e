//! JSON strings and numbers, appended to a buffer.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

/// Appends a string with its quotes.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !NEEDS_ESCAPE[*byte as usize] {
            continue;
        }
        out.extend_from_slice(&bytes[written..at]);
        write_escape(out, *byte);
        written = at + 1;
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

/// Appends `{"base64":"…"}`.
pub(crate) fn write_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"{\"base64\":\"");
    let start = out.len();
    let length = base64::encoded_len(bytes.len(), true).unwrap_or_default();
    out.resize(start + length, 0);
    // The slice has exactly the length that is needed.
    let _ = STANDARD.encode_slice(bytes, &mut out[start..]);
    out.extend_from_slice(b"\"}");
}

/// Appends a number.
pub fn write_number(out: &mut Vec<u8>, number: impl Serialize) {
    // Writing a number to memory does not fail.
    let _ = serde_json::to_writer(out, &number);
}

const NEEDS_ESCAPE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            let digit = |half: u8| b"0123456789abcdef"[half as usize];
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back() {
        for text in ["", "plain", "a\"b\\c\n\r\t\u{1}\u{1f} ü🦀\u{7f}"] {
            let mut out = Vec::new();
            write_string(&mut out, text);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn bytes_are_padded_base64() {
        let mut out = Vec::new();
        write_base64(&mut out, b"\0\xff\x10a");
        assert_eq!(out, br#"{"base64":"AP8QYQ=="}"#);
    }
}

//! What a word without quotes means: YAML 1.2's core schema, less what could be meant in two ways.

use tidegate_plugin::settings::{Text, Value};

/// Returns the value of a scalar without quotes.
///
/// `yes`, `no`, `on` and `off` are text, as YAML 1.2 has it. So are numbers with leading zeros, which other readers
/// take for octal ones or not.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    number(text).unwrap_or_else(|| Value::String(Text::plain(text)))
}

fn number(text: &str) -> Option<Value> {
    let radix = |digits: &str, radix| i128::from_str_radix(digits, radix).ok().map(Value::Integer);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    match digits.as_bytes() {
        [b'0', b'x', hex @ ..]
            if !hex.is_empty() && hex.iter().all(u8::is_ascii_hexdigit) && digits == text =>
        {
            return text.strip_prefix("0x").and_then(|hex| radix(hex, 16));
        }
        [b'0', b'o', octal @ ..]
            if !octal.is_empty() && octal.iter().all(u8::is_ascii_digit) && digits == text =>
        {
            return text.strip_prefix("0o").and_then(|octal| radix(octal, 8));
        }
        [b'0', b'0'..=b'9', ..] => return None,
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => {}
        _ => return None,
    }
    if digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return radix(text, 10);
    }
    let float = |letter: u8| letter.is_ascii_digit() || matches!(letter, b'.' | b'e' | b'E' | b'+' | b'-');
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    digits.bytes().all(float).then_some(Value::Float(value))
}

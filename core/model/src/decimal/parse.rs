//! Decimals read back from their text.

use arrow_buffer::i256;

/// Reads `-0.05` or `12` as a value of DECIMAL(`precision`, `scale`): the number × 10^`scale`. There may be fewer digits
/// behind the point than `scale`. `None` if the text is no number, or has more digits than the type.
pub fn parse(text: &str, precision: u8, scale: u8) -> Option<i256> {
    let magnitude = text.strip_prefix('-');
    let (whole, fraction) = match magnitude.unwrap_or(text).split_once('.') {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (magnitude.unwrap_or(text), ""),
    };
    let significant = whole.trim_start_matches('0').len();
    let fits = significant + usize::from(scale) <= usize::from(precision).max(usize::from(scale))
        && fraction.len() <= usize::from(scale)
        && precision <= super::PRECISION_MAX;
    if whole.is_empty() || !fits {
        return None;
    }
    let zeros = std::iter::repeat_n(b'0', usize::from(scale) - fraction.len());
    let mut value = i256::ZERO;
    for digit in whole.bytes().chain(fraction.bytes()).chain(zeros) {
        if !digit.is_ascii_digit() {
            return None;
        }
        let digit = i256::from_i128(i128::from(digit - b'0'));
        value = value.checked_mul(i256::from_i128(10))?.checked_add(digit)?;
    }
    Some(if magnitude.is_some() { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::write_i256;

    #[test]
    fn what_is_written_is_read_back() {
        let nines = format!("-{}.{}", "9".repeat(35), "9".repeat(30));
        for (text, precision, scale) in [
            ("0.00", 4, 2),
            ("-0.05", 4, 2),
            ("99.99", 4, 2),
            ("12", 2, 0),
            ("0.5", 1, 1),
            (nines.as_str(), 65, 30),
        ] {
            let mut out = Vec::new();
            write_i256(&mut out, parse(text, precision, scale).unwrap(), scale);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        assert_eq!(parse("12.5", 4, 2), Some(i256::from_i128(1250)));
        assert_eq!(parse("0012", 2, 0), Some(i256::from_i128(12)));
    }

    #[test]
    fn what_the_type_does_not_have_is_refused() {
        for text in ["", "-", ".5", "5.", "100.00", "0.001", "1e1", "+1", " 1", "1,0", "--1"] {
            assert_eq!(parse(text, 4, 2), None, "{text}");
        }
        assert_eq!(parse("1.0", 1, 1), None);
    }
}

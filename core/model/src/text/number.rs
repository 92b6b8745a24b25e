//! The text of numbers, as MySQL writes them.

use std::io::Write;

/// Digits of a FLOAT that MySQL shows (C's FLT_DIG).
const FLOAT_DIGITS: usize = 6;
/// The digits of a double that may be asked for: the 17 of the longest, and one more.
const DIGITS_MAX: usize = 18;
/// The longest whole or fractional run of zeros that MySQL writes out (C's DBL_DIG).
const EXPONENT_MAX: i32 = 15;
const EXPONENT_MIN: i32 = -EXPONENT_MAX;

/// Appends a signed integer.
pub fn write_i64(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    write_u64(out, value.unsigned_abs());
}

/// Appends an unsigned integer.
pub fn write_u64(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = value;
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a DOUBLE with the fewest digits that read back as the same double: `0.1`, `1e15`, `-1.5e-20`.
///
/// Of two such numbers that are equally near the even one is taken. Infinities and NaN, which MySQL does not store, are
/// written as 0.
///
/// Source: MySQL source, `strings/dtoa.cc`, `my_gcvt`; compared with the server by `tests/it/text.rs`.
pub fn write_f64(out: &mut Vec<u8>, value: f64) {
    let number = Scientific::new(format_args!("{value:e}"));
    // Two numbers of as few digits may be equally near; that takes 16 digits or more.
    if number.count > 15 && number.is_half_way(value) {
        let digits = number.count;
        let even = Scientific::new(format_args!("{value:.digits$e}")).rounded_to_even(digits);
        let start = out.len();
        even.write(out);
        // At a power of two the even one may be nearer to the next double.
        if std::str::from_utf8(&out[start..]).is_ok_and(|text| text.parse() == Ok(value)) {
            return;
        }
        out.truncate(start);
    }
    number.write(out);
}

/// Appends a FLOAT with the fewest digits that read back as the same FLOAT, in the form of [`write_f64`].
pub fn write_f32(out: &mut Vec<u8>, value: f32) {
    Scientific::new(format_args!("{value:e}")).write(out);
}

/// Appends a FLOAT as MySQL's client shows it: at most six digits. It may read back as another FLOAT.
pub fn write_f32_shown(out: &mut Vec<u8>, value: f32) {
    let digits = FLOAT_DIGITS - 1;
    Scientific::new(format_args!("{value:.digits$e}")).write(out);
}

/// Appends a FLOAT as the double of the same value, exactly: what a comparison with the column must name.
pub fn write_f32_exact(out: &mut Vec<u8>, value: f32) {
    write_f64(out, value.into());
}

/// A number taken apart: `d.ddd × 10^exponent`.
struct Scientific {
    negative: bool,
    /// Digits, as characters; zeros at the end are left out.
    digits: [u8; DIGITS_MAX],
    count: usize,
    exponent: i32,
}

impl Scientific {
    /// Reads what Rust writes in scientific notation: `-1.2500e-7`.
    fn new(scientific: std::fmt::Arguments<'_>) -> Self {
        // Sign, digits, point, `e`, sign and three digits of exponent.
        let mut buffer = [0_u8; DIGITS_MAX + 7];
        let mut unused = &mut buffer[..];
        // Infinities and NaN, which MySQL does not store, have no digits: they are written as 0.
        let complete = unused.write_fmt(scientific).is_ok();
        debug_assert!(complete, "longer than any double of {DIGITS_MAX} digits");
        let unused = unused.len();
        let text = &buffer[..buffer.len() - unused];
        let (mantissa, exponent) =
            text.split_at(text.iter().position(|byte| *byte == b'e').unwrap_or(text.len()));
        let mut number = Self {
            negative: mantissa.first() == Some(&b'-'),
            digits: [b'0'; DIGITS_MAX],
            count: 0,
            exponent: read_exponent(exponent),
        };
        for digit in mantissa.iter().filter(|byte| byte.is_ascii_digit()).take(DIGITS_MAX) {
            number.digits[number.count] = *digit;
            number.count += 1;
        }
        while number.count > 1 && number.digits[number.count - 1] == b'0' {
            number.count -= 1;
        }
        number.count = number.count.max(1);
        number
    }

    /// Tells whether `value`, of which these are the shortest digits, has just one digit more, which then is a 5.
    fn is_half_way(&self, value: f64) -> bool {
        let bits = value.to_bits();
        let mantissa = bits & ((1 << 52) - 1);
        let exponent = (bits >> 52 & 0x7ff) as i32;
        let (mantissa, exponent) = if exponent == 0 { (mantissa, 1) } else { (mantissa | 1 << 52, exponent) };
        // A number with so many bits behind the point has as many decimals.
        let decimals = 1075 - exponent - mantissa.trailing_zeros() as i32;
        decimals > 0 && self.exponent + decimals == self.count as i32
    }

    /// Returns the even one of the two numbers of `count` digits next to this one, which has a 5 behind them.
    fn rounded_to_even(mut self, count: usize) -> Self {
        // An odd digit is no 9: a number that ends in 0 would be a shorter one.
        let last = &mut self.digits[count - 1];
        *last += *last & 1;
        Self { count, ..self }
    }

    /// Appends the number without or with an exponent, as MySQL chooses.
    fn write(&self, out: &mut Vec<u8>) {
        let digits = &self.digits[..self.count];
        if self.negative {
            out.push(b'-');
        }
        match self.exponent {
            exponent @ 0.. if exponent < EXPONENT_MAX || self.count > exponent as usize + 1 => {
                let whole = exponent as usize + 1;
                if digits.len() > whole {
                    out.extend_from_slice(&digits[..whole]);
                    out.push(b'.');
                    out.extend_from_slice(&digits[whole..]);
                } else {
                    out.extend_from_slice(digits);
                    out.extend(std::iter::repeat_n(b'0', whole - digits.len()));
                }
            }
            exponent @ EXPONENT_MIN..0 => {
                out.extend_from_slice(b"0.");
                out.extend(std::iter::repeat_n(b'0', (-1 - exponent) as usize));
                out.extend_from_slice(digits);
            }
            exponent => {
                out.push(digits[0]);
                if digits.len() > 1 {
                    out.push(b'.');
                    out.extend_from_slice(&digits[1..]);
                }
                out.push(b'e');
                write_i64(out, exponent.into());
            }
        }
    }
}

/// Reads `e-7`, `e308`.
fn read_exponent(text: &[u8]) -> i32 {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let magnitude = digits.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
    if text.get(1) == Some(&b'-') { -magnitude } else { magnitude }
}

//! DECIMAL: from MySQL's binary format into Arrow's Decimal128 and Decimal256, and to text.
//!
//! A value is held as the integer `number × 10^scale`. All of DECIMAL(65,30) fits into 256 bits, and up to 38 digits
//! into 128.
//!
//! # The binary format
//! Source: MySQL source, `strings/decimal.cc`, `decimal2bin` and `bin2decimal`. The `precision − scale` digits before
//! the point and the `scale` digits behind it are each cut into groups of nine digits, beginning at the point; a group is
//! a big-endian integer of four bytes, the incomplete group at the outer end one of as few bytes as its digits need
//! (1–2 digits: 1, 3–4: 2, 5–6: 3, 7–8: 4). The highest bit of the first byte is inverted; of a negative number all
//! bits are inverted (so that values compare as bytes).

mod parse;
#[cfg(test)]
mod tests;
mod text;

pub use parse::parse;
pub use text::{write_i128, write_i256};

use arrow_buffer::i256;

/// The largest precision of a DECIMAL column.
pub const PRECISION_MAX: u8 = 65;
/// The largest precision in the binary format: inside JSON documents MySQL counts the zeros that fill the first group.
const BINARY_PRECISION_MAX: u8 = 81;
/// The largest precision that is held in 128 bits.
pub const PRECISION_MAX_I128: u8 = 38;

const GROUP_DIGITS: u8 = 9;
const GROUP_BYTES: [u8; 10] = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];
const POWERS: [u32; 10] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// Returns how many bytes a DECIMAL(`precision`, `scale`) takes in MySQL's binary format, or `None` if there is no such
/// type (`scale` over `precision`, `precision` over 81: a DECIMAL inside a JSON document may have so many).
pub const fn binary_size(precision: u8, scale: u8) -> Option<usize> {
    if scale > precision || precision > BINARY_PRECISION_MAX {
        return None;
    }
    let integer = precision - scale;
    let full = (integer / GROUP_DIGITS + scale / GROUP_DIGITS) * 4;
    let head = GROUP_BYTES[(integer % GROUP_DIGITS) as usize];
    let tail = GROUP_BYTES[(scale % GROUP_DIGITS) as usize];
    Some((full + head + tail) as usize)
}

/// Reads a DECIMAL of up to 38 digits from MySQL's binary format; the result is the number × 10^`scale`.
///
/// `None` if `bytes` is not exactly a value of that type: another length than [`binary_size`], a group with more digits
/// than it has place for, or `precision` over 38.
pub fn read_binary_i128(bytes: &[u8], precision: u8, scale: u8) -> Option<i128> {
    if precision > PRECISION_MAX_I128 {
        return None;
    }
    let mut sum = 0_i128;
    let negative = read_groups(bytes, precision, scale, |group, digits| {
        sum = sum * i128::from(POWERS[usize::from(digits)]) + i128::from(group);
    })?;
    Some(if negative { -sum } else { sum })
}

/// Reads a DECIMAL from MySQL's binary format; the result is the number × 10^`scale`.
///
/// `None` as for [`read_binary_i128`], with 256 bits as the limit: 76 digits, and zeros before them.
pub fn read_binary_i256(bytes: &[u8], precision: u8, scale: u8) -> Option<i256> {
    // Groups are summed in 128 bits as long as they fit, which is cheaper.
    let mut sum = Some(i256::ZERO);
    let mut part = 0_i128;
    let mut part_power = 1_i128;
    let mut part_digits = 0;
    let negative = read_groups(bytes, precision, scale, |group, digits| {
        if part_digits + digits > PRECISION_MAX_I128 {
            sum = sum.and_then(|sum| join(sum, part_power, part));
            (part, part_power, part_digits) = (0, 1, 0);
        }
        let power = i128::from(POWERS[usize::from(digits)]);
        part = part * power + i128::from(group);
        part_power *= power;
        part_digits += digits;
    })?;
    let sum = join(sum?, part_power, part)?;
    Some(if negative { sum.wrapping_neg() } else { sum })
}

fn join(sum: i256, power: i128, part: i128) -> Option<i256> {
    sum.checked_mul(i256::from_i128(power))?.checked_add(i256::from_i128(part))
}

/// Calls `take(group, digits)` for every group, from the left; returns whether the number is negative.
#[inline]
fn read_groups(bytes: &[u8], precision: u8, scale: u8, mut take: impl FnMut(u32, u8)) -> Option<bool> {
    if bytes.len() != binary_size(precision, scale)? {
        return None;
    }
    let negative = *bytes.first()? & 0x80 == 0;
    let mask = if negative { u32::MAX } else { 0 };
    let mut rest = bytes;
    let mut first_bit = 0x80_u8;
    let mut read = |digits: u8| -> Option<()> {
        let (head, tail) = rest.split_at_checked(usize::from(GROUP_BYTES[usize::from(digits)]))?;
        rest = tail;
        let mut group = mask;
        for &byte in head {
            group = group << 8 | u32::from(byte ^ first_bit);
            first_bit = 0;
        }
        group ^= mask;
        take(group, digits);
        (group < POWERS[usize::from(digits)]).then_some(())
    };
    let integer = precision - scale;
    if !integer.is_multiple_of(GROUP_DIGITS) {
        read(integer % GROUP_DIGITS)?;
    }
    for _ in 0..integer / GROUP_DIGITS + scale / GROUP_DIGITS {
        read(GROUP_DIGITS)?;
    }
    if !scale.is_multiple_of(GROUP_DIGITS) {
        read(scale % GROUP_DIGITS)?;
    }
    Some(negative)
}

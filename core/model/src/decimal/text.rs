//! The text of decimals: `-0.05`, `12`, always with all `scale` digits behind the point, as MySQL shows them.

use arrow_buffer::i256;

/// Ten to this many digits is the largest power of ten in 64 bits.
const CHUNK_DIGITS: usize = 19;
const CHUNK: u64 = 10_u64.pow(CHUNK_DIGITS as u32);
/// 2^256 has 78 digits; the zeros before a small fraction are at most 255 (the largest scale in Arrow is 76).
const DIGITS_MAX: usize = 256;

/// Appends `value / 10^scale` with all `scale` digits behind the point.
pub fn write_i128(out: &mut Vec<u8>, value: i128, scale: u8) {
    let mut digits = Digits::new();
    let mut rest = value.unsigned_abs();
    while rest > u128::from(u64::MAX) {
        digits.push_chunk((rest % u128::from(CHUNK)) as u64);
        rest /= u128::from(CHUNK);
    }
    digits.push_last(rest as u64);
    digits.write(out, value < 0, scale);
}

/// Appends `value / 10^scale` with all `scale` digits behind the point.
pub fn write_i256(out: &mut Vec<u8>, value: i256, scale: u8) {
    if let Some(value) = value.to_i128() {
        return write_i128(out, value, scale);
    }
    let negative = value.is_negative();
    let magnitude = if negative { value.wrapping_neg() } else { value };
    let (low, high) = magnitude.to_parts();
    // Limbs of 64 bits, the highest first.
    let high = high.cast_unsigned();
    let mut limbs = [(high >> 64) as u64, high as u64, (low >> 64) as u64, low as u64];
    let mut digits = Digits::new();
    while limbs[..3] != [0; 3] {
        digits.push_chunk(divide(&mut limbs));
    }
    digits.push_last(limbs[3]);
    digits.write(out, negative, scale);
}

/// Divides by [`CHUNK`] in place and returns the remainder.
fn divide(limbs: &mut [u64; 4]) -> u64 {
    let mut remainder = 0_u128;
    for limb in limbs {
        let dividend = remainder << 64 | u128::from(*limb);
        *limb = (dividend / u128::from(CHUNK)) as u64;
        remainder = dividend % u128::from(CHUNK);
    }
    remainder as u64
}

/// Decimal digits, collected from the last to the first.
struct Digits {
    bytes: [u8; DIGITS_MAX],
    start: usize,
}

impl Digits {
    fn new() -> Self {
        Self { bytes: [b'0'; DIGITS_MAX], start: DIGITS_MAX }
    }

    fn push_chunk(&mut self, chunk: u64) {
        let end = self.start - CHUNK_DIGITS;
        self.push_last(chunk);
        self.start = end; // zeros were there before
    }

    fn push_last(&mut self, mut number: u64) {
        while number > 0 {
            self.start -= 1;
            self.bytes[self.start] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }

    fn write(&self, out: &mut Vec<u8>, negative: bool, scale: u8) {
        if negative {
            out.push(b'-');
        }
        let point = DIGITS_MAX - usize::from(scale);
        // At least one digit stands before the point.
        let start = self.start.min(point - 1);
        out.extend_from_slice(&self.bytes[start..point]);
        if scale > 0 {
            out.push(b'.');
            out.extend_from_slice(&self.bytes[point..]);
        }
    }
}

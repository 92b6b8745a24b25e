//! gb18030: GBK's two bytes, and four bytes for all else of Unicode.
//!
//! Four bytes `a b c d` (a from 81, b and d from 30 to 39, c from 81 to fe) number the characters: 0 to 39,419 those of
//! Unicode's first 65,536 that have no two bytes, from 189,000 on all from U+10000. Source: WHATWG Encoding Standard,
//! "gb18030", in whose four bytes MySQL agrees; the two bytes differ as `differences` says.

use super::double_byte::{differences, web_character};
use encoding_rs::GB18030;
use std::sync::LazyLock;

const NUMBERS: u16 = 39_420;
const FIRST_SUPPLEMENTARY: u32 = 189_000;

struct Tables {
    /// The code point of each two bytes from 0x8000, 0 for none.
    doubles: Box<[u16]>,
    /// The code point of each number.
    numbered: Box<[u16]>,
    /// The two bytes of a code point, or its number (below 0x8000, or beyond as marked in `is_number`).
    keys: Box<[u16]>,
    /// Whether a code point is written by its number.
    is_number: Box<[bool]>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

/// Returns the length in bytes of the character that begins `bytes`, 1 if none does.
pub(super) fn char_bytes(bytes: &[u8]) -> usize {
    match bytes {
        [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, ..] => 2,
        [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, ..] => 4,
        _ => 1,
    }
}

pub(super) fn read(bytes: &[u8]) -> Option<(char, usize)> {
    let length = char_bytes(bytes);
    let code = match (length, bytes) {
        (4, &[a, b, c, d, ..]) => {
            let digits = u32::from(a - 0x81) * 10 + u32::from(b - 0x30);
            let number = (digits * 126 + u32::from(c - 0x81)) * 10 + u32::from(d - 0x30);
            match number.checked_sub(FIRST_SUPPLEMENTARY) {
                Some(supplementary) => supplementary + 0x1_0000,
                None => u32::from(*TABLES.numbered.get(number as usize)?),
            }
        }
        (2, &[first, second, ..]) => {
            let code = TABLES.doubles[usize::from(u16::from_be_bytes([first, second]) - 0x8000)];
            u32::from(Some(code).filter(|code| *code != 0)?)
        }
        (_, &[byte @ 0..0x80, ..]) => u32::from(byte),
        _ => return None,
    };
    char::from_u32(code).map(|character| (character, length))
}

/// Appends the character's bytes; every character has some.
pub(super) fn write(character: char, out: &mut Vec<u8>) -> bool {
    let code = u32::from(character);
    let number = match u16::try_from(code) {
        Ok(byte @ 0..0x80) => {
            out.push(byte as u8);
            return true;
        }
        Ok(code) => {
            let key = TABLES.keys[usize::from(code)];
            if !TABLES.is_number[usize::from(code)] {
                out.extend_from_slice(&key.to_be_bytes());
                return key != 0;
            }
            u32::from(key)
        }
        Err(_) => code - 0x1_0000 + FIRST_SUPPLEMENTARY,
    };
    out.extend_from_slice(&bytes_of(number));
    true
}

/// Returns the four bytes of a number.
fn bytes_of(number: u32) -> [u8; 4] {
    let digit = |place: u32, base: u32, from: u8| (number / place % base) as u8 + from;
    [digit(12_600, 126, 0x81), digit(1_260, 10, 0x30), digit(10, 126, 0x81), digit(1, 10, 0x30)]
}

impl Tables {
    fn build() -> Self {
        let mut doubles = vec![0_u16; 0x8000].into_boxed_slice();
        let mut numbered = vec![0_u16; usize::from(NUMBERS)].into_boxed_slice();
        let mut keys = vec![0_u16; 0x1_0000].into_boxed_slice();
        let mut is_number = vec![false; 0x1_0000].into_boxed_slice();
        for number in 0..NUMBERS {
            let code = web_character(GB18030, &bytes_of(number.into()));
            numbered[usize::from(number)] = code;
            keys[usize::from(code)] = number;
            is_number[usize::from(code)] = true;
        }
        let mut different = 0;
        for key in 0x8000..=u16::MAX {
            let bytes = key.to_be_bytes();
            if char_bytes(&bytes) != 2 {
                continue;
            }
            let run = differences::GB18030.iter().find(|(first, last, _)| (*first..=*last).contains(&key));
            let code = match run {
                Some((first, _, code)) => {
                    different = if key == *first { *code } else { different + 1 };
                    different
                }
                None => web_character(GB18030, &bytes),
            };
            doubles[usize::from(key - 0x8000)] = code;
            if code != 0 {
                keys[usize::from(code)] = key;
                is_number[usize::from(code)] = false;
            }
        }
        Self { doubles, numbered, keys, is_number }
    }
}

//! East Asian character sets of one or two bytes a character (ujis and eucjpms: up to three).
//!
//! # Keys
//! A character of two bytes has them as its key, the first one high. In ujis and eucjpms the characters of three bytes
//! `8f a b` have the key `a`, `b & 7f`, which no character of two bytes has. All keys are thus 0x8000 or more, and all
//! characters are in Unicode's first 65,536.
//!
//! # Tables
//! They are built when a character set is first met: encoding_rs says what each key stands for, and `differences` holds
//! what MySQL has otherwise. That takes about a millisecond and 192 KiB.

pub(super) mod differences;

use differences::Run;
use encoding_rs::{BIG5 as WEB_BIG5, EUC_JP, EUC_KR, Encoding, GBK as WEB_GBK, SHIFT_JIS};
use std::sync::OnceLock;

/// What makes one of these character sets.
pub(super) struct DoubleByte {
    family: Family,
    web: &'static Encoding,
    differences: &'static [Run],
    /// Keys that are read but never written, since another key stands for the same.
    read_only: (u16, u16),
    tables: OnceLock<Tables>,
}

/// Which bytes make characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Gbk,
    Gb2312,
    Big5,
    /// With the half-width katakana in single bytes a1 to df.
    Sjis,
    Euckr,
    Ujis,
}

struct Tables {
    /// The code point of each key from 0x8000, 0 for none.
    characters: Box<[u16]>,
    /// The key of each code point, 0 for none.
    keys: Box<[u16]>,
}

const FIRST_KEY: u16 = 0x8000;
const NOWHERE: (u16, u16) = (0, 0);

pub(super) static GBK: DoubleByte = DoubleByte::new(Family::Gbk, WEB_GBK, &differences::GBK, NOWHERE);
pub(super) static GB2312: DoubleByte =
    DoubleByte::new(Family::Gb2312, WEB_GBK, &differences::GB2312, NOWHERE);
pub(super) static BIG5: DoubleByte = DoubleByte::new(Family::Big5, WEB_BIG5, &differences::BIG5, NOWHERE);
pub(super) static SJIS: DoubleByte = DoubleByte::new(Family::Sjis, SHIFT_JIS, &differences::SJIS, NOWHERE);
pub(super) static CP932: DoubleByte = DoubleByte::new(Family::Sjis, SHIFT_JIS, &[], (0xed40, 0xeefc));
pub(super) static EUCKR: DoubleByte = DoubleByte::new(Family::Euckr, EUC_KR, &[], NOWHERE);
pub(super) static UJIS: DoubleByte = DoubleByte::new(Family::Ujis, EUC_JP, &differences::UJIS, NOWHERE);
// U+2116 is written as ade2, although a271 (8f a2 f1) reads the same.
pub(super) static EUCJPMS: DoubleByte =
    DoubleByte::new(Family::Ujis, EUC_JP, &differences::EUCJPMS, (0xa271, 0xa271));

impl DoubleByte {
    const fn new(
        family: Family,
        web: &'static Encoding,
        differences: &'static [Run],
        read_only: (u16, u16),
    ) -> Self {
        Self { family, web, differences, read_only, tables: OnceLock::new() }
    }

    pub(super) fn bytes_max(&self) -> u8 {
        if self.family == Family::Ujis { 3 } else { 2 }
    }

    /// Returns the length in bytes of the character that begins `bytes`, 1 if none does.
    pub(super) fn char_bytes(&self, bytes: &[u8]) -> usize {
        self.key(bytes).map_or(1, |(_, length)| length)
    }

    #[inline]
    pub(super) fn read(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let byte = *bytes.first()?;
        if byte < 0x80 {
            return Some((char::from(byte), 1));
        }
        if self.family == Family::Sjis && (0xa1..=0xdf).contains(&byte) {
            return Some((half_width_katakana(byte)?, 1));
        }
        let (key, length) = self.key(bytes)?;
        let code = *self.tables().characters.get(usize::from(key - FIRST_KEY))?;
        char::from_u32(code.into()).filter(|_| code != 0).map(|character| (character, length))
    }

    /// Appends the character's bytes; returns whether it has some.
    pub(super) fn write(&self, character: char, out: &mut Vec<u8>) -> bool {
        let Ok(code) = u16::try_from(u32::from(character)) else {
            return false;
        };
        // MySQL's sjis reads 815f as a backslash, and writes a backslash so.
        if code < 0x80 && !(self.family == Family::Sjis && self.has_second_backslash(code)) {
            out.push(code as u8);
            return true;
        }
        if self.family == Family::Sjis && (0xff61..=0xff9f).contains(&code) {
            out.push((code - 0xff61 + 0xa1) as u8);
            return true;
        }
        let key = self.tables().keys[usize::from(code)];
        let [first, second] = key.to_be_bytes();
        match (self.family, second) {
            _ if key == 0 => return false,
            (Family::Ujis, 0..0x80) => out.extend_from_slice(&[0x8f, first, second | 0x80]),
            _ => out.extend_from_slice(&[first, second]),
        }
        true
    }

    fn has_second_backslash(&self, code: u16) -> bool {
        code == u16::from(b'\\') && self.tables().keys[usize::from(code)] != 0
    }

    /// Returns the key of the character that begins `bytes`, and its length in bytes; `None` for a single byte.
    #[inline]
    fn key(&self, bytes: &[u8]) -> Option<(u16, usize)> {
        let &[first, second] = bytes.first_chunk()?;
        if self.family == Family::Ujis && first == 0x8f {
            let third = *bytes.get(2)?;
            let valid = second >= 0xa1 && second != 0xff && third >= 0xa1 && third != 0xff;
            return valid.then_some((u16::from_be_bytes([second, third & 0x7f]), 3));
        }
        let valid = matches!(
            (self.family, first, second),
            (Family::Gbk, 0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe)
                | (Family::Gb2312, 0xa1..=0xf7, 0xa1..=0xfe)
                | (Family::Big5, 0xa1..=0xf9, 0x40..=0x7e | 0xa1..=0xfe)
                | (Family::Sjis, 0x81..=0x9f | 0xe0..=0xfc, 0x40..=0x7e | 0x80..=0xfc)
                | (Family::Euckr, 0x81..=0xfe, 0x41..=0x5a | 0x61..=0x7a | 0x81..=0xfe)
                | (Family::Ujis, 0xa1..=0xfe, 0xa1..=0xfe)
                | (Family::Ujis, 0x8e, 0xa1..=0xdf)
        );
        valid.then_some((u16::from_be_bytes([first, second]), 2))
    }

    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| self.build())
    }

    fn build(&self) -> Tables {
        let mut characters = vec![0_u16; 0x8000].into_boxed_slice();
        let mut keys = vec![0_u16; 0x1_0000].into_boxed_slice();
        let mut different = 0;
        for key in FIRST_KEY..=u16::MAX {
            let Some(bytes) = self.bytes(key) else {
                continue;
            };
            let run = self.differences.iter().find(|(first, last, _)| (*first..=*last).contains(&key));
            let code = match run {
                Some((_, _, 0)) => 0,
                Some((first, _, code)) => {
                    different = if key == *first { *code } else { different + 1 };
                    different
                }
                None => web_character(self.web, &bytes),
            };
            characters[usize::from(key - FIRST_KEY)] = code;
            let (first, last) = self.read_only;
            let written = &mut keys[usize::from(code)];
            if code != 0 && *written == 0 && !(first..=last).contains(&key) {
                *written = key;
            }
        }
        Tables { characters, keys }
    }

    /// Returns the bytes of a key, unless it is none.
    fn bytes(&self, key: u16) -> Option<Vec<u8>> {
        let [first, second] = key.to_be_bytes();
        let bytes = if self.family == Family::Ujis && second < 0x80 {
            vec![0x8f, first, second | 0x80]
        } else {
            vec![first, second]
        };
        let (same, length) = self.key(&bytes)?;
        (same == key && length == bytes.len()).then_some(bytes)
    }
}

fn half_width_katakana(byte: u8) -> Option<char> {
    char::from_u32(0xff61 - 0xa1 + u32::from(byte))
}

/// Returns the one code point that the bytes stand for on the web, 0 if there is none or one beyond 16 bits.
pub(super) fn web_character(web: &'static Encoding, bytes: &[u8]) -> u16 {
    let text = web.decode_without_bom_handling_and_without_replacement(bytes).unwrap_or_default();
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => u16::try_from(u32::from(character)).unwrap_or(0),
        _ => 0,
    }
}

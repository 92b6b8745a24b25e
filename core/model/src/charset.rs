//! Character sets: the bytes of MySQL's text columns to and from UTF-8, and the collations that name them.
//!
//! Every character set that a column can have is here. What each sequence of bytes stands for was taken from real
//! servers (MySQL 9.7, MariaDB 10.11) and is compared with them, code point by code point, by the tests in
//! `tests/it/charset.rs`: MySQL's tables are older than, and differ from, the ones of the web (encoding_rs) of the same
//! name. Broken text is refused, with the place; nothing is replaced unless asked for.

mod collation;
mod double_byte;
mod form;
mod gb18030;
mod single_byte;
#[cfg(test)]
mod tests;
mod unicode;

pub use collation::{Case, Collation, Defaults, Server};

use form::Form;
use std::borrow::Cow;

/// A character set of MySQL's (manual: "Supported Character Sets and Collations").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is MySQL's character set of the same name")]
pub enum Charset {
    Armscii8,
    Ascii,
    Big5,
    Binary,
    Cp1250,
    Cp1251,
    Cp1256,
    Cp1257,
    Cp850,
    Cp852,
    Cp866,
    Cp932,
    Dec8,
    Eucjpms,
    Euckr,
    Gb18030,
    Gb2312,
    Gbk,
    Geostd8,
    Greek,
    Hebrew,
    Hp8,
    Keybcs2,
    Koi8r,
    Koi8u,
    Latin1,
    Latin2,
    Latin5,
    Latin7,
    Macce,
    Macroman,
    Sjis,
    Swe7,
    Tis620,
    Ucs2,
    Ujis,
    Utf16,
    Utf16le,
    Utf32,
    Utf8mb3,
    Utf8mb4,
}

/// Bytes that stand for no text in their character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} begins no character of {}", charset.name())]
pub struct BadText {
    /// The character set.
    pub charset: Charset,
    /// The index of the first byte that belongs to no character.
    pub at: usize,
}

/// Text that a character set has no bytes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} has no character {character:?}", charset.name())]
pub struct Unencodable {
    /// The character set.
    pub charset: Charset,
    /// The first character that it lacks.
    pub character: char,
    /// The index of its first byte in the UTF-8 text.
    pub at: usize,
}

/// Name, default collation before MySQL 8, and binary collation, in the order of [`Charset`].
const CHARSETS: [(&str, Charset, u16, u16); 41] = [
    ("armscii8", Charset::Armscii8, 32, 64),
    ("ascii", Charset::Ascii, 11, 65),
    ("big5", Charset::Big5, 1, 84),
    ("binary", Charset::Binary, 63, 63),
    ("cp1250", Charset::Cp1250, 26, 66),
    ("cp1251", Charset::Cp1251, 51, 50),
    ("cp1256", Charset::Cp1256, 57, 67),
    ("cp1257", Charset::Cp1257, 59, 58),
    ("cp850", Charset::Cp850, 4, 80),
    ("cp852", Charset::Cp852, 40, 81),
    ("cp866", Charset::Cp866, 36, 68),
    ("cp932", Charset::Cp932, 95, 96),
    ("dec8", Charset::Dec8, 3, 69),
    ("eucjpms", Charset::Eucjpms, 97, 98),
    ("euckr", Charset::Euckr, 19, 85),
    ("gb18030", Charset::Gb18030, 248, 249),
    ("gb2312", Charset::Gb2312, 24, 86),
    ("gbk", Charset::Gbk, 28, 87),
    ("geostd8", Charset::Geostd8, 92, 93),
    ("greek", Charset::Greek, 25, 70),
    ("hebrew", Charset::Hebrew, 16, 71),
    ("hp8", Charset::Hp8, 6, 72),
    ("keybcs2", Charset::Keybcs2, 37, 73),
    ("koi8r", Charset::Koi8r, 7, 74),
    ("koi8u", Charset::Koi8u, 22, 75),
    ("latin1", Charset::Latin1, 8, 47),
    ("latin2", Charset::Latin2, 9, 77),
    ("latin5", Charset::Latin5, 30, 78),
    ("latin7", Charset::Latin7, 41, 79),
    ("macce", Charset::Macce, 38, 43),
    ("macroman", Charset::Macroman, 39, 53),
    ("sjis", Charset::Sjis, 13, 88),
    ("swe7", Charset::Swe7, 10, 82),
    ("tis620", Charset::Tis620, 18, 89),
    ("ucs2", Charset::Ucs2, 35, 90),
    ("ujis", Charset::Ujis, 12, 91),
    ("utf16", Charset::Utf16, 54, 55),
    ("utf16le", Charset::Utf16le, 56, 62),
    ("utf32", Charset::Utf32, 60, 61),
    ("utf8mb3", Charset::Utf8mb3, 33, 83),
    ("utf8mb4", Charset::Utf8mb4, 45, 46),
];

impl Charset {
    /// Returns all character sets, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        CHARSETS.iter().map(|(_, charset, ..)| *charset)
    }

    /// Returns MySQL's name of the character set (`utf8mb3`, never `utf8`).
    pub fn name(self) -> &'static str {
        CHARSETS[self as usize].0
    }

    /// Returns the character set called `name`, in any case; `utf8` is utf8mb3.
    pub fn by_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utf8") {
            return Some(Self::Utf8mb3);
        }
        CHARSETS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, charset, ..)| *charset)
    }

    /// Returns the largest number of bytes that a character takes (`information_schema.character_sets.maxlen`).
    pub fn max_bytes_per_char(self) -> u8 {
        match self.form() {
            _ if self == Self::Binary => 1,
            Form::Utf8 { bytes_max } => bytes_max,
            Form::Single(_) => 1,
            Form::Double(table) => table.bytes_max(),
            Form::Gb18030 => 4,
            Form::Unicode(unit) => unit.bytes_max(),
        }
    }

    /// Tells whether ASCII text reads as itself; false for swe7 and the wide forms of Unicode. (In gbk, big5 and their
    /// like an ASCII byte may still be the second half of a character.)
    pub fn is_ascii_superset(self) -> bool {
        !matches!(self, Self::Swe7 | Self::Ucs2 | Self::Utf16 | Self::Utf16le | Self::Utf32)
    }

    /// Returns the text that `bytes` stand for; borrowed where the bytes are it already. For `binary` they must be UTF-8.
    ///
    /// # Errors
    /// If some bytes are ill-formed or stand for nothing.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, BadText> {
        if let Form::Utf8 { bytes_max } = self.form() {
            return self.utf8(bytes, bytes_max).map(Cow::Borrowed);
        }
        if self.is_ascii_superset() && bytes.is_ascii() {
            return self.utf8(bytes, 4).map(Cow::Borrowed);
        }
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
        self.each_char(bytes, |character| text.push(character))?;
        Ok(Cow::Owned(text))
    }

    /// Appends the text that `bytes` stand for, as UTF-8.
    ///
    /// # Errors
    /// As [`decode`](Self::decode); then the text before the error was appended.
    pub fn decode_into(self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BadText> {
        let borrowed = match self.form() {
            Form::Utf8 { bytes_max } => self.utf8(bytes, bytes_max).map(|_| ()),
            _ if self.is_ascii_superset() && bytes.is_ascii() => Ok(()),
            _ => {
                let put = |character: char| {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                };
                return self.each_char(bytes, put);
            }
        };
        let valid = borrowed.map_or_else(|error| error.at, |()| bytes.len());
        out.extend_from_slice(&bytes[..valid]);
        borrowed
    }

    /// Appends the text that `bytes` stand for, as UTF-8, with U+FFFD in the place of each code unit that stands for
    /// nothing. Returns whether there was one.
    pub fn decode_lossy_into(self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        let mut rest = bytes;
        while let Err(BadText { at, .. }) = self.decode_into(rest, out) {
            out.extend_from_slice("\u{fffd}".as_bytes());
            let unit = if let Form::Unicode(unit) = self.form() { unit.bytes_min() } else { 1 };
            rest = rest.get(at + usize::from(unit)..).unwrap_or_default();
        }
        rest.len() < bytes.len()
    }

    /// Returns the bytes of `text`; borrowed where they are the text's own.
    ///
    /// Where MySQL would write other bytes than it reads (it turns U+6661 into a character of cp932 that reads as
    /// another), the character counts as lacking.
    ///
    /// # Errors
    /// If the character set lacks a character of `text`.
    pub fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, Unencodable> {
        let ascii = text.is_ascii() && self.is_ascii_superset() && self != Self::Sjis;
        if ascii || matches!(self, Self::Utf8mb4 | Self::Binary) {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        let mut bytes = Vec::with_capacity(text.len());
        self.encode_into(text, &mut bytes).map(|()| Cow::Owned(bytes))
    }

    /// Appends the bytes of `text`.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); then the bytes of what is before the character were appended.
    pub fn encode_into(self, text: &str, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let form = self.form();
        for (at, character) in text.char_indices() {
            let written = match form {
                Form::Utf8 { bytes_max } => {
                    let bytes = &mut [0; 4];
                    let bytes = character.encode_utf8(bytes).as_bytes();
                    out.extend_from_slice(bytes);
                    bytes.len() <= usize::from(bytes_max)
                }
                Form::Single(table) => table.write(character, out),
                Form::Double(table) => table.write(character, out),
                Form::Gb18030 => gb18030::write(character, out),
                Form::Unicode(unit) => unit.write(character, out),
            };
            if !written {
                return Err(Unencodable { charset: self, character, at });
            }
        }
        Ok(())
    }

    /// Returns the first `characters` characters of a text, or all of it if it has fewer: what a key's prefix part of
    /// that length holds. A byte that begins no character counts as one.
    pub fn prefix(self, bytes: &[u8], characters: usize) -> &[u8] {
        if self.max_bytes_per_char() == 1 {
            return &bytes[..characters.min(bytes.len())];
        }
        let mut end = 0;
        for _ in 0..characters {
            if end >= bytes.len() {
                break;
            }
            end += self.char_bytes(&bytes[end..]);
        }
        &bytes[..end]
    }

    /// Returns the number of characters of a text. A byte that begins no character counts as one.
    pub fn count_chars(self, bytes: &[u8]) -> usize {
        if self.max_bytes_per_char() == 1 {
            return bytes.len();
        }
        let mut rest = bytes;
        let mut count = 0;
        while !rest.is_empty() {
            rest = &rest[self.char_bytes(rest)..];
            count += 1;
        }
        count
    }

    /// Returns the length in bytes of the character that begins `bytes`, which are not empty.
    fn char_bytes(self, bytes: &[u8]) -> usize {
        let length = match self.form() {
            Form::Utf8 { .. } => match bytes[0] {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            },
            Form::Single(_) => 1,
            Form::Double(table) => table.char_bytes(bytes),
            Form::Gb18030 => gb18030::char_bytes(bytes),
            Form::Unicode(unit) => unit.char_bytes(bytes),
        };
        length.min(bytes.len())
    }

    /// Returns the bytes as UTF-8 of characters of at most `bytes_max` bytes.
    fn utf8(self, bytes: &[u8], bytes_max: u8) -> Result<&str, BadText> {
        let too_long = match bytes_max {
            1 => bytes.iter().position(|byte| *byte >= 0x80),
            3 => bytes.iter().position(|byte| *byte >= 0xf0),
            _ => None,
        };
        let at = match (std::str::from_utf8(bytes), too_long) {
            (Ok(text), None) => return Ok(text),
            (Ok(_), Some(at)) => at,
            (Err(error), at) => at.unwrap_or(bytes.len()).min(error.valid_up_to()),
        };
        Err(BadText { charset: self, at })
    }

    /// Calls `put` for every character; returns the place of the first byte that begins none.
    fn each_char(self, bytes: &[u8], put: impl FnMut(char)) -> Result<(), BadText> {
        let end = match self.form() {
            Form::Utf8 { bytes_max } => {
                self.utf8(bytes, bytes_max)?.chars().for_each(put);
                None
            }
            Form::Single(table) => read_all(bytes, |rest| table.read(rest), put),
            Form::Double(table) => read_all(bytes, |rest| table.read(rest), put),
            Form::Gb18030 => read_all(bytes, gb18030::read, put),
            Form::Unicode(unit) => read_all(bytes, |rest| unit.read(rest), put),
        };
        end.map_or(Ok(()), |at| Err(BadText { charset: self, at }))
    }
}

fn read_all(
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Option<(char, usize)>,
    mut put: impl FnMut(char),
) -> Option<usize> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some((character, length)) = read(rest) else {
            return Some(bytes.len() - rest.len());
        };
        put(character);
        rest = &rest[length..];
    }
    None
}

//! The wide forms of Unicode: ucs2, utf16, utf16le and utf32. All but utf16le are big-endian.

/// A wide form of Unicode.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Ucs2,
    Utf16,
    Utf16le,
    Utf32,
}

impl Unit {
    pub(super) fn bytes_min(self) -> u8 {
        if matches!(self, Self::Utf32) { 4 } else { 2 }
    }

    pub(super) fn bytes_max(self) -> u8 {
        if matches!(self, Self::Ucs2) { 2 } else { 4 }
    }

    /// Returns the length in bytes of the character that begins `bytes`, judged by its first unit.
    pub(super) fn char_bytes(self, bytes: &[u8]) -> usize {
        match (self, self.unit(bytes)) {
            (Self::Ucs2, _) | (_, None) => 2,
            (Self::Utf32, _) => 4,
            (_, Some(unit)) => 2 + 2 * usize::from((0xd800..0xdc00).contains(&unit)),
        }
    }

    pub(super) fn read(self, bytes: &[u8]) -> Option<(char, usize)> {
        match self {
            Self::Ucs2 => Some((char::from_u32(self.unit(bytes)?.into())?, 2)),
            Self::Utf32 => {
                let code = u32::from_be_bytes(*bytes.first_chunk()?);
                Some((char::from_u32(code)?, 4))
            }
            Self::Utf16 | Self::Utf16le => {
                let first = self.unit(bytes)?;
                let second = bytes.get(2..).and_then(|rest| self.unit(rest));
                let character =
                    char::decode_utf16([Some(first), second].into_iter().flatten()).next()?.ok()?;
                Some((character, character.len_utf16() * 2))
            }
        }
    }

    /// Appends the character's bytes; returns whether it has some.
    pub(super) fn write(self, character: char, out: &mut Vec<u8>) -> bool {
        let units = &mut [0; 2];
        match self {
            Self::Ucs2 if character.len_utf16() > 1 => return false,
            Self::Utf32 => out.extend_from_slice(&u32::from(character).to_be_bytes()),
            Self::Utf16le => {
                out.extend(character.encode_utf16(units).iter().flat_map(|unit| unit.to_le_bytes()))
            }
            Self::Ucs2 | Self::Utf16 => {
                out.extend(character.encode_utf16(units).iter().flat_map(|unit| unit.to_be_bytes()));
            }
        }
        true
    }

    fn unit(self, bytes: &[u8]) -> Option<u16> {
        let unit = *bytes.first_chunk()?;
        Some(if matches!(self, Self::Utf16le) { u16::from_le_bytes(unit) } else { u16::from_be_bytes(unit) })
    }
}

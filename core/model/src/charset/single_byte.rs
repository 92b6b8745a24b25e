//! Character sets of one byte a character: ASCII below 0x80 (but for swe7) and a table above.

mod tables;

/// What the 256 bytes stand for.
pub(super) struct SingleByte {
    high: &'static tables::High,
    /// Bytes below 0x80 that are not ASCII.
    low: &'static [(u8, u16)],
}

pub(super) static ARMSCII8: SingleByte = SingleByte::ascii_and(&tables::ARMSCII8);
pub(super) static CP1250: SingleByte = SingleByte::ascii_and(&tables::CP1250);
pub(super) static CP1251: SingleByte = SingleByte::ascii_and(&tables::CP1251);
pub(super) static CP1256: SingleByte = SingleByte::ascii_and(&tables::CP1256);
pub(super) static CP1257: SingleByte = SingleByte::ascii_and(&tables::CP1257);
pub(super) static CP850: SingleByte = SingleByte::ascii_and(&tables::CP850);
pub(super) static CP852: SingleByte = SingleByte::ascii_and(&tables::CP852);
pub(super) static CP866: SingleByte = SingleByte::ascii_and(&tables::CP866);
pub(super) static DEC8: SingleByte = SingleByte::ascii_and(&tables::DEC8);
pub(super) static GEOSTD8: SingleByte = SingleByte::ascii_and(&tables::GEOSTD8);
pub(super) static GREEK: SingleByte = SingleByte::ascii_and(&tables::GREEK);
pub(super) static HEBREW: SingleByte = SingleByte::ascii_and(&tables::HEBREW);
pub(super) static HP8: SingleByte = SingleByte::ascii_and(&tables::HP8);
pub(super) static KEYBCS2: SingleByte = SingleByte::ascii_and(&tables::KEYBCS2);
pub(super) static KOI8R: SingleByte = SingleByte::ascii_and(&tables::KOI8R);
pub(super) static KOI8U: SingleByte = SingleByte::ascii_and(&tables::KOI8U);
pub(super) static LATIN1: SingleByte = SingleByte::ascii_and(&tables::LATIN1);
pub(super) static LATIN2: SingleByte = SingleByte::ascii_and(&tables::LATIN2);
pub(super) static LATIN5: SingleByte = SingleByte::ascii_and(&tables::LATIN5);
pub(super) static LATIN7: SingleByte = SingleByte::ascii_and(&tables::LATIN7);
pub(super) static MACCE: SingleByte = SingleByte::ascii_and(&tables::MACCE);
pub(super) static MACROMAN: SingleByte = SingleByte::ascii_and(&tables::MACROMAN);
pub(super) static TIS620: SingleByte = SingleByte::ascii_and(&tables::TIS620);
pub(super) static SWE7: SingleByte = SingleByte { high: &[0; 128], low: &tables::SWE7 };

impl SingleByte {
    const fn ascii_and(high: &'static tables::High) -> Self {
        Self { high, low: &[] }
    }

    #[inline]
    pub(super) fn read(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let byte = *bytes.first()?;
        let code = match byte {
            0x80.. => self.high[usize::from(byte - 0x80)],
            _ => match self.low.iter().find(|(other, _)| *other == byte) {
                Some((_, code)) => *code,
                None => return Some((char::from(byte), 1)),
            },
        };
        char::from_u32(code.into()).filter(|_| code != 0).map(|character| (character, 1))
    }

    /// Appends the character's byte; returns whether there is one.
    pub(super) fn write(&self, character: char, out: &mut Vec<u8>) -> bool {
        let byte = self.byte(character);
        out.extend(byte);
        byte.is_some()
    }

    fn byte(&self, character: char) -> Option<u8> {
        let code = u16::try_from(u32::from(character)).ok()?;
        match u8::try_from(code) {
            Ok(byte) if byte < 0x80 && !self.low.iter().any(|(other, _)| *other == byte) => Some(byte),
            _ if code == 0 => None,
            _ => {
                let low = self.low.iter().find(|(_, other)| *other == code).map(|(byte, _)| *byte);
                let high = || self.high.iter().position(|other| *other == code);
                low.or_else(|| Some(high()? as u8 | 0x80))
            }
        }
    }
}

//! How each character set's bytes are built.

use super::Charset;
use super::double_byte::{self as double, DoubleByte};
use super::single_byte::{self as single, SingleByte};
use super::unicode::Unit;

/// How a character set's bytes are built.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Utf8 { bytes_max: u8 },
    Single(&'static SingleByte),
    Double(&'static DoubleByte),
    Gb18030,
    Unicode(Unit),
}

impl Charset {
    pub(super) fn form(self) -> Form {
        match self {
            Self::Ascii => Form::Utf8 { bytes_max: 1 },
            Self::Utf8mb3 => Form::Utf8 { bytes_max: 3 },
            Self::Utf8mb4 | Self::Binary => Form::Utf8 { bytes_max: 4 },
            Self::Ucs2 => Form::Unicode(Unit::Ucs2),
            Self::Utf16 => Form::Unicode(Unit::Utf16),
            Self::Utf16le => Form::Unicode(Unit::Utf16le),
            Self::Utf32 => Form::Unicode(Unit::Utf32),
            Self::Gb18030 => Form::Gb18030,
            Self::Big5 => Form::Double(&double::BIG5),
            Self::Cp932 => Form::Double(&double::CP932),
            Self::Eucjpms => Form::Double(&double::EUCJPMS),
            Self::Euckr => Form::Double(&double::EUCKR),
            Self::Gb2312 => Form::Double(&double::GB2312),
            Self::Gbk => Form::Double(&double::GBK),
            Self::Sjis => Form::Double(&double::SJIS),
            Self::Ujis => Form::Double(&double::UJIS),
            Self::Armscii8 => Form::Single(&single::ARMSCII8),
            Self::Cp1250 => Form::Single(&single::CP1250),
            Self::Cp1251 => Form::Single(&single::CP1251),
            Self::Cp1256 => Form::Single(&single::CP1256),
            Self::Cp1257 => Form::Single(&single::CP1257),
            Self::Cp850 => Form::Single(&single::CP850),
            Self::Cp852 => Form::Single(&single::CP852),
            Self::Cp866 => Form::Single(&single::CP866),
            Self::Dec8 => Form::Single(&single::DEC8),
            Self::Geostd8 => Form::Single(&single::GEOSTD8),
            Self::Greek => Form::Single(&single::GREEK),
            Self::Hebrew => Form::Single(&single::HEBREW),
            Self::Hp8 => Form::Single(&single::HP8),
            Self::Keybcs2 => Form::Single(&single::KEYBCS2),
            Self::Koi8r => Form::Single(&single::KOI8R),
            Self::Koi8u => Form::Single(&single::KOI8U),
            Self::Latin1 => Form::Single(&single::LATIN1),
            Self::Latin2 => Form::Single(&single::LATIN2),
            Self::Latin5 => Form::Single(&single::LATIN5),
            Self::Latin7 => Form::Single(&single::LATIN7),
            Self::Macce => Form::Single(&single::MACCE),
            Self::Macroman => Form::Single(&single::MACROMAN),
            Self::Swe7 => Form::Single(&single::SWE7),
            Self::Tis620 => Form::Single(&single::TIS620),
        }
    }
}

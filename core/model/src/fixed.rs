//! MariaDB's types of fixed length that are shown as text: INET4, INET6 and UUID.

use crate::Uuid;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A type of fixed length. Its values are held as the bytes of their text, the first byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FixedType {
    /// An IPv4 address.
    Inet4,
    /// An IPv6 address.
    Inet6,
    /// A UUID.
    Uuid,
}

impl FixedType {
    /// Returns the type's name in SQL, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inet4 => "inet4",
            Self::Inet6 => "inet6",
            Self::Uuid => "uuid",
        }
    }

    /// Returns the type of this name, in any case.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Inet4, Self::Inet6, Self::Uuid]
            .into_iter()
            .find(|fixed| fixed.name().eq_ignore_ascii_case(name))
    }

    /// Returns how many bytes a value has.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Inet4 => 4,
            Self::Inet6 | Self::Uuid => 16,
        }
    }

    /// Returns how many characters the longest text has.
    pub const fn characters(self) -> u32 {
        match self {
            Self::Inet4 => 15,
            Self::Inet6 => 39,
            Self::Uuid => 36,
        }
    }

    /// Appends a value's text and returns true; if it has another length than the type, appends nothing and returns false.
    #[must_use]
    pub fn write(self, value: &[u8], out: &mut Vec<u8>) -> bool {
        // Writing to a Vec cannot fail.
        match (self, <[u8; 4]>::try_from(value), <[u8; 16]>::try_from(value)) {
            (Self::Inet4, Ok(bytes), _) => write!(out, "{}", Ipv4Addr::from(bytes)).is_ok(),
            (Self::Inet6, _, Ok(bytes)) => write!(out, "{}", Ipv6Addr::from(bytes)).is_ok(),
            (Self::Uuid, _, Ok(bytes)) => write!(out, "{}", Uuid(bytes)).is_ok(),
            _ => false,
        }
    }

    /// Reads a value's text; `None` if it is none.
    pub fn parse(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Inet4 => text.parse().ok().map(|address: Ipv4Addr| address.octets().to_vec()),
            Self::Inet6 => text.parse().ok().map(|address: Ipv6Addr| address.octets().to_vec()),
            Self::Uuid => text.parse().ok().map(|uuid: Uuid| uuid.0.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_text() {
        let text = |fixed: FixedType, value: &[u8]| {
            let mut out = Vec::new();
            fixed.write(value, &mut out).then(|| String::from_utf8(out).unwrap())
        };
        let mut mapped = [0; 16];
        mapped[10..].copy_from_slice(&[255, 255, 1, 2, 3, 4]);
        let uuid = 0x123e_4567_e89b_12d3_a456_4266_5544_0000_u128.to_be_bytes();
        assert_eq!(text(FixedType::Inet4, &[10, 0, 39, 92]).as_deref(), Some("10.0.39.92"));
        assert_eq!(text(FixedType::Inet6, &[0; 16]).as_deref(), Some("::"));
        assert_eq!(text(FixedType::Inet6, &mapped).as_deref(), Some("::ffff:1.2.3.4"));
        assert_eq!(text(FixedType::Uuid, &uuid).as_deref(), Some("123e4567-e89b-12d3-a456-426655440000"));
        for (fixed, value) in [
            (FixedType::Inet4, &[10, 0, 39, 92][..]),
            (FixedType::Inet6, &[0; 16]),
            (FixedType::Inet6, &mapped),
            (FixedType::Uuid, &uuid),
        ] {
            assert_eq!(fixed.parse(&text(fixed, value).unwrap()).as_deref(), Some(value));
            assert_eq!(fixed.parse("10.0.39"), None);
        }
        assert_eq!(text(FixedType::Inet4, &uuid), None);
        assert_eq!(text(FixedType::Uuid, &[0; 4]), None);
        assert_eq!(FixedType::by_name("INET6"), Some(FixedType::Inet6));
    }
}

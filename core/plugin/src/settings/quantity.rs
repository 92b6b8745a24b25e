//! Amounts with a unit: sizes in bytes and spans of time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

/// The formats of JSON Schema that the check of settings knows besides the standard ones.
pub(super) const BYTE_SIZE: &str = "byte-size";
pub(super) const TIME_SPAN: &str = "time-span";

const BYTE_UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

const TIME_UNITS: &[(&str, u64)] =
    &[("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)];

/// A size in bytes, written `512KiB`, `64MiB` or `1GB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(pub u64);

/// A span of time, written `250us`, `100ms`, `1s`, `5m` or `1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan(pub Duration);

/// Text that is not a number followed by a known unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct QuantityError {
    expected: &'static str,
}

impl ByteSize {
    pub(super) const EXPECTED: &'static str = "a size in bytes such as `512KiB`, `64MiB` or `1GB`";
}

impl TimeSpan {
    pub(super) const EXPECTED: &'static str = "a span of time such as `250us`, `100ms`, `1s`, `5m` or `1h`";
}

impl FromStr for ByteSize {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let expected = "a size in bytes such as `512KiB`, `64MiB` or `1GB`";
        quantity(text, BYTE_UNITS).map(Self).ok_or(QuantityError { expected })
    }
}

impl FromStr for TimeSpan {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let expected = "a span of time such as `250us`, `100ms`, `1s`, `5m` or `1h`";
        quantity(text, TIME_UNITS).map(Duration::from_micros).map(Self).ok_or(QuantityError { expected })
    }
}

/// Writes the largest unit that leaves a whole number.
impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quantity(f, self.0, BYTE_UNITS)
    }
}

/// Writes the largest unit that leaves a whole number.
impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quantity(f, u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX), TIME_UNITS)
    }
}

fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start_matches(' '))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn write_quantity(f: &mut fmt::Formatter<'_>, value: u64, units: &[(&str, u64)]) -> fmt::Result {
    let largest =
        units.iter().filter(|(_, factor)| value.is_multiple_of(*factor)).max_by_key(|(_, factor)| *factor);
    match largest {
        Some((unit, factor)) if value > 0 => write!(f, "{}{unit}", value / factor),
        _ => write!(f, "0{}", units.first().map_or("", |(unit, _)| unit)),
    }
}

macro_rules! written_as_text {
    ($type:ident, $format:expr, $pattern:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format, "pattern": $pattern })
            }
        }
    };
}

written_as_text!(ByteSize, BYTE_SIZE, "^[0-9]+ *(B|KiB|MiB|GiB|KB|MB|GB)$");
written_as_text!(TimeSpan, TIME_SPAN, "^[0-9]+ *(us|ms|s|m|h)$");

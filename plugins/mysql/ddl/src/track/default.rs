//! From what stands after DEFAULT to the default that a server shows.

use super::temporal::{date, date_time, time, year};
use crate::DefaultValue;
use std::{fmt::Write, sync::Arc};
use tidegate_model::{ColumnDefault, ColumnKind};

/// Returns the default that `value` gives a column of this kind, written as the server writes it where that is plain.
pub(crate) fn default_of(value: &DefaultValue, kind: &ColumnKind) -> ColumnDefault {
    match value {
        DefaultValue::Null => ColumnDefault::Null,
        DefaultValue::Now(digits) => now(*digits),
        DefaultValue::Expression(text) => ColumnDefault::Expression(text.clone()),
        DefaultValue::Bool(value) => number(if *value { "1" } else { "0" }, kind),
        DefaultValue::Number(text) => number(text, kind),
        DefaultValue::String(text) => string(text, kind),
        DefaultValue::Bytes(bytes) => coded(bytes, kind),
    }
}

/// Returns the default CURRENT_TIMESTAMP with so many fractional digits.
pub(crate) fn now(digits: u8) -> ColumnDefault {
    ColumnDefault::Expression(match digits {
        0 => "CURRENT_TIMESTAMP".into(),
        digits => format!("CURRENT_TIMESTAMP({digits})").into(),
    })
}

fn literal(text: impl Into<Arc<str>>) -> ColumnDefault {
    ColumnDefault::Literal(text.into())
}

fn number(text: &str, kind: &ColumnKind) -> ColumnDefault {
    match kind {
        ColumnKind::Bit { .. } => match text.parse::<u64>() {
            Ok(value) => bits(value),
            Err(_) => ColumnDefault::Expression(text.into()),
        },
        ColumnKind::Year if text.trim_start_matches('0').is_empty() => literal("0000"),
        _ => string(text, kind),
    }
}

fn string(text: &str, kind: &ColumnKind) -> ColumnDefault {
    let trimmed = text.trim();
    match kind {
        ColumnKind::Int { .. } => literal(whole(trimmed)),
        ColumnKind::Decimal { scale, .. } => literal(decimal(trimmed, usize::from(*scale))),
        ColumnKind::Float { .. } => literal(real(trimmed, Some(6))),
        ColumnKind::Double { .. } => literal(real(trimmed, None)),
        ColumnKind::Year => literal(year(trimmed).unwrap_or_else(|| trimmed.to_owned())),
        ColumnKind::Date => literal(date(trimmed).unwrap_or_else(|| trimmed.to_owned())),
        ColumnKind::DateTime { fsp } | ColumnKind::Timestamp { fsp } => {
            let zero = trimmed.bytes().all(|byte| byte == b'0');
            let text = if zero { "0000-00-00" } else { trimmed };
            literal(date_time(text, *fsp).unwrap_or_else(|| trimmed.to_owned()))
        }
        ColumnKind::Time { fsp } => literal(time(trimmed, *fsp).unwrap_or_else(|| trimmed.to_owned())),
        ColumnKind::Binary { length } => {
            let missing = usize::try_from(*length).unwrap_or(0).saturating_sub(text.len());
            literal(format!("{text}{}", "\0".repeat(missing)))
        }
        ColumnKind::Char { .. } => literal(text.trim_end_matches(' ')),
        ColumnKind::Enum { members, .. } => literal(member(text, members)),
        ColumnKind::Set { members, .. } => literal(subset(text, members)),
        ColumnKind::Bit { .. } => {
            let bytes = text.bytes().take(8);
            bits(bytes.fold(0, |value, byte| value << 8 | u64::from(byte)))
        }
        _ => literal(text),
    }
}

fn coded(bytes: &[u8], kind: &ColumnKind) -> ColumnDefault {
    let value = bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    match kind {
        ColumnKind::Bit { .. } => bits(value),
        ColumnKind::Int { .. }
        | ColumnKind::Decimal { .. }
        | ColumnKind::Float { .. }
        | ColumnKind::Double { .. } => number(&value.to_string(), kind),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => string(text, kind),
            _ => {
                let mut text = "0x".to_owned();
                for byte in bytes {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "{byte:02X}");
                }
                ColumnDefault::Expression(text.into())
            }
        },
    }
}

fn bits(value: u64) -> ColumnDefault {
    ColumnDefault::Expression(format!("b'{value:b}'").into())
}

/// Rounds a number to a whole one; what is no plain number stays.
fn whole(text: &str) -> String {
    if let Ok(value) = text.parse::<i128>() {
        return value.to_string();
    }
    if text.contains(['e', 'E']) {
        return match text.parse::<f64>() {
            Ok(value) if value.abs() < 1e15 => format!("{:.0}", value.round()),
            _ => text.to_owned(),
        };
    }
    decimal(text, 0)
}

/// Writes a decimal number with so many fractional digits, rounding half away from zero; anything else stays.
fn decimal(text: &str, scale: usize) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.len() + fraction.len() == 0 || whole.len() + scale > 37 {
        return text.to_owned();
    }
    let mut padded = format!("{whole}{fraction:0<scale$}");
    padded.truncate(whole.len() + scale);
    let up = fraction.as_bytes().get(scale).is_some_and(|digit| *digit >= b'5');
    let value = padded.parse::<u128>().unwrap_or(0) + u128::from(up);
    let all = format!("{value:0>width$}", width = scale + 1);
    let (whole, fraction) = all.split_at(all.len() - scale);
    let sign = if value == 0 { "" } else { sign };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Writes a number as servers write FLOAT (`digits` significant digits) and DOUBLE.
fn real(text: &str, digits: Option<usize>) -> String {
    let Ok(value) = text.parse::<f64>() else { return text.to_owned() };
    let value = match digits {
        Some(digits) => format!("{value:.*e}", digits - 1).parse().unwrap_or(value),
        None => value,
    };
    let plain = value == 0.0 || (1e-14..1e15).contains(&value.abs());
    if plain { value.to_string() } else { format!("{value:e}") }
}

/// Returns the member as it is spelt in the definition.
fn member(text: &str, members: &[Arc<str>]) -> Arc<str> {
    let text = text.trim_end_matches(' ');
    let exact = members.iter().find(|member| ***member == *text);
    let lowered = text.to_lowercase();
    let found = exact.or_else(|| members.iter().find(|member| member.to_lowercase() == lowered));
    found.cloned().unwrap_or_else(|| text.into())
}

/// Returns the members of a SET in the order of the definition.
fn subset(text: &str, members: &[Arc<str>]) -> String {
    let named: Vec<Arc<str>> = text.split(',').map(|part| member(part, members)).collect();
    if text.is_empty() || named.iter().any(|name| !members.contains(name)) {
        return text.to_owned();
    }
    let ordered: Vec<&str> =
        members.iter().filter(|member| named.contains(member)).map(|member| &**member).collect();
    ordered.join(",")
}

//! Paths to a value inside a document, as diffs hold them.
//!
//! Source: MySQL manual, "JSON Path Syntax", without the wildcards: a diff names one place.

use std::borrow::Cow;

/// A step from a value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leg<'a> {
    /// `.key` or `."key"`
    Member(Cow<'a, str>),
    /// `[index]`
    Element(usize),
    /// `[last]` or `[last-back]`
    FromLast(usize),
}

/// Reads the legs of a path; `None` if it is none.
pub(super) fn parse(path: &str) -> Option<Vec<Leg<'_>>> {
    let mut legs = Vec::new();
    let mut rest = path.strip_prefix('$')?.trim_start();
    while let Some(first) = rest.chars().next() {
        let (leg, behind) = match first {
            '.' => member(rest[1..].trim_start())?,
            '[' => element(&rest[1..])?,
            _ => return None,
        };
        legs.push(leg);
        rest = behind.trim_start();
    }
    Some(legs)
}

fn member(rest: &str) -> Option<(Leg<'_>, &str)> {
    if let Some(quoted) = rest.strip_prefix('"') {
        let (key, behind) = quoted_key(quoted)?;
        return Some((Leg::Member(key), behind));
    }
    let end = rest.find(['.', '[', ' ', '\t', '\n', '\r', '*']).unwrap_or(rest.len());
    let (key, behind) = rest.split_at(end);
    (!key.is_empty()).then_some((Leg::Member(Cow::Borrowed(key)), behind))
}

fn element(rest: &str) -> Option<(Leg<'_>, &str)> {
    let (inside, behind) = rest.split_once(']')?;
    let inside = inside.trim();
    let leg = match inside.strip_prefix("last") {
        None => Leg::Element(inside.parse().ok()?),
        Some("") => Leg::FromLast(0),
        Some(back) => Leg::FromLast(back.trim_start().strip_prefix('-')?.trim_start().parse().ok()?),
    };
    Some((leg, behind))
}

/// Reads a JSON string up to its closing quote; returns it and what is behind.
fn quoted_key(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let plain = text.find(['"', '\\'])?;
    if text[plain..].starts_with('"') {
        return Some((Cow::Borrowed(&text[..plain]), &text[plain + 1..]));
    }
    let mut key = String::new();
    let mut rest = text;
    loop {
        let plain = rest.find(['"', '\\'])?;
        key.push_str(&rest[..plain]);
        let (stop, behind) = rest[plain..].split_at(1);
        if stop == "\"" {
            return Some((Cow::Owned(key), behind));
        }
        let escape = behind.chars().next()?;
        rest = &behind[escape.len_utf8()..];
        match escape {
            'b' => key.push('\u{8}'),
            'f' => key.push('\u{c}'),
            'n' => key.push('\n'),
            'r' => key.push('\r'),
            't' => key.push('\t'),
            'u' => {
                let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
                let first = unit(rest)?;
                let second = rest.get(4..).and_then(|rest| rest.strip_prefix("\\u")).and_then(unit);
                let character =
                    char::decode_utf16([Some(first), second].into_iter().flatten()).next()?.ok()?;
                key.push(character);
                rest = &rest[if character.len_utf16() == 2 { 10 } else { 4 }..];
            }
            other => key.push(other),
        }
    }
}

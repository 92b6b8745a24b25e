//! Paths into JSON documents, and what stands at their end.

use std::cmp::Ordering;
use tidegate_model::json::{self, Malformed, OpaqueValue, Value};

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leg {
    /// The member of an object.
    Key(String),
    /// The element of an array, from 0; what is no array is one of one element.
    Index(usize),
}

/// Reads `$.name`, `$."any name"`, `$[0]`, and these behind one another.
///
/// # Errors
/// If it is another path: why.
pub(crate) fn read_path(path: &str) -> Result<Vec<Leg>, String> {
    let refuse = |why: &str| Err(format!("the path `{path}` {why}"));
    let Some(mut rest) = path.strip_prefix('$') else { return refuse("does not begin with `$`") };
    let mut legs = Vec::new();
    while !rest.is_empty() {
        if rest.contains('*') {
            return refuse("has a `*`, which is not taken: it may find several values");
        }
        if let Some(behind) = rest.strip_prefix(".\"") {
            let Some((key, behind)) = behind.split_once('"').filter(|(key, _)| !key.contains('\\')) else {
                return refuse("has a quoted name that does not end, or with a backslash");
            };
            legs.push(Leg::Key(key.to_owned()));
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('.') {
            let end = behind.find(['.', '[']).unwrap_or(behind.len());
            let (key, behind) = behind.split_at_checked(end).unwrap_or((behind, ""));
            let is_name = |at: usize, letter: char| {
                letter.is_ascii_alphabetic()
                    || matches!(letter, '_' | '$')
                    || (at > 0 && letter.is_ascii_digit())
            };
            if key.is_empty() || !key.chars().enumerate().all(|(at, letter)| is_name(at, letter)) {
                return refuse("has a name that wants double quotes");
            }
            legs.push(Leg::Key(key.to_owned()));
            rest = behind;
        } else {
            let index = rest.strip_prefix('[').and_then(|behind| behind.split_once(']'));
            let Some((Ok(index), behind)) = index.map(|(index, behind)| (index.parse::<usize>(), behind))
            else {
                return refuse("is none of names and indexes: `$.a.b[0]`");
            };
            legs.push(Leg::Index(index));
            rest = behind;
        }
    }
    Ok(legs)
}

/// Finds what stands at the end of a path, if there is something.
pub(crate) fn find<'a>(document: &'a [u8], legs: &[Leg]) -> Result<Option<Value<'a>>, Malformed> {
    let mut value = json::parse(document)?;
    for leg in legs {
        value = match (leg, value) {
            (Leg::Key(key), Value::Object(object)) => {
                let mut found = None;
                for index in 0..object.len() {
                    let (name, member) = object.get(index)?;
                    if name == key {
                        found = Some(member);
                        break;
                    }
                }
                let Some(found) = found else { return Ok(None) };
                found
            }
            (Leg::Index(index), Value::Array(array)) if *index < array.len() => array.get(*index)?,
            (Leg::Index(0), value) if !matches!(value, Value::Array(_)) => value,
            _ => return Ok(None),
        };
    }
    Ok(Some(value))
}

/// Appends a value's text, that of a string without its quotes.
pub(crate) fn write_unquoted(value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let start = out.len();
    if let Value::String(text) = value {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    json::write_value(value, out)?;
    // Dates and bytes are strings in a document's text.
    if matches!(value, Value::Opaque(_)) && out.get(start) == Some(&b'"') {
        out.remove(start);
        out.pop();
    }
    Ok(())
}

/// Compares a value with a whole number, by MySQL's ranks of JSON types.
pub(crate) fn compare_integer(value: Value<'_>, constant: i128) -> Ordering {
    match value {
        Value::Int(own) => i128::from(own).cmp(&constant),
        Value::Uint(own) => i128::from(own).cmp(&constant),
        Value::Double(own) => {
            // The whole part is exact, or beyond every constant.
            let whole = own.trunc();
            (whole as i128).cmp(&constant).then(own.partial_cmp(&whole).unwrap_or(Ordering::Equal))
        }
        Value::Opaque(opaque) => match opaque.value() {
            OpaqueValue::Decimal { scale, value } => {
                let constant = arrow_buffer::i256::from_i128(constant);
                crate::evaluate::compare_decimals((value, scale), (constant, 0))
            }
            _ => Ordering::Greater,
        },
        Value::Null => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Compares a value with a string.
pub(crate) fn compare_text(value: Value<'_>, constant: &str) -> Ordering {
    match value {
        Value::String(own) => own.as_bytes().cmp(constant.as_bytes()),
        Value::Null | Value::Int(_) | Value::Uint(_) | Value::Double(_) => Ordering::Less,
        Value::Opaque(opaque) if matches!(opaque.value(), OpaqueValue::Decimal { .. }) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Compares a value with `true` or `false`.
pub(crate) fn compare_bool(value: Value<'_>, constant: bool) -> Ordering {
    match value {
        Value::Bool(own) => own.cmp(&constant),
        Value::Opaque(opaque) if !matches!(opaque.value(), OpaqueValue::Decimal { .. }) => Ordering::Greater,
        _ => Ordering::Less,
    }
}

//! Regular expressions: ICU's, which MySQL has, as far as the `regex` crate means the same by them.
//!
//! What differs is translated (`.` and `$` know more line ends in ICU) or refused: references to groups, looking around,
//! possessive repetition, `\b`, classes in classes, and everything else behind a backslash that is not listed here.

use regex::{Regex, RegexBuilder};

/// ICU's ends of a line.
const LINE_ENDS: &str = r"\n\x0B\x0C\r\x{85}\x{2028}\x{2029}";
/// How much a compiled expression may take.
const SIZE_MAX: usize = 1 << 20;

/// Compiles an expression.
///
/// # Errors
/// If it is no expression, or one that the two do not mean the same by: the index in characters, and why.
pub(crate) fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    let translated = translate(pattern)?;
    let mut builder = RegexBuilder::new(&translated);
    let built = builder.case_insensitive(ignore_case).size_limit(SIZE_MAX).build();
    built.map_err(|_| "the regular expression is not understood, or is too large".to_owned())
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    let refuse = |what: &str| Err(format!("{what} is not taken in regular expressions"));
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next() {
                Some('s') => out.push_str(if in_class { r"\t\n\f\r\p{Z}" } else { r"[\t\n\f\r\p{Z}]" }),
                Some(letter @ ('d' | 'D' | 'w' | 'W' | 'n' | 'r' | 't' | 'f')) => out.extend(['\\', letter]),
                Some(other) if other.is_ascii_punctuation() => out.extend(['\\', other]),
                Some(other) => return refuse(&format!("`\\{other}`")),
                None => return refuse("`\\` at the end"),
            },
            '[' if in_class => return refuse("a class in a class, `[[`,"),
            '[' => {
                in_class = true;
                out.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if rest.peek() == Some(&']') {
                    return refuse("an empty class, `[]`,");
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '-' | '~' if in_class && rest.peek() == Some(&character) => {
                return refuse(&format!("`{character}{character}` in a class"));
            }
            _ if in_class => out.push(character),
            '.' => out.push_str(&format!("[^{LINE_ENDS}]")),
            '$' if matches!(rest.peek(), None | Some(')' | '|')) => {
                out.push_str(&format!(r"(?:\r\n|[{LINE_ENDS}])?\z"));
            }
            '$' => return refuse("`$` before the end"),
            '^' => out.push_str(r"\A"),
            '(' if rest.peek() == Some(&'?') => {
                rest.next();
                if rest.next_if_eq(&':').is_none() {
                    return refuse("`(?` other than `(?:`");
                }
                out.push_str("(?:");
            }
            '*' | '+' | '?' | '}' if rest.peek() == Some(&'+') => {
                return refuse(&format!("`{character}+`, possessive repetition,"));
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

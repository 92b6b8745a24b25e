//! The page `docs/reference/dm.md`, made from the table.

use super::{AsSection, File, Honoured, Key, Refused, Takes, Treatment, WithoutEffect, keys};

const HEAD: &str = include_str!("page.md");

/// Returns the reference of DM's files.
#[must_use]
pub fn page() -> String {
    let mut text = HEAD.to_owned();
    for (file, title) in [(File::Source, "The source file"), (File::Task, "The task file")] {
        text.push_str(&format!(
            "\n## {title}\n\n| key | takes | DM's default | what becomes of it |\n|---|---|---|---|\n"
        ));
        keys(file).iter().for_each(|key| row(&mut text, key));
    }
    text
}

fn row(text: &mut String, key: &Key) {
    let default = match key.default {
        _ if key.required => "*required*".to_owned(),
        None => "–".to_owned(),
        Some("") => "empty".to_owned(),
        Some(default) => format!("`{default}`"),
    };
    let mut words = treatment(key.treatment);
    for (value, of_value) in key.values {
        words.push_str(&format!(" `{value}`: {}", treatment(*of_value)));
    }
    if !key.remark.is_empty() {
        words.push_str(&format!(" ({})", key.remark));
    }
    let cells = [format!("`{}`", key.path), takes(key.takes), default, words];
    text.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
}

fn treatment(treatment: Treatment) -> String {
    match treatment {
        Honoured(by) => format!("**honoured**: {by}."),
        WithoutEffect(why) => format!("without effect: {why}."),
        Refused { why, instead } => format!("**refused**: {why}; {instead}."),
        AsSection => "as its section.".to_owned(),
    }
}

fn takes(takes: Takes) -> String {
    match takes {
        Takes::Text => "text".to_owned(),
        Takes::Secret => "text, secret".to_owned(),
        Takes::Flag => "`true` or `false`".to_owned(),
        Takes::Number(least, i64::MAX) => format!("whole number, at least {least}"),
        Takes::Number(least, most) => format!("whole number, {least} to {most}"),
        Takes::Words(words) => {
            let words = words.iter().filter(|word| !word.is_empty());
            words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
        }
        Takes::Duration => "time, such as `1m30s`".to_owned(),
        Takes::Texts => "list of text".to_owned(),
        Takes::TextOrTexts => "text, or list of text".to_owned(),
        Takes::Section => "mapping".to_owned(),
        Takes::Sections => "list of mapping".to_owned(),
        Takes::Anything => "anything".to_owned(),
    }
}

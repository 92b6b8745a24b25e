//! Every key of the table with values that it takes and values that it does not.

use super::*;
use crate::{DmFile, keys::File};
use serde_json::{Value as Json, json};
use std::path::Path as FilePath;
use tidegate_config::{Diagnostics, yaml_text};
use tidegate_plugin::settings::{Path, Segment};

/// The name that stands for `*`.
const NAME: &str = "n1";

/// Returns a file with what is required, and `target` with this value; without one, with what it needs at least.
fn document(all: &[Key], prefix: &str, target: &Key, value: Option<&Json>) -> Json {
    let mut mapping = serde_json::Map::new();
    for key in all {
        let Some(name) = key.path.strip_prefix(prefix).filter(|name| !name.contains(['.', '['])) else {
            continue;
        };
        let is_target = key.path == target.path;
        let rest = target.path.strip_prefix(&key.path);
        let leads_there = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        if !key.required && !leads_there {
            continue;
        }
        let value = match (value, key.takes) {
            (Some(value), _) if is_target => value.clone(),
            (_, Takes::Section) => document(all, &format!("{}.", key.path), target, value),
            (_, Takes::Sections) => json!([document(all, &format!("{}[].", key.path), target, value)]),
            _ => good_values(key).remove(0),
        };
        mapping.insert(if name == "*" { NAME } else { name }.to_owned(), value);
    }
    Json::Object(mapping)
}

fn good_values(key: &Key) -> Vec<Json> {
    match key.takes {
        Takes::Text => vec![json!("x"), json!(12)],
        Takes::Secret => vec![json!("secret")],
        Takes::Flag => vec![json!(true), json!(false)],
        Takes::Number(least, most) => vec![json!(least.max(7)), json!(most), json!(least)],
        Takes::Words(words) => words.iter().map(|word| json!(word)).collect(),
        Takes::Duration => vec![json!("1m30s")],
        Takes::Texts => vec![json!(["x", 12])],
        Takes::TextOrTexts => vec![json!("x"), json!(["x", "y"])],
        Takes::Anything => vec![json!(1), json!({ "any": ["thing"] })],
        Takes::Section | Takes::Sections => Vec::new(),
    }
}

fn bad_values(key: &Key) -> Vec<Json> {
    let mut values = match key.takes {
        Takes::Flag => vec![json!("maybe")],
        Takes::Number(least, _) => vec![json!(least - 1), json!("seven")],
        Takes::Words(_) => vec![json!("nonsense")],
        Takes::Duration => vec![json!("soon"), json!("10")],
        Takes::Texts | Takes::Section => vec![json!("x")],
        Takes::Sections => vec![json!("x"), json!(["x"])],
        Takes::Anything => return Vec::new(),
        Takes::Text | Takes::Secret | Takes::TextOrTexts => Vec::new(),
    };
    if key.takes != Takes::Section {
        values.push(json!({ "a": { "b": 1 } }));
    }
    values
}

fn treated(file: File, document: &Json) -> (String, Result<Vec<String>, Vec<Diagnostics>>) {
    let text = yaml_text(&Node::from_json(document));
    let file =
        DmFile::from_text(file, FilePath::new("dm.yaml"), FilePath::new("/"), &text, &|_| Ok("v".to_owned()));
    let mut files = Files::new(file, Vec::new());
    treat(&mut files);
    (text, files.finish())
}

/// Returns where the key stands in such a file.
fn place(key: &Key) -> Path {
    let steps = key.path.split('.').flat_map(|step| {
        let name = step.trim_end_matches("[]");
        let key = Segment::from(if name == "*" { NAME } else { name });
        [Some(key), step.ends_with("[]").then_some(Segment::Index(0))].into_iter().flatten()
    });
    steps.collect()
}

#[test]
fn every_key_is_treated_as_the_table_says() {
    for file in [File::Source, File::Task] {
        let all = keys(file);
        for key in &all {
            let mut values: Vec<Option<Json>> = good_values(key).into_iter().map(Some).collect();
            if values.is_empty() {
                values.push(None);
            }
            for value in values {
                let (text, outcome) = treated(file, &document(&all, "", key, value.as_ref()));
                let written = value.as_ref().and_then(|value| match value {
                    Json::String(text) => Some(text.clone()),
                    Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
                    _ => None,
                });
                let is_default = written.is_some() && written.as_deref() == key.default;
                let shown = key.path.replace("[]", "").replace('*', NAME).replace(&format!(".{NAME}"), "");
                let name = shown.rsplit('.').next().unwrap().to_owned();
                match key.treatment_of(written.as_deref()) {
                    Treatment::Refused { why, .. } if !is_default => {
                        let mistakes = outcome.expect_err(&text);
                        let all: Vec<_> = mistakes.iter().flat_map(|file| file.iter()).collect();
                        assert_eq!(all.len(), 1, "{}: {all:?}\n{text}", key.path);
                        assert!(all[0].code == "refused-key" && all[0].message.contains(why), "{all:?}");
                    }
                    Treatment::WithoutEffect(why) if !is_default && value.is_some() => {
                        let notes = outcome.unwrap_or_else(|mistakes| panic!("{}: {mistakes:?}", key.path));
                        let told = notes.iter().any(|note| note.contains(why) && note.contains(&name));
                        assert!(told, "{}: {notes:?}\n{text}", key.path);
                    }
                    _ => {
                        let notes =
                            outcome.unwrap_or_else(|mistakes| panic!("{}: {mistakes:?}\n{text}", key.path));
                        let told = notes.iter().any(|note| note.contains(&format!("{name}`")));
                        assert!(
                            !told || key.treatment == Treatment::AsSection || value.is_none(),
                            "{notes:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_key_refuses_what_it_does_not_take() {
    for file in [File::Source, File::Task] {
        let all = keys(file);
        for key in &all {
            for value in bad_values(key) {
                let (text, outcome) = treated(file, &document(&all, "", key, Some(&value)));
                let mistakes = outcome.map(|_| ()).expect_err(&format!("{} took {value}", key.path));
                let read =
                    DmFile::from_text(file, FilePath::new("dm.yaml"), FilePath::new("/"), &text, &|_| {
                        Ok("v".to_owned())
                    });
                let span = read.settings.root().unwrap().place(&place(key), false).unwrap();
                let inside = |other: Span| other.start >= span.start && other.end <= span.end;
                let found = mistakes.iter().flat_map(|file| file.iter()).filter_map(|mistake| mistake.span);
                assert!(found.into_iter().any(inside), "{}: {mistakes:?}\n{text}", key.path);
            }
        }
    }
}

#[test]
fn an_unknown_key_is_refused_in_every_section() {
    for file in [File::Source, File::Task] {
        let all = keys(file);
        let sections = all.iter().filter(|key| matches!(key.takes, Takes::Section | Takes::Sections));
        let closed = sections.filter(|key| !all.iter().any(|other| other.path == format!("{}.*", key.path)));
        for key in closed {
            let mut document = document(&all, "", key, None);
            let pointer = place(key).segments().iter().fold(String::new(), |pointer, step| match step {
                Segment::Key(key) => format!("{pointer}/{key}"),
                Segment::Index(index) => format!("{pointer}/{index}"),
            });
            let section = document.pointer_mut(&pointer).unwrap();
            let section = if section.is_array() { &mut section[0] } else { section };
            section.as_object_mut().unwrap().insert("nonsense".to_owned(), json!(1));
            let (text, outcome) = treated(file, &document);
            let mistakes = outcome.expect_err(&text);
            let unknown =
                |mistake: &Diagnostic| mistake.code == "unknown-key" && mistake.message.contains("nonsense");
            assert!(mistakes[0].iter().any(unknown), "{}: {mistakes:?}", key.path);
        }
    }
}

#[test]
fn no_path_stands_twice_in_the_table() {
    for file in [File::Source, File::Task] {
        let all = keys(file);
        let mut paths: Vec<&str> = all.iter().map(|key| key.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), all.len());
    }
}

#[test]
fn times_are_those_of_go() {
    for good in ["0", "10s", "5m0s", "1h30m", "1.5h", "500ms", "-1s", "1us"] {
        assert!(is_duration(good), "{good}");
    }
    for bad in ["", "10", "s", "1 s", "soon", "1d", "10ss", "."] {
        assert!(!is_duration(bad), "{bad}");
    }
}

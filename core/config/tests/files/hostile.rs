//! Files that were made to do harm.

use std::env::VarError;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tidegate_config::{Colour, Draft};

use crate::support;

/// Far more than a good machine needs, far less than an attack takes.
const TIME_MAX: Duration = Duration::from_secs(10);

fn refused(text: &str) -> String {
    let started = Instant::now();
    let diagnostics = support::read(Path::new("p.yaml"), text, &[]).unwrap_err();
    let printed = diagnostics.render(Colour::Never);
    assert!(started.elapsed() < TIME_MAX, "it took {:?}", started.elapsed());
    printed
}

#[test]
fn an_alias_bomb_is_refused_at_once() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(text, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    let printed = refused(&text);
    assert!(printed.contains("the file stands for more than 200000 values"), "{printed}");
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("config: {}{}", open.repeat(100_000), close.repeat(100_000));
        let printed = refused(&text);
        assert!(printed.contains("nested more than 64 deep"), "{printed}");
    }
    let blocks: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(refused(&blocks).contains("nested more than 64 deep"));
    let lists = format!("a: {}x", "\n- ".repeat(1000).replace('\n', ""));
    assert!(!refused(&lists).is_empty());
}

#[test]
fn nesting_through_aliases_stays_bounded() {
    let mut text = String::from("a0: &a0 [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]\n");
    for level in 1..1000 {
        writeln!(text, "a{level}: &a{level} [[[[[[[[[[[[[[[[[[[[*a{}]]]]]]]]]]]]]]]]]]]]", level - 1)
            .unwrap();
    }
    let printed = refused(&text);
    assert!(printed.contains("nested more than 64 deep"), "{printed}");
}

#[test]
fn very_many_mistakes_are_counted_quickly() {
    let mut text = String::from("name: orders\n");
    for index in 0..100_000 {
        writeln!(text, "key{index}: value").unwrap();
    }
    let printed = refused(&text);
    assert_eq!(printed.matches("error[unknown-key]").count(), 1000);
    assert!(printed.contains("there are 99002 more mistakes"), "{}", &printed[printed.len() - 200..]);
    let filter: String = (0..100_000).map(|index| format!("    key{index}: \"${{env:NONE}}\"\n")).collect();
    assert!(refused(&format!("filters:\n  - plugin: route\n{filter}")).contains("more mistakes"));
    let config: String = (0..100_000).map(|index| format!("      key{index}: \"${{env:NONE}}\"\n")).collect();
    assert!(
        refused(&format!("filters:\n  - plugin: route\n    config:\n{config}")).contains("more mistakes")
    );
}

#[test]
fn long_lines_and_words_are_cut() {
    let long = "x".repeat(1_000_000);
    for text in [
        format!("{long}: 1\n"),
        format!("name: {long}\n"),
        format!("filters: {long}\n"),
        format!("a: {long}\na: 2\n"),
        format!("# {long}\n\"{long}\": 1"),
    ] {
        let printed = refused(&text);
        assert!(printed.len() < 10_000, "{} bytes are printed", printed.len());
    }
}

#[test]
fn control_sequences_do_not_reach_the_terminal() {
    let text = "name: \"a\\u001b[31mred\"\n\"\\u001b[2J\": 1\n\"x\u{202e}y\": 2\n";
    let diagnostics = support::read(Path::new("p.yaml"), text, &[]).unwrap_err();
    let messages: String = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    for printed in [messages, diagnostics.render(Colour::Never)] {
        assert!(!printed.contains('\u{1b}') && !printed.contains('\u{202e}'), "{printed:?}");
    }
}

#[test]
fn an_endless_file_behind_a_reference_is_refused() {
    let text = "name: a\nsource: { plugin: mysql, config: { host: \"${file:/dev/zero}\" } }\nsinks: [{ plugin: discard }]\n";
    let printed = refused(text);
    assert!(printed.contains("larger than 65536 bytes"), "{printed}");
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.yaml");
    std::fs::write(&path, "#".repeat(5 << 20)).unwrap();
    let printed = tidegate_config::read(&path, &|_| Err(VarError::NotPresent)).unwrap_err().to_string();
    assert!(printed.contains("larger than 4194304 bytes"), "{printed}");
}

/// Lines that are nearly a pipeline file, so that more than the YAML library is tried.
fn nearly_a_pipeline() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("name"),
        Just("source"),
        Just("filters"),
        Just("sinks"),
        Just("engine"),
        Just("plugin"),
        Just("config"),
        Just("mysql"),
        Just("route"),
        Just("a.wasm"),
        Just("host"),
        Just("port"),
        Just("password"),
        Just("start"),
        Just("limits"),
        Just("memory"),
        Just("64MiB"),
        Just("sha256"),
        Just("on-error"),
        Just("grants"),
        Just("tls"),
        Just("é\u{1f600}"),
        Just("${env:TOKEN}"),
        Just("\"${env:TOKEN}\""),
        Just("${"),
        Just("$${"),
        Just("${file:x}"),
        Just("- "),
        Just(": "),
        Just("\n"),
        Just("\r\n"),
        Just("  "),
        Just("    "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(", "),
        Just("\""),
        Just("'"),
        Just("&a "),
        Just("*a"),
        Just("|\n"),
        Just("!!str "),
        Just("# "),
        Just("0x1f"),
        Just("1e999"),
        Just("-0"),
        Just("---\n"),
        Just("...\n"),
        Just("? "),
        Just("<<"),
        Just("~"),
        Just("\t"),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

fn does_no_harm(text: &str) {
    let draft: Draft = support::draft(Path::new("p.yaml"), text, &[("TOKEN", "hunter2")]);
    let printed = format!(
        "{}{}{}{:?}",
        draft.diagnostics.render(Colour::Never),
        draft.diagnostics.render(Colour::Always),
        serde_json::to_string(&draft.diagnostics).unwrap(),
        draft,
    );
    assert!(!printed.contains("hunter2"), "{printed}");
    for diagnostic in draft.diagnostics.iter() {
        let span = diagnostic.span.unwrap_or(tidegate_plugin::settings::Span { start: 0, end: 0 });
        assert!(text.get(span.start..span.end).is_some(), "{diagnostic:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        does_no_harm(&text);
    }

    #[test]
    fn anything_near_a_pipeline_is_read_without_panic_and_without_telling_secrets(text in nearly_a_pipeline()) {
        does_no_harm(&text);
    }
}

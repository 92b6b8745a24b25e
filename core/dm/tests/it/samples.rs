//! Tasks as people have them, and the pipelines that they become.

use crate::support::{printed, translated};
use tidegate_plugin::settings::Settings;

const AURORA: (&str, &[&str]) =
    (include_str!("samples/aurora-task.yaml"), &[include_str!("samples/aurora-source.yaml")]);
const MERGE: (&str, &[&str]) = (
    include_str!("samples/merge-task.yaml"),
    &[include_str!("samples/merge-source1.yaml"), include_str!("samples/merge-source2.yaml")],
);
const SHOWN: (&str, &[&str]) =
    (include_str!("samples/shown-task.yaml"), &[include_str!("samples/shown-source.yaml")]);

#[test]
fn the_documented_task_from_aurora_becomes_a_pipeline() {
    let translated = translated(AURORA.0, AURORA.1).unwrap();
    insta::assert_snapshot!(printed(&translated));
    let source = &translated.pipelines[0].stages[0].settings;
    assert_eq!(password(source), "123456", "as `dmctl encrypt` hid it");
}

#[test]
fn a_task_of_two_sources_in_old_words_becomes_two_pipelines() {
    let translated = translated(MERGE.0, MERGE.1).unwrap();
    let printed = printed(&translated);
    assert!(!printed.contains("sesame") && !printed.contains("123456") && !printed.contains("0123\n"));
    insta::assert_snapshot!(printed);
    let passwords: Vec<String> = translated
        .pipelines
        .iter()
        .flat_map(|pipeline| [pipeline.stages.first(), pipeline.stages.last()])
        .map(|stage| password(&stage.unwrap().settings))
        .collect();
    assert_eq!(passwords, ["sesame-of-the-environment", "123456", "0123", "123456"]);
}

/// `get-config` prints every key with its default: no key of those is worth a word.
#[test]
fn a_task_as_dm_shows_it_becomes_a_pipeline() {
    let translated = translated(SHOWN.0, SHOWN.1).unwrap();
    insta::assert_snapshot!(printed(&translated));
}

#[test]
fn what_only_looks_like_a_reference_means_itself_in_the_pipeline_too() {
    let pipeline = &translated(AURORA.0, AURORA.1).unwrap().pipelines[0];
    let text = pipeline.to_yaml();
    assert!(text.contains("host: \"$${host}\""), "{text}");
    let environment = |_: &str| Ok("x".to_owned());
    let draft = tidegate_config::Draft::from_text("p.yaml".as_ref(), &text, &[], &environment);
    let file = draft.finish().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let sink = file.sinks[0].settings.root();
    assert_eq!(sink.get("host").unwrap().as_text().unwrap().expose(), "${host}");
    assert_eq!((file.name.as_str(), file.filters.len()), ("test__aurora-replica-01", 1));
}

#[test]
fn a_source_that_no_instance_names_is_noted() {
    let other = AURORA.1[0].replace("aurora-replica-01", "aurora-replica-02");
    let translated = translated(AURORA.0, &[AURORA.1[0], &other]).unwrap();
    assert!(translated.notes.iter().any(|note| note.starts_with("source2.yaml:2: no instance")));
}

fn password(settings: &Settings) -> String {
    settings.root().get("password").unwrap().as_text().unwrap().expose().to_owned()
}

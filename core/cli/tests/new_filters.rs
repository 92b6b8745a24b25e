//! What `plugin new` writes passes its own tests, becomes a component, and does as its cases say, without anything of ours
//! beside it.

mod support;

use support::plugin;
use tidegate_test_guests::{guest, unit_tests};
use tidegate_toolchain::Language;

fn works(language: Language) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("no-tests").display().to_string();
    let ran = plugin(&["new", "--lang", language.name(), "no-tests", &folder]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let Some(component) = guest(&folder).unwrap() else { return };
    let component = component.display().to_string();
    let ran = plugin(&["inspect", &component, "--json"]);
    let envelope: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let result = &envelope["result"];
    assert_eq!((&result["name"], &result["version"]), (&"no-tests".into(), &"0.1.0".into()));
    let mut imports = result["imports"].as_array().unwrap().iter();
    assert!(imports.all(|name| name.as_str().unwrap().starts_with("tidegate:plugin/")), "{result}");
    let ran = plugin(&["test", &component, &format!("{folder}/cases.yaml")]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("ok ")).count(), 4, "{}", ran.stdout);
    unit_tests(language, &folder).unwrap();
}

#[test]
fn in_go() {
    works(Language::Go);
}

#[test]
fn in_c() {
    works(Language::C);
}

#[test]
fn in_python() {
    works(Language::Python);
}

#[test]
fn in_typescript() {
    works(Language::JavaScript);
}

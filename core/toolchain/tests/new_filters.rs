//! What `create` writes passes its own tests and becomes a component, without anything of ours beside it.

use std::time::Duration;
use tidegate_component::{Limits, Loader};
use tidegate_test_guests::{guest, unit_tests};
use tidegate_toolchain::{Language, create};

const LIMITS: Limits = Limits { memory: 256 << 20, call_time: Duration::from_secs(10), answer: 1 << 20 };

fn works(language: Language) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("no-tests");
    create(language, "no-tests", &folder).unwrap();
    let folder = folder.display().to_string();
    let Some(component) = guest(&folder).unwrap() else { return };
    let plugin = Loader::new(None).unwrap().load(&component, None, LIMITS).unwrap();
    assert_eq!((&*plugin.manifest.name, &*plugin.manifest.version), ("no-tests", "0.1.0"));
    assert!(plugin.imports.iter().all(|name| name.starts_with("tidegate:plugin/")), "{:?}", plugin.imports);
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

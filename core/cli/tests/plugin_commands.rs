//! `tidegate plugin`, as the author of a filter runs it.

mod support;

use std::{path::Path, process::Command};
use support::plugin;
use tidegate_test_guests::guest;

#[test]
fn a_filter_is_built_and_inspected() {
    // So that the target is there, or the test is skipped.
    if guest("examples/filters/rust/mask-pii").unwrap().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mask.wasm").display().to_string();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/filters/rust/mask-pii");
    let ran = plugin(&["build", &source.display().to_string(), "--out", &file]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.starts_with(&format!("{file}\nmask-pii 0.1.0: masks texts")), "{}", ran.stdout);
    let ran = plugin(&["inspect", &file, "--json"]);
    let envelope: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let result = &envelope["result"];
    assert_eq!((&result["name"], &result["version"]), (&"mask-pii".into(), &"0.1.0".into()));
    assert_eq!(result["sha256"].as_str().map(str::len), Some(64));
    assert!(
        result["imports"]
            .as_array()
            .unwrap()
            .iter()
            .all(|name| name.as_str().unwrap().starts_with("tidegate:"))
    );
    assert_eq!(result["settings"]["required"][0], "columns");
}

/// What `new` writes tests and builds as it says, without anything of ours beside it.
#[test]
fn a_new_filter_builds() {
    if guest("examples/filters/rust/mask-pii").unwrap().is_none() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("made").display().to_string();
    let ran = plugin(&["new", "--lang", "rust", "no-tests", &folder]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = plugin(&["build", &folder]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("made/no-tests.wasm\nno-tests 0.1.0: drops the rows"), "{}", ran.stdout);
    let ran = plugin(&["test", &format!("{folder}/no-tests.wasm"), &format!("{folder}/cases.yaml")]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("ok ")).count(), 4, "{}", ran.stdout);
    let again = plugin(&["new", "--lang", "rust", "no-tests", &folder]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("not empty"), "{}", again.stderr);
    let tested = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--lib"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("../guests/rust"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
}

#[test]
fn what_is_no_filter_is_wrong_input() {
    let folder = tempfile::tempdir().unwrap();
    let ran = plugin(&["build", &folder.path().display().to_string()]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("no `Cargo.toml`"), "{}", ran.stderr);
    let ran = plugin(&["inspect", &file!().replace("core/cli/", "")]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("this is no WebAssembly file"), "{}", ran.stderr);
}

//! The folder list is the architecture: which crate may depend on which, as `docs/architecture.md` draws it.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// For each crate, those of ours that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("tidegate-model", &[]),
    ("tidegate-plugin", &["tidegate-model"]),
    ("tidegate-crash", &[]),
    ("tidegate-lines", &["tidegate-model", "tidegate-plugin"]),
    ("tidegate-config", &["tidegate-model", "tidegate-plugin"]),
    ("tidegate-dm", &["tidegate-model", "tidegate-plugin", "tidegate-config"]),
    ("tidegate-engine", &["tidegate-model", "tidegate-plugin", "tidegate-lines", "tidegate-crash"]),
    ("tidegate-component", &["tidegate-model", "tidegate-plugin"]),
    ("tidegate-toolchain", &["tidegate-plugin", "tidegate-component"]),
    ("tidegate-sdk", &[]),
    ("tidegate-mysql-binlog", &["tidegate-model"]),
    ("tidegate-mysql-ddl", &["tidegate-model"]),
    ("tidegate-mysql-connection", &["tidegate-model", "tidegate-plugin"]),
    (
        "tidegate-mysql-source",
        &[
            "tidegate-model",
            "tidegate-plugin",
            "tidegate-mysql-binlog",
            "tidegate-mysql-ddl",
            "tidegate-mysql-connection",
        ],
    ),
    (
        "tidegate-mysql-sink",
        &[
            "tidegate-model",
            "tidegate-plugin",
            "tidegate-crash",
            "tidegate-mysql-ddl",
            "tidegate-mysql-connection",
        ],
    ),
    ("tidegate-filter-pattern", &["tidegate-plugin"]),
    ("tidegate-filter-block-allow-list", &["tidegate-model", "tidegate-plugin", "tidegate-filter-pattern"]),
    ("tidegate-filter-binlog-event", &["tidegate-model", "tidegate-plugin", "tidegate-filter-pattern"]),
    ("tidegate-filter-route", &["tidegate-model", "tidegate-plugin", "tidegate-filter-pattern"]),
    ("tidegate-filter-column-mapping", &["tidegate-model", "tidegate-plugin", "tidegate-filter-pattern"]),
    ("tidegate-filter-expression", &["tidegate-model", "tidegate-plugin"]),
    ("tidegate-file", &["tidegate-model", "tidegate-plugin", "tidegate-lines"]),
    ("tidegate-discard", &["tidegate-model", "tidegate-plugin"]),
];

/// The command line alone knows every plugin; tests may use everything, and nothing depends on them.
const FREE: &[&str] = &[
    "tidegate",
    "tidegate-bench",
    "tidegate-demo",
    "tidegate-e2e",
    "tidegate-house",
    "tidegate-soak",
    "tidegate-test-guests",
    "tidegate-test-servers",
];

#[test]
fn arrows_point_down_only() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut seen = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        seen.insert(name.to_owned());
        if FREE.contains(&name) {
            continue;
        }
        let allowed = allowed.get(name).unwrap_or_else(|| panic!("{name} is new: give it a row in ARROWS"));
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            let ours = other == "tidegate" || other.starts_with("tidegate-");
            // Tests of a crate may start servers and compare with its siblings.
            if ours && dependency["kind"].as_str() != Some("dev") {
                assert!(allowed.contains(&other), "{name} depends on {other}, against the arrows");
            }
        }
    }
    let gone: Vec<&&str> = allowed.keys().filter(|name| !seen.contains(**name)).collect();
    assert!(gone.is_empty(), "these rows of ARROWS name no crate: {gone:?}");
}

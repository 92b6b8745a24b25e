//! What the Python SDK has of the contract is what componentize-py makes of it.
//!
//! `TIDEGATE_UPDATE_BINDINGS=1` writes it anew.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The generated files that the SDK has; the rest is for asynchronous worlds.
const GENERATED: [&str; 2] = ["wit_world", "componentize_py_types.py"];

fn files(root: &Path, path: &Path, found: &mut BTreeMap<PathBuf, String>) {
    if path.is_dir() && !path.ends_with("__pycache__") {
        for entry in fs::read_dir(path).unwrap() {
            files(root, &entry.unwrap().path(), found);
        }
    } else if path.is_file() {
        found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read_to_string(path).unwrap());
    }
}

fn generated(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    GENERATED.iter().for_each(|name| files(root, &root.join(name), &mut found));
    found
}

#[test]
fn the_bindings_are_those_of_the_contract() {
    let Some(guest) = tidegate_test_guests::guest("tests/guests/python/echo").unwrap() else { return };
    let program = guest.with_file_name("python").join("componentize-py/bin/componentize-py");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(program)
        .arg("--wit-path")
        .arg(repository.join("wit/0.1.0"))
        .args(["--world", "filter-plugin", "bindings"])
        .arg(folder.path())
        .status();
    assert!(made.unwrap().success());
    let (sdk, wanted) = (repository.join("sdk/python"), generated(folder.path()));
    assert!(wanted.len() > 5, "{wanted:?}");
    if std::env::var_os("TIDEGATE_UPDATE_BINDINGS").is_some() {
        for (file, text) in &wanted {
            fs::write(sdk.join(file), text).unwrap();
        }
    }
    assert!(
        generated(&sdk) == wanted,
        "run this test with TIDEGATE_UPDATE_BINDINGS=1 and commit what changes"
    );
}

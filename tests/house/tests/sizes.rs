//! A file is readable in one sitting.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// About 400 lines is the aim; beyond this a file is surely two.
const LINES_MAX: usize = 500;

/// Longer files that are one table, read by looking things up in them.
const TABLES: &[&str] = &[];

#[test]
fn files_are_readable_in_one_sitting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut long = Vec::new();
    for folder in ["core", "plugins", "tests", "sdk"] {
        for file in sources(&root.join(folder)) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            let name = file.strip_prefix(&root).unwrap().display().to_string();
            if lines > LINES_MAX && !TABLES.contains(&name.as_str()) {
                long.push(format!("{name}: {lines} lines"));
            }
        }
    }
    assert!(long.is_empty(), "divide these files, or list them as tables:\n{}", long.join("\n"));
}

#[test]
fn no_file_is_named_for_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["core", "plugins", "tests", "sdk"] {
        for file in sources(&root.join(folder)) {
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            let empty = ["util", "utils", "common", "helper", "helpers", "misc", "manager"];
            assert!(!empty.contains(&stem.as_str()), "{}: name the file after what it holds", file.display());
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != "node_modules") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

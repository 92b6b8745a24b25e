//! The unit tests that filters have: they need no host.

use crate::{folder, root, run};
use anyhow::Result;
use std::{fs, path::Path, process::Command};
use tidegate_toolchain::Language;

/// Runs the unit tests of all filters of a language in a folder, by its path from the repository's root.
///
/// # Errors
/// If one fails.
pub fn unit_tests(language: Language, source: &str) -> Result<()> {
    let (folder, _lock) = folder()?;
    let source = root().join(source);
    match language {
        Language::Rust => run(Command::new(env!("CARGO"))
            .args(["test", "--lib", "--locked", "--workspace"])
            .current_dir(source)
            .env("CARGO_TARGET_DIR", folder.join(language.name()))
            .env_remove("RUSTFLAGS")),
        Language::JavaScript => {
            // A new filter has no lock file yet.
            let get = if source.join("package-lock.json").is_file() { "ci" } else { "install" };
            run(Command::new("npm").args([get, "--ignore-scripts", "--silent"]).current_dir(&source))?;
            run(Command::new("npm").args(["test", "--silent"]).current_dir(&source))
        }
        Language::Python => python(&source),
    }
}

/// Runs the tests in a folder, and in each of those in it. A new filter has the SDK in its own.
fn python(source: &Path) -> Result<()> {
    let own = source.join("tidegate-sdk");
    let sdk = if own.is_dir() { own } else { root().join("sdk/python") };
    let mut folders = vec![source.to_owned()];
    for entry in fs::read_dir(source)? {
        folders.push(entry?.path());
    }
    for folder in folders.iter().filter(|folder| has_tests(folder)) {
        run(Command::new("python3")
            .args(["-B", "-m", "unittest", "discover"])
            .current_dir(folder)
            .env("PYTHONPATH", sdk.canonicalize()?))?;
    }
    Ok(())
}

fn has_tests(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("test_"))
}

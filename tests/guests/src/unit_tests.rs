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
            run(Command::new("npm").args(["ci", "--ignore-scripts", "--silent"]).current_dir(&source))?;
            run(Command::new("npm").args(["test", "--silent"]).current_dir(&source))
        }
        Language::Python => python(&source),
    }
}

/// Runs the tests of each filter in a folder, and of the SDK.
fn python(source: &Path) -> Result<()> {
    let sdk = root().join("sdk/python").canonicalize()?;
    let mut folders = vec![sdk.join("tests")];
    for entry in fs::read_dir(source)? {
        folders.push(entry?.path());
    }
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        run(Command::new("python3")
            .args(["-B", "-m", "unittest", "discover"])
            .current_dir(folder)
            .env("PYTHONPATH", &sdk))?;
    }
    Ok(())
}

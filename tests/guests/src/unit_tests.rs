//! The unit tests that filters have: they need no host.

use crate::{c, folder, root, run};
use anyhow::{Result, ensure};
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
        Language::Go => each(&source, "go.mod", |module| {
            run(Command::new("go").args(["test", "./..."]).current_dir(module))
        }),
        Language::C => each(&source, c::FLAGS, |filter| c::test(filter, &folder)),
        Language::JavaScript => each(&source, "package.json", javascript),
        Language::Python => each(&source, "pyproject.toml", python),
    }
}

/// Runs the tests of a folder that has the file `mark`, or of those right below it that do.
fn each(source: &Path, mark: &str, test: impl Fn(&Path) -> Result<()>) -> Result<()> {
    if source.join(mark).is_file() {
        return test(source);
    }
    let mut tested = 0;
    for entry in fs::read_dir(source)? {
        let folder = entry?.path();
        if folder.join(mark).is_file() {
            test(&folder)?;
            tested += 1;
        }
    }
    ensure!(tested > 0, "there are no filters in {}", source.display());
    Ok(())
}

fn javascript(folder: &Path) -> Result<()> {
    // A new filter has no lock file yet.
    let get = if folder.join("package-lock.json").is_file() { "ci" } else { "install" };
    run(Command::new("npm").args([get, "--ignore-scripts", "--silent"]).current_dir(folder))?;
    run(Command::new("npm").args(["test", "--silent"]).current_dir(folder))
}

/// A new filter has the SDK in its folder; what lies here has ours. The SDK's own tests have a folder of their own.
fn python(folder: &Path) -> Result<()> {
    let own = folder.join("tidegate-sdk");
    let sdk = if own.is_dir() { own } else { root().join("sdk/python") };
    let tests = folder.join("tests");
    run(Command::new("python3")
        .args(["-B", "-m", "unittest", "discover"])
        .current_dir(if tests.is_dir() { &tests } else { folder })
        .env("PYTHONPATH", sdk.canonicalize()?))
}

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

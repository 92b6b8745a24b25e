//! The unit tests that filters have: they need no host.

use crate::{folder, root, run};
use anyhow::Result;
use std::process::Command;
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
    }
}

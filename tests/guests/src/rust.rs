//! Filters in Rust.

use crate::{folder, root, run};
use anyhow::{Error, Result};
use std::{fs, path::PathBuf, process::Command};

const TARGET: &str = "wasm32-unknown-unknown";

/// Returns the component that a package is, in `workspace`, a folder of filters relative to the repository's root.
///
/// # Errors
/// If it does not build.
pub fn rust(workspace: &str, package: &str) -> Result<PathBuf> {
    let (folder, _lock) = folder()?;
    run(Command::new("rustup").args(["target", "add", TARGET]))?;
    run(Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", TARGET, "--package", package])
        .current_dir(root().join(workspace))
        .env("CARGO_TARGET_DIR", &folder)
        .env_remove("RUSTFLAGS"))?;
    let module = folder.join(TARGET).join("release").join(package.replace('-', "_")).with_extension("wasm");
    let component = tidegate_component::componentize(&fs::read(&module)?).map_err(Error::msg)?;
    let file = folder.join(package).with_extension("wasm");
    fs::write(&file, component)?;
    Ok(file)
}

/// Runs the unit tests that the filters of a folder have: they need no host.
///
/// # Errors
/// If one fails.
pub fn rust_unit_tests(workspace: &str) -> Result<()> {
    let (folder, _lock) = folder()?;
    run(Command::new(env!("CARGO"))
        .args(["test", "--lib", "--locked", "--workspace"])
        .current_dir(root().join(workspace))
        .env("CARGO_TARGET_DIR", &folder)
        .env_remove("RUSTFLAGS"))
}

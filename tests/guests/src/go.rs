//! Filters in Go.

use crate::{folder, root, run};
use anyhow::{Error, Result};
use std::{fs, path::PathBuf, process::Command};

/// Returns the component that a package is, in `module`, a folder of filters relative to the repository's root.
///
/// # Errors
/// If it does not build.
pub fn go(module: &str, package: &str) -> Result<PathBuf> {
    let (folder, _lock) = folder()?;
    let core = folder.join(format!("go-{package}.core.wasm"));
    run(Command::new("go")
        .args(["build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o"])
        .arg(&core)
        .arg(format!("./{package}"))
        .current_dir(root().join(module))
        .envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("CGO_ENABLED", "0")]))?;
    let component = tidegate_component::componentize(&fs::read(&core)?).map_err(Error::msg)?;
    let file = folder.join(format!("go-{package}")).with_extension("wasm");
    fs::write(&file, component)?;
    Ok(file)
}

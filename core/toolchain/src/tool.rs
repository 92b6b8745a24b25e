//! Runs a language's tools.

use std::{
    path::Path,
    process::{Command, Stdio},
};
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Runs a tool in the filter's folder and returns what it writes to stdout; what it writes to stderr is for the author.
/// `install` says how to get the tool.
///
/// # Errors
/// If the tool is missing, or fails.
pub(crate) fn run(command: &mut Command, folder: &Path, install: &str) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.current_dir(folder).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| {
        PluginError::world(format!("`{name}` cannot be run: {error}")).hint(format!("install it: {install}"))
    })?;
    if !output.status.success() {
        return Err(PluginError::new(
            ErrorKind::Input,
            format!("the filter does not build; `{name}` said why"),
        )
        .at(folder.display()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Reads what a tool made.
///
/// # Errors
/// If it is not there.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| {
        PluginError::world(format!("what was built cannot be read: {error}")).at(file.display())
    })
}

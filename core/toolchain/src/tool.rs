//! Runs a language's tools.

use std::{
    fs,
    path::{Path, PathBuf},
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

/// Runs a tool that gets other tools. `install` says how to get it itself, or what else may be wrong.
///
/// # Errors
/// If it is missing, or fails: a part of the world is not there.
pub(crate) fn install(command: &mut Command, folder: &Path, install: &str) -> Result<()> {
    let told = run(command, folder, install);
    told.map(drop).map_err(|error| match error.kind {
        ErrorKind::World => error,
        _ => {
            let name = command.get_program().to_string_lossy().into_owned();
            PluginError::world(format!("the tools for this language cannot be installed; `{name}` said why"))
                .at(folder.display())
                .hint(format!("what is needed: {install}; and the package registry, once"))
        }
    })
}

/// Writes a file, and the folders that it is in.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(file, text));
    written.map_err(|error| {
        PluginError::world(format!("the file cannot be written: {error}")).at(file.display())
    })
}

/// Returns the path of a folder that is there, as tools understand it from wherever they run.
///
/// # Errors
/// If it is not there.
pub(crate) fn absolute(folder: &Path) -> Result<PathBuf> {
    folder.canonicalize().map_err(|error| {
        PluginError::new(ErrorKind::Input, format!("the folder cannot be used: {error}")).at(folder.display())
    })
}

/// Reads what a tool made.
///
/// # Errors
/// If it is not there.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| {
        PluginError::world(format!("what was built cannot be read: {error}")).at(file.display())
    })
}

//! `tidegate plugin build`: from a folder of source code to a component.

use super::inspect;
use crate::{
    arguments::BuildArguments,
    failure::{Failure, Outcome},
};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tidegate_component::componentize;
use tidegate_plugin::{ErrorKind, PluginError};

const RUST_TARGET: &str = "wasm32-unknown-unknown";

/// Builds the filter in a folder and looks at what came out.
pub(super) fn run(arguments: &BuildArguments) -> Result<Outcome, Failure> {
    let folder = &arguments.folder;
    if !folder.join("Cargo.toml").is_file() {
        return Err(PluginError::new(
            ErrorKind::Input,
            "there is no source code of a filter here: no `Cargo.toml`",
        )
        .at(folder.display())
        .hint("name the folder that the filter's `Cargo.toml` is in")
        .into());
    }
    let module = rust(folder)?;
    let read = std::fs::read(&module).map_err(|error| unreadable(&module, &error))?;
    let component = componentize(&read).map_err(|what| {
        PluginError::new(ErrorKind::Input, format!("the module cannot become a component: {what}"))
            .at(module.display())
            .hint("does the crate call `tidegate_sdk::export!`?")
    })?;
    let name = module.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
    let file = arguments.out.clone().unwrap_or_else(|| folder.join(name).with_extension("wasm"));
    std::fs::write(&file, component).map_err(|error| {
        PluginError::world(format!("the component cannot be written: {error}")).at(file.display())
    })?;
    let mut outcome = inspect::run(&file)?;
    outcome.text = format!("{}\n{}", file.display(), outcome.text);
    outcome.result["file"] = file.display().to_string().into();
    Ok(outcome)
}

/// Has cargo build the crate, and returns the module.
fn rust(folder: &Path) -> Result<PathBuf, PluginError> {
    let output = Command::new("cargo")
        .args(["build", "--release", "--target", RUST_TARGET, "--message-format=json-render-diagnostics"])
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| {
            PluginError::world(format!("cargo cannot be run: {error}"))
                .hint("install Rust: https://rustup.rs, then `rustup target add wasm32-unknown-unknown`")
        })?;
    if !output.status.success() {
        return Err(PluginError::new(ErrorKind::Input, "the filter does not build; cargo said why")
            .at(folder.display())
            .hint(format!("if the target is missing: `rustup target add {RUST_TARGET}`")));
    }
    let built = String::from_utf8_lossy(&output.stdout);
    let mut modules = built.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let files = message.get("filenames")?.as_array()?.iter().filter_map(|file| file.as_str());
        files.map(PathBuf::from).find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
    });
    modules.next_back().ok_or_else(|| {
        PluginError::new(ErrorKind::Input, "the crate makes no WebAssembly module")
            .at(folder.display())
            .hint("write `crate-type = [\"cdylib\"]` under `[lib]` in its `Cargo.toml`")
    })
}

fn unreadable(file: &Path, error: &std::io::Error) -> PluginError {
    PluginError::world(format!("the module cannot be read: {error}")).at(file.display())
}

//! Filters in Rust, built by cargo for a target that needs no host but ours.

use crate::{
    Built,
    create::{Template, embedded},
    tool,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tidegate_component::componentize;
use tidegate_plugin::{ErrorKind, PluginError, Result};

const TARGET: &str = "wasm32-unknown-unknown";
const INSTALL: &str = "https://rustup.rs";

/// What a new filter has.
pub(crate) const TEMPLATE: Template = Template {
    files: embedded!("core/toolchain/src/rust", "Cargo.toml.template", "src/lib.rs.template", "README.md"),
    sdk: embedded!(
        "sdk/rust",
        "Cargo.toml",
        "README.md",
        "src/bindings.rs",
        "src/calendar.rs",
        "src/cells.rs",
        "src/column.rs",
        "src/filter.rs",
        "src/guest.rs",
        "src/lib.rs",
        "src/log.rs",
        "src/rows.rs",
        "src/testing.rs",
        "wit/plugin.wit",
    ),
};

pub(crate) fn build(folder: &Path, scratch: Option<&Path>) -> Result<Built> {
    require_target(folder)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--target", TARGET, "--message-format=json-render-diagnostics"]);
    if let Some(scratch) = scratch {
        cargo.arg("--target-dir").arg(scratch);
    }
    let module = module(&tool::run(&mut cargo, folder, INSTALL)?).ok_or_else(|| {
        PluginError::new(ErrorKind::Input, "the crate makes no WebAssembly module")
            .at(folder.display())
            .hint("write `crate-type = [\"cdylib\"]` under `[lib]` in its `Cargo.toml`")
    })?;
    let component = componentize(&tool::read(&module)?).map_err(|what| {
        PluginError::new(ErrorKind::Input, format!("the module cannot become a component: {what}"))
            .at(module.display())
            .hint("does the crate call `tidegate_sdk::export!`?")
    })?;
    let name = module.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
    Ok(Built { name, component })
}

/// Fails unless the compiler has the target's standard library.
fn require_target(folder: &Path) -> Result<()> {
    let mut rustc = Command::new("rustc");
    let library = tool::run(rustc.args(["--print", "target-libdir", "--target", TARGET]), folder, INSTALL)?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    Err(PluginError::world(format!("Rust's target {TARGET} is not installed"))
        .hint(format!("install it: `rustup target add {TARGET}`")))
}

/// Returns the last module that cargo's messages tell of.
fn module(messages: &str) -> Option<PathBuf> {
    let mut modules = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let files = message.get("filenames")?.as_array()?.iter().filter_map(|file| file.as_str());
        files.map(PathBuf::from).find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
    });
    modules.next_back()
}

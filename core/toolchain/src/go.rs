//! Filters in Go, built by the standard compiler for WASI, of which the component gets a clock and random numbers at most.

use crate::{
    Built,
    create::{Template, embedded},
    tool,
};
use std::{
    path::{Path, absolute},
    process::Command,
};
use tidegate_component::componentize;
use tidegate_plugin::{ErrorKind, PluginError, Result};

const INSTALL: &str = "https://go.dev/dl, 1.25 or newer";

/// What a new filter has.
pub(crate) const TEMPLATE: Template = Template {
    files: embedded!(
        "core/toolchain/src/go",
        ".gitignore",
        "README.md",
        "go.mod.template",
        "main.go.template",
        "main_test.go.template",
    ),
    sdk: embedded!(
        "sdk/go",
        "README.md",
        "calendar.go",
        "cells.go",
        "cells_test.go",
        "column.go",
        "decimal.go",
        "doc.go",
        "exports_wasip1.go",
        "filter.go",
        "go.mod",
        "guest.go",
        "guest_test.go",
        "imports_wasip1.go",
        "internal/wit/memory.go",
        "layout_wasip1.go",
        "log.go",
        "log_elsewhere.go",
        "plan.go",
        "rows.go",
        "table.go",
        "testing.go",
    ),
};

pub(crate) fn build(folder: &Path, scratch: Option<&Path>) -> Result<Built> {
    let ill = |what: String| PluginError::new(ErrorKind::Input, what).at(folder.display());
    let name = name(folder).ok_or_else(|| ill("its `go.mod` names no module".to_owned()))?;
    let scratch = scratch.map_or_else(|| folder.join(".tidegate"), Path::to_path_buf);
    // The compiler runs in the filter's folder.
    let module = absolute(scratch.join(&name).with_extension("core.wasm"))
        .map_err(|error| PluginError::world(format!("the folder for the build has no path: {error}")))?;
    let mut go = Command::new("go");
    go.args(["build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o"]).arg(&module).arg(".");
    go.envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("CGO_ENABLED", "0")]);
    tool::run(&mut go, folder, INSTALL)?;
    let component = componentize(&tool::read(&module)?).map_err(|what| {
        ill(format!("the module cannot become a component: {what}"))
            .hint("does an `init` function call `tidegate.Export`?")
    })?;
    Ok(Built { name, component })
}

/// Returns the last part of the module's path.
fn name(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("go.mod")).ok()?;
    let path = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    path.split_whitespace().next()?.rsplit('/').next().map(str::to_owned)
}

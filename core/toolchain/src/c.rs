//! Filters in C, compiled by zig, which has a C library for WASI; the component gets a clock and random
//! numbers of it at most.

use crate::{
    Built,
    create::{Template, embedded},
    tool,
};
use std::{
    fs,
    path::{Path, PathBuf, absolute},
    process::{Command, Stdio},
};
use tidegate_component::componentize;
use tidegate_plugin::{ErrorKind, PluginError, Result};

const INSTALL: &str = "https://ziglang.org/download, or `pip install ziglang`";
/// What the compiler is called: by itself, and in Python's package.
const COMPILERS: [&str; 2] = ["zig", "python-zig"];
/// The compiler's flags, one a line, which editors read too.
pub(crate) const FLAGS: &str = "compile_flags.txt";
/// The flags of a component. Its stack lies before everything else, so that it cannot grow into it.
const COMPONENT: [&str; 6] =
    ["-target", "wasm32-wasi", "-mexec-model=reactor", "-O2", "-s", "-Wl,-z,stack-size=1048576"];

/// What a new filter has.
pub(crate) const TEMPLATE: Template = Template {
    files: embedded!(
        "core/toolchain/src/c",
        ".gitignore",
        "README.md",
        "compile_flags.txt",
        "filter.c",
        "filter_test.c",
    ),
    sdk: embedded!(
        "sdk/c",
        "README.md",
        "component/filter_plugin.c",
        "component/filter_plugin.h",
        "component/guest.c",
        "src/cells.c",
        "src/decimal.c",
        "src/plan.c",
        "src/rows.c",
        "src/settings.c",
        "src/supply.h",
        "src/testing.c",
        "src/text.c",
        "tests/compile_flags.txt",
        "tests/rows_test.c",
        "tests/settings_test.c",
        "tests/values_test.c",
        "tidegate.h",
    ),
};

pub(crate) fn build(folder: &Path, scratch: Option<&Path>) -> Result<Built> {
    let ill = |what: String| PluginError::new(ErrorKind::Input, what).at(folder.display());
    // The compiler runs in the filter's folder.
    let here = |path: &Path| absolute(path).map_err(|error| ill(format!("the folder has no path: {error}")));
    let name = here(folder)?.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let scratch = here(&scratch.map_or_else(|| folder.join(".tidegate"), Path::to_path_buf))?;
    fs::create_dir_all(&scratch).map_err(|error| {
        PluginError::world(format!("the folder cannot be made: {error}")).at(scratch.display())
    })?;
    let flags = fs::read_to_string(folder.join(FLAGS))
        .map_err(|error| ill(format!("`{FLAGS}` cannot be read: {error}")))?;
    let flags: Vec<&str> = flags.lines().map(str::trim).filter(|flag| !flag.is_empty()).collect();
    let sdk = sdk(folder, &flags).ok_or_else(|| {
        ill("no `tidegate.h` is in a folder that `compile_flags.txt` names".to_owned())
            .hint("add a line such as `-Itidegate-sdk`")
    })?;
    let module = scratch.join(&name).with_extension("core.wasm");
    let mut zig = Command::new(compiler(&scratch));
    zig.arg("cc").args(COMPONENT).args(flags).arg("-o").arg(&module);
    for sources in [folder.to_path_buf(), sdk.join("src"), sdk.join("component")] {
        let sources = here(&sources)?;
        let found = sources_in(&sources)
            .map_err(|error| PluginError::world(format!("{error}")).at(sources.display()))?;
        zig.args(found);
    }
    tool::run(&mut zig, folder, INSTALL)?;
    let component = componentize(&tool::read(&module)?)
        .map_err(|what| ill(format!("the module cannot become a component: {what}")))?;
    Ok(Built { name, component })
}

/// Returns the SDK's folder: the first of those in which headers are looked for that has ours.
fn sdk(folder: &Path, flags: &[&str]) -> Option<PathBuf> {
    let folders = flags.iter().filter_map(|flag| flag.strip_prefix("-I")).map(|include| folder.join(include));
    folders.into_iter().find(|folder| folder.join("tidegate.h").is_file())
}

/// Returns the sources in a folder, but for tests.
fn sources_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".c") && !name.ends_with("_test.c") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

/// Returns the compiler: the one in `bin` among the intermediate files, else the first that is there.
fn compiler(scratch: &Path) -> PathBuf {
    let own = scratch.join("bin/zig");
    let is_there = |name: &&str| {
        let mut version = Command::new(name);
        version.arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    if own.exists() {
        return own;
    }
    COMPILERS.into_iter().find(is_there).unwrap_or(COMPILERS[0]).into()
}

//! Filters in TypeScript and JavaScript: bundled by esbuild, and made components by ComponentizeJS, which are kept among the
//! intermediate files.

use crate::{
    Built,
    create::{Template, embedded},
    tool,
};
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tidegate_plugin::{ErrorKind, PluginError, Result};

const INSTALL: &str = "https://nodejs.org, which brings npm, or your system's packages `nodejs` and `npm`";
/// The tools, in the versions that are known to go together, and the program that uses them.
const PACKAGE: &str = include_str!("js/tools/package.json");
const LOCK: &str = include_str!("js/tools/package-lock.json");
const PROGRAM: &str = include_str!("js/tools/build.mjs");
const WIT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/0.1.0/plugin.wit"));

/// What a new filter has.
pub(crate) const TEMPLATE: Template = Template {
    files: embedded!(
        "core/toolchain/src/js",
        ".gitignore",
        "README.md",
        "package.json.template",
        "src/rule.ts",
        "test/rule.test.ts",
        "tsconfig.json",
    ),
    sdk: embedded!(
        "sdk/js",
        "README.md",
        "package.json",
        "src/calendar.ts",
        "src/cells.ts",
        "src/column.ts",
        "src/contract.ts",
        "src/decimal.ts",
        "src/filter.ts",
        "src/guest.ts",
        "src/host.d.ts",
        "src/index.ts",
        "src/log.ts",
        "src/rows.ts",
        "src/testing.ts",
        "src/value.ts",
        "test/rows.test.ts",
        "test/values.test.ts",
    ),
};

/// What a `package.json` says that matters here; the rest of it is other tools'.
#[derive(Deserialize)]
struct Package {
    name: String,
    /// The module that exports the filter by default.
    main: Option<String>,
}

pub(crate) fn build(folder: &Path, scratch: Option<&Path>) -> Result<Built> {
    let folder = &tool::absolute(folder)?;
    let (name, main) = read(&folder.join("package.json"))?;
    let default = folder.join(".tidegate");
    let scratch = scratch.unwrap_or(&default);
    let own = scratch.join(&name);
    tool::write(&own.join("wit/plugin.wit"), WIT)?;
    let (scratch, own) = (tool::absolute(scratch)?, tool::absolute(&own)?);
    let file = own.join("component.wasm");
    let mut node = Command::new("node");
    node.arg(tools(&scratch)?.join("build.mjs")).arg(folder).arg(main);
    node.arg(own.join("wit")).arg(own.join("bundle.js")).arg(&file);
    tool::run(&mut node, folder, INSTALL)?;
    Ok(Built { name, component: tool::read(&file)? })
}

/// Returns the filter's name and its module.
fn read(file: &Path) -> Result<(String, String)> {
    let bad = |what: String| PluginError::new(ErrorKind::Input, what).at(file.display());
    let text = fs::read_to_string(file).map_err(|error| bad(format!("the file cannot be read: {error}")))?;
    let package: Package =
        serde_json::from_str(&text).map_err(|error| bad(format!("the file says what it cannot: {error}")))?;
    let main = package.main.ok_or_else(|| {
        bad("the file does not name the filter's module".to_owned())
            .hint("write `\"main\": \"src/….ts\"`, the module whose default export is the filter's class")
    })?;
    Ok((package.name, main))
}

/// Returns the folder of the tools, which are installed unless they are there already.
fn tools(scratch: &Path) -> Result<PathBuf> {
    let folder = scratch.join("tools");
    let installed = folder.join("installed.json");
    tool::write(&folder.join("build.mjs"), PROGRAM)?;
    if !fs::read_to_string(&installed).is_ok_and(|text| text == LOCK) {
        tool::write(&folder.join("package.json"), PACKAGE)?;
        tool::write(&folder.join("package-lock.json"), LOCK)?;
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        tool::install(&mut npm, &folder, INSTALL)?;
        tool::write(&installed, LOCK)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_names_the_module() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("package.json");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            read(&file)
        };
        let named = read(r#"{"name": "a", "main": "src/a.ts", "private": true}"#).unwrap();
        assert_eq!(named, ("a".to_owned(), "src/a.ts".to_owned()));
        assert!(read(r#"{"name": "a"}"#).unwrap_err().hint.unwrap().contains("main"));
        assert!(read("{").unwrap_err().message.contains("says what it cannot"));
    }
}

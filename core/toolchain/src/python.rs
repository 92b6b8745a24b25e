//! Filters in Python, made components by componentize-py, which is kept in a virtual environment among the intermediate
//! files.

use crate::{
    Built,
    create::{Template, embedded},
    tool,
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tidegate_plugin::{ErrorKind, PluginError, Result};

const INSTALL: &str =
    "https://www.python.org/downloads, or your system's packages `python3` and `python3-venv`";
/// componentize-py, with the sums of its files.
const REQUIREMENTS: &str = include_str!("python/requirements.txt");
/// The module that componentize-py makes the component of.
const ENTRY: &str = include_str!("python/entry.py");
const ENTRY_MODULE: &str = "tidegate_entry";
const WIT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/0.1.0/plugin.wit"));

/// What a new filter has.
pub(crate) const TEMPLATE: Template = Template {
    files: embedded!(
        "core/toolchain/src/python",
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "rule.py",
        "test_rule.py",
    ),
    sdk: embedded!(
        "sdk/python",
        "README.md",
        "componentize_py_types.py",
        "pyproject.toml",
        "tests/test_guest.py",
        "tests/test_rows.py",
        "tests/test_values.py",
        "tidegate_sdk/__init__.py",
        "tidegate_sdk/cells.py",
        "tidegate_sdk/column.py",
        "tidegate_sdk/filter.py",
        "tidegate_sdk/guest.py",
        "tidegate_sdk/log.py",
        "tidegate_sdk/numbers.py",
        "tidegate_sdk/rows.py",
        "tidegate_sdk/temporal.py",
        "tidegate_sdk/testing.py",
        "tidegate_sdk/value.py",
        "wit_world/__init__.py",
        "wit_world/exports/__init__.py",
        "wit_world/exports/filter.py",
        "wit_world/imports/__init__.py",
        "wit_world/imports/log.py",
        "wit_world/imports/row_image.py",
        "wit_world/imports/row_set.py",
        "wit_world/imports/types.py",
    ),
};

/// What a `pyproject.toml` says that matters here; the rest of it is other tools'.
#[derive(Deserialize)]
struct Pyproject {
    project: Project,
    #[serde(default)]
    tool: Tool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Project {
    name: String,
    #[serde(default)]
    entry_points: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
struct Tool {
    #[serde(default)]
    tidegate: Ours,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ours {
    /// The folders of what the filter imports, relative to its own.
    #[serde(default)]
    paths: Vec<PathBuf>,
}

pub(crate) fn build(folder: &Path, scratch: Option<&Path>) -> Result<Built> {
    let folder = &tool::absolute(folder)?;
    let Pyproject { project, tool: Tool { tidegate } } = read(&folder.join("pyproject.toml"))?;
    let entry = entry(&project).map_err(|error| error.at(folder.join("pyproject.toml").display()))?;
    let default = folder.join(".tidegate");
    let scratch = scratch.unwrap_or(&default);
    let own = scratch.join(&project.name);
    tool::write(&own.join("entry").join(ENTRY_MODULE).with_extension("py"), &entry)?;
    tool::write(&own.join("wit/plugin.wit"), WIT)?;
    let (scratch, own) = (tool::absolute(scratch)?, tool::absolute(&own)?);
    let file = own.join("component.wasm");
    let mut componentize = Command::new(componentize_py(&scratch)?);
    componentize.arg("--wit-path").arg(own.join("wit")).args(["--world", "filter-plugin", "--quiet"]);
    componentize.args(["componentize", "--stub-wasi", ENTRY_MODULE, "--output"]).arg(&file);
    let paths = tidegate.paths.iter().map(|path| folder.join(path));
    for path in [own.join("entry"), folder.clone()].into_iter().chain(paths) {
        componentize.arg("--python-path").arg(path);
    }
    tool::run(&mut componentize, folder, INSTALL)?;
    Ok(Built { name: project.name, component: tool::read(&file)? })
}

fn read(file: &Path) -> Result<Pyproject> {
    let bad = |what: String| PluginError::new(ErrorKind::Input, what).at(file.display());
    let text = fs::read_to_string(file).map_err(|error| bad(format!("the file cannot be read: {error}")))?;
    toml::from_str(&text).map_err(|error| bad(format!("the file says what it cannot: {error}")))
}

/// Returns the text of the module that exports the filter.
fn entry(project: &Project) -> Result<String> {
    let named = project.entry_points.get("tidegate").and_then(|points| points.get("filter"));
    let is_name =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    let point = named.and_then(|point| point.split_once(':'));
    let point = point.filter(|(module, class)| is_name(module) && is_name(class) && !class.contains('.'));
    let (module, class) = point.ok_or_else(|| {
        PluginError::new(ErrorKind::Input, "the file does not name the filter's class").hint(
            "write `filter = \"MODULE:CLASS\"` under `[project.entry-points.tidegate]`, the class being the one that is \
             derived from `tidegate_sdk.Filter`",
        )
    })?;
    Ok(ENTRY.replace("{{module}}", module).replace("{{class}}", class))
}

/// Returns the program componentize-py, which is installed unless it is there already.
fn componentize_py(scratch: &Path) -> Result<PathBuf> {
    let environment = scratch.join("componentize-py");
    let installed = environment.join("installed.txt");
    if !fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        let requirements = scratch.join("requirements.txt");
        tool::write(&requirements, REQUIREMENTS)?;
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&environment);
        tool::install(&mut venv, scratch, INSTALL)?;
        let mut pip = Command::new(environment.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]);
        pip.args(["--only-binary", ":all:", "--no-deps", "--requirement"]).arg(&requirements);
        tool::install(&mut pip, scratch, "look at what pip says; it needs the package index once")?;
        tool::write(&installed, REQUIREMENTS)?;
    }
    Ok(environment.join("bin/componentize-py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(entry_points: &str) -> Project {
        let text = format!("[project]\nname = \"x\"\n{entry_points}");
        toml::from_str::<Pyproject>(&text).unwrap().project
    }

    #[test]
    fn the_entry_names_the_class() {
        let named = "[project.entry-points.tidegate]\nfilter = \"a.b:Rule\"";
        assert!(entry(&project(named)).unwrap().starts_with("from a.b import Rule as _filter\n"));
        for wrong in [
            "",
            "[project.entry-points.tidegate]\nfilter = \"Rule\"",
            "[project.entry-points.tidegate]\nfilter = \"a:b c\"",
        ] {
            assert!(entry(&project(wrong)).unwrap_err().hint.unwrap().contains("MODULE:CLASS"), "{wrong}");
        }
    }
}

//! A new filter: a template's files, and the SDK beside them.

use crate::{Language, c, go, js, python, rust, tool};
use std::{fs, path::Path};
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Where the SDK lies in a new filter's folder.
const SDK: &str = "tidegate-sdk";
/// Cargo and its like would take a template for a project of its own.
const SUFFIX: &str = ".template";

/// The cases for `tidegate plugin test`: the rule is the same in every language.
const CASES: (&str, &str) = ("cases.yaml", include_str!("cases.yaml"));

/// Files, by their path in the folder.
pub(crate) type Files = &'static [(&'static str, &'static str)];

/// What a new filter consists of. In `files`, `{{name}}` stands for its name and `{{module}}` for the same with `_`.
pub(crate) struct Template {
    pub(crate) files: Files,
    pub(crate) sdk: Files,
}

/// Embeds files of a folder of the repository.
macro_rules! embedded {
    ($folder:literal, $($file:literal),+ $(,)?) => {
        &[$((
            $file,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $folder, "/", $file)),
        )),+]
    };
}
pub(crate) use embedded;

impl Language {
    const fn template(self) -> Template {
        match self {
            Self::Rust => rust::TEMPLATE,
            Self::Go => go::TEMPLATE,
            Self::C => c::TEMPLATE,
            Self::JavaScript => js::TEMPLATE,
            Self::Python => python::TEMPLATE,
        }
    }
}

/// Begins a filter called `name` in a new folder, with a rule to start from, its tests, and the SDK.
///
/// # Errors
/// If the name cannot be one in every language, or if there is something already.
pub fn create(language: Language, name: &str, folder: &Path) -> Result<()> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(good) {
        return Err(PluginError::new(ErrorKind::Input, format!("`{name}` cannot be a filter's name"))
            .hint("use lower-case letters, digits and `-`, a letter first"));
    }
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(PluginError::new(ErrorKind::Input, "the folder is not empty").at(folder.display()));
    }
    let Template { files, sdk } = language.template();
    for (file, text) in files.iter().chain([&CASES]) {
        let text = text.replace("{{name}}", name).replace("{{module}}", &name.replace('-', "_"));
        tool::write(&folder.join(file.strip_suffix(SUFFIX).unwrap_or(file)), &text)?;
    }
    for (file, text) in sdk {
        tool::write(&folder.join(SDK).join(file), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::PathBuf};

    /// A new filter gets the whole SDK: whoever adds a file to one adds it to the template.
    #[test]
    fn the_sdks_are_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sdk");
        for language in Language::ALL {
            let folder = root.join(language.name());
            let mut there = BTreeSet::new();
            let mut folders = vec![folder.clone()];
            while let Some(next) = folders.pop() {
                for entry in fs::read_dir(next).unwrap() {
                    let path: PathBuf = entry.unwrap().path();
                    // What running tests in a language leaves behind.
                    if path.ends_with("__pycache__") {
                        continue;
                    }
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        there.insert(path.strip_prefix(&folder).unwrap().display().to_string());
                    }
                }
            }
            let embedded = language.template().sdk.iter().map(|(file, _)| (*file).to_owned()).collect();
            assert_eq!(there, embedded, "sdk/{}", language.name());
        }
    }

    #[test]
    fn a_filter_begins_in_an_empty_folder_under_a_good_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "Mask", "1st", "a b", "../x", "mäsk"] {
            assert!(create(Language::Rust, name, folder.path()).is_err(), "{name}");
        }
        create(Language::Rust, "drop-tests", folder.path()).unwrap();
        let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("name = \"drop-tests\"") && !manifest.contains("{{"), "{manifest}");
        let again = create(Language::Rust, "drop-tests", folder.path()).unwrap_err();
        assert!(again.message.contains("not empty"), "{again}");
    }
}

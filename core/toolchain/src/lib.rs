//! From a folder of source code to the component that it is, and from nothing to such a folder.
//!
//! Each language has a module, which knows its tools, the files of a new filter, and the SDK that they use: the SDK is
//! copied into the new folder, so that a filter needs nothing from us that is not there.

mod c;
mod create;
mod go;
mod js;
mod python;
mod rust;
mod tool;

pub use create::create;

use std::path::Path;
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// A language that filters are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust, by cargo.
    Rust,
    /// Go, by its standard compiler.
    Go,
    /// C, by zig.
    C,
    /// TypeScript and JavaScript, by ComponentizeJS.
    JavaScript,
    /// Python, by componentize-py.
    Python,
}

/// A component that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// What its package is called.
    pub name: String,
    /// The component.
    pub component: Vec<u8>,
}

impl Language {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Rust, Self::Go, Self::C, Self::JavaScript, Self::Python];

    /// Returns what it is called on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::C => "c",
            Self::JavaScript => "js",
            Self::Python => "python",
        }
    }

    /// Returns the file by which a folder is known to hold a filter in this language.
    const fn mark(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Go => "go.mod",
            Self::C => c::FLAGS,
            Self::JavaScript => "package.json",
            Self::Python => "pyproject.toml",
        }
    }

    /// Returns the language of the filter in a folder.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(folder: &Path) -> Result<Self> {
        let found = Self::ALL.iter().find(|language| folder.join(language.mark()).is_file());
        found.copied().ok_or_else(|| {
            let marks: Vec<String> =
                Self::ALL.iter().map(|language| format!("`{}`", language.mark())).collect();
            PluginError::new(
                ErrorKind::Input,
                format!("there is no source code of a filter here: no {}", marks.join(", no ")),
            )
            .at(folder.display())
            .hint("name the folder of a filter, or begin one with `tidegate plugin new`")
        })
    }
}

/// Builds the filter in a folder. What the tools write on the way goes to `scratch`, by default into the folder itself.
///
/// # Errors
/// Of the kind [`World`](ErrorKind::World) if a tool is missing, [`Input`](ErrorKind::Input) if the filter does not build.
pub fn build(folder: &Path, scratch: Option<&Path>) -> Result<Built> {
    match Language::of(folder)? {
        Language::Rust => rust::build(folder, scratch),
        Language::Go => go::build(folder, scratch),
        Language::C => c::build(folder, scratch),
        Language::JavaScript => js::build(folder, scratch),
        Language::Python => python::build(folder, scratch),
    }
}

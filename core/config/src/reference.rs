//! What the key `plugin` refers to; the text says by itself.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tidegate_plugin::settings::Problem;

use crate::frame::{Grant, Limits, OnError};

/// The plugin of a stage, with what the file says of it besides its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginReference {
    /// A plugin inside the binary, by name.
    BuiltIn(String),
    /// A WebAssembly component.
    Component {
        /// Its file, relative to the working folder or absolute.
        path: PathBuf,
        /// The sum that the file must have.
        sha256: Option<Sha256>,
        /// What it may use.
        limits: Limits,
        /// What happens to a row that it fails on.
        on_error: OnError,
        /// What it may know that is not the same each time.
        grants: Vec<Grant>,
    },
    /// A shared library.
    Native {
        /// Its file, relative to the working folder or absolute.
        path: PathBuf,
        /// The sum that the file must have.
        sha256: Option<Sha256>,
    },
}

/// Writes the name or the path.
impl fmt::Display for PluginReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(name) => f.write_str(name),
            Self::Component { path, .. } | Self::Native { path, .. } => path.display().fmt(f),
        }
    }
}

/// The SHA-256 sum of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sha256(pub [u8; 32]);

/// Text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 sum has 64 hexadecimal digits")]
pub struct NoSha256;

impl FromStr for Sha256 {
    type Err = NoSha256;

    fn from_str(text: &str) -> Result<Self, NoSha256> {
        let mut sum = [0; 32];
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoSha256);
        }
        for (byte, start) in sum.iter_mut().zip((0..).step_by(2)) {
            let digits = text.get(start..start + 2).ok_or(NoSha256)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoSha256)?;
        }
        Ok(Self(sum))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The class of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    BuiltIn,
    Component(PathBuf),
    Native(PathBuf),
}

/// Tells what `plugin` refers to; paths start at `folder`.
pub(crate) fn classify(plugin: &str, folder: &Path) -> Result<Class, Box<Problem>> {
    let refuse = |message: String, help: &str| {
        Err(Box::new(Problem::at(tidegate_plugin::path!["plugin"], message).help(help).code("bad-plugin")))
    };
    if plugin.starts_with("oci://") {
        let message = "plugins from a container registry (`oci://`) are not supported yet".to_owned();
        return refuse(message, "download the component and give the path of its `.wasm` file");
    }
    if let Some((scheme, _)) = plugin.split_once("://") {
        let message = format!("a plugin cannot be loaded from `{scheme}://`");
        return refuse(message, "download it and give the path of its file");
    }
    let path = folder.join(plugin);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("wasm") => return Ok(Class::Component(path)),
        Some("so" | "dylib") => return Ok(Class::Native(path)),
        _ => {}
    }
    let in_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    if !plugin.is_empty() && plugin.chars().all(in_name) {
        return Ok(Class::BuiltIn);
    }
    let help = "a plugin is the name of a built-in one, a path ending in `.wasm` (component), or one ending in `.so` or \
                `.dylib` (shared library)";
    refuse(format!("`{plugin}` does not name a plugin"), help)
}

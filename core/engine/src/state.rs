//! The state folder: what a pipeline keeps on this machine.
//!
//! ```text
//! <root>/<pipeline>/lock               held while a process runs the pipeline
//!                   checkpoint.json    up to where a sink that keeps no checkpoint has everything
//!                   schemas-<n>.json   the source's schemas as of that checkpoint
//!                   dead-letters.jsonl, dropped-rows.jsonl   rows that did not reach the sink, see `lost`
//!                   source/  sink/     the plugins' own files
//! ```

mod checkpoint;

pub(crate) use checkpoint::{CheckpointFile, no_more, replace};

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};
use tidegate_plugin::{PluginError, Result};

/// A pipeline's folder, locked against other processes for as long as this value lives.
#[derive(Debug)]
pub struct StateFolder {
    path: PathBuf,
    _lock: File,
}

/// Returns the folder under which every pipeline's state lies unless told otherwise: the user's state folder
/// (`$XDG_STATE_HOME`, else `~/.local/state`).
pub fn default_state_root(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".local/state")))?;
    Some(base.join("tidegate"))
}

impl StateFolder {
    /// Tells whether a checkpoint of `pipeline` is stored under `root`, without taking the folder.
    pub fn has_checkpoint(root: &Path, pipeline: &str) -> bool {
        CheckpointFile::is_in(&root.join(pipeline))
    }

    /// Makes the folder of `pipeline` under `root` if need be, and locks it.
    ///
    /// # Errors
    /// If the folder cannot be written, or if another process runs the pipeline from it.
    pub fn open(root: &Path, pipeline: &str) -> Result<Self> {
        let path = root.join(pipeline);
        for folder in ["source", "sink"] {
            let folder = path.join(folder);
            std::fs::create_dir_all(&folder).map_err(|error| unusable("create", &folder, error))?;
        }
        let file = path.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&file)
            .map_err(|error| unusable("open", &file, error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(PluginError::world(format!(
                "another process runs pipeline `{pipeline}` from this state folder"
            ))
            .at(path.display())
            .hint("stop it first, or give this run a folder of its own with `--state`")),
            Err(TryLockError::Error(error)) => Err(unusable("lock", &file, error)),
        }
    }

    /// Returns the folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn of_source(&self) -> PathBuf {
        self.path.join("source")
    }

    pub(crate) fn of_sink(&self) -> PathBuf {
        self.path.join("sink")
    }
}

/// Returns the error that something in the state folder cannot be used.
pub(crate) fn unusable(verb: &str, path: &Path, error: io::Error) -> PluginError {
    PluginError::world(format!("cannot {verb} a file of the pipeline's state"))
        .at(path.display())
        .hint("make the state folder writable, or choose another one with `--state`")
        .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_root_follows_the_xdg_rules() {
        let with = |state: &'static str, home: &'static str| {
            default_state_root(move |name| Some(if name == "HOME" { home } else { state }.to_owned()))
        };
        assert_eq!(with("/s", "/h"), Some(PathBuf::from("/s/tidegate")));
        assert_eq!(with("relative", "/h"), Some(PathBuf::from("/h/.local/state/tidegate")));
        assert_eq!(with("", ""), None);
    }

    #[test]
    fn a_second_process_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let first = StateFolder::open(root.path(), "p").unwrap();
        let error = StateFolder::open(root.path(), "p").unwrap_err();
        assert!(error.message.contains("another process runs pipeline `p`"), "{error}");
        drop(first);
        StateFolder::open(root.path(), "p").unwrap();
    }
}

//! Keeps what is downloaded, built and initialised, outside of the checkout.
//!
//! Several test processes use one cache at the same time: an entry is made under a lock, in a
//! folder of its own, and appears under its name complete or not at all.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};

const VARIABLE: &str = "TIDEGATE_TEST_CACHE";

/// The cache folder.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// Opens the cache that the environment names, creating it when it is new.
    pub(crate) fn open() -> Result<Self> {
        let root = match (env::var_os(VARIABLE), env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
            (Some(folder), _, _) if !folder.is_empty() => PathBuf::from(folder),
            (_, Some(folder), _) if !folder.is_empty() => Path::new(&folder).join("tidegate-tests"),
            (_, _, Some(home)) if !home.is_empty() => Path::new(&home).join(".cache/tidegate-tests"),
            _ => {
                return Err(Error::Io {
                    action: format!("choose a cache folder; set {VARIABLE}"),
                    source: std::io::ErrorKind::NotFound.into(),
                });
            }
        };
        Self::at(&root)
    }

    /// Opens the cache in `root`, which servers later see from other working folders.
    pub(crate) fn at(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).doing_at("create the cache folder", root)?;
        let root = root.canonicalize().doing_at("resolve the cache folder", root)?;
        Ok(Self { root })
    }

    /// Returns the folder `name` of the cache, created when it is missing.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join(name);
        fs::create_dir_all(&folder).doing_at("create", &folder)?;
        Ok(folder)
    }

    /// Returns the entry `name`, made by `make` in an empty folder when it is not there yet.
    ///
    /// Waits while another process makes it. After an error nothing is left behind.
    pub(crate) fn entry(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let entry = self.root.join(name);
        if entry.is_dir() {
            return Ok(entry);
        }
        let _lock = lock(&self.root.join(format!("{name}.lock")))?;
        if entry.is_dir() {
            return Ok(entry);
        }
        let prefix = format!(".{name}.new-");
        self.remove_unfinished(&prefix)?;
        let unfinished = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(&self.root)
            .doing_at("create a folder in", &self.root)?;
        make(unfinished.path())?;
        fs::rename(unfinished.path(), &entry).doing_at("rename a finished folder to", &entry)?;
        // It no longer exists under its old name: nothing to remove.
        drop(unfinished.keep());
        Ok(entry)
    }

    /// Removes what a killed process left half made. The caller holds the entry's lock.
    fn remove_unfinished(&self, prefix: &str) -> Result<()> {
        for found in fs::read_dir(&self.root).doing_at("list", &self.root)? {
            let found = found.doing_at("list", &self.root)?;
            if found.file_name().to_string_lossy().starts_with(prefix) {
                fs::remove_dir_all(found.path()).doing_at("remove", &found.path())?;
            }
        }
        Ok(())
    }
}

/// Waits for the lock file `path`; it is held until the file is closed, also by a crash.
pub(crate) fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).doing_at("create the lock file", path)?;
    file.lock().doing_at("lock", path)?;
    Ok(file)
}

/// Copies a folder with everything in it; file modes are kept.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).doing_at("create", to)?;
    for entry in fs::read_dir(from).doing_at("list", from)? {
        let entry = entry.doing_at("list", from)?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().doing_at("look at", &source)?.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).doing_at("copy a file to", &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    fn failure() -> Error {
        Error::Program { program: "make".into(), message: "interrupted".into() }
    }

    /// Eight threads ask for one entry at the same time; all get it and one makes it.
    #[test]
    fn an_entry_is_made_once_however_many_ask() {
        let root = tempfile::tempdir().unwrap();
        let made = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache = Cache::at(root.path()).unwrap();
                    let entry = cache
                        .entry("program", |folder| {
                            made.fetch_add(1, Ordering::SeqCst);
                            fs::write(folder.join("file"), "complete").doing("write")
                        })
                        .unwrap();
                    assert_eq!(fs::read_to_string(entry.join("file")).unwrap(), "complete");
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    /// Making an entry fails halfway; the next one who asks starts from an empty folder.
    #[test]
    fn a_failed_entry_leaves_nothing_and_is_made_anew() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::at(root.path()).unwrap();
        let failed = cache.entry("program", |folder| {
            fs::write(folder.join("half"), "").doing("write")?;
            Err(failure())
        });
        assert!(failed.is_err());
        fs::create_dir(root.path().join(".program.new-killed")).unwrap();
        let entry = cache.entry("program", |_| Ok(())).unwrap();
        assert_eq!(fs::read_dir(entry).unwrap().count(), 0);
        let names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "the entry and its lock: {names:?}");
    }
}

//! The folder in which one server keeps its data, its log and its socket.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cache::{Cache, copy_folder, lock};
use crate::error::{Context, Result};

/// Held, by a lock, by the process that owns the folder.
const OWNER: &str = "owner";

/// A folder that is removed when this is dropped; the folder of a process that died before it
/// could do so is removed when the next one is made.
#[derive(Debug)]
pub(crate) struct Instance {
    folder: TempDir,
    _owner: File,
}

impl Instance {
    /// Makes a folder whose `data` is a copy of `template`.
    pub(crate) fn new(cache: &Cache, template: &Path) -> Result<Self> {
        let instances = cache.folder("instances")?;
        let instance = {
            let _lock = lock(&instances.join(".lock"))?;
            remove_abandoned(&instances)?;
            let folder = tempfile::tempdir_in(&instances).doing_at("create a folder in", &instances)?;
            let owner = lock(&folder.path().join(OWNER))?;
            Self { folder, _owner: owner }
        };
        copy_folder(template, &instance.data())?;
        Ok(instance)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path().join("server.log")
    }
}

/// Removes the folders that nobody owns any more. The caller holds the lock of `instances`.
fn remove_abandoned(instances: &Path) -> Result<()> {
    for entry in fs::read_dir(instances).doing_at("list", instances)? {
        let folder = entry.doing_at("list", instances)?.path();
        if !folder.is_dir() {
            continue;
        }
        let owned = File::open(folder.join(OWNER)).is_ok_and(|owner| owner.try_lock().is_err());
        if !owned {
            // Its owner's watchdog may be removing it as well.
            drop(fs::remove_dir_all(&folder));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process died and left its folder; another runs. The next start removes only the first.
    #[test]
    fn only_abandoned_folders_are_removed() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::at(root.path()).unwrap();
        let template = cache.folder("template").unwrap();
        fs::write(template.join("table"), "rows").unwrap();
        let running = Instance::new(&cache, &template).unwrap();
        let abandoned = cache.folder("instances/abandoned").unwrap();
        fs::write(abandoned.join(OWNER), "").unwrap();

        let next = Instance::new(&cache, &template).unwrap();

        assert!(!abandoned.exists());
        assert_eq!(fs::read_to_string(running.data().join("table")).unwrap(), "rows");
        assert!(next.data().is_dir());
    }
}

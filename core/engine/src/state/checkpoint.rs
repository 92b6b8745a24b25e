//! The checkpoint of a sink that cannot keep one.
//!
//! Two files, so that schemas are written when they change and not with every checkpoint. The checkpoint names its
//! schemas file, which is durable before; so the pair never disagrees, whenever the process dies.

use super::unusable;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};
use tidegate_model::{Checkpoint, SchemaChange};
use tidegate_plugin::{PluginError, Result, Resume};

/// Reads and writes the pair of files.
#[derive(Debug)]
pub(crate) struct CheckpointFile {
    folder: PathBuf,
    /// The number of the schemas file that the stored checkpoint names.
    generation: u64,
    /// All schemas as of the stored checkpoint.
    schemas: Vec<SchemaChange>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    version: u32,
    checkpoint: Cow<'a, Checkpoint>,
    /// The schemas file; 0 for none.
    schemas: u64,
}

const VERSION: u32 = 1;

/// The name of the checkpoint's file in the state folder.
const FILE: &str = "checkpoint.json";

impl CheckpointFile {
    /// Tells whether a checkpoint is stored in `folder`.
    pub(crate) fn is_in(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Reads what is stored in `folder`, or forgets it if `reset`.
    pub(crate) fn open(folder: &Path, reset: bool) -> Result<(Self, Option<Resume>)> {
        let mut file = Self { folder: folder.to_owned(), generation: 0, schemas: Vec::new() };
        let path = file.path();
        if reset {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(unusable("remove", &path, error));
                }
                _ => return Ok((file, None)),
            }
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((file, None)),
            Err(error) => return Err(unusable("read", &path, error)),
        };
        let stored: Stored<'_> = serde_json::from_slice(&bytes).map_err(|error| damaged(&path, error))?;
        if stored.version != VERSION {
            return Err(foreign_version(&path, stored.version));
        }
        file.generation = stored.schemas;
        if stored.schemas > 0 {
            let path = file.schemas_path(stored.schemas);
            let bytes = std::fs::read(&path).map_err(|error| unusable("read", &path, error))?;
            file.schemas = serde_json::from_slice(&bytes).map_err(|error| damaged(&path, error))?;
        }
        let checkpoint = stored.checkpoint.into_owned();
        let resume = Resume { checkpoint, cut: None, schemas: file.schemas.clone() };
        Ok((file, Some(resume)))
    }

    /// Stores a checkpoint with what changed of the schemas since the last one. Blocks until it is durable.
    pub(crate) fn store(&mut self, checkpoint: &Checkpoint, changes: Vec<SchemaChange>) -> Result<()> {
        let mut generation = self.generation;
        if !changes.is_empty() {
            let all = std::mem::take(&mut self.schemas);
            self.schemas = Resume::fold(all.into_iter().chain(changes));
            generation += 1;
            write_durably(&self.schemas_path(generation), &self.schemas)?;
        }
        let checkpoint = Cow::Borrowed(checkpoint);
        write_durably(&self.path(), &Stored { version: VERSION, checkpoint, schemas: generation })?;
        if generation != self.generation && self.generation > 0 {
            let path = self.schemas_path(self.generation);
            std::fs::remove_file(&path).map_err(|error| unusable("remove", &path, error))?;
        }
        self.generation = generation;
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn schemas_path(&self, generation: u64) -> PathBuf {
        self.folder.join(format!("schemas-{generation}.json"))
    }
}

/// Writes a file so that after a crash there is either the old one or the new one.
fn write_durably(path: &Path, content: &impl Serialize) -> Result<()> {
    let replace = || -> io::Result<()> {
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(content)?)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        match path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    replace().map_err(|error| unusable("write", path, error))
}

fn damaged(path: &Path, error: serde_json::Error) -> PluginError {
    PluginError::definite("the stored checkpoint cannot be read: the file is damaged")
        .at(path.display())
        .hint("restore the file, or begin anew with `--reset`")
        .because(error)
}

fn foreign_version(path: &Path, version: u32) -> PluginError {
    PluginError::definite(format!(
        "the stored checkpoint has version {version}, and this program knows version {VERSION} only"
    ))
    .at(path.display())
    .hint("run the version of tidegate that wrote it, or begin anew with `--reset`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::{LogPosition, Position, TableName, TableState};

    fn at(offset: u64) -> Checkpoint {
        let log = Some(LogPosition { file: "binlog.000001".into(), offset });
        let position = Position { gtids: Some("".parse().unwrap()), log, inside: None };
        Checkpoint { applied: position.clone(), resume: position, source: "server".into() }
    }

    fn dropped(table: &str) -> SchemaChange {
        SchemaChange::Table { name: TableName::new("s", table), state: TableState::Dropped }
    }

    #[test]
    fn what_is_stored_is_read_back_with_its_schemas() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, none) = CheckpointFile::open(folder.path(), false).unwrap();
        assert!(none.is_none());
        file.store(&at(4), vec![dropped("a")]).unwrap();
        file.store(&at(5), vec![dropped("b")]).unwrap();
        file.store(&at(6), Vec::new()).unwrap();

        let (_, resume) = CheckpointFile::open(folder.path(), false).unwrap();
        let resume = resume.unwrap();
        assert_eq!(resume.checkpoint, at(6));
        assert_eq!(resume.schemas, [dropped("a"), dropped("b")]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "old files are removed");
    }

    #[test]
    fn schemas_of_a_checkpoint_that_was_not_stored_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = CheckpointFile::open(folder.path(), false).unwrap();
        file.store(&at(4), vec![dropped("a")]).unwrap();
        write_durably(&file.schemas_path(2), &[dropped("later")]).unwrap();
        let (_, resume) = CheckpointFile::open(folder.path(), false).unwrap();
        assert_eq!(resume.unwrap().schemas, [dropped("a")]);
    }

    #[test]
    fn a_damaged_file_stops_and_a_reset_forgets_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("checkpoint.json"), "{").unwrap();
        let error = CheckpointFile::open(folder.path(), false).unwrap_err();
        assert!(error.hint.unwrap().contains("--reset"));
        let (_, resume) = CheckpointFile::open(folder.path(), true).unwrap();
        assert!(resume.is_none());
    }
}

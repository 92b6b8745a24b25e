//! The checkpoint of a sink that cannot keep one.
//!
//! Two files, so that schemas are written when they change and not with every checkpoint. The checkpoint names its
//! schemas file, which is durable before; so the pair never disagrees, whenever the process dies.
//!
//! `checkpoint.json`, version 2: an object with
//!
//! * `version`: of this format; another one is refused.
//! * `sink`: what kind of sink it is and where its data lies, as the sink says it. Another sink has none of what lies
//!   before the checkpoint, so it does not go on from there.
//! * `checkpoint`: the position up to which the sink has everything, the one to read on from, and the source's identity.
//! * `schemas`: the number of the schemas file, 0 for none. `schemas-<n>.json` is an array of the schema changes up to
//!   the checkpoint, the last one of each table.

use super::unusable;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};
use tidegate_model::{Checkpoint, SchemaChange};
use tidegate_plugin::{ErrorKind, PluginError, Result, Resume};

/// Reads and writes the pair of files.
#[derive(Debug)]
pub(crate) struct CheckpointFile {
    folder: PathBuf,
    /// What kind of sink it is and where its data lies.
    sink: String,
    /// The number of the schemas file that the stored checkpoint names.
    generation: u64,
    /// All schemas as of the stored checkpoint.
    schemas: Vec<SchemaChange>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    version: u32,
    sink: Cow<'a, str>,
    checkpoint: Cow<'a, Checkpoint>,
    /// The schemas file; 0 for none.
    schemas: u64,
}

/// What every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

const VERSION: u32 = 2;

/// The name of the checkpoint's file in the state folder.
const FILE: &str = "checkpoint.json";

impl CheckpointFile {
    /// Tells whether a checkpoint is stored in `folder`.
    pub(crate) fn is_in(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Reads what is stored in `folder` for `sink`, or forgets it if `reset`.
    pub(crate) fn open(folder: &Path, sink: &str, reset: bool) -> Result<(Self, Option<Resume>)> {
        let (folder, sink) = (folder.to_owned(), sink.to_owned());
        let mut file = Self { folder, sink, generation: 0, schemas: Vec::new() };
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
        let Versioned { version } = serde_json::from_slice(&bytes).map_err(|error| damaged(&path, error))?;
        if version != VERSION {
            return Err(foreign_version(&path, version));
        }
        let stored: Stored<'_> = serde_json::from_slice(&bytes).map_err(|error| damaged(&path, error))?;
        if *stored.sink != *file.sink {
            return Err(another_sink(&path, &stored.sink, &file.sink));
        }
        file.generation = stored.schemas;
        if stored.schemas > 0 {
            let path = file.schemas_path(stored.schemas);
            let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => missing(&path),
                _ => unusable("read", &path, error),
            })?;
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
        let (sink, checkpoint) = (Cow::Borrowed(&*self.sink), Cow::Borrowed(checkpoint));
        let stored = Stored { version: VERSION, sink, checkpoint, schemas: generation };
        write_durably(&self.path(), &stored)?;
        if generation != self.generation && self.generation > 0 {
            let path = self.schemas_path(self.generation);
            std::fs::remove_file(&path).map_err(|error| no_more(unusable("remove", &path, error)))?;
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

fn write_durably(path: &Path, content: &impl Serialize) -> Result<()> {
    let text = serde_json::to_vec(content).map_err(io::Error::from);
    text.and_then(|text| replace(path, &text)).map_err(|error| no_more(unusable("write", path, error)))
}

/// Writes a file so that after a crash there is either the old one or the new one.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// What could be used when the run began and cannot any more is a failed run, and not a world that is not ready.
pub(crate) fn no_more(error: PluginError) -> PluginError {
    PluginError { kind: ErrorKind::Definite, ..error }
}

/// A checkpoint stands for what its own sink holds.
fn another_sink(path: &Path, stored: &str, now: &str) -> PluginError {
    PluginError::world(format!("the stored checkpoint is of another sink: it is of {stored}, and this is {now}"))
        .at(path.display())
        .hint(
            "begin anew with `--reset`, or give the new sink a state folder of its own with `--state`; to go on where \
             the old one is, set the old one again",
        )
}

fn missing(path: &Path) -> PluginError {
    PluginError::world("a file that the stored checkpoint names is not there: the source's schemas are in it")
        .at(path.display())
        .hint("restore the state folder whole, or begin anew with `--reset`")
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
        let (mut file, none) = CheckpointFile::open(folder.path(), "a sink", false).unwrap();
        assert!(none.is_none());
        file.store(&at(4), vec![dropped("a")]).unwrap();
        file.store(&at(5), vec![dropped("b")]).unwrap();
        file.store(&at(6), Vec::new()).unwrap();

        let (_, resume) = CheckpointFile::open(folder.path(), "a sink", false).unwrap();
        let resume = resume.unwrap();
        assert_eq!(resume.checkpoint, at(6));
        assert_eq!(resume.schemas, [dropped("a"), dropped("b")]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "old files are removed");
    }

    #[test]
    fn schemas_of_a_checkpoint_that_was_not_stored_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = CheckpointFile::open(folder.path(), "a sink", false).unwrap();
        file.store(&at(4), vec![dropped("a")]).unwrap();
        write_durably(&file.schemas_path(2), &[dropped("later")]).unwrap();
        let (_, resume) = CheckpointFile::open(folder.path(), "a sink", false).unwrap();
        assert_eq!(resume.unwrap().schemas, [dropped("a")]);
    }

    #[test]
    fn another_sink_does_not_go_on_from_a_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = CheckpointFile::open(folder.path(), "discard", false).unwrap();
        file.store(&at(4), Vec::new()).unwrap();
        let error = CheckpointFile::open(folder.path(), "file /a", false).unwrap_err();
        assert!(error.message.contains("of discard, and this is file /a"), "{error}");
        assert!(error.hint.unwrap().contains("--reset"));
        assert!(CheckpointFile::open(folder.path(), "discard", false).unwrap().1.is_some());
        assert!(CheckpointFile::open(folder.path(), "file /a", true).unwrap().1.is_none());
    }

    #[test]
    fn a_checkpoint_that_cannot_be_stored_any_more_fails_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = CheckpointFile::open(folder.path(), "a sink", false).unwrap();
        drop(folder);
        assert_eq!(file.store(&at(4), Vec::new()).unwrap_err().kind, ErrorKind::Definite);
    }

    #[test]
    fn a_file_of_schemas_that_is_missing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = CheckpointFile::open(folder.path(), "a sink", false).unwrap();
        file.store(&at(4), vec![dropped("a")]).unwrap();
        std::fs::remove_file(file.schemas_path(1)).unwrap();
        let error = CheckpointFile::open(folder.path(), "a sink", false).unwrap_err();
        assert!(error.hint.unwrap().contains("--reset"));
    }

    #[test]
    fn a_checkpoint_of_another_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.json");
        std::fs::write(path, r#"{"version":1,"checkpoint":{},"schemas":0}"#).unwrap();
        let error = CheckpointFile::open(folder.path(), "a sink", false).unwrap_err();
        assert!(error.message.contains("has version 1"), "{error}");
    }

    #[test]
    fn a_damaged_file_stops_and_a_reset_forgets_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("checkpoint.json"), "{").unwrap();
        let error = CheckpointFile::open(folder.path(), "a sink", false).unwrap_err();
        assert!(error.hint.unwrap().contains("--reset"));
        let (_, resume) = CheckpointFile::open(folder.path(), "a sink", true).unwrap();
        assert!(resume.is_none());
    }
}

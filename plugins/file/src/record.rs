//! What is remembered of the file in the state folder: from where on it is this pipeline's to mend.
//!
//! `file.json`, version 1: an object with `version`; `path`, for people; `device` and `inode`, which say that it is still
//! the same file; `length`, up to where whole lines lay when this pipeline began to write; `writing`, whether it still
//! did when the record was made: behind a clean end nothing is its own.

use serde::{Deserialize, Serialize};
use std::{
    fs::{File, Metadata},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::Path,
};

const NAME: &str = "file.json";
const VERSION: u32 = 1;

/// What is remembered of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    version: u32,
    path: String,
    device: u64,
    inode: u64,
    length: u64,
    pub(crate) writing: bool,
}

impl Record {
    /// Returns the record of a file that is written from `length` on.
    pub(crate) fn new(path: &Path, file: &Metadata, length: u64) -> Self {
        let (device, inode) = (file.dev(), file.ino());
        Self { version: VERSION, path: path.display().to_string(), device, inode, length, writing: true }
    }

    /// Reads the record in the folder. One that cannot be understood gives no right to anything, like none.
    pub(crate) fn read(folder: &Path) -> io::Result<Option<Self>> {
        let bytes = match std::fs::read(folder.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let record = serde_json::from_slice::<Self>(&bytes).ok();
        Ok(record.filter(|record| record.version == VERSION))
    }

    /// Writes the record, so that after a crash there is either the old one or this one.
    pub(crate) fn store(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join(NAME);
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        File::open(folder)?.sync_all()
    }

    /// Tells whether what lies in the file from `at` on was written by this pipeline.
    pub(crate) fn covers(&self, file: &Metadata, at: u64) -> bool {
        self.writing && (self.device, self.inode) == (file.dev(), file.ino()) && at >= self.length
    }
}

//! A file of JSON lines to which rows are added durably, each once.

use super::key::Line;
use crate::{
    crash::{Point, is_chosen, reach},
    state::{no_more, unusable},
};
use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};
use tidegate_plugin::{PluginError, Result};

/// More is not held back until the end of a batch.
const BUFFER_MAX: usize = 1 << 20;

/// The file, which is made with its first line.
pub(super) struct Journal {
    path: PathBuf,
    file: Option<File>,
    buffer: Vec<u8>,
    /// How many bytes were added since the file was opened or rewritten.
    pub(super) added: u64,
    /// Whether lines are written that may not be durable.
    unsynced: bool,
}

impl Journal {
    /// Opens the file in `folder`, cuts off a last line that a crash left torn, and shows every line to `see`.
    pub(super) fn open(folder: &Path, name: &str, see: impl FnMut(Line, &[u8])) -> Result<Self> {
        let path = folder.join(name);
        let file = match File::options().read(true).append(true).open(&path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unusable("open", &path, error)),
        };
        if let Some(file) = &file {
            let whole = read(file, &path, see)?;
            let length = file.metadata().map_err(|error| unusable("read", &path, error))?.len();
            if whole < length {
                let cut = file.set_len(whole).and_then(|()| file.sync_all());
                cut.map_err(|error| unusable("mend", &path, error))?;
                tracing::warn!(file = %path.display(), "cut off a last line that a crash had left torn");
            }
        }
        Ok(Self { path, file, buffer: Vec::new(), added: 0, unsynced: false })
    }

    /// Returns where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line: `write` appends it to a buffer, with its end.
    pub(super) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        write(&mut self.buffer);
        if self.buffer.len() > BUFFER_MAX { self.write() } else { Ok(()) }
    }

    /// Makes all lines durable.
    pub(super) fn settle(&mut self) -> Result<()> {
        if self.buffer.is_empty() && !self.unsynced {
            return Ok(());
        }
        self.write()?;
        reach(Point::LetterWritten);
        if let Some(file) = &self.file {
            file.sync_data().map_err(|error| self.failed("write", error))?;
        }
        self.unsynced = false;
        reach(Point::LetterDurable);
        Ok(())
    }

    /// Puts the lines for which `keep` says so in the place of all.
    pub(super) fn rewrite(&mut self, mut keep: impl FnMut(&Line) -> bool) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut kept = Vec::new();
        let reader = File::open(&self.path).map_err(|error| self.failed("read", error))?;
        read(&reader, &self.path, |line, bytes| {
            if keep(&line) {
                kept.extend_from_slice(bytes);
            }
        })?;
        if kept.is_empty() {
            file.set_len(0).and_then(|()| file.sync_all()).map_err(|error| self.failed("write", error))?;
        } else {
            crate::state::replace(&self.path, &kept).map_err(|error| self.failed("write", error))?;
            let file = File::options().append(true).open(&self.path);
            self.file = Some(file.map_err(|error| self.failed("open", error))?);
        }
        self.added = 0;
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let buffer = std::mem::take(&mut self.buffer);
        let file = self.file()?;
        if is_chosen(Point::LetterTorn) {
            let _ = file.write_all(buffer.get(..buffer.len() - 9).unwrap_or_default());
            std::process::abort();
        }
        file.write_all(&buffer).map_err(|error| self.failed("write", error))?;
        self.added += buffer.len() as u64;
        self.unsynced = true;
        Ok(())
    }

    fn file(&mut self) -> Result<&mut File> {
        if self.file.is_none() {
            let make = || -> io::Result<File> {
                let file = File::options().create(true).append(true).open(&self.path)?;
                self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
                Ok(file)
            };
            self.file = Some(make().map_err(|error| self.failed("make", error))?);
        }
        self.file.as_mut().ok_or_else(|| PluginError::definite("a file that was made is not there"))
    }

    fn failed(&self, verb: &str, error: io::Error) -> PluginError {
        no_more(unusable(verb, &self.path, error))
    }
}

/// Shows every whole line, with its end, to `see`; returns where the last one ends.
fn read(file: &File, path: &Path, mut see: impl FnMut(Line, &[u8])) -> Result<u64> {
    let mut reader = BufReader::new(file);
    let (mut bytes, mut end, mut number) = (Vec::new(), 0, 0);
    loop {
        bytes.clear();
        let length = reader.read_until(b'\n', &mut bytes).map_err(|error| unusable("read", path, error))?;
        if !bytes.ends_with(b"\n") {
            return Ok(end);
        }
        (end, number) = (end + length as u64, number + 1);
        let line = serde_json::from_slice(&bytes).map_err(|error| damaged(path, number, error))?;
        see(line, &bytes);
    }
}

fn damaged(path: &Path, number: u64, error: serde_json::Error) -> PluginError {
    // The text of the error may hold values.
    let reason = format!("{:?} error in column {}", error.classify(), error.column());
    PluginError::definite("a line of rows that the pipeline lost cannot be read")
        .at(format!("{}:{number}", path.display()))
        .hint("mend or remove the line; or move the file away, if no crash was before this start")
        .because(reason)
}

//! The file that lines are appended to.

use crate::record::Record;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    os::{fd::AsFd, unix::fs::FileTypeExt},
    path::{Path, PathBuf},
};
use tidegate_plugin::{PluginError, Result};

/// What every line begins with.
const LINE: &[u8] = b"{\"op\":\"";

/// Where lines go.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Stdout,
    File(PathBuf),
}

/// An opened place.
#[derive(Debug)]
pub(crate) struct Target {
    place: Place,
    file: File,
    /// What is remembered of it, and in which folder; nothing of a pipe or a device.
    record: Option<(Record, PathBuf)>,
}

/// What is known of a place once it is open.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The file again, to synchronise it; none if it is a pipe or a device.
    pub(crate) to_sync: Option<File>,
    /// The name of the place, the same from wherever the pipeline is run.
    pub(crate) name: String,
}

impl Target {
    /// Opens the place, and cuts off a last line that a crash of this pipeline left torn. Blocks while a pipe has no
    /// reader.
    pub(crate) fn open(place: &Place, state: &Path) -> Result<(Self, Opened)> {
        let file = open(place).map_err(|error| {
            PluginError::world("the file cannot be opened for writing")
                .at(place)
                .hint("make its folder and let this user write there, or change `path`")
                .because(error)
        })?;
        let mut target = Self { place: place.clone(), file, record: None };
        let Place::File(path) = place else {
            return Ok((target, Opened { to_sync: None, name: "stdout".to_owned() }));
        };
        let opened = target.look(path, state)?;
        Ok((target, opened))
    }

    fn look(&mut self, path: &Path, state: &Path) -> Result<Opened> {
        let metadata = self.file.metadata().map_err(|error| self.failed("read", error))?;
        if !metadata.is_file() {
            let name = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
            return Ok(Opened { to_sync: None, name });
        }
        let length = metadata.len();
        let end = end_of_lines(&self.file, length).map_err(|error| self.failed("read", error))?;
        if end != length {
            let known = Record::read(state).map_err(|error| self.failed("remembered", error))?;
            let ours = known.is_some_and(|known| known.covers(&metadata, end));
            if !ours || !begins_a_line(&self.file, end).map_err(|error| self.failed("read", error))? {
                return Err(not_ours(&self.place));
            }
            self.cut(end).map_err(|error| self.failed("mended", error))?;
            tracing::warn!(file = %self.place, length, now = end, "cut off a last line that a crash had left torn");
        }
        let record = Record::new(path, &metadata, end);
        record.store(state).map_err(|error| self.failed("remembered", error))?;
        self.record = Some((record, state.to_owned()));
        let to_sync = self.file.try_clone().map_err(|error| self.failed("opened", error))?;
        let name = path.canonicalize().map_err(|error| self.failed("found", error))?;
        Ok(Opened { to_sync: Some(to_sync), name: name.display().to_string() })
    }

    fn cut(&self, end: u64) -> io::Result<()> {
        self.file.set_len(end)?;
        self.file.sync_all()
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| self.failed("written to", error))
    }

    /// Remembers that nothing will be written any more, and everything is durable.
    pub(crate) fn close(&mut self) -> Result<()> {
        let Some((mut record, folder)) = self.record.take() else { return Ok(()) };
        record.writing = false;
        record.store(&folder).map_err(|error| self.failed("remembered", error))
    }

    fn failed(&self, verb: &str, error: io::Error) -> PluginError {
        failed(&self.place, verb, error)
    }
}

/// Returns the error that something could not be done to the file.
pub(crate) fn failed(place: &Place, verb: &str, error: io::Error) -> PluginError {
    let hint = match error.kind() {
        io::ErrorKind::BrokenPipe => "whoever reads it has gone",
        io::ErrorKind::StorageFull => "make room; the run goes on at its checkpoint",
        _ => "the run goes on at its checkpoint once this is mended",
    };
    PluginError::definite(format!("the file cannot be {verb}")).at(place).hint(hint).because(error)
}

fn not_ours(place: &Place) -> PluginError {
    PluginError::world("the file's last line has no end, and this pipeline is not known to have written it")
        .at(place)
        .hint("look at the line, and end it with a newline or remove it; or name another file in `path`")
}

fn open(place: &Place) -> io::Result<File> {
    let path = match place {
        Place::Stdout => return Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?)),
        Place::File(path) => path,
    };
    let is_pipe = path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo());
    if is_pipe {
        // Who opens a pipe for reading too never learns that its reader has gone.
        return File::options().append(true).open(path);
    }
    // Reading is for finding a torn line; a device may not allow it.
    let file = File::options().create(true).append(true).read(true).open(path);
    file.or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => File::options().append(true).open(path),
        _ => Err(error),
    })
}

/// Returns where the last whole line ends.
fn end_of_lines(mut file: &File, length: u64) -> io::Result<u64> {
    const CHUNK: u64 = 64 << 10;
    let mut chunk = Vec::new();
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        file.seek(SeekFrom::Start(start))?;
        chunk.clear();
        file.take(end - start).read_to_end(&mut chunk)?;
        if let Some(at) = chunk.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Tells whether what lies behind `at` may be the beginning of one of our lines.
fn begins_a_line(mut file: &File, at: u64) -> io::Result<bool> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(LINE.len() as u64).read_to_end(&mut head)?;
    Ok(LINE.starts_with(&head))
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdout => f.write_str("stdout"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

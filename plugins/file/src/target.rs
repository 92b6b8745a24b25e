//! The file that lines are appended to.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    os::fd::AsFd,
    path::{Path, PathBuf},
};
use tidegate_plugin::{PluginError, Result};
use tokio::task::{JoinError, JoinHandle};

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
    /// Whether it is a file that can be synchronised, and not a pipe or a device.
    regular: bool,
}

impl Target {
    /// Opens the place. Cuts off a last line that a crash left torn.
    pub(crate) fn open(place: &Place) -> Result<Self> {
        let open = || -> io::Result<Self> {
            let file = match place {
                Place::Stdout => File::from(io::stdout().as_fd().try_clone_to_owned()?),
                Place::File(path) => open_file(path)?,
            };
            let regular = matches!(place, Place::File(_)) && file.metadata()?.is_file();
            Ok(Self { place: place.clone(), file, regular })
        };
        open().map_err(|error| {
            PluginError::world("the file cannot be opened for writing")
                .at(place)
                .hint("make its folder and let this user write there, or change `path`")
                .because(error)
        })
    }

    /// Returns the length that a torn last line was cut from, if there was one.
    pub(crate) fn cut_torn_line(&mut self) -> Result<Option<u64>> {
        if !self.regular {
            return Ok(None);
        }
        cut_torn_line(&mut self.file).map_err(|error| self.failed("read", error))
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| self.failed("written to", error))
    }

    /// Tells whether what is written must be synchronised before it is durable.
    pub(crate) const fn needs_sync(&self) -> bool {
        self.regular
    }

    /// Starts to make everything written so far durable, beside what is written next.
    pub(crate) fn start_sync(&self) -> JoinHandle<io::Result<()>> {
        let file = self.file.try_clone();
        tokio::task::spawn_blocking(move || file.and_then(|file| file.sync_data()))
    }

    /// Returns what came of it.
    pub(crate) fn synced(&self, outcome: Result<io::Result<()>, JoinError>) -> Result<()> {
        outcome
            .unwrap_or_else(|error| Err(io::Error::other(error)))
            .map_err(|error| self.failed("synchronised", error))
    }

    fn failed(&self, verb: &str, error: io::Error) -> PluginError {
        let hint = match error.kind() {
            io::ErrorKind::BrokenPipe => "whoever reads it has gone",
            io::ErrorKind::StorageFull => "make room; the run goes on at its checkpoint",
            _ => "the run goes on at its checkpoint once this is mended",
        };
        PluginError::definite(format!("the file cannot be {verb}")).at(&self.place).hint(hint).because(error)
    }
}

fn open_file(path: &Path) -> io::Result<File> {
    // Reading is for finding a torn line; a pipe or a device may not allow it.
    let file = File::options().create(true).append(true).read(true).open(path);
    file.or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => File::options().append(true).open(path),
        _ => Err(error),
    })
}

fn cut_torn_line(file: &mut File) -> io::Result<Option<u64>> {
    const CHUNK: u64 = 64 << 10;
    let length = file.metadata()?.len();
    let mut chunk = Vec::new();
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        file.seek(SeekFrom::Start(start))?;
        chunk.clear();
        file.take(end - start).read_to_end(&mut chunk)?;
        if let Some(at) = chunk.iter().rposition(|byte| *byte == b'\n') {
            end = start + at as u64 + 1;
            break;
        }
        end = start;
    }
    if end == length {
        return Ok(None);
    }
    file.set_len(end)?;
    file.sync_all()?;
    Ok(Some(length))
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdout => f.write_str("stdout"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

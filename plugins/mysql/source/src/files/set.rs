//! The files: which they are, who wrote them, and whether one is the next of the other.

use std::{
    fmt,
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
};
use tidegate_model::LogPosition;
use tidegate_mysql_binlog::{Decoder, Event, LogFile};
use tidegate_mysql_ddl::Flavor;
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Consecutive log files of one server, at least one.
#[derive(Debug)]
pub(super) struct LogFiles {
    pub(super) files: Vec<Recorded>,
    /// The dialect of the server that wrote the first one.
    pub(super) flavor: Flavor,
    version: Box<str>,
    server_id: u32,
}

/// A log file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) path: PathBuf,
    /// Its name without the folder, as positions have it.
    pub(super) name: Arc<str>,
    pub(super) size: u64,
}

/// What a file begins with.
struct Head {
    file: Recorded,
    version: Box<str>,
    flavor: Flavor,
    server_id: u32,
}

impl LogFiles {
    /// Looks at the beginnings of the files; paths are relative to `folder`.
    pub(super) async fn look(files: &[PathBuf], folder: &Path) -> Result<Self> {
        let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
        let looking = tokio::task::spawn_blocking(move || Self::look_now(&paths));
        looking
            .await
            .map_err(|error| PluginError::definite(format!("the log files were not read: {error}")))?
    }

    fn look_now(paths: &[PathBuf]) -> Result<Self> {
        let heads = paths.iter().map(|path| head(path)).collect::<Result<Vec<_>>>()?;
        let Some(first) = heads.first() else {
            return Err(PluginError::new(ErrorKind::Input, "there are no log files to read"));
        };
        for (one, next) in heads.iter().zip(heads.iter().skip(1)) {
            if !follows(&one.file.name, &next.file.name) {
                return Err(PluginError::new(
                    ErrorKind::Input,
                    format!(
                        "the log files are not consecutive: {} does not follow {}",
                        next.file.name, one.file.name
                    ),
                )
                .hint(
                    "give all files from the first to the last, in order and under the names that SHOW BINARY LOGS lists",
                ));
            }
            if (one.server_id, one.flavor.family) != (next.server_id, next.flavor.family) {
                let (one, next) = (&one.file.name, &next.file.name);
                let message = format!("the log files {one} and {next} are of two servers");
                return Err(PluginError::new(ErrorKind::Input, message)
                    .hint("read each server's files by themselves"));
            }
        }
        let (flavor, version, server_id) = (first.flavor, first.version.clone(), first.server_id);
        Ok(Self { flavor, version, server_id, files: heads.into_iter().map(|head| head.file).collect() })
    }

    /// Returns whose log this is, as checkpoints name it.
    pub(super) fn identity(&self) -> Arc<str> {
        let name = self.files.first().map_or("", |file| stem(&file.name));
        format!("log files `{name}` of server {}", self.server_id).into()
    }

    /// Returns the place of a position: its file's number among the files.
    pub(super) fn find(&self, position: &LogPosition) -> Result<usize> {
        let found = self.files.iter().position(|file| file.name == position.file);
        let missing = || {
            PluginError::world(format!(
                "no log file holds {}:{}: they are {self}",
                position.file, position.offset
            ))
            .hint("give the file too, under its own name, and all that follow")
        };
        let index = found.ok_or_else(missing)?;
        match self.files.get(index) {
            Some(file) if position.offset <= file.size => Ok(index),
            Some(file) => Err(PluginError::world(format!(
                "log file {} has no position {}: it ends at {}",
                file.name, position.offset, file.size
            ))
            .hint("give a longer copy of the file")),
            None => Err(missing()),
        }
    }

    /// Returns where the last file ends.
    pub(super) fn end(&self) -> Option<LogPosition> {
        self.files.last().map(|file| LogPosition { file: file.name.clone(), offset: file.size })
    }
}

impl fmt::Display for LogFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(first), Some(last)) = (self.files.first(), self.files.last()) {
            f.write_str(&first.name)?;
            if first != last {
                write!(f, " to {}", last.name)?;
            }
        }
        write!(f, ", written by a server {} with id {}", self.version, self.server_id)
    }
}

/// Reads the format description that a file begins with.
fn head(path: &Path) -> Result<Head> {
    let name = path.file_name().and_then(|name| name.to_str());
    let refused = |why: String| {
        PluginError::new(ErrorKind::Input, format!("log file {} cannot be read: {why}", path.display()))
    };
    let name = name.ok_or_else(|| refused("its name is not UTF-8".to_owned()))?;
    let unreadable = |error: io::Error| refused(error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(refused("it is no file".to_owned()));
    }
    let mut log = LogFile::new(BufReader::new(file)).map_err(unreadable)?;
    let event = log.read().map_err(unreadable)?.ok_or_else(|| refused("it holds no event".to_owned()))?;
    let (header, event) = Decoder::new().decode(event).map_err(|error| refused(error.to_string()))?;
    let Event::FormatDescription(format) = event else {
        return Err(refused(format!("it begins with a {} event", header.event_type)));
    };
    let flavor = Flavor::from_version(&format.server_version).ok_or_else(|| {
        refused(format!("`{}` is no version of a server that we know", format.server_version))
    })?;
    let file = Recorded { path: path.to_owned(), name: name.into(), size: metadata.len() };
    Ok(Head { file, version: format.server_version, flavor, server_id: header.server_id })
}

/// Tells whether a server that has written the file `one` goes on in `next`.
fn follows(one: &str, next: &str) -> bool {
    let number = |name: &str| name.rsplit_once('.').and_then(|(_, digits)| digits.parse::<u64>().ok());
    let (Some(one_number), Some(next_number)) = (number(one), number(next)) else { return false };
    stem(one) == stem(next) && one_number.checked_add(1) == Some(next_number)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_follows_the_one_before() {
        for (one, next) in [("binlog.000009", "binlog.000010"), ("a.b.999999", "a.b.1000000")] {
            assert!(follows(one, next), "{next} follows {one}");
        }
        for (one, next) in [
            ("binlog.000001", "binlog.000001"),
            ("binlog.000001", "binlog.000003"),
            ("binlog.000002", "binlog.000001"),
            ("binlog.000001", "mysql-bin.000002"),
            ("log", "log"),
        ] {
            assert!(!follows(one, next), "{next} does not follow {one}");
        }
    }
}

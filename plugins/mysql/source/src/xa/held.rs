//! Rows that are held until it is decided what becomes of them: in memory, and beyond a bound in a file. The file is only
//! a cache: after a restart the rows are read from the log again.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tidegate_mysql_binlog::Table;
use tidegate_plugin::{PluginError, Result};

const PREFIX: &str = "xa-";
const SUFFIX: &str = ".spill";
/// Where an event's header says how long the event is.
const LENGTH_AT: std::ops::Range<usize> = 9..13;

/// Rows events, and the tables that they refer to as of when they were read.
#[derive(Default)]
pub(crate) struct Held {
    events: Vec<u8>,
    count: u64,
    file: Option<Spill>,
    tables: HashMap<u64, Arc<Table>>,
}

struct Spill {
    file: File,
    path: PathBuf,
}

/// Reads held events from the first on.
pub(crate) struct Replay {
    file: Option<BufReader<File>>,
    at: usize,
    event: Vec<u8>,
}

/// Removes what an earlier run left in the folder.
pub(crate) fn clean(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            // What cannot be removed is only in the way of disk space.
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

impl Held {
    /// Keeps a rows event, whose checksum (of `checksum` bytes) was looked at already.
    pub(crate) fn push(&mut self, event: &[u8], checksum: usize, table: Option<(u64, &Arc<Table>)>) {
        let event = event.get(..event.len().saturating_sub(checksum)).unwrap_or_default();
        self.count += 1;
        let start = self.events.len();
        self.events.extend_from_slice(event);
        // A rows event has less than 4 GB.
        let length = (event.len() as u32).to_le_bytes();
        if let Some(place) = self.events.get_mut(start..).and_then(|event| event.get_mut(LENGTH_AT)) {
            place.copy_from_slice(&length);
        }
        if let Some((id, table)) = table {
            self.tables.entry(id).or_insert_with(|| table.clone());
        }
    }

    /// Returns the table that a rows event refers to.
    pub(crate) fn table(&self, id: u64) -> Option<&Arc<Table>> {
        self.tables.get(&id)
    }

    /// Returns how many events are held.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Returns how many bytes are held in memory.
    pub(crate) fn memory(&self) -> usize {
        self.events.capacity()
    }

    /// Moves what is in memory to a file.
    pub(crate) fn spill(&mut self, folder: &Path) -> Result<()> {
        let written = self.write(folder);
        written.map_err(|error| {
            PluginError::definite(format!("cannot put rows of an XA transaction aside: {error}"))
                .at(folder.display())
                .hint("make room in the state folder, or raise `xa-memory`")
        })
    }

    fn write(&mut self, folder: &Path) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let spill = match &mut self.file {
            Some(spill) => spill,
            none => {
                std::fs::create_dir_all(folder)?;
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let path = folder.join(format!("{PREFIX}{}-{number}{SUFFIX}", std::process::id()));
                let file = File::options().read(true).append(true).create_new(true).open(&path)?;
                none.insert(Spill { file, path })
            }
        };
        spill.file.write_all(&self.events)?;
        self.events = Vec::new();
        Ok(())
    }

    /// Begins to read from the first event on.
    pub(crate) fn replay(&self) -> Result<Replay> {
        let file = self.file.as_ref().map(|spill| {
            let mut file = spill.file.try_clone()?;
            file.seek(SeekFrom::Start(0))?;
            Ok(BufReader::with_capacity(256 << 10, file))
        });
        let file = file.transpose().map_err(|error| unreadable(&error))?;
        Ok(Replay { file, at: 0, event: Vec::new() })
    }
}

impl Replay {
    /// Returns the next event, without a checksum.
    pub(crate) fn next(&mut self, held: &Held) -> Result<Option<&[u8]>> {
        self.event.clear();
        if let Some(file) = &mut self.file {
            if read_event(file, &mut self.event).map_err(|error| unreadable(&error))? {
                return Ok(Some(&self.event));
            }
            self.file = None;
        }
        let mut rest = held.events.get(self.at..).unwrap_or_default();
        if !read_event(&mut rest, &mut self.event).map_err(|error| unreadable(&error))? {
            return Ok(None);
        }
        self.at += self.event.len();
        Ok(Some(&self.event))
    }
}

/// Reads an event; `false` behind the last.
fn read_event(input: &mut impl Read, event: &mut Vec<u8>) -> io::Result<bool> {
    let head = LENGTH_AT.end;
    let read = input.by_ref().take(head as u64).read_to_end(event)?;
    if read == 0 {
        return Ok(false);
    }
    let length = match event.get(LENGTH_AT) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]) as usize,
        _ => return Err(io::ErrorKind::UnexpectedEof.into()),
    };
    let rest = length.saturating_sub(head);
    if input.by_ref().take(rest as u64).read_to_end(event)? == rest {
        Ok(true)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn unreadable(error: &io::Error) -> PluginError {
    PluginError::transient(format!("cannot read the rows of an XA transaction that were put aside: {error}"))
}

impl Drop for Spill {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next start.
        drop(std::fs::remove_file(&self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(fill: u8, body: usize) -> Vec<u8> {
        let mut event = vec![fill; 19 + body];
        let length = u32::try_from(event.len()).unwrap();
        event[LENGTH_AT].copy_from_slice(&length.to_le_bytes());
        event
    }

    #[test]
    fn rows_come_back_in_order_from_file_and_memory() {
        let folder = std::env::temp_dir().join(format!("tidegate-held-{}", std::process::id()));
        let events: Vec<_> = (0..50).map(|n| event(n, usize::from(n) * 100)).collect();
        let mut held = Held::default();
        for (index, event) in events.iter().enumerate() {
            let with_checksum = [event.as_slice(), &[1, 2, 3, 4]].concat();
            held.push(&with_checksum, 4, None);
            if index % 20 == 10 {
                held.spill(&folder).unwrap();
                assert_eq!(held.memory(), 0);
            }
        }
        for _ in 0..2 {
            let mut replay = held.replay().unwrap();
            for event in &events {
                assert_eq!(replay.next(&held).unwrap().unwrap(), event);
            }
            assert!(replay.next(&held).unwrap().is_none());
        }
        drop(held);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::write(folder.join("xa-1-1.spill"), b"x").unwrap();
        clean(&folder);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
    }
}

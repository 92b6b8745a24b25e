//! Lends TCP ports of 127.0.0.1 to servers, for as long as a server may come back on its port.
//!
//! Ports are taken below the range from which the system serves outgoing connections, and a
//! lock file keeps other test processes off them while the server is stopped.

use std::fs::{File, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

use crate::cache::Cache;
use crate::error::{Context, Error, Result};

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port that nobody else uses until this is dropped.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    _lock: File,
}

impl Port {
    /// Takes a port that is free now.
    pub(crate) fn take(cache: &Cache) -> Result<Self> {
        let folder = cache.folder("ports")?;
        let start = RandomState::new().hash_one(std::process::id()) % u64::from(COUNT);
        for step in 0..u64::from(COUNT) {
            let offset = u16::try_from((start + step) % u64::from(COUNT)).unwrap_or_default();
            let number = FIRST + offset;
            let path = folder.join(number.to_string());
            let file = File::create(&path).doing_at("create the lock file", &path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(source)) => {
                    return Err(Error::Io { action: format!("lock {}", path.display()), source });
                }
            }
            if TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
                return Ok(Self { number, _lock: file });
            }
        }
        let source = std::io::ErrorKind::AddrInUse.into();
        Err(Error::Io { action: "find a free port of 127.0.0.1".to_owned(), source })
    }

    pub(crate) const fn number(&self) -> u16 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Many servers run at once and each keeps its port, also while it is stopped.
    #[test]
    fn no_port_is_lent_twice() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::at(root.path()).unwrap();
        let ports: Vec<_> = (0..50).map(|_| Port::take(&cache).unwrap()).collect();
        let mut numbers: Vec<_> = ports.iter().map(Port::number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), ports.len());
    }
}

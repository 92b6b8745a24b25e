//! What can go wrong when a server is brought up, and whether a test may be skipped for it.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::builder::Kind;

/// Result of anything that this crate does.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a server could not be brought up or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This machine cannot provide the server: a tool is missing or a registry is out of reach.
    /// A test is skipped for it.
    #[error("{server} is not available on this machine: {reason}")]
    Unavailable {
        /// The server that was asked for.
        server: Kind,
        /// What is missing, and what to do.
        reason: String,
    },
    /// The server is there but did not come up, or did not stop in time.
    #[error("{server}: {reason}; the end of its log:\n{log}")]
    Server {
        /// The server that was asked for.
        server: Kind,
        /// What happened.
        reason: String,
        /// The last lines of the server's log.
        log: String,
    },
    /// A program that this crate runs ended with an error.
    #[error("`{program}` failed: {message}")]
    Program {
        /// The program's name.
        program: String,
        /// What it wrote to its error output.
        message: String,
    },
    /// Files, folders or sockets did not do what they should.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// Returns whether a test that needs the server may be skipped.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    pub(crate) fn unavailable(server: Kind, reason: impl Into<String>) -> Self {
        Self::Unavailable { server, reason: reason.into() }
    }
}

/// Says what was tried when the system refuses it.
pub(crate) trait Context<T> {
    fn doing(self, action: impl Display) -> Result<T>;

    fn doing_at(self, action: impl Display, path: &Path) -> Result<T>;
}

impl<T> Context<T> for io::Result<T> {
    fn doing(self, action: impl Display) -> Result<T> {
        self.map_err(|source| Error::Io { action: action.to_string(), source })
    }

    fn doing_at(self, action: impl Display, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io { action: format!("{action} {}", path.display()), source })
    }
}

//! Says which server to start and how.

use std::fmt;

use crate::error::Result;
use crate::installation::Installation;
use crate::server::Server;

/// The servers that this crate can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// MySQL 9.7.
    MySql,
    /// MariaDB 10.11.
    MariaDb,
    /// TiDB, with its embedded storage.
    TiDb,
}

impl Kind {
    /// Downloads or builds the server's programs and initialises a data folder, once per machine.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`](crate::Error::Unavailable) when the machine cannot provide the server.
    pub fn prepare(self) -> Result<Installation> {
        match self {
            Self::MySql => crate::mysql::prepare(),
            Self::MariaDb => crate::mariadb::prepare(),
            Self::TiDb => crate::tidb::prepare(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::TiDb => "TiDB",
        })
    }
}

/// Whether a server accepts encrypted connections; it accepts plain ones in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    /// It offers no encryption.
    #[default]
    Off,
    /// It offers encryption with a certificate that it signed itself.
    On,
}

/// A server to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    pub(crate) kind: Kind,
    pub(crate) options: Vec<String>,
    pub(crate) tls: Tls,
}

impl Builder {
    /// Describes a server with the defaults of this crate.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, options: Vec::new(), tls: Tls::Off }
    }

    /// Adds a server option as on the command line, such as `--binlog-format=STATEMENT`.
    ///
    /// It wins over the defaults of this crate. For TiDB it is a line of its configuration file,
    /// such as `performance.txn-entry-size-limit = 1048576`.
    #[must_use]
    pub fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    /// Adds several server options.
    #[must_use]
    pub fn options<T: Into<String>>(mut self, options: impl IntoIterator<Item = T>) -> Self {
        self.options.extend(options.into_iter().map(Into::into));
        self
    }

    /// Chooses whether the server offers encryption; by default it does not.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Starts the server and waits until it accepts connections.
    ///
    /// The first start on a machine downloads or builds the server, which takes from 20 seconds
    /// (MySQL, MariaDB) to some minutes (TiDB).
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`](crate::Error::Unavailable) when the machine cannot provide the server, [`Error::Server`](crate::Error::Server) when
    /// it does not come up.
    pub fn start(&self) -> Result<Server> {
        Server::start_new(self)
    }
}

//! A running server: where it is, and what a test can do to it.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::builder::{Builder, Kind};
use crate::cache::Cache;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::installation::Installation;
use crate::instance::Instance;
use crate::port::Port;
use crate::process::{CommandLine, LOOK_INTERVAL, Process, Signal};

/// The user who may do everything, from anywhere.
pub const USER: &str = "root";

/// The password of [`USER`].
pub const PASSWORD: &str = "tidegate";

/// How long a server may take to accept connections: much more than it needs, as tests share
/// few cores.
const START_WAIT_MAX: Duration = Duration::from_secs(120);

/// How long a server may take to stop by itself.
const STOP_WAIT_MAX: Duration = Duration::from_secs(60);

/// How often a new server is given another port when its port was taken under its nose.
const PORTS_TRIED_MAX: usize = 3;

const LOG_TAIL_LINES: usize = 40;

/// A server of its own for a test; dropping it kills it and removes its data.
#[derive(Debug)]
pub struct Server {
    // Fields drop in this order: the process before its folder, its folder before its port.
    process: Option<Process>,
    command_line: CommandLine,
    wanted: Builder,
    installation: Installation,
    instance: Instance,
    port: Port,
}

impl Server {
    pub(crate) fn start_new(wanted: &Builder) -> Result<Self> {
        let installation = wanted.kind.prepare()?;
        let cache = Cache::open()?;
        let mut tries = 0;
        loop {
            tries += 1;
            let instance = Instance::new(&cache, &installation.path("data"))?;
            let port = Port::take(&cache)?;
            let command_line = command_line(&installation, &instance, port.number(), wanted)?;
            let (wanted, installation) = (wanted.clone(), installation.clone());
            let mut server = Self { process: None, command_line, wanted, installation, instance, port };
            match server.start() {
                Err(Error::Server { log, .. }) if is_port_taken(&log) && tries < PORTS_TRIED_MAX => {}
                outcome => return outcome.map(|()| server),
            }
        }
    }

    /// Starts a stopped or killed server again, on the same port and data, and waits until it
    /// accepts connections.
    ///
    /// # Errors
    ///
    /// When it does not come up; the error holds the end of its log.
    pub fn start(&mut self) -> Result<()> {
        let process = Process::start(&self.command_line, self.instance.path(), &self.instance.log())?;
        let process = self.process.insert(process);
        let end = Instant::now() + START_WAIT_MAX;
        let reason = loop {
            if let Some(status) = process.ended()? {
                break format!("it ended while it started ({status})");
            }
            if greets(self.port.number()) {
                return Ok(());
            }
            if Instant::now() >= end {
                break format!("it accepted no connection within {START_WAIT_MAX:?}");
            }
            thread::sleep(LOOK_INTERVAL);
        };
        self.process = None;
        Err(self.error(reason))
    }

    /// Stops the server in an orderly way and waits for its end; it keeps port and data.
    ///
    /// # Errors
    ///
    /// When it does not stop in a minute, or ends with an error.
    pub fn stop(&mut self) -> Result<()> {
        let Some(process) = self.process.as_mut() else {
            return Ok(());
        };
        process.signal(Signal::Resume)?;
        process.signal(Signal::Terminate)?;
        let status = process.wait(STOP_WAIT_MAX)?;
        let log = self.log_tail();
        self.process = None;
        let reason = match status {
            Some(status) if status.success() => return Ok(()),
            Some(status) => format!("it did not stop in an orderly way ({status})"),
            None => format!("it did not stop within {STOP_WAIT_MAX:?}"),
        };
        Err(Error::Server { server: self.kind(), reason, log })
    }

    /// Kills the server as a power cut would, and waits for its end; it keeps port and data.
    ///
    /// # Errors
    ///
    /// When the signal cannot be sent.
    pub fn kill(&mut self) -> Result<()> {
        let Some(process) = self.process.as_mut() else {
            return Ok(());
        };
        process.signal(Signal::Kill)?;
        if process.wait(STOP_WAIT_MAX)?.is_none() {
            return Err(self.error("it did not die when it was killed"));
        }
        self.process = None;
        Ok(())
    }

    /// Stops the server in an orderly way and starts it again, on the same port and data.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`] and [`Self::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        self.start()
    }

    /// Restarts the server with further options, which win over those it had.
    ///
    /// # Errors
    ///
    /// As [`Self::restart`].
    pub fn restart_with<T: Into<String>>(&mut self, options: impl IntoIterator<Item = T>) -> Result<()> {
        self.stop()?;
        self.wanted.options.extend(options.into_iter().map(Into::into));
        self.command_line =
            command_line(&self.installation, &self.instance, self.port.number(), &self.wanted)?;
        self.start()
    }

    /// Stops the server from running, without ending it: it holds its connections and is silent.
    ///
    /// # Errors
    ///
    /// When the signal cannot be sent.
    pub fn pause(&mut self) -> Result<()> {
        self.process.as_mut().map_or(Ok(()), |process| process.signal(Signal::Pause))
    }

    /// Lets a paused server run on.
    ///
    /// # Errors
    ///
    /// When the signal cannot be sent.
    pub fn resume(&mut self) -> Result<()> {
        self.process.as_mut().map_or(Ok(()), |process| process.signal(Signal::Resume))
    }

    /// Returns which server this is.
    pub const fn kind(&self) -> Kind {
        self.wanted.kind
    }

    /// Returns the address that it listens on.
    pub const fn host(&self) -> &'static str {
        "127.0.0.1"
    }

    /// Returns the port that it listens on, the same for its whole life.
    pub const fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns host and port together.
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), self.port())
    }

    /// Returns the user who may do everything.
    pub const fn user(&self) -> &'static str {
        USER
    }

    /// Returns that user's password.
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Returns `mysql://user:password@host:port`.
    pub fn url(&self) -> String {
        format!("mysql://{USER}:{PASSWORD}@{}", self.address())
    }

    /// Returns the folder of its data.
    pub fn data_dir(&self) -> PathBuf {
        self.instance.data()
    }

    /// Returns its Unix socket; TiDB has none.
    pub fn socket(&self) -> Option<PathBuf> {
        (self.kind() != Kind::TiDb).then(|| self.instance.data().join("mysql.sock"))
    }

    /// Returns its process id, or `None` while it is stopped.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Returns a client for the user who may do everything.
    pub fn client(&self) -> Client {
        let client = Client::new(self.installation.client(), self.port());
        match self.kind() {
            // Without encryption, MySQL's way to log in needs the server's key.
            Kind::MySql => client.option("--get-server-public-key"),
            Kind::MariaDb | Kind::TiDb => client,
        }
    }

    /// Returns a command that runs another program that comes with the server, such as
    /// `mysqlbinlog` or `mysqldump`.
    ///
    /// # Errors
    ///
    /// When the server comes without it.
    pub fn program(&self, name: &str) -> Result<Command> {
        self.installation.command(name)
    }

    /// Returns the last lines of its log, of all its lives.
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.instance.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines.get(lines.len().saturating_sub(LOG_TAIL_LINES)..).unwrap_or_default().join("\n")
    }

    fn error(&self, reason: impl Into<String>) -> Error {
        Error::Server { server: self.kind(), reason: reason.into(), log: self.log_tail() }
    }
}

fn command_line(
    installation: &Installation,
    instance: &Instance,
    port: u16,
    wanted: &Builder,
) -> Result<CommandLine> {
    let command_line = match wanted.kind {
        Kind::MySql => crate::mysql::command_line,
        Kind::MariaDb => crate::mariadb::command_line,
        Kind::TiDb => crate::tidb::command_line,
    };
    command_line(installation, &instance.data(), port, wanted)
}

/// Returns whether the server on `port` sends the greeting with which the protocol begins.
///
/// A server that still starts refuses the connection, holds it without a word, or sends an
/// error packet.
fn greets(port: u16) -> bool {
    const GREETING: u8 = 10;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else {
        return false;
    };
    let mut start = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
        && stream.read_exact(&mut start).is_ok()
        && start.ends_with(&[GREETING])
}

fn is_port_taken(log: &str) -> bool {
    log.to_lowercase().contains("address already in use")
}

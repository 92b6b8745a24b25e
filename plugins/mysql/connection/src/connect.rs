//! Connecting.

use crate::{ConnectionConfig, TlsConfig, TlsMode, error, relay::Relay};
use mysql_async::{ClientIdentity, Conn, DriverError, Error, IoError, OptsBuilder, SslOpts};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tidegate_plugin::{PluginError, Result};
use tracing::{info, warn};

/// What a user of a connection wants of it besides its settings.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// What the connection is for, in the server's list of connections and in our messages: "source", "sink lane 3".
    pub role: String,
    /// Statements that set the session up, in order.
    pub setup: Vec<String>,
    /// Whether an UPDATE counts the rows that it found and not those that it changed.
    pub found_rows: bool,
}

impl Session {
    /// Returns a session for a role, without any set-up.
    pub fn new(role: impl Into<String>) -> Self {
        Self { role: role.into(), ..Self::default() }
    }

    /// Adds a statement that sets the session up.
    #[must_use]
    pub fn setup(mut self, statement: impl Into<String>) -> Self {
        self.setup.push(statement.into());
        self
    }

    /// Lets UPDATEs count the rows that they found.
    #[must_use]
    pub fn found_rows(mut self) -> Self {
        self.found_rows = true;
        self
    }
}

/// Connects, encrypted as the settings ask, and sets the session up.
///
/// # Errors
/// With a kind and a hint, see [`error::explain`].
pub async fn connect(config: &ConnectionConfig, session: &Session) -> Result<Conn> {
    let mode = config.tls.mode();
    let encrypted = mode != TlsMode::Disabled;
    match attempt(config, session, encrypted).await {
        Err(error) if mode == TlsMode::Preferred && is_about_tls(&error) => {
            if is_first(config) {
                let error = error::explain(&error, "trying TLS");
                warn!(server = %config, reason = %error, "connections are not encrypted");
            }
            let plain = attempt(config, session, false).await;
            plain.map_err(|error| explained(config, session, &error))
        }
        Err(error) => Err(explained(config, session, &error)),
        Ok(conn) => {
            if encrypted && !mode.verifies() && is_first(config) {
                info!(server = %config, "connections are encrypted, the server's certificate is not verified");
            } else if !encrypted && is_first(config) {
                warn!(server = %config, "connections are not encrypted");
            }
            Ok(conn)
        }
    }
}

/// Tells whether this is the first connection to the server: what holds for all of them is said once.
fn is_first(config: &ConnectionConfig) -> bool {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(config.to_string())
}

fn explained(config: &ConnectionConfig, session: &Session, error: &Error) -> PluginError {
    let role = if session.role.is_empty() { String::new() } else { format!(" ({})", session.role) };
    error::explain(error, format_args!("cannot connect to {config} as `{}`{role}", config.user))
}

async fn attempt(config: &ConnectionConfig, session: &Session, encrypted: bool) -> Result<Conn, Error> {
    let mut options = options(config, session);
    let mut relay = None;
    if encrypted && config.tls.mode() == TlsMode::VerifyCa {
        let opened = Relay::open(config)?;
        options = options.socket(Some(opened.socket().to_string_lossy()));
        relay = Some(opened);
    } else if encrypted {
        options = options.ssl_opts(tls(&config.tls));
    }
    let limit = config.connect_timeout.0;
    match tokio::time::timeout(limit, Conn::new(options)).await {
        Ok(Ok(connected)) => Ok(connected),
        Ok(Err(error)) => Err(match relay {
            Some(relay) => relay.failure(error),
            None => error,
        }),
        Err(_) => {
            let text = format!("no connection within {limit:?}");
            Err(std::io::Error::new(std::io::ErrorKind::TimedOut, text).into())
        }
    }
}

/// Tells whether a plain connection may succeed where this attempt failed.
pub(crate) fn is_about_tls(error: &Error) -> bool {
    match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) | Error::Io(IoError::Tls(_)) => true,
        Error::Io(IoError::Io(error)) => error::is_tls(error),
        _ => false,
    }
}

fn options(config: &ConnectionConfig, session: &Session) -> OptsBuilder {
    let program = format!("tidegate {}", session.role);
    OptsBuilder::default()
        .ip_or_hostname(config.host.clone())
        .tcp_port(config.port)
        .user(Some(config.user.clone()))
        .pass(Some(config.password.expose().to_owned()))
        .prefer_socket(false)
        .tcp_keepalive(Some(Duration::from_secs(30)))
        .setup(session.setup.clone())
        .client_found_rows(session.found_rows)
        .connect_attribute("program_name", program.trim_end())
}

fn tls(config: &TlsConfig) -> SslOpts {
    let mode = config.mode();
    let identity = config.cert.clone().zip(config.key.clone());
    let roots: Vec<_> = config.ca.clone().map(Into::into).into_iter().collect();
    SslOpts::default()
        .with_disable_built_in_roots(!roots.is_empty())
        .with_root_certs(roots)
        .with_client_identity(identity.map(|(cert, key)| ClientIdentity::new(cert.into(), key.into())))
        .with_danger_accept_invalid_certs(!mode.verifies())
}

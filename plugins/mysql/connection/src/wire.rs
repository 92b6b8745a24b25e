//! A connection whose packets we read ourselves: for following a binary log, where each byte should be copied once and
//! no event may have to be held whole.
//!
//! Protocol: MySQL source documentation, "Client/Server Protocol", connection phase and command phase.

mod handshake;
pub(crate) mod tls;

use crate::{ConnectionConfig, TlsMode, connect::is_about_tls, error};
use mysql_async::{Error, ServerError};
use mysql_common::{
    constants::{CapabilityFlags, Command},
    io::ParseBuf,
    packets::ErrPacket,
};
use tidegate_plugin::{PluginError, Result};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

/// What a packet that must not be longer than its purpose needs may be: answers to commands.
const ANSWER_MAX: usize = 1 << 20;

/// Bytes to and from a server, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection in the command phase.
pub struct Wire {
    stream: Box<dyn Stream>,
    sequence: u8,
    place: String,
    encrypted: bool,
}

impl Wire {
    /// Connects and authenticates, encrypted as the settings ask.
    ///
    /// # Errors
    /// With a kind and a hint, see [`error::explain`].
    pub async fn connect(config: &ConnectionConfig, role: &str) -> Result<Self> {
        let place = format!("cannot connect to {config} as `{}` ({role})", config.user);
        let limit = config.connect_timeout.0;
        let mode = config.tls.mode();
        let timed = |encrypted| tokio::time::timeout(limit, Self::attempt(config, role, encrypted));
        let mut outcome = timed(mode != TlsMode::Disabled).await;
        if mode == TlsMode::Preferred && matches!(&outcome, Ok(Err(error)) if is_about_tls(error)) {
            outcome = timed(false).await;
        }
        match outcome {
            Ok(Ok(wire)) => Ok(wire),
            Ok(Err(error)) => Err(error::explain(&error, place)),
            Err(_) => Err(PluginError::transient(format!("{place}: no connection within {limit:?}"))),
        }
    }

    async fn attempt(config: &ConnectionConfig, role: &str, encrypted: bool) -> Result<Self, Error> {
        let stream = TcpStream::connect((config.host.as_str(), config.port)).await?;
        stream.set_nodelay(true)?;
        let place = format!("{role} at {config}");
        let mut wire = Self { stream: Box::new(stream), sequence: 0, place, encrypted: false };
        wire.shake_hands(config, role, encrypted).await?;
        Ok(wire)
    }

    /// Tells whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Runs a statement that answers with no rows.
    ///
    /// # Errors
    /// If the server refuses it or the connection fails.
    pub async fn execute(&mut self, statement: &str) -> Result<()> {
        let mut command = vec![Command::COM_QUERY as u8];
        command.extend_from_slice(statement.as_bytes());
        self.command(&command).await?;
        self.answer(statement).await
    }

    /// Sends a command and leaves the answer to the caller.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn command(&mut self, command: &[u8]) -> Result<()> {
        self.sequence = 0;
        let sent = self.write_packet(command).await;
        sent.map_err(|error| error::explain(&error, &self.place))
    }

    /// Reads the OK packet that answers a command; `doing` names the command.
    ///
    /// # Errors
    /// If the server answers with an error or the connection fails.
    pub async fn answer(&mut self, doing: &str) -> Result<()> {
        let read = self.read_packet().await;
        let explained = |error: &Error| error::explain(error, format_args!("{}: {doing}", self.place));
        match read.map_err(|error| explained(&error))?.first() {
            Some(0) => Ok(()),
            _ => Err(PluginError::definite(format!(
                "{}: the server did not answer `{doing}` with OK",
                self.place
            ))),
        }
    }

    /// Returns the bare stream, for reading what a command sends without end.
    pub fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// Reads a packet; the server's errors become ours.
    async fn read_packet(&mut self) -> Result<Vec<u8>, Error> {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).await?;
        let [a, b, c, sequence] = header;
        let length = u32::from_le_bytes([a, b, c, 0]) as usize;
        if length > ANSWER_MAX {
            return Err(std::io::Error::other("the server sent an answer that is too long").into());
        }
        self.sequence = sequence.wrapping_add(1);
        let mut packet = vec![0; length];
        self.stream.read_exact(&mut packet).await?;
        match server_error(&packet) {
            Some(error) => Err(Error::Server(error)),
            None => Ok(packet),
        }
    }

    async fn write_packet(&mut self, payload: &[u8]) -> Result<(), Error> {
        let length = u32::try_from(payload.len()).ok().filter(|length| *length < 0xff_ffff);
        let Some(length) = length else {
            return Err(std::io::Error::other("a command is longer than 16 MB").into());
        };
        let [a, b, c, _] = length.to_le_bytes();
        let mut packet = vec![a, b, c, self.sequence];
        packet.extend_from_slice(payload);
        self.sequence = self.sequence.wrapping_add(1);
        self.stream.write_all(&packet).await?;
        self.stream.flush().await?;
        Ok(())
    }
}

/// Returns the server's error, if the packet is one.
pub fn server_error(packet: &[u8]) -> Option<ServerError> {
    if packet.first() != Some(&0xff) {
        return None;
    }
    // Before the handshake is over an error has no SQL state, which its marker tells.
    let capabilities = match packet.get(3) {
        Some(b'#') => CapabilityFlags::CLIENT_PROTOCOL_41,
        _ => CapabilityFlags::empty(),
    };
    match ParseBuf(packet).parse::<ErrPacket<'_>>(capabilities) {
        Ok(ErrPacket::Error(error)) => Some(error.into()),
        _ => None,
    }
}

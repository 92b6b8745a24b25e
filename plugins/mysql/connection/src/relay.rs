//! Encrypts the driver's connections where it cannot do so itself.
//!
//! In mode `verify-ca` the server's certificate need not name its host. The driver (mysql_async 0.37 with rustls 0.23)
//! refuses such certificates in every mode that verifies at all, and the ones that MySQL makes for itself name no host.
//! So the driver speaks plainly to a socket of ours that only we can open, and what comes through it is encrypted here.

use crate::{ConnectionConfig, wire::tls};
use mysql_async::Error;
use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional_with_sizes},
    net::{TcpStream, UnixListener},
    sync::oneshot,
};

/// What a client asks for encryption with: the beginning of its answer to the greeting.
const REQUEST: usize = 32;
/// The bit that asks for it, in the first four bytes.
const CLIENT_SSL: u8 = 0x08;
/// Packets before the connection is made are short.
const PACKET_MAX: usize = 1 << 16;
const COPY: usize = 64 << 10;

/// A socket that leads to the server, for one connection.
pub(crate) struct Relay {
    folder: PathBuf,
    failed: oneshot::Receiver<Error>,
}

impl Relay {
    /// Opens the socket.
    pub(crate) fn open(config: &ConnectionConfig) -> Result<Self, Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("tidegate-{}-{number}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        let (fail, failed) = oneshot::channel();
        let relay = Self { folder, failed };
        let listener = UnixListener::bind(relay.socket())?;
        let config = config.clone();
        tokio::spawn(async move {
            if let Err(error) = serve(listener, &config).await {
                // Whoever connects has given up if nobody listens.
                drop(fail.send(error));
            }
        });
        Ok(relay)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("s")
    }

    /// Returns why the relay failed, which says more than that the driver's connection broke.
    pub(crate) fn failure(mut self, driver: Error) -> Error {
        self.failed.try_recv().unwrap_or(driver)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // The connection needs the socket's name no more.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn serve(listener: UnixListener, config: &ConnectionConfig) -> Result<(), Error> {
    let (mut client, _) = listener.accept().await?;
    drop(listener);
    let mut server = TcpStream::connect((config.host.as_str(), config.port)).await?;
    server.set_nodelay(true)?;
    let (sequence, mut greeting) = read_packet(&mut server).await?;
    if greeting.first() == Some(&0xff) {
        return Ok(write_packet(&mut client, sequence, &greeting).await?);
    }
    hide_encryption(&mut greeting)?;
    write_packet(&mut client, sequence, &greeting).await?;
    let (sequence, mut answer) = read_packet(&mut client).await?;
    *answer.get_mut(1).ok_or_else(broken)? |= CLIENT_SSL;
    write_packet(&mut server, sequence, answer.get(..REQUEST).ok_or_else(broken)?).await?;
    let mut server = tls::encrypt(Box::new(server), config).await?;
    write_packet(&mut server, sequence.wrapping_add(1), &answer).await?;
    // The request for encryption has taken a number, of which the driver does not know.
    loop {
        let (sequence, packet) = read_packet(&mut server).await?;
        write_packet(&mut client, sequence.wrapping_sub(1), &packet).await?;
        match packet.first() {
            Some(0x00 | 0xff) => break,
            // caching_sha2_password: the server remembers the password, and says OK next.
            Some(0x01) if packet.get(1) == Some(&3) => {}
            _ => {
                let (sequence, packet) = read_packet(&mut client).await?;
                write_packet(&mut server, sequence.wrapping_add(1), &packet).await?;
            }
        }
    }
    copy_bidirectional_with_sizes(&mut client, &mut server, COPY, COPY).await?;
    Ok(())
}

/// Takes the offer of encryption out of a greeting; a server that does not make it is refused.
fn hide_encryption(greeting: &mut [u8]) -> Result<(), Error> {
    // The version ends with a zero; connection id, the first part of the nonce and a zero follow.
    let version = greeting.iter().skip(1).position(|byte| *byte == 0).ok_or_else(broken)?;
    let flags = greeting.get_mut(1 + version + 1 + 4 + 8 + 1 + 1).ok_or_else(broken)?;
    if *flags & CLIENT_SSL == 0 {
        return Err(mysql_async::DriverError::NoClientSslFlagFromServer.into());
    }
    *flags &= !CLIENT_SSL;
    Ok(())
}

fn broken() -> io::Error {
    io::Error::other("the connection phase does not go as the protocol says")
}

async fn read_packet(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let [a, b, c, sequence] = header;
    let length = u32::from_le_bytes([a, b, c, 0]) as usize;
    if length > PACKET_MAX {
        return Err(broken());
    }
    let mut packet = vec![0; length];
    stream.read_exact(&mut packet).await?;
    Ok((sequence, packet))
}

async fn write_packet(stream: &mut (impl AsyncWrite + Unpin), sequence: u8, packet: &[u8]) -> io::Result<()> {
    // At most PACKET_MAX.
    let [a, b, c, _] = (packet.len() as u32).to_le_bytes();
    let mut framed = vec![a, b, c, sequence];
    framed.extend_from_slice(packet);
    stream.write_all(&framed).await?;
    stream.flush().await
}

//! Passes connections on to a server and writes down the statements that go by, a file for each connection.
//!
//! Only for connections without encryption. Packets: MySQL source manual, "Client/Server Protocol, Packets".

use anyhow::Result;
use std::{
    fs::File,
    io::{self, BufWriter, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
};

const COM_QUERY: u8 = 3;

/// Listens on a free port of this machine until the process ends; returns the port.
pub(crate) fn start(server: SocketAddr, folder: &Path) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let folder = folder.to_owned();
    thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let file = folder.join(format!("{number:04}"));
            if let Ok(client) = client
                && let Err(error) = pass_on(client, server, file)
            {
                tidegate_test_servers::say(format_args!("a recorded connection failed: {error}"));
            }
        }
    });
    Ok(port)
}

fn pass_on(client: TcpStream, server: SocketAddr, file: PathBuf) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut answers, mut back) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let _ = write_down(client, &server, &file);
        let _ = server.shutdown(Shutdown::Both);
    });
    Ok(())
}

fn write_down(mut client: TcpStream, mut server: &TcpStream, file: &Path) -> io::Result<()> {
    let mut written = BufWriter::new(File::create(file)?);
    let mut packet = Vec::new();
    let mut statement = false;
    loop {
        let mut header = [0; 4];
        if client.read_exact(&mut header).is_err() {
            return written.flush();
        }
        let [low, middle, high, sequence] = header;
        let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
        packet.resize(length, 0);
        client.read_exact(&mut packet)?;
        server.write_all(&header)?;
        server.write_all(&packet)?;
        // Commands begin at sequence 0; what begins elsewhere belongs to the login, or continues a packet of 16 MiB.
        let text = match (sequence, packet.split_first()) {
            (0, Some((&COM_QUERY, text))) => text,
            (0, _) => {
                statement = false;
                continue;
            }
            (_, _) if statement => &packet,
            _ => continue,
        };
        statement = length == 0xff_ffff;
        written.write_all(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        written.write_all(text)?;
    }
}

//! Forwards the messages of one client, in both directions, until a fault or an end.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::Shared;
use super::packet::{Command, Message};
use super::trap::{Fault, Trap};

/// A client's connection and the one to the server that it goes on over.
pub(super) struct Connection {
    id: u64,
    client: TcpStream,
    server: TcpStream,
    shared: Arc<Shared>,
    exchange: Mutex<Exchange>,
}

/// What the two directions tell each other.
#[derive(Default)]
struct Exchange {
    with_attributes: bool,
    /// The statement that is being prepared, until the server gives it an id.
    preparing: Option<String>,
    prepared: HashMap<u32, String>,
    /// Set when the next answer is not to reach the client.
    losing: Option<Losing>,
}

/// What happens to an answer that is not to reach the client.
struct Losing {
    trap: Trap,
    /// What the client gets instead; `None` cuts the connection.
    instead: Option<Message>,
}

impl Connection {
    /// Connects a client to the server, as soon as the proxy forwards anything.
    pub(super) fn open(client: TcpStream, shared: &Arc<Shared>) -> io::Result<Self> {
        client.set_nodelay(true)?;
        let id = shared.add_link(client.try_clone()?);
        let server = Self::connect(id, shared).inspect_err(|_| shared.cut(id))?;
        let shared = Arc::clone(shared);
        Ok(Self { id, client, server, shared, exchange: Mutex::default() })
    }

    fn connect(id: u64, shared: &Shared) -> io::Result<TcpStream> {
        let cut = || io::Error::from(io::ErrorKind::ConnectionAborted);
        if !shared.may_forward(id) {
            return Err(cut());
        }
        let server = TcpStream::connect(shared.upstream)?;
        server.set_nodelay(true)?;
        if !shared.add_socket(id, server.try_clone()?) {
            return Err(cut());
        }
        Ok(server)
    }

    /// Forwards until either side ends.
    pub(super) fn run(&self) {
        thread::scope(|scope| {
            scope.spawn(|| {
                // However a direction ends, the connection does.
                drop(self.forward_answers());
                self.shared.cut(self.id);
            });
            drop(self.forward_commands());
            self.shared.cut(self.id);
        });
    }

    fn forward_commands(&self) -> io::Result<()> {
        let mut input = BufReader::new(&self.client);
        let mut greeted = false;
        while let Some(message) = Message::read(&mut input)? {
            if !greeted {
                greeted = true;
                self.exchange().with_attributes = message.announces_attributes();
            } else if message.sequence() == 0
                && let Some(statement) = self.statement(&message)
                && let Some((fault, trap)) = self.shared.spring(&statement)
            {
                self.commit(fault, trap, &message)?;
                continue;
            }
            self.send(&message)?;
        }
        Ok(())
    }

    /// Returns the statement that a command executes, if it does.
    fn statement(&self, message: &Message) -> Option<String> {
        let mut exchange = self.exchange();
        match message.command(exchange.with_attributes) {
            Command::Query(statement) => Some(statement),
            Command::Prepare(statement) => {
                exchange.preparing = Some(statement);
                None
            }
            Command::Execute(id) => exchange.prepared.get(&id).cloned(),
            Command::Close(id) => {
                exchange.prepared.remove(&id);
                None
            }
            Command::Other => None,
        }
    }

    fn commit(&self, fault: Fault, trap: Trap, message: &Message) -> io::Result<()> {
        match fault {
            Fault::LoseAnswer => {
                self.exchange().losing = Some(Losing { trap, instead: None });
                self.send(message)
            }
            Fault::ErrorAfter { code, state, message: text } => {
                let instead = Some(Message::error(code, state, &text));
                self.exchange().losing = Some(Losing { trap, instead });
                self.send(message)
            }
            Fault::CutBefore => {
                self.shared.cut_telling(self.id, || trap.spring());
                Ok(())
            }
            Fault::Error { code, state, message } => {
                trap.spring();
                if self.shared.may_forward(self.id) {
                    (&self.client).write_all(Message::error(code, state, &message).as_bytes())?;
                }
                Ok(())
            }
            Fault::BlackHole => {
                self.shared.hold(self.id);
                trap.spring();
                self.send(message)
            }
        }
    }

    fn send(&self, message: &Message) -> io::Result<()> {
        if self.shared.may_forward(self.id) {
            (&self.server).write_all(message.as_bytes())?;
        }
        Ok(())
    }

    fn forward_answers(&self) -> io::Result<()> {
        let mut input = BufReader::new(&self.server);
        let mut output = BufWriter::new(&self.client);
        let mut greeted = false;
        while let Some(mut message) = Message::read(&mut input)? {
            if !greeted {
                greeted = true;
                message.keep_visible();
            }
            match self.hear(&message) {
                Some(Losing { trap, instead: None }) => {
                    self.shared.cut_telling(self.id, || trap.spring());
                    return Ok(());
                }
                Some(Losing { trap, instead: Some(other) }) => {
                    trap.spring();
                    message = other;
                }
                None => {}
            }
            if !self.shared.may_forward(self.id) {
                return Ok(());
            }
            output.write_all(message.as_bytes())?;
            if input.buffer().is_empty() {
                output.flush()?;
            }
        }
        output.flush()
    }

    /// Learns from an answer; returns what happens to it when the client is not to get it.
    fn hear(&self, message: &Message) -> Option<Losing> {
        let mut exchange = self.exchange();
        if let Some(statement) = exchange.preparing.take()
            && let Some(id) = message.prepared_id()
        {
            exchange.prepared.insert(id, statement);
        }
        exchange.losing.take()
    }

    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

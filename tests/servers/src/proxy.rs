//! A TCP proxy before a server that breaks connections where a test wants it.
//!
//! It knows just enough of the MySQL protocol to see the statements of clients: both text
//! statements and executions of prepared ones. To see them it takes encryption and compression
//! out of the server's greeting, so clients must not insist on either.
//!
//! ```no_run
//! use std::time::Duration;
//! use tidegate_test_servers::proxy::{Fault, Proxy, When};
//! # fn main() -> tidegate_test_servers::Result<()> {
//! # let mysql = tidegate_test_servers::MySql::builder().start()?;
//! let proxy = Proxy::start(mysql.address())?;
//! let lost = proxy.arm(When::starts_with("COMMIT").nth(3), Fault::LoseAnswer);
//! // … a client works through `proxy.port()`; its third COMMIT is executed, but it never hears so …
//! assert!(lost.wait(Duration::from_secs(10)));
//! # Ok(())
//! # }
//! ```

mod connection;
mod packet;
mod trap;

use std::collections::HashMap;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::error::{Context, Result};

pub use self::trap::{Fault, Trap, When};

use self::connection::Connection;

/// A proxy on a free port of 127.0.0.1; dropping it cuts all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy that forwards everything to `upstream`.
    ///
    /// # Errors
    ///
    /// When there is no free port or no thread to be had.
    pub fn start(upstream: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing("listen on a free port")?;
        let address = listener.local_addr().doing("learn the proxy's port")?;
        let shared = Arc::new(Shared { upstream, control: Mutex::default(), changed: Condvar::new() });
        let acceptor = {
            let shared = Arc::clone(&shared);
            let work = move || accept(&listener, &shared);
            thread::Builder::new().name("proxy".to_owned()).spawn(work).doing("start a thread")?
        };
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// Returns the port that clients connect to.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the address that clients connect to.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lays a trap: the fault happens once, at the statement that `when` describes, whatever
    /// connection it comes over.
    pub fn arm(&self, when: When, fault: Fault) -> Trap {
        let trap = Trap::default();
        self.shared.control().armed.push(trap::Armed { when, fault, trap: trap.clone() });
        trap
    }

    /// Takes away all traps that have not sprung.
    pub fn disarm(&self) {
        self.shared.control().armed.clear();
    }

    /// Cuts all connections now; new ones are served.
    pub fn cut(&self) {
        self.shared.cut_all();
    }

    /// Stops forwarding, on all connections and on new ones, without closing any: as a network
    /// that drops every packet.
    pub fn black_hole(&self) {
        self.shared.control().holding = true;
    }

    /// Forwards again what [`Self::black_hole`] and [`Fault::BlackHole`] hold.
    pub fn restore(&self) {
        let mut control = self.shared.control();
        control.holding = false;
        for link in control.links.values_mut() {
            link.held = false;
        }
        drop(control);
        self.shared.changed.notify_all();
    }

    /// Returns how many connections clients have made so far.
    pub fn connections_made(&self) -> u64 {
        self.shared.control().made
    }

    /// Returns how many connections are open.
    pub fn connections_open(&self) -> usize {
        self.shared.control().links.len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.control().closed = true;
        self.shared.cut_all();
        // The acceptor looks up only for a new connection.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.control().closed {
            return;
        }
        let Ok(client) = client else { continue };
        let shared = Arc::clone(shared);
        // A client whose connection cannot be served finds it closed.
        drop(thread::Builder::new().name("proxy-client".to_owned()).spawn(move || {
            if let Ok(connection) = Connection::open(client, &shared) {
                connection.run();
            }
        }));
    }
}

/// What the proxy and the threads of its connections share.
#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    control: Mutex<Control>,
    /// Told when something is forwarded again, or cut.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Control {
    armed: Vec<trap::Armed>,
    links: HashMap<u64, Link>,
    made: u64,
    holding: bool,
    closed: bool,
}

/// An open connection: the sockets to cut, and whether nothing is to be forwarded.
#[derive(Debug)]
struct Link {
    sockets: Vec<TcpStream>,
    held: bool,
}

impl Link {
    fn shut(&self) {
        for socket in &self.sockets {
            // It may be closed already.
            drop(socket.shutdown(Shutdown::Both));
        }
    }
}

impl Shared {
    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add_link(&self, client: TcpStream) -> u64 {
        let mut control = self.control();
        control.made += 1;
        let id = control.made;
        control.links.insert(id, Link { sockets: vec![client], held: false });
        id
    }

    /// Adds the server's socket to a link; false when the link was cut meanwhile.
    fn add_socket(&self, id: u64, server: TcpStream) -> bool {
        self.control().links.get_mut(&id).is_some_and(|link| {
            link.sockets.push(server);
            true
        })
    }

    /// Waits while the link is held; false when it is cut.
    fn may_forward(&self, id: u64) -> bool {
        let mut control = self.control();
        loop {
            match control.links.get(&id) {
                None => return false,
                Some(link) if !link.held && !control.holding => return true,
                Some(_) => {}
            }
            control = self.changed.wait(control).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn hold(&self, id: u64) {
        if let Some(link) = self.control().links.get_mut(&id) {
            link.held = true;
        }
    }

    fn cut(&self, id: u64) {
        self.cut_telling(id, || ());
    }

    /// Cuts a link, and tells so before the client can notice.
    fn cut_telling(&self, id: u64, tell: impl FnOnce()) {
        let link = self.control().links.remove(&id);
        tell();
        if let Some(link) = link {
            link.shut();
        }
        self.changed.notify_all();
    }

    fn cut_all(&self) {
        let links: Vec<_> = self.control().links.drain().collect();
        for (_, link) in &links {
            link.shut();
        }
        self.changed.notify_all();
    }

    /// Returns the fault that a statement springs, if any. All traps count the statement.
    fn spring(&self, statement: &str) -> Option<(Fault, Trap)> {
        let mut control = self.control();
        let mut sprung = None;
        for (index, armed) in control.armed.iter_mut().enumerate() {
            if armed.when.counts_down(statement) && sprung.is_none() {
                sprung = Some(index);
            }
        }
        let armed = control.armed.remove(sprung?);
        Some((armed.fault, armed.trap))
    }
}

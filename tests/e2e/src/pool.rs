//! Servers that tests of a process use one after the other: starting one takes longer than most tests do.

use anyhow::Context as _;
use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, PoisonError},
    thread,
};
use tidegate_test_servers::{Builder, Error, Kind, Result, Server};

use crate::world;

static IDLE: Mutex<Vec<Server>> = Mutex::new(Vec::new());

/// What tests change for a whole server, and a lease puts back.
const GLOBALS: &str = "SET GLOBAL binlog_row_metadata = DEFAULT, GLOBAL binlog_row_image = DEFAULT, GLOBAL sql_mode = \
                       DEFAULT, GLOBAL time_zone = DEFAULT, GLOBAL binlog_transaction_compression = DEFAULT;";

/// A server that is this test's alone until it is dropped; then another test may have it.
#[derive(Debug)]
pub struct Lease {
    server: Option<Server>,
}

/// A source and a target for one test, both without any data.
#[derive(Debug)]
pub struct Pair {
    /// A MySQL whose log is empty.
    pub source: Lease,
    /// The target.
    pub target: Lease,
}

/// Returns an empty MySQL as the source, and an empty target.
///
/// # Errors
/// If one of the servers cannot be had.
pub fn pair(target: Kind) -> Result<Pair> {
    Ok(Pair { source: lease(Kind::MySql)?, target: lease(target)? })
}

/// Returns an empty server: no schema of users, an empty log.
///
/// # Errors
/// If it cannot be had.
pub fn lease(kind: Kind) -> Result<Lease> {
    let idle = {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().position(|server| server.kind() == kind).map(|index| idle.swap_remove(index))
    };
    let server = match idle {
        Some(server) => {
            clean(&server).map_err(|error| Error::Server {
                server: kind,
                reason: format!("{error:#}"),
                log: server.log_tail(),
            })?;
            server
        }
        None => Builder::new(kind).start()?,
    };
    Ok(Lease { server: Some(server) })
}

/// Removes everything that users made on a server, and its log.
///
/// # Errors
/// If the server refuses.
pub fn clean(server: &Server) -> anyhow::Result<()> {
    let mut sql = String::from("SET foreign_key_checks = 0;");
    for schema in world::schemas(server)?.iter().map(String::as_str).chain(["tidegate"]) {
        sql.push_str(&format!("DROP DATABASE IF EXISTS `{}`;", schema.replace('`', "``")));
    }
    match server.kind() {
        Kind::MySql => {
            sql.push_str(GLOBALS);
            sql.push_str("RESET BINARY LOGS AND GTIDS;");
        }
        Kind::MariaDb => sql.push_str("RESET MASTER;"),
        Kind::TiDb => {}
    }
    server.client().execute(&sql).map(drop).context("cleaning a server")
}

impl Deref for Lease {
    type Target = Server;

    #[expect(clippy::unreachable, reason = "only dropping takes the server")]
    fn deref(&self) -> &Server {
        match &self.server {
            Some(server) => server,
            None => unreachable!(),
        }
    }
}

impl DerefMut for Lease {
    #[expect(clippy::unreachable, reason = "only dropping takes the server")]
    fn deref_mut(&mut self) -> &mut Server {
        match &mut self.server {
            Some(server) => server,
            None => unreachable!(),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // A test that failed may have left its server in any state.
        if !thread::panicking() {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).extend(self.server.take());
        }
    }
}

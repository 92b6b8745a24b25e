//! The source on real servers.

// Marks helpers as tests too, where clippy lets them unwrap.
#![cfg(test)]

mod check;
mod compressed;
mod files;
mod harness;
mod link;
mod mariadb;
mod mariadb_statements;
mod resume;
mod schemas;
mod start;
mod statements;
mod xa;

use std::sync::OnceLock;
use tidegate_test_servers::{MySql, Server};

/// A MySQL server that tests share, each with schemas of its own; its log grows and is never purged.
fn mysql() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    shared(&SERVER, &["--binlog-row-metadata=FULL"])
}

/// The same for tests that write much, which would slow down those that read every row by itself.
fn heavy() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    shared(&SERVER, &["--binlog-row-metadata=FULL", "--max-allowed-packet=1G"])
}

/// The same with a log that does not say what its tables look like.
fn minimal() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    shared(&SERVER, &["--binlog-row-metadata=MINIMAL", "--gtid-mode=OFF"])
}

fn shared(server: &'static OnceLock<Option<Server>>, options: &[&str]) -> Option<&'static Server> {
    let start = || {
        let started = MySql::builder().options(options.iter().copied()).start();
        tidegate_test_servers::or_skip(started).unwrap()
    };
    server.get_or_init(start).as_ref()
}

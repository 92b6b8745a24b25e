//! The source on real servers.

mod harness;
mod start;

use std::sync::OnceLock;
use tidegate_test_servers::{MySql, Server};

/// A MySQL server that tests share, each with schemas of its own; its log grows and is never purged.
fn mysql() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let start = || {
        let started = MySql::builder().option("--binlog-row-metadata=FULL").start();
        tidegate_test_servers::or_skip(started).unwrap()
    };
    SERVER.get_or_init(start).as_ref()
}

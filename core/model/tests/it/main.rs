//! The model against real servers: what MySQL and MariaDB say of the same values.

#![cfg(test)]

mod binlog;
mod charset;
mod json;
mod text;

use std::sync::LazyLock;
use tidegate_test_servers::{Builder, Client, Kind, Server, or_skip};

static MYSQL: LazyLock<Option<Server>> = LazyLock::new(|| start(Kind::MySql));
static MARIADB: LazyLock<Option<Server>> = LazyLock::new(|| start(Kind::MariaDb));

fn start(kind: Kind) -> Option<Server> {
    // Nothing here need survive a power cut.
    let fast = ["--sync-binlog=0", "--innodb-flush-log-at-trx-commit=0"];
    or_skip(Builder::new(kind).options(fast).start()).unwrap()
}

/// Returns the MySQL server that all tests share; `None` where there is none on this machine.
fn mysql_server() -> Option<&'static Server> {
    MYSQL.as_ref()
}

/// Returns a client of the MySQL server that all tests share; `None` where there is none on this machine.
fn mysql() -> Option<Client> {
    MYSQL.as_ref().map(Server::client)
}

/// Returns a client of the MariaDB server that all tests share; `None` where there is none on this machine.
fn mariadb() -> Option<Client> {
    MARIADB.as_ref().map(Server::client)
}

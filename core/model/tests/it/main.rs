//! The model against real servers: what MySQL and MariaDB say of the same values.

#![cfg(test)]

mod charset;

use std::sync::LazyLock;
use tidegate_test_servers::{Builder, Client, Kind, Server, or_skip};

static MYSQL: LazyLock<Option<Server>> = LazyLock::new(|| start(Kind::MySql));
static MARIADB: LazyLock<Option<Server>> = LazyLock::new(|| start(Kind::MariaDb));

fn start(kind: Kind) -> Option<Server> {
    or_skip(Builder::new(kind).start()).unwrap()
}

/// Returns a client of the MySQL server that all tests share; `None` where there is none on this machine.
fn mysql() -> Option<Client> {
    MYSQL.as_ref().map(Server::client)
}

/// Returns a client of the MariaDB server that all tests share; `None` where there is none on this machine.
fn mariadb() -> Option<Client> {
    MARIADB.as_ref().map(Server::client)
}

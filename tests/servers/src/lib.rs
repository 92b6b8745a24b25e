//! Private MySQL, MariaDB and TiDB servers for tests.
//!
//! Each server is the real program, run without root from the user's cache folder, on a free
//! port of 127.0.0.1, with its data in a folder of its own. It dies with the test that
//! started it, whatever ends that test.
//!
//! ```no_run
//! use tidegate_test_servers::{MySql, Tls, server_or_skip};
//!
//! let mysql = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").tls(Tls::On).start());
//! mysql.client().execute("CREATE DATABASE shop").unwrap();
//! ```
//!
//! # Environment
//!
//! * `TIDEGATE_TEST_CACHE`: where programs and data folders are kept; by default `tidegate-tests`
//!   in `$XDG_CACHE_HOME` or `~/.cache`. Delete that folder to start afresh.
//! * `TIDEGATE_TEST_REQUIRE_SERVERS=1`: a server that cannot be had fails the test instead of
//!   skipping it.
//! * `TIDEGATE_TEST_DEBIAN_MIRROR`: the Debian mirror to fetch from; by default the one that the
//!   machine's own apt sources name.

mod builder;
mod cache;
mod client;
mod debian;
mod error;
mod installation;
mod instance;
mod mariadb;
mod mysql;
mod output;
mod port;
mod process;
pub mod proxy;
mod server;
mod skip;
mod tidb;

pub use builder::{Builder, Kind, Tls};
pub use client::Client;
pub use error::{Error, Result};
pub use installation::Installation;
pub use mariadb::MariaDb;
pub use mysql::MySql;
pub use output::{say, tell};
pub use server::{PASSWORD, Server, USER};
pub use skip::or_skip;
pub use tidb::TiDb;

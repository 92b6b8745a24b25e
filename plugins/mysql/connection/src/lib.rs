//! Connections to MySQL-family servers: settings, TLS, server facts, grants.
//!
//! Source and sink share this crate. [`connect`] opens a connection as a [`ConnectionConfig`] asks; [`ServerFacts`] and
//! [`Grants`] say what server and account it is; [`error`] turns the errors of the wire into those of plugins.

mod config;
mod connect;
pub mod error;
mod facts;
mod grants;
mod relay;
mod version;
pub mod wire;

pub use config::{
    ConnectionConfig, DEFAULT_CONNECT_TIMEOUT, DEFAULT_PORT, TlsConfig, TlsMode, default_connect_timeout,
    default_port, no_password,
};
pub use connect::{Session, connect};
pub use facts::ServerFacts;
pub use grants::{Grants, Scope};
pub use version::{Flavor, Version};

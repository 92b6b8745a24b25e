//! Connections to MySQL-family servers: settings, TLS, server facts, grants.

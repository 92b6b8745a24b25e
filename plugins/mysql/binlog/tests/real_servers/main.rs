//! Compares what is decoded from the logs of real servers with what the servers answer.

// Marks helpers as tests too, where clippy lets them unwrap.
#![cfg(test)]

mod log;
mod mariadb;
mod mysql;
mod render;
mod transactions;
mod types;

//! Compares what is decoded from the logs of real servers with what the servers answer.

// Marks helpers as tests too, where clippy lets them unwrap.
#![cfg(test)]

mod answer;
mod log;
mod mariadb;
mod mysql;
#[path = "../support/render.rs"]
mod render;
#[path = "../support/replay.rs"]
mod replay;
#[path = "../support/tables.rs"]
mod tables;
mod transactions;
mod types;

//! Promises about batches and about damaged events, tried on recorded logs.

// Marks helpers as tests too, where clippy lets them unwrap.
#![cfg(test)]

mod batches;
mod damage;
mod memory;
mod mismatch;
mod older;
#[path = "../support/render.rs"]
mod render;
#[path = "../support/replay.rs"]
mod replay;
#[path = "../support/tables.rs"]
mod tables;

const MYSQL: &[u8] = include_bytes!("logs/mysql-9.7.binlog");
const MARIADB: &[u8] = include_bytes!("logs/mariadb-10.11.binlog");

//! Compares what is decoded from the logs of real servers with what the servers answer.

mod log;
mod mariadb;
mod mysql;
mod render;
mod types;

//! Compares what expressions are here with what a real MySQL says of the same rows.

// Marks helpers as tests too, where clippy lets them unwrap.
#![cfg(test)]

mod cases;
mod compare;
mod random;
#[expect(dead_code, reason = "only rows of inserts are looked at here")]
#[path = "../../../../mysql/binlog/tests/support/replay.rs"]
mod replay;

//! Whole runs, between a source and a sink that live in memory.
//!
//! The doubles keep the contract of plugins; they stand for no database.

mod checkpoints;
mod doubles;
mod flow;
mod retries;
mod stopping;

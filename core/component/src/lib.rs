//! Hosts filters that are WebAssembly components.
//!
//! The contract is `wit/0.1.0`. A component gets no files, no network, no environment; a clock and randomness only where the
//! pipeline file grants them, which costs the pipeline its parallel lanes: such a filter is not pure. What it may use of memory and of time is limited, and nothing that it answers is trusted: a trap, a limit or a malformed
//! answer is an error with the plugin's name, and the instance is thrown away.
//!
//! All others are pure, so instances are interchangeable: they are kept in a pool, one for each thread that asks at the same
//! time, and any of them may be asked anything.

mod bindings;
mod calendar;
mod call;
mod cells;
mod componentize;
mod error;
mod filter;
mod grants;
mod instance;
mod kind;
mod loader;
mod log;
mod manifest;
mod pool;
mod table;
mod verdicts;
mod wasi;

pub use componentize::componentize;
pub use grants::Grants;
pub use loader::{Limits, Loader, Plugin};
pub use manifest::Manifest;

//! The `tidegate` command line.
//!
//! The composition root: only this crate knows every plugin ([`registry`]), and only [`output`] writes to stdout and
//! stderr. A command returns what it found; how that is written, and the exit code, are decided in one place.

mod arguments;
mod commands;
mod components;
mod failure;
mod load;
mod logging;
mod output;
mod progress;
mod registry;
mod statement;
mod until;

use clap::Parser;
use std::process::ExitCode;

/// Gives memory back to the system, and does not fragment under batches of all sizes.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::finish_without_command(&error),
    };
    let output = output::Output::new(&arguments);
    let name = arguments.command.name();
    let registry = registry::built_in();
    let outcome = commands::run(arguments.command, registry, &output);
    output.finish(name, outcome)
}

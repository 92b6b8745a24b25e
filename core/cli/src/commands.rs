//! The commands, a file each.

mod check;
mod dm;
mod explain;
mod findings;
mod plugin;
mod replay;
mod run;
mod schema;
mod validate;

use crate::{
    arguments::Command,
    failure::{Failure, Outcome},
    output::Output,
};
use std::{future::Future, sync::Arc};
use tidegate_plugin::{PluginError, Registry};

/// Runs a command to its end.
pub(crate) fn run(command: Command, registry: Arc<Registry>, output: &Output) -> Result<Outcome, Failure> {
    match command {
        Command::Validate(arguments) => validate::run(&arguments, &registry),
        Command::Check(arguments) => block_on(check::run(&arguments, &registry)),
        Command::Run(arguments) => block_on(run::run(&arguments, &registry, output.is_json())),
        Command::Explain(arguments) => block_on(explain::run(&arguments, &registry)),
        Command::Replay(arguments) => block_on(replay::run(&arguments, &registry)),
        Command::Plugin(command) => plugin::run(&command),
        Command::Dm(command) => dm::run(&command, &registry, output.is_json()),
        Command::Schema(arguments) => Ok(schema::run(&arguments, &registry)),
    }
}

fn block_on(work: impl Future<Output = Result<Outcome, Failure>>) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| PluginError::world("threads cannot be started").because(error))?;
    let done = runtime.block_on(work);
    // A thread that is stuck in a write must not keep the process.
    runtime.shutdown_background();
    done
}

//! `tidegate plugin …`: for those who write filters.

mod build;
mod inspect;
mod new;
mod test;

use crate::{
    arguments::PluginCommand,
    failure::{Failure, Outcome},
};

pub(crate) fn run(command: &PluginCommand) -> Result<Outcome, Failure> {
    match command {
        PluginCommand::New(arguments) => new::run(arguments),
        PluginCommand::Build(arguments) => build::run(arguments),
        PluginCommand::Inspect(arguments) => inspect::run(&arguments.file),
        PluginCommand::Test(arguments) => test::run(arguments),
    }
}

//! `tidegate plugin …`: for those who write filters.

mod build;
mod inspect;

use crate::{
    arguments::PluginCommand,
    failure::{Failure, Outcome},
};

pub(crate) fn run(command: &PluginCommand) -> Result<Outcome, Failure> {
    match command {
        PluginCommand::Build(arguments) => build::run(arguments),
        PluginCommand::Inspect(arguments) => inspect::run(&arguments.file),
    }
}

//! `tidegate dm …`: TiDB DM's files.

mod password;
mod translate;

use crate::{
    arguments::DmCommand,
    failure::{Failure, Outcome},
};
use std::{path::Path, sync::Arc};
use tidegate_dm::SecretKey;
use tidegate_plugin::Registry;

pub(crate) fn run(command: &DmCommand, registry: &Arc<Registry>, is_json: bool) -> Result<Outcome, Failure> {
    match command {
        DmCommand::Translate(arguments) => translate::run(arguments, registry, is_json),
        DmCommand::Encrypt(arguments) => password::encrypt(arguments),
        DmCommand::Decrypt(arguments) => password::decrypt(arguments),
    }
}

/// Reads the masters' key.
fn secret_key(path: &Path) -> Result<SecretKey, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::input(format!("the secret key {} cannot be read: {error}", path.display()))
    })?;
    text.parse().map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}

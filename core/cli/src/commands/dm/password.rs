//! `tidegate dm encrypt` and `decrypt`: passwords as DM's files hold them.

use super::secret_key;
use crate::{
    arguments::PasswordArguments,
    failure::{Failure, Outcome},
};
use serde_json::json;
use std::io::BufRead;
use tidegate_dm::{PasswordError, SecretKey};

/// Prints the encrypted password.
pub(super) fn encrypt(arguments: &PasswordArguments) -> Result<Outcome, Failure> {
    printed(arguments, tidegate_dm::encrypt)
}

/// Prints the password.
pub(super) fn decrypt(arguments: &PasswordArguments) -> Result<Outcome, Failure> {
    printed(arguments, tidegate_dm::decrypt)
}

fn printed(
    arguments: &PasswordArguments,
    turn: fn(&str, &SecretKey) -> Result<String, PasswordError>,
) -> Result<Outcome, Failure> {
    let key = arguments.secret_key_path.as_deref().map_or_else(|| Ok(SecretKey::default()), secret_key)?;
    let text = arguments.text.clone().map_or_else(first_line, Ok)?;
    let turned = turn(&text, &key).map_err(|error| Failure::input(error.to_string()))?;
    Ok(Outcome { text: format!("{turned}\n"), result: json!({ "text": turned }) })
}

fn first_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::input(format!("stdin cannot be read: {error}")))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

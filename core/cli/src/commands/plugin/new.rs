//! `tidegate plugin new`: begins a filter.

use crate::{
    arguments::NewArguments,
    failure::{Failure, Outcome},
};
use serde_json::json;
use std::path::PathBuf;
use tidegate_toolchain::create;

/// Writes the files of a new filter.
pub(super) fn run(arguments: &NewArguments) -> Result<Outcome, Failure> {
    let NewArguments { lang, name, folder } = arguments;
    let folder = folder.clone().unwrap_or_else(|| PathBuf::from(name));
    create(*lang, name, &folder)?;
    let folder = folder.display().to_string();
    let text =
        format!("{folder}: a filter in {}; its README.md says how to test and build it\n", lang.name());
    Ok(Outcome { result: json!({ "folder": folder, "language": lang.name() }), text })
}

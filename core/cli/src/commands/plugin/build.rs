//! `tidegate plugin build`: from a folder of source code to a component.

use super::inspect;
use crate::{
    arguments::BuildArguments,
    failure::{Failure, Outcome},
};
use tidegate_plugin::PluginError;
use tidegate_toolchain::build;

/// Builds the filter in a folder and looks at what came out.
pub(super) fn run(arguments: &BuildArguments) -> Result<Outcome, Failure> {
    let folder = &arguments.folder;
    let built = build(folder, None)?;
    let file = arguments.out.clone().unwrap_or_else(|| folder.join(built.name).with_extension("wasm"));
    std::fs::write(&file, built.component).map_err(|error| {
        PluginError::world(format!("the component cannot be written: {error}")).at(file.display())
    })?;
    let mut outcome = inspect::run(&file)?;
    outcome.text = format!("{}\n{}", file.display(), outcome.text);
    outcome.result["file"] = file.display().to_string().into();
    Ok(outcome)
}

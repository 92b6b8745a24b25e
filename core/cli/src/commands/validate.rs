//! `tidegate validate`: looks for mistakes in pipeline files.

use crate::{
    arguments::ValidateArguments,
    failure::{Failure, Outcome},
    load::load,
};
use serde_json::json;
use std::sync::Arc;
use tidegate_plugin::Registry;

pub(crate) fn run(arguments: &ValidateArguments, registry: &Arc<Registry>) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let mut good = Vec::new();
    let mut mistakes = Vec::new();
    for path in &arguments.files {
        match load(path, registry, None) {
            Ok(loaded) => {
                outcome.text.push_str(&format!("{}: ok\n", path.display()));
                good.push(json!({ "file": path, "pipeline": loaded.file.name }));
            }
            Err(diagnostics) => mistakes.push(diagnostics),
        }
    }
    outcome.result = json!({ "files": good });
    if mistakes.is_empty() { Ok(outcome) } else { Err(Failure::Files { mistakes, good: outcome }) }
}

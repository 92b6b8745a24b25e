//! `tidegate schema`: prints the JSON Schema of pipeline files, or their keys for people.

mod command_line;

use crate::{arguments::SchemaArguments, failure::Outcome, registry};
use tidegate_config::{reference_markdown, schema};
use tidegate_plugin::Registry;

const HEAD: &str = "\
# Pipeline files

Every key of the file, and of the settings of each plugin that is built in. Printed by `tidegate schema --markdown`;
`tidegate schema` prints the same as JSON Schema, for editors.

";

pub(crate) fn run(arguments: &SchemaArguments, registry: &Registry) -> Outcome {
    let plugins = registry::schemas(registry);
    let result = schema(&plugins);
    let text = if arguments.command_line {
        command_line::markdown()
    } else if arguments.markdown {
        format!("{HEAD}{}", reference_markdown(&plugins))
    } else {
        format!("{result:#}\n")
    };
    Outcome { result, text }
}

//! The commands and their options as Markdown, made from their definitions.

use crate::arguments::Arguments;
use clap::{Arg, Command, CommandFactory};

const HEAD: &str = "\
# Command line

Every command and option. Printed by `tidegate schema --command-line`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed while running; `replay`: two filters differ |
| 2 | the input is wrong: the command line, the pipeline file, what it asks for |
| 3 | the world is not ready: a server is not there or refuses, a grant is missing, `check` found an error |

stdout is data; log lines, the progress line and errors go to stderr. With `--json` stdout gets one object with the keys
`command`, `ok`, `result`, `diagnostics` (mistakes in pipeline files) and `error`, whatever happens.
";

/// Returns the reference of the command line.
pub(super) fn markdown() -> String {
    let command = Arguments::command();
    let mut text = HEAD.to_owned();
    text.push_str("\n## Options of every command\n");
    options(&mut text, &command);
    subcommands(&mut text, "tidegate", &command);
    text
}

/// Describes the commands of `parent`, and theirs; those that only have others are not described themselves.
fn subcommands(text: &mut String, parent: &str, command: &Command) {
    for command in command.get_subcommands() {
        let name = format!("{parent} {}", command.get_name());
        if command.has_subcommands() {
            subcommands(text, &name, command);
            continue;
        }
        let operands = command.get_positionals().map(|argument| format!(" {}", value(argument)));
        text.push_str(&format!("\n## `{name}{}`\n", operands.collect::<String>()));
        text.push_str(&format!("\n{}.\n", command.get_about().map(ToString::to_string).unwrap_or_default()));
        options(text, command);
    }
}

fn options(text: &mut String, command: &Command) {
    let mut rows = String::new();
    for option in command.get_arguments().filter(|argument| !argument.is_positional()) {
        let Some(name) = option.get_long() else {
            continue;
        };
        let takes_value = option.get_action().takes_values();
        let value = if takes_value { format!(" {}", value(option)) } else { String::new() };
        let words: Vec<_> =
            option.get_possible_values().iter().map(|word| format!("`{}`", word.get_name())).collect();
        let words = if words.is_empty() || !takes_value {
            String::new()
        } else {
            format!(": {}", words.join(" or "))
        };
        let default: Vec<_> = option.get_default_values().iter().map(|word| word.to_string_lossy()).collect();
        let default = if default.is_empty() || !takes_value {
            "–".to_owned()
        } else {
            format!("`{}`", default.join(","))
        };
        let help = option.get_help().map(ToString::to_string).unwrap_or_default();
        let cells = [format!("`--{name}{value}`"), default, format!("{help}{words}.")];
        rows.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    if !rows.is_empty() {
        text.push_str(&format!("\n| option | default | meaning |\n|---|---|---|\n{rows}"));
    }
}

/// Returns how the usage writes the argument's value.
fn value(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names.first().map_or_else(|| argument.get_id().as_str().to_uppercase(), ToString::to_string);
    let several = argument.get_num_args().is_some_and(|count| count.max_values() > 1);
    if several { format!("{name}…") } else { name }
}

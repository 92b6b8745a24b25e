//! What the user typed.

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use std::{net::SocketAddr, path::PathBuf};
use tidegate_toolchain::Language;

/// Replicates MySQL row changes from a source, through filters, to a sink, exactly once.
#[derive(Debug, Parser)]
#[command(
    name = "tidegate",
    version,
    after_help = "Exit codes: 0 done, 1 failed while running, 2 the input is wrong, 3 the world is not ready."
)]
pub(crate) struct Arguments {
    /// Write the result as one JSON object to stdout.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for mistakes in pipeline files; connects to nothing.
    Validate(ValidateArguments),
    /// Connect to both ends and look at everything that a run depends on; changes nothing.
    Check(CheckArguments),
    /// Run a pipeline.
    Run(RunArguments),
    /// Tell what becomes of a table's rows or of a statement, and why; changes nothing.
    Explain(ExplainArguments),
    /// Let recorded or live changes through a filter into nothing, and tell what became of them; exit code 1 if two filters
    /// differ.
    Replay(ReplayArguments),
    /// Print the JSON Schema of pipeline files, for editors.
    Schema(SchemaArguments),
    /// Begin, build and test filters of your own, and look at them.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Read TiDB DM's source and task files.
    #[command(subcommand)]
    Dm(DmCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum DmCommand {
    /// Print the pipelines that a task file and its source files describe; connects to nothing.
    Translate(TranslateArguments),
    /// Encrypt a password as `dmctl encrypt` does.
    Encrypt(PasswordArguments),
    /// Decrypt what `dmctl encrypt` printed.
    Decrypt(PasswordArguments),
}

#[derive(Args, Debug)]
pub(crate) struct TranslateArguments {
    /// The task file.
    pub(crate) task: PathBuf,

    /// The source files of the task's instances.
    #[arg(long = "source", value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) sources: Vec<PathBuf>,

    /// The file of the key that the masters' passwords are encrypted with; without it, the one that DM had built in.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_key_path: Option<PathBuf>,

    /// Write each pipeline to a file of its name in this folder, instead of printing it.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct PasswordArguments {
    /// The text; without it, the first line of stdin, so that no list of processes shows it.
    pub(crate) text: Option<String>,

    /// The file of the masters' key; without it, the one that DM had built in.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_key_path: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Begin a filter: a folder with a rule, its tests, and the SDK.
    New(NewArguments),
    /// Build the filter in a folder; what it is written in is known by its files.
    Build(BuildArguments),
    /// Print what a component says of itself, its sum and its imports.
    Inspect(InspectArguments),
    /// Let a component do what a file of cases describes, and compare with what is expected there.
    Test(TestArguments),
}

#[derive(Args, Debug)]
pub(crate) struct NewArguments {
    /// The language that it is to be written in.
    #[arg(long, value_parser = language())]
    pub(crate) lang: Language,

    /// What it is called: lower-case letters, digits and `-`.
    pub(crate) name: String,

    /// The new folder [default: called as the filter].
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct BuildArguments {
    /// The folder of the filter's source code.
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// Where the component is written [default: in the folder, under the filter's name].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct InspectArguments {
    /// The component.
    pub(crate) file: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    /// The component.
    pub(crate) file: PathBuf,

    /// The cases, in YAML: settings, tables, rows and statements, and what leaves the filter.
    pub(crate) cases: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct ValidateArguments {
    /// The pipeline files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// The pipeline file.
    pub(crate) file: PathBuf,

    /// The folder under which the pipeline keeps its own files [default: in the user's state folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// The pipeline file.
    pub(crate) file: PathBuf,

    /// Stop when everything before this is applied: `now`, a GTID set, or `file:position` of the source's log.
    #[arg(long, value_name = "now|GTID|FILE:POS")]
    pub(crate) until: Option<String>,

    /// Forget the stored checkpoint, and begin where the source's settings say.
    #[arg(long)]
    pub(crate) reset: bool,

    /// The folder under which the pipeline keeps its own files [default: in the user's state folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,

    /// Serve metrics at this address; a port alone listens on loopback only.
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = metrics_address)]
    pub(crate) metrics: Option<SocketAddr>,

    /// How log lines are written.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,

    /// Which log lines are written: `error`, `warn`, `info`, `debug`, `trace`, `off`, or `module=level` with commas
    /// between.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) log: String,
}

#[derive(Args, Debug)]
pub(crate) struct SchemaArguments {
    /// Print all keys as Markdown tables, for people.
    #[arg(long, conflicts_with = "command_line")]
    pub(crate) markdown: bool,

    /// Print all commands and their options as Markdown, for people.
    #[arg(long)]
    pub(crate) command_line: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// The pipeline file.
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) subject: Subject,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct Subject {
    /// The source table, as `schema.table`.
    #[arg(long, value_name = "SCHEMA.TABLE")]
    pub(crate) table: Option<String>,

    /// A statement as the source would run it; tables are named with their schemas.
    #[arg(long, value_name = "STATEMENT")]
    pub(crate) sql: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) origin: Origin,

    #[command(flatten)]
    pub(crate) subject: OnTrialArguments,

    /// The filter's settings: a file of YAML or JSON, or JSON itself.
    #[arg(long, value_name = "FILE|JSON", requires = "filter")]
    pub(crate) config: Option<String>,

    /// Another filter for the same changes: tell where the two differ.
    #[arg(long, value_name = "FILTER")]
    pub(crate) against: Option<String>,

    /// The settings of that other filter.
    #[arg(long, value_name = "FILE|JSON", requires = "against")]
    pub(crate) against_config: Option<String>,

    /// How many differences of a table are shown with their values.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) examples: usize,

    /// The tables as they were at the start, as `mysqldump --no-data --databases …` writes them; for logs that do not tell
    /// (binlog_row_metadata is not FULL).
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub(crate) schema: Option<PathBuf>,

    /// Where to begin: `earliest`, a GTID set (not in files), or `file:position` [default: the first file's beginning, or
    /// the pipeline's `start`].
    #[arg(long, value_name = "earliest|latest|GTID|FILE:POS")]
    pub(crate) from: Option<String>,

    /// Where to stop: `now` (where the log ends at the start), a GTID set (not in files), or `file:position` [default: now].
    #[arg(long, value_name = "now|GTID|FILE:POS")]
    pub(crate) until: Option<String>,

    /// Which log lines are written, as of `run`.
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    pub(crate) log: String,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct Origin {
    /// Recorded log files: consecutive, in order, under their own names.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) binlog: Vec<PathBuf>,

    /// A pipeline file, whose source is read; its filters and sink are not used, and a run of it is not disturbed.
    #[arg(long, value_name = "PIPELINE")]
    pub(crate) live: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct OnTrialArguments {
    /// The filter: the path of a component (`.wasm`), or the name of a built-in one.
    #[arg(long, value_name = "FILTER")]
    pub(crate) filter: Option<String>,

    /// A pipeline file, all of whose filters are tried, in order.
    #[arg(long, value_name = "PIPELINE")]
    pub(crate) filters_of: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Command {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Validate(_) => "validate",
            Self::Check(_) => "check",
            Self::Run(_) => "run",
            Self::Explain(_) => "explain",
            Self::Replay(_) => "replay",
            Self::Schema(_) => "schema",
            Self::Plugin(PluginCommand::New(_)) => "plugin new",
            Self::Plugin(PluginCommand::Build(_)) => "plugin build",
            Self::Plugin(PluginCommand::Inspect(_)) => "plugin inspect",
            Self::Plugin(PluginCommand::Test(_)) => "plugin test",
            Self::Dm(DmCommand::Translate(_)) => "dm translate",
            Self::Dm(DmCommand::Encrypt(_)) => "dm encrypt",
            Self::Dm(DmCommand::Decrypt(_)) => "dm decrypt",
        }
    }
}

fn language() -> impl TypedValueParser<Value = Language> {
    let names = Language::ALL.iter().map(|language| language.name());
    PossibleValuesParser::new(names).try_map(|name| {
        Language::ALL.iter().find(|language| language.name() == name).copied().ok_or("no such language")
    })
}

fn metrics_address(text: &str) -> Result<SocketAddr, String> {
    let digits = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = digits.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    text.replacen("localhost:", "127.0.0.1:", 1)
        .parse()
        .map_err(|_| "expected a port (`9184`) or an address with a port (`0.0.0.0:9184`)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_port_alone_is_on_loopback() {
        for text in ["9184", ":9184", "localhost:9184", "127.0.0.1:9184"] {
            assert_eq!(metrics_address(text).unwrap().to_string(), "127.0.0.1:9184");
        }
        assert_eq!(metrics_address("0.0.0.0:1").unwrap().to_string(), "0.0.0.0:1");
        metrics_address("example").unwrap_err();
    }
}

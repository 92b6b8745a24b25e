//! The only place that writes to stdout and stderr.
//!
//! stdout is data: a command's result, or with `--json` one object that always has the same keys. Everything else
//! goes to stderr.

use crate::{
    arguments::{Arguments, Command, LogFormat},
    failure::{Failure, Outcome, Problem},
    logging,
};
use serde_json::{Value, json};
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};
use tidegate_config::Colour;
use tidegate_plugin::{ErrorKind, PluginError};

/// Writes what a command returns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    /// Whether stderr is read line by line as JSON, so that an error is a line of it too.
    json_lines: bool,
}

impl Output {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let json_lines = matches!(&arguments.command, Command::Run(run) if run.log_format == LogFormat::Json);
        Self { json: arguments.json, json_lines }
    }

    /// Tells whether the result is written as JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Writes a command's outcome, and returns the exit code.
    pub(crate) fn finish(self, command: &str, outcome: Result<Outcome, Failure>) -> ExitCode {
        let code = outcome.as_ref().err().map_or(0, Failure::exit_code);
        if self.json_lines {
            logging::failure_lines(&outcome).iter().for_each(|line| to_stderr(line.as_bytes()));
        }
        let written = if self.json {
            write_json(Some(command), &outcome)
        } else {
            write_text(&outcome, !self.json_lines)
        };
        match written {
            // Who reads stdout may stop whenever it likes.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(code.max(1)),
            _ => ExitCode::from(code),
        }
    }
}

/// Says what is wrong with the arguments, or what the user asked of them: the help, the version.
pub(crate) fn finish_without_command(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    if !error.use_stderr() || !std::env::args_os().any(|argument| argument == "--json") {
        let _ = error.print();
        return ExitCode::from(code);
    }
    let text = error.render().to_string();
    let message = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ").trim();
    let error = PluginError::new(ErrorKind::Input, message).hint("`tidegate --help` says what there is");
    let _ = write_json(None, &Err(error.into()));
    ExitCode::from(code)
}

/// Tells whether text on stderr is coloured.
pub(crate) fn is_coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}

/// Writes text to stderr. Nobody can be told if that fails.
pub(crate) fn to_stderr(bytes: &[u8]) {
    let _ = io::stderr().lock().write_all(bytes);
}

fn write_json(command: Option<&str>, outcome: &Result<Outcome, Failure>) -> io::Result<()> {
    let (result, diagnostics, error) = match outcome {
        Ok(outcome) | Err(Failure::Findings(outcome) | Failure::Differences(outcome)) => {
            (outcome.result.clone(), json!([]), Value::Null)
        }
        Err(Failure::Files { mistakes, good }) => (good.result.clone(), merged(mistakes), Value::Null),
        Err(Failure::Error(problem)) => (Value::Null, json!([]), problem.to_json()),
    };
    let envelope = json!({
        "command": command,
        "ok": outcome.is_ok(),
        "result": result,
        "diagnostics": diagnostics,
        "error": error,
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{envelope}")?;
    stdout.flush()
}

/// Writes the result to stdout, and to stderr why there is none, unless that was said there already.
fn write_text(outcome: &Result<Outcome, Failure>, says_why: bool) -> io::Result<()> {
    let result = match outcome {
        Ok(outcome) | Err(Failure::Findings(outcome) | Failure::Differences(outcome)) => outcome,
        Err(Failure::Files { mistakes, good }) => {
            let colour = if is_coloured() { Colour::Always } else { Colour::Never };
            for diagnostics in mistakes.iter().filter(|_| says_why) {
                to_stderr(diagnostics.render(colour).as_bytes());
            }
            good
        }
        Err(Failure::Error(problem)) => {
            if says_why {
                to_stderr(rendered(problem).as_bytes());
            }
            return Ok(());
        }
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(result.text.as_bytes())?;
    stdout.flush()
}

fn rendered(problem: &Problem) -> String {
    let stage = problem.stage.map_or_else(String::new, |stage| format!("{stage}: "));
    let mut text = format!("error: {stage}{}\n", problem.message);
    if let Some(place) = &problem.place {
        text.push_str(&format!("  at {place}\n"));
    }
    for cause in &problem.causes {
        text.push_str(&format!("  caused by: {cause}\n"));
    }
    if let Some(hint) = &problem.hint {
        text.push_str(&format!("help: {hint}\n"));
    }
    text
}

/// Returns the mistakes of all files as one list; each says which file it is in.
pub(crate) fn merged(files: &[tidegate_config::Diagnostics]) -> Value {
    let lists = files.iter().filter_map(|diagnostics| match serde_json::to_value(diagnostics) {
        Ok(Value::Array(list)) => Some(list),
        _ => None,
    });
    Value::Array(lists.flatten().collect())
}

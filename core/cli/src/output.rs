//! The only place that writes to stdout and stderr.
//!
//! stdout is data: a command's result, or with `--json` one object that always has the same keys. Everything else
//! goes to stderr.

use crate::failure::{Failure, Outcome, Problem};
use serde_json::{Value, json};
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};
use tidegate_config::Colour;

/// Writes what a command returns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Tells whether the result is written as JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Writes a command's outcome, and returns the exit code.
    pub(crate) fn finish(self, command: &str, outcome: Result<Outcome, Failure>) -> ExitCode {
        let code = outcome.as_ref().err().map_or(0, Failure::exit_code);
        let written = if self.json { write_json(command, &outcome) } else { write_text(&outcome) };
        match written {
            // Who reads stdout may stop whenever it likes.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(code.max(1)),
            _ => ExitCode::from(code),
        }
    }
}

/// Writes text to stderr. Nobody can be told if that fails.
pub(crate) fn to_stderr(bytes: &[u8]) {
    let _ = io::stderr().lock().write_all(bytes);
}

fn write_json(command: &str, outcome: &Result<Outcome, Failure>) -> io::Result<()> {
    let (result, diagnostics, error) = match outcome {
        Ok(outcome) | Err(Failure::Findings(outcome)) => (outcome.result.clone(), json!([]), Value::Null),
        Err(Failure::Files(files)) => (Value::Null, merged(files), Value::Null),
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

fn write_text(outcome: &Result<Outcome, Failure>) -> io::Result<()> {
    match outcome {
        Ok(outcome) | Err(Failure::Findings(outcome)) => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(outcome.text.as_bytes())?;
            stdout.flush()
        }
        Err(Failure::Files(files)) => {
            let terminal = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let colour = if terminal { Colour::Always } else { Colour::Never };
            for diagnostics in files {
                to_stderr(diagnostics.render(colour).as_bytes());
            }
            Ok(())
        }
        Err(Failure::Error(problem)) => {
            to_stderr(rendered(problem).as_bytes());
            Ok(())
        }
    }
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
fn merged(files: &[tidegate_config::Diagnostics]) -> Value {
    let lists = files.iter().filter_map(|diagnostics| match serde_json::to_value(diagnostics) {
        Ok(Value::Array(list)) => Some(list),
        _ => None,
    });
    Value::Array(lists.flatten().collect())
}

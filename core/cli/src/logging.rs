//! Log lines: to stderr, above the progress line, and without secrets.

use crate::{
    arguments::LogFormat,
    failure::{Failure, Outcome, clean_values},
    output,
    progress::ProgressLine,
};
use serde_json::{Map, Value, json};
use std::io;
use tidegate_plugin::{ErrorKind, PluginError};
use tracing_subscriber::{
    EnvFilter,
    fmt::{
        MakeWriter,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
};

/// Takes secrets out of a text.
pub(crate) type Clean = Box<dyn Fn(&str) -> String + Send + Sync>;

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The fields that a JSON line begins with.
const FIRST_FIELDS: [&str; 3] = ["timestamp", "level", "message"];

/// Reads which log lines are written: a level, or `module=level`, with commas between.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, Failure> {
    let wrong = |why: String| {
        PluginError::new(ErrorKind::Input, format!("`{text}` does not say which log lines to write: {why}"))
            .at("--log")
            .hint("use `error`, `warn`, `info`, `debug`, `trace` or `off`, or `module=level` with commas between")
    };
    for part in text.split(',') {
        // The library takes a misspelt level for the name of a module, and then nothing is written.
        let (module, level) = part.rsplit_once('=').map_or((None, part), |(name, level)| (Some(name), level));
        if !LEVELS.contains(&level) {
            return Err(wrong(format!("`{level}` is no level")).into());
        }
        let in_module = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':');
        if let Some(module) = module.filter(|module| module.is_empty() || !module.chars().all(in_module)) {
            return Err(wrong(format!("`{module}` is no module")).into());
        }
    }
    EnvFilter::builder().parse(text).map_err(|error| wrong(error.to_string()).into())
}

/// Starts writing log lines.
pub(crate) fn start(format: LogFormat, filter: EnvFilter, progress: &ProgressLine, clean: Clean) {
    let writer = LogWriter { progress: progress.clone(), format, clean };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // A second start in one process would be refused; there is none.
    let _ = match format {
        LogFormat::Text => builder.with_target(false).with_ansi(output::is_coloured()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Returns why a command failed as log lines in JSON: one for an error, one for each mistake of a file.
pub(crate) fn failure_lines(outcome: &Result<Outcome, Failure>) -> Vec<String> {
    let mistakes = match outcome {
        Ok(_) | Err(Failure::Findings(_) | Failure::Differences(_)) => Vec::new(),
        Err(Failure::Error(problem)) => vec![problem.to_json()],
        Err(Failure::Files { mistakes, .. }) => match output::merged(mistakes) {
            Value::Array(list) => list,
            _ => Vec::new(),
        },
    };
    let mut timestamp = String::new();
    // Writing into a text cannot fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut timestamp));
    let line = |mistake: Value| {
        let Value::Object(mut fields) = mistake else {
            return String::new();
        };
        fields.remove("severity");
        fields.insert("timestamp".to_owned(), json!(timestamp));
        fields.insert("level".to_owned(), json!("ERROR"));
        fields.insert("target".to_owned(), json!("tidegate"));
        json_line(&fields)
    };
    mistakes.into_iter().map(line).collect()
}

/// Writes the fields as one line, those first that every line has.
fn json_line(fields: &Map<String, Value>) -> String {
    let first = FIRST_FIELDS.iter().filter_map(|name| fields.get_key_value(*name));
    let others = fields.iter().filter(|(name, _)| !FIRST_FIELDS.contains(&name.as_str()));
    let written: Vec<_> =
        first.chain(others).map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}\n", written.join(","))
}

/// Writes each log line while the progress line is away.
struct LogWriter {
    progress: ProgressLine,
    format: LogFormat,
    clean: Clean,
}

impl LogWriter {
    /// A colour's sequence ends in a letter, which is no part of the word behind it.
    fn cleaned_text(&self, line: &str) -> String {
        let part = |(index, part): (usize, &str)| match part.split_once('m') {
            Some((colour, text)) if index > 0 => format!("\u{1b}{colour}m{}", (self.clean)(text)),
            _ => (self.clean)(part),
        };
        line.split('\u{1b}').enumerate().map(part).collect()
    }

    fn cleaned(&self, line: &str) -> String {
        match (self.format, serde_json::from_str::<Map<String, Value>>(line)) {
            (LogFormat::Json, Ok(fields)) => {
                // What every line has are our own words.
                let clean = |(name, mut value): (String, Value)| {
                    if !matches!(name.as_str(), "timestamp" | "level" | "target") {
                        clean_values(&mut value, &self.clean);
                    }
                    (name, value)
                };
                json_line(&fields.into_iter().map(clean).collect())
            }
            _ => self.cleaned_text(line),
        }
    }
}

struct Line<'a>(&'a LogWriter);

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

impl io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = self.0.cleaned(&String::from_utf8_lossy(bytes));
        self.0.progress.suspended(|| output::to_stderr(line.as_bytes()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_levels_and_modules_with_levels_are_taken() {
        for text in ["info", "off", "warn,tidegate_engine=debug", "tidegate_engine::run=trace"] {
            filter(text).unwrap();
        }
        for text in ["inof", "", "INFO", "warn,", "tidegate_engine", "x=inof", "=info", "a b=info", "x=y=z"] {
            assert_eq!(filter(text).unwrap_err().exit_code(), 2, "{text}");
        }
    }

    #[test]
    fn secrets_are_taken_out_of_log_lines_and_nothing_else() {
        let line = |format, text: &str| {
            let clean = Box::new(|text: &str| text.replace("warn", "***").replace("\"x\"", "***"));
            LogWriter { progress: ProgressLine::new(), format, clean }.cleaned(text)
        };
        let text =
            r#"{"timestamp":"now","level":"warn","message":"denied for warn \"x\"","n":1,"target":"warn"}"#;
        let expected =
            r#"{"timestamp":"now","level":"warn","message":"denied for *** ***","n":1,"target":"warn"}"#;
        assert_eq!(line(LogFormat::Json, text), format!("{expected}\n"));
        assert_eq!(line(LogFormat::Text, "denied for warn\n"), "denied for ***\n");
        let coloured = "\u{1b}[33m WARN\u{1b}[0m \u{1b}[3muser\u{1b}[0m=\u{1b}[0mwarn\n";
        assert_eq!(line(LogFormat::Text, coloured), coloured.replace("mwarn", "m***"));
    }
}

//! Log lines: to stderr, above the progress line.

use crate::{arguments::LogFormat, failure::Failure, output, progress::ProgressLine};
use std::io;
use tidegate_plugin::{ErrorKind, PluginError};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Starts writing log lines.
pub(crate) fn start(format: LogFormat, filter: &str, progress: &ProgressLine) -> Result<(), Failure> {
    let filter = EnvFilter::builder().parse(filter).map_err(|error| {
        PluginError::new(ErrorKind::Input, format!("`{filter}` does not say which log lines to write"))
            .at("--log")
            .hint("use `error`, `warn`, `info`, `debug` or `trace`, or `module=level` with commas between")
            .because(error)
    })?;
    let writer = LogWriter { progress: progress.clone() };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // A second start in one process would be refused; there is none.
    let _ = match format {
        LogFormat::Text => builder.with_target(false).with_ansi(progress.is_shown()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Writes each log line while the progress line is away.
struct LogWriter {
    progress: ProgressLine,
}

struct Line<'a>(&'a ProgressLine);

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&self.progress)
    }
}

impl io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspended(|| output::to_stderr(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Writes to the standard streams, for the program and for tests that wait for a download.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes one line to standard output, at once.
///
/// # Errors
///
/// When standard output is closed.
pub fn tell(line: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// Writes one line to standard error; a closed stream is no error.
///
/// The test harness does not capture it, so that a skip and a long download are always seen.
pub fn say(line: impl Display) {
    drop(writeln!(io::stderr(), "tidegate-test-servers: {line}"));
}

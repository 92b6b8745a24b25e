//! One connection of the command-line client, kept open.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use tidegate_test_servers::Server;

/// What ends an answer.
const END: &str = "=== end of the answer ===";

pub(crate) struct Live {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Live {
    pub(crate) fn new(server: &Server) -> Self {
        let mut child = server
            .client()
            .command()
            .args(["--unbuffered", "--force"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdin, stdout }
    }

    /// Runs statements and returns the rows of all answers.
    pub(crate) fn rows(&mut self, statements: &str) -> Vec<Vec<String>> {
        writeln!(self.stdin, "{statements}\n;\nSELECT '{END}';").unwrap();
        self.stdin.flush().unwrap();
        let mut rows = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.stdout.read_line(&mut line).unwrap() > 0, "the client ended");
            let line = line.trim_end_matches('\n');
            if line == END {
                return rows;
            }
            rows.push(line.split('\t').map(unescaped).collect());
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut chars = value.chars();
    while let Some(next) = chars.next() {
        if next != '\\' {
            text.push(next);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}

//! Runs SQL through the command-line client that comes with the server.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::debian::run;
use crate::error::{Context, Result};
use crate::server::{PASSWORD, USER};

/// A way to run SQL on a server; each call is a connection of its own.
#[derive(Debug, Clone)]
pub struct Client {
    program: PathBuf,
    port: u16,
    database: Option<String>,
    options: Vec<String>,
}

impl Client {
    pub(crate) const fn new(program: PathBuf, port: u16) -> Self {
        Self { program, port, database: None, options: Vec::new() }
    }

    /// Uses a database for everything that is run.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.database = Some(name.into());
        self
    }

    /// Connects to another port of 127.0.0.1, such as a proxy's.
    #[must_use]
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Adds an option of the client, such as `--ssl-mode=REQUIRED`.
    #[must_use]
    pub fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    /// Runs statements, separated by semicolons, until the first that fails.
    ///
    /// Returns the rows of all answers, one a line, values separated by tabs, without column
    /// names; `\n`, `\t` and `\\` stand for line breaks, tabs and backslashes within values.
    ///
    /// # Errors
    ///
    /// When a statement fails; the message holds the server's, with its error code.
    pub fn execute(&self, statements: &str) -> Result<String> {
        let mut input = tempfile::tempfile().doing("create a file for statements")?;
        input
            .write_all(statements.as_bytes())
            .and_then(|()| input.seek(SeekFrom::Start(0)))
            .doing("write statements")?;
        let output = run(self.command().stdin(Stdio::from(input)), "mysql")?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs one query and returns its rows.
    ///
    /// # Errors
    ///
    /// When the query fails.
    pub fn rows(&self, query: &str) -> Result<Vec<Vec<String>>> {
        let answer = self.execute(query)?;
        Ok(answer.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
    }

    /// Returns the client as a command with all options for the connection, for other uses.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--no-defaults")
            .args(["--host=127.0.0.1", "--protocol=TCP", "--batch", "--skip-column-names"])
            .args(["--default-character-set=utf8mb4", "--connect-timeout=30"])
            .arg(format!("--port={}", self.port))
            .arg(format!("--user={USER}"))
            .args(&self.options)
            .args(&self.database)
            .env("MYSQL_PWD", PASSWORD);
        command
    }
}

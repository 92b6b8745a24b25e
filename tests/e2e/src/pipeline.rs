//! A pipeline as a user would run it: a YAML file, a state folder, and the program.

use crate::binary;
use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tidegate_test_servers::{PASSWORD, Server, USER};

/// How long a run may take before a test calls it stuck.
const RUN_MAX: Duration = Duration::from_secs(180);

/// A pipeline file and its state folder; both go with the value.
#[derive(Debug)]
pub struct Pipeline {
    folder: TempDir,
    name: String,
    plugin: &'static str,
    source: String,
    filters: String,
    sink: String,
    environment: Vec<(String, String)>,
    engine: String,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote as data.
    pub stdout: String,
    /// What it logged.
    pub stderr: String,
}

/// A run that goes on; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Pipeline {
    /// Describes a pipeline from the beginning of `source`'s log to `target`, without filters.
    ///
    /// # Panics
    /// If there is no room for a folder.
    pub fn new(name: &str, source: &Server, target: &Server) -> Self {
        let sink = format!("plugin: mysql\n    config:\n{}", connection(target.port(), "      "));
        Self::to_sink(name, source.port(), &sink)
    }

    /// Describes a pipeline from the source at `port` of this machine into a sink, given as YAML.
    ///
    /// # Panics
    /// If there is no room for a folder.
    #[expect(clippy::unwrap_used, reason = "a test without a folder has nothing to say")]
    pub fn to_sink(name: &str, port: u16, sink: &str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            name: name.to_owned(),
            plugin: "mysql",
            source: format!("{}    start: earliest\n", connection(port, "    ")),
            filters: String::new(),
            sink: sink.trim_end().to_owned(),
            environment: Vec::new(),
            engine: String::new(),
        }
    }

    /// Replaces the source by recorded log files; the state folder stays.
    #[must_use]
    pub fn from_files(mut self, files: &[PathBuf]) -> Self {
        let files: Vec<_> = files.iter().map(|file| format!("\"{}\"", file.display())).collect();
        self.plugin = "mysql-log-files";
        self.source = format!("    files: [{}]\n", files.join(", "));
        self
    }

    /// Replaces the sink, given as YAML; the state folder stays.
    #[must_use]
    pub fn other_sink(mut self, sink: &str) -> Self {
        sink.trim_end().clone_into(&mut self.sink);
        self
    }

    /// Replaces where the source starts, as YAML on one line.
    #[must_use]
    pub fn start(mut self, start: &str) -> Self {
        self.source = self.source.replace("start: earliest", &format!("start: {start}"));
        self
    }

    /// Adds a setting of the source, as YAML on one line.
    #[must_use]
    pub fn source_setting(mut self, setting: &str) -> Self {
        let _ = writeln!(self.source, "    {setting}");
        self
    }

    /// Adds a setting of the sink, as YAML on one line.
    #[must_use]
    pub fn sink_setting(mut self, setting: &str) -> Self {
        let _ = write!(self.sink, "\n      {setting}");
        self
    }

    /// Adds a filter, with its settings as YAML on one line.
    #[must_use]
    pub fn filter(mut self, plugin: &str, config: &str) -> Self {
        let _ = write!(self.filters, "  - plugin: {plugin}\n    config: {config}\n");
        self
    }

    /// Takes all filters out; the state folder stays.
    #[must_use]
    pub fn without_filters(mut self) -> Self {
        self.filters.clear();
        self
    }

    /// Adds a key beside the settings of the last filter, as YAML on one line.
    #[must_use]
    pub fn filter_key(mut self, key: &str) -> Self {
        let _ = writeln!(self.filters, "    {key}");
        self
    }

    /// Limits the engine's memory, and with it the size of batches: a window is at least a batch.
    #[must_use]
    pub fn memory(mut self, size: &str) -> Self {
        self.engine = format!("engine: {{ memory: {size} }}\n");
        self
    }

    /// Sets an environment variable for the runs that follow.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(other, _)| other != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Connects the source or the sink through another port, such as a proxy's.
    #[must_use]
    pub fn through(mut self, from: u16, to: u16) -> Self {
        let (from, to) = (format!("port: {from}\n"), format!("port: {to}\n"));
        self.source = self.source.replace(&from, &to);
        self.sink = format!("{}\n", self.sink).replace(&from, &to).trim_end().to_owned();
        self
    }

    /// Runs to where the source's log ends now.
    pub fn run(&self) -> Outcome {
        self.run_with(&["--until", "now"])
    }

    /// Runs to where the source's log ends now, and fails the test unless it succeeds.
    ///
    /// # Panics
    /// If the run fails.
    pub fn run_well(&self) -> Outcome {
        let outcome = self.run();
        assert_eq!(outcome.code, Some(0), "the run failed:\n{}", outcome.stderr);
        outcome
    }

    /// Runs with further arguments and waits for the end.
    pub fn run_with(&self, arguments: &[&str]) -> Outcome {
        self.spawn(arguments).wait()
    }

    /// Runs another command on the pipeline file: `validate`, `check`, `explain`.
    pub fn command(&self, command: &str, arguments: &[&str]) -> Outcome {
        self.start_program(command, arguments).wait()
    }

    /// Starts a run and goes on.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        let state = self.folder.path().join("state").display().to_string();
        let arguments: Vec<&str> = ["--state", &state].into_iter().chain(arguments.iter().copied()).collect();
        self.start_program("run", &arguments)
    }

    /// Returns the folder in which the pipeline file lies.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Returns the lines of JSON in a file of the pipeline's state; none if it is not there.
    ///
    /// # Panics
    /// If one is not whole.
    #[expect(clippy::unwrap_used, reason = "for tests")]
    pub fn state_lines(&self, file: &str) -> Vec<serde_json::Value> {
        let path = self.folder.path().join("state").join(&self.name).join(file);
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the pipeline file's text.
    pub fn yaml(&self) -> String {
        let filters =
            if self.filters.is_empty() { String::new() } else { format!("filters:\n{}", self.filters) };
        format!(
            "name: {}\n{}source:\n  plugin: {}\n  config:\n{}{filters}sinks:\n  - {}\n",
            self.name, self.engine, self.plugin, self.source, self.sink
        )
    }

    /// Runs a command that takes no pipeline file by its place, in the folder where it lies as `pipeline.yaml`.
    pub fn beside(&self, command: &str, arguments: &[&str]) -> Outcome {
        self.spawn_beside(command, arguments).wait()
    }

    /// Starts such a command and goes on.
    pub fn spawn_beside(&self, command: &str, arguments: &[&str]) -> Running {
        self.launch(command, &self.written(), arguments, false)
    }

    fn start_program(&self, command: &str, arguments: &[&str]) -> Running {
        self.launch(command, &self.written(), arguments, true)
    }

    /// Writes the pipeline file.
    #[expect(clippy::unwrap_used, reason = "a test without its file has nothing to say")]
    fn written(&self) -> PathBuf {
        let file = self.folder.path().join("pipeline.yaml");
        fs::write(&file, self.yaml()).unwrap();
        file
    }

    #[expect(clippy::unwrap_used, reason = "a test that cannot start the program has nothing to say")]
    fn launch(&self, command: &str, file: &Path, arguments: &[&str], takes_file: bool) -> Running {
        let stdout = self.folder.path().join(format!("{command}.out"));
        let stderr = self.folder.path().join(format!("{command}.err"));
        let mut program = Command::new(binary());
        program.current_dir(self.folder.path()).arg(command);
        program.args(takes_file.then_some(file)).args(arguments).stdin(Stdio::null());
        program
            .env("E2E_PASSWORD", PASSWORD)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        program.stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
        Running { child: program.spawn().unwrap(), stdout, stderr }
    }
}

impl Running {
    /// Waits for the end.
    ///
    /// # Panics
    /// If the run is stuck.
    pub fn wait(mut self) -> Outcome {
        let end = Instant::now() + RUN_MAX;
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return self.outcome(status.code());
            }
            assert!(Instant::now() < end, "the run is stuck:\n{}", self.outcome(None).stderr);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Returns how the run ended, if it did by itself.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Kills the run as a power cut would.
    pub fn kill(mut self) -> Outcome {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.outcome(None)
    }

    /// Asks the run to stop, as Ctrl-C and a supervisor do at the same time, and waits for the end.
    pub fn interrupt(self) -> Outcome {
        self.ask_to_stop();
        self.wait()
    }

    /// Asks the run to stop: two signals within a moment are one stop.
    pub fn ask_to_stop(&self) {
        let id = self.child.id().to_string();
        for signal in ["-INT", "-TERM"] {
            let _ = Command::new("kill").args([signal, &id]).status();
        }
    }

    /// Waits for the end, and returns also the most memory that the process ever had in RAM, in bytes.
    ///
    /// # Panics
    /// If the run is stuck.
    pub fn wait_measured(mut self) -> (Outcome, u64) {
        let file = format!("/proc/{}/status", self.child.id());
        let end = Instant::now() + RUN_MAX;
        let mut peak = 0;
        while !matches!(self.child.try_wait(), Ok(Some(_))) {
            assert!(Instant::now() < end, "the run is stuck:\n{}", self.log());
            peak = peak.max(peak_memory(&fs::read_to_string(&file).unwrap_or_default()));
            std::thread::sleep(Duration::from_millis(10));
        }
        (self.wait(), peak)
    }

    /// Returns what the run has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// Waits until `done` says so.
    ///
    /// # Panics
    /// If the run ends first, or nothing happens for too long.
    #[expect(clippy::panic, reason = "for tests")]
    pub fn wait_until(&mut self, what: &str, mut done: impl FnMut() -> bool) {
        let end = Instant::now() + RUN_MAX;
        while !done() {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the run ended ({status}) before {what}:\n{}", self.log());
            }
            assert!(Instant::now() < end, "{what} did not come:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn outcome(&self, code: Option<i32>) -> Outcome {
        let read = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        Outcome { code, stdout: read(&self.stdout), stderr: read(&self.stderr) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the high-water mark of a process's memory.
fn peak_memory(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes.and_then(|number| number.parse().ok()).unwrap_or(0) * 1024
}

fn connection(port: u16, indent: &str) -> String {
    let lines = [
        "host: 127.0.0.1".to_owned(),
        format!("port: {port}"),
        format!("user: {USER}"),
        "password: \"${env:E2E_PASSWORD}\"".to_owned(),
    ];
    lines.map(|line| format!("{indent}{line}\n")).concat()
}

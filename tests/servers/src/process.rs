//! Runs a server below a watchdog: a small shell that holds one end of a pipe.
//!
//! The other end is ours. Each line that we write is a signal for the server; when the pipe
//! closes, because we let go or because we were killed, the watchdog kills the server and
//! removes its folder. Signals go through the watchdog because it alone knows that the process
//! id still is the server's.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Context, Error, Result};

/// `$1` is the server's folder, `$2` its log; the rest is the server's command line.
const WATCHDOG: &str = r#"
folder=$1
log=$2
shift 2
exec 3<&0
"$@" 3<&- </dev/null >>"$log" 2>&1 &
server=$!
{
    while read -r signal; do kill -s "$signal" "$server"; done <&3
    : >"$folder/abandoned"
    kill -s KILL "$server"
} >/dev/null 2>&1 &
watcher=$!
echo "$server"
exec >/dev/null 2>&1
wait "$server"
status=$?
kill "$watcher"
if [ -e "$folder/abandoned" ]; then rm -rf "$folder"; fi
exit "$status"
"#;

/// How long to sleep between two looks at a process.
pub(crate) const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// How long a stopped process may take to be seen as stopped.
const PAUSE_WAIT_MAX: Duration = Duration::from_secs(5);

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
}

/// What a server can be told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    Terminate,
    Kill,
    Pause,
    Resume,
}

impl Signal {
    const fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Kill => "KILL",
            Self::Pause => "STOP",
            Self::Resume => "CONT",
        }
    }
}

/// A running server; dropping it kills the server and waits for its end.
#[derive(Debug)]
pub(crate) struct Process {
    watchdog: Child,
    pipe: Option<ChildStdin>,
    id: u32,
}

impl Process {
    /// Starts a server whose output goes to the end of `log` and whose files are in `folder`.
    pub(crate) fn start(command: &CommandLine, folder: &Path, log: &Path) -> Result<Self> {
        let mut watchdog = Command::new("/bin/sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .args([folder, log, &command.program])
            .args(&command.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .doing("start a shell")?;
        let pipe = watchdog.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = watchdog.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).doing("read from the watchdog")?;
        }
        let id = line.trim().parse().map_err(|_| Error::Program {
            program: command.program.display().to_string(),
            message: format!("its watchdog said `{}` instead of a process id", line.trim()),
        })?;
        Ok(Self { watchdog, pipe, id })
    }

    /// Returns the server's own process id.
    pub(crate) const fn id(&self) -> u32 {
        self.id
    }

    pub(crate) fn signal(&mut self, signal: Signal) -> Result<()> {
        let Some(pipe) = self.pipe.as_mut() else {
            return Ok(());
        };
        writeln!(pipe, "{}", signal.name()).doing(format_args!("send {signal:?} to the server"))?;
        if matches!(signal, Signal::Pause) {
            let limit = Instant::now() + PAUSE_WAIT_MAX;
            while !self.is_paused() && Instant::now() < limit {
                thread::sleep(LOOK_INTERVAL);
            }
        }
        Ok(())
    }

    fn is_paused(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
    }

    /// Returns how the server ended, or `None` while it runs.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.watchdog.try_wait().doing("look at the server")
    }

    /// Waits for the server's end, for `limit` at most; `None` when it still runs then.
    pub(crate) fn wait(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let end = Instant::now() + limit;
        loop {
            let ended = self.ended()?;
            if ended.is_some() || Instant::now() >= end {
                return Ok(ended);
            }
            thread::sleep(LOOK_INTERVAL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // The watchdog ends as soon as the server is dead; there is nobody to tell otherwise.
        drop(self.watchdog.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(folder: &Path) -> Process {
        let command = CommandLine {
            program: "sh".into(),
            arguments: vec!["-c".into(), "echo up; exec sleep 600".into()],
        };
        let log = folder.join("log");
        let process = Process::start(&command, folder, &log).unwrap();
        while fs::read(&log).unwrap_or_default().is_empty() {
            thread::sleep(LOOK_INTERVAL);
        }
        process
    }

    fn runs(id: u32) -> bool {
        Path::new(&format!("/proc/{id}")).exists()
    }

    /// The owner lets go of a paused server: it dies and its folder goes with it.
    #[test]
    fn letting_go_kills_even_a_paused_server() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("instance");
        fs::create_dir(&folder).unwrap();
        let mut process = sleeper(&folder);
        process.signal(Signal::Pause).unwrap();
        assert!(process.is_paused());
        let id = process.id();
        drop(process);
        assert!(!runs(id));
        assert!(!folder.exists());
    }

    /// A server that is told to end does so, and keeps its folder for the next start.
    #[test]
    fn a_terminated_server_keeps_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = sleeper(folder.path());
        process.signal(Signal::Terminate).unwrap();
        let status = process.wait(Duration::from_secs(10)).unwrap().unwrap();
        assert_eq!(status.code(), Some(128 + 15));
        drop(process);
        assert!(folder.path().join("log").exists());
    }
}

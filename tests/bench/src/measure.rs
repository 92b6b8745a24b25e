//! Runs a program and says what it took.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The kernel's clock ticks a second in `/proc/…/stat`; Linux fixes it for user space (`proc(5)`, `USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of CPU, user and system.
    pub(crate) cpu: f64,
    /// The largest resident set, in MiB.
    pub(crate) peak: f64,
}

/// Runs a command to its end.
///
/// # Errors
/// If it fails; the message holds the end of what it wrote to stderr.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let log = tempfile::NamedTempFile::new()?;
    command.stdin(Stdio::null()).stderr(log.reopen()?);
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
    let id = child.id();
    let mut cost = Cost::default();
    // A process that has ended keeps its times until it is waited for, but not its memory.
    while let Some((state, cpu)) = times(id) {
        cost.cpu = cpu;
        if state == 'Z' {
            break;
        }
        cost.peak = cost.peak.max(peak(id));
        thread::sleep(Duration::from_millis(5));
    }
    cost.wall = start.elapsed().as_secs_f64();
    let status = child.wait()?;
    if !status.success() {
        let said = fs::read_to_string(log.path()).unwrap_or_default();
        let end: Vec<&str> = said.lines().rev().take(15).collect();
        bail!("{command:?} ended with {status}:\n{}", end.into_iter().rev().collect::<Vec<_>>().join("\n"));
    }
    Ok(cost)
}

/// Returns the CPU seconds that a process has used so far.
pub(crate) fn cpu(id: u32) -> f64 {
    times(id).map_or(0.0, |(_, cpu)| cpu)
}

/// Returns a process's largest resident set so far, in MiB.
pub(crate) fn peak(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .and_then(|text| text.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn times(id: u32) -> Option<(char, f64)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold spaces; the state is the first field behind it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok());
    Some((fields.first()?.chars().next()?, (ticks(11)? + ticks(12)?) / TICKS_A_SECOND))
}

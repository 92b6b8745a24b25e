//! How long a start takes: from the process to the first row that has passed a component whose compiled code is kept.

use crate::{load::Source, runs::Pipeline};
use anyhow::{Context, Result, ensure};
use std::{
    io::Read,
    process::Stdio,
    time::{Duration, Instant},
};
use tidegate_test_guests::guest;
use tidegate_test_servers::tell;

const FILTERS: [(&str, &str); 5] = [
    ("Rust", "examples/filters/rust/mask-pii"),
    ("C", "examples/filters/c/mask-pii"),
    ("Go", "examples/filters/go/mask-pii"),
    ("JavaScript", "examples/filters/js/mask-pii"),
    ("Python", "examples/filters/python/mask-pii"),
];

/// Starts whose median is reported.
const STARTS: usize = 5;

/// What the design promises, in seconds.
const BOUND: f64 = 0.3;

/// Prints the seconds of a start with each filter.
pub(crate) fn measure(source: &Source) -> Result<()> {
    let sink = "plugin: file\n    config: { path: \"-\" }";
    print("no filter", &Pipeline::new(source, "", sink)?)?;
    for (language, path) in FILTERS {
        let Some(file) = guest(path)? else { continue };
        let filters = format!(
            "filters:\n  - plugin: {}\n    config: {{ columns: [c] }}\n    limits: {{ memory: 256MiB, call-time: 10s }}\n",
            file.canonicalize()?.display()
        );
        print(language, &Pipeline::new(source, &filters, sink)?)?;
    }
    Ok(())
}

fn print(name: &str, pipeline: &Pipeline) -> Result<()> {
    let cold = time(pipeline)?;
    let mut warm = (0..STARTS).map(|_| time(pipeline)).collect::<Result<Vec<Duration>>>()?;
    warm.sort();
    let warm = warm.get(STARTS / 2).copied().unwrap_or_default();
    tell(format_args!(
        "start to the first row, {name}: {:.3} s (must reach {BOUND}); the first start {:.3} s",
        warm.as_secs_f64(),
        cold.as_secs_f64()
    ))?;
    Ok(())
}

/// Starts the pipeline and waits for the first byte of a line.
fn time(pipeline: &Pipeline) -> Result<Duration> {
    let mut command = pipeline.command();
    command.args(["--reset"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = command.spawn()?;
    let mut first = [0];
    let read = child.stdout.as_mut().context("the program has no stdout")?.read(&mut first)?;
    let took = begin.elapsed();
    child.kill()?;
    child.wait()?;
    ensure!(read == 1, "the pipeline ends without a row");
    Ok(took)
}

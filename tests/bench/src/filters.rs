//! Filters: components beside the same filters built in, into nothing.

use crate::{
    load::Source,
    measure::{Cost, run},
    report::Report,
};
use anyhow::{Context, Result};
use std::{path::Path, process::Command};
use tidegate_test_guests::guest;

/// What is measured: its name in the report, the argument that chooses the filter, what that is, the filter's settings.
type Measured = (&'static str, &'static str, &'static str, &'static str);

const MASK: &str = r#"{"columns":["c"]}"#;

const FILTERS: [Measured; 9] = [
    ("no filter", "", "", ""),
    ("drop, built in", "--native", "two-columns", "{}"),
    ("drop, Rust", "--component", "tests/guests/rust/two-columns", "{}"),
    ("mask, built in", "--native", "mask", "{}"),
    ("mask, Rust", "--component", "examples/filters/rust/mask-pii", MASK),
    ("mask, C", "--component", "examples/filters/c/mask-pii", MASK),
    ("mask, Go", "--component", "examples/filters/go/mask-pii", MASK),
    ("mask, JavaScript", "--component", "examples/filters/js/mask-pii", MASK),
    ("mask, Python", "--component", "examples/filters/python/mask-pii", MASK),
];

/// Runs each filter over the log. Components are compiled before: the first start is not what is measured.
pub(crate) fn measure(source: &Source, report: &mut Report) -> Result<()> {
    let state = tempfile::tempdir()?;
    for measured @ (name, ..) in FILTERS {
        let Some(mut command) = command(measured, source, state.path())? else { continue };
        if measured.1 == "--component" {
            warm(measured, state.path())?;
        }
        let cost: Cost = run(&mut command)?;
        report.add(name, cost);
    }
    Ok(())
}

/// The command that runs a pipeline with the filter; none if the machine cannot build the filter.
fn command(measured: Measured, source: &Source, state: &Path) -> Result<Option<Command>> {
    let (_, kind, what, settings) = measured;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["pipeline", "--port", &source.server.port().to_string(), "--state"]).arg(state);
    match kind {
        "" => {}
        "--native" => drop(command.args([kind, what])),
        _ => {
            let Some(file) = guest(what)? else { return Ok(None) };
            command.arg(kind).arg(file).args(["--settings", settings]);
        }
    }
    Ok(Some(command))
}

/// Compiles a component and keeps the code.
fn warm(measured: Measured, state: &Path) -> Result<()> {
    let file = guest(measured.2)?.context("it was built just now")?;
    let loader = tidegate_component::Loader::new(Some(&state.join("compiled")))?;
    loader.load(&file, None, crate::pipeline::LIMITS)?;
    Ok(())
}

//! The main job as a demo: a live MySQL is followed through filters into TiDB, and in the end both sides are compared.

mod shop;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use std::{
    fs,
    path::Path,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};
use tidegate_e2e::differences;
use tidegate_test_servers::{Builder, Kind, MySql, PASSWORD, Server, tell};

/// What the demo does.
#[derive(Debug, Parser)]
#[command(name = "tidegate-demo")]
struct Arguments {
    /// How many seconds the load goes on.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Replicate into MySQL instead of TiDB (which is built once, for some minutes).
    #[arg(long)]
    into_mysql: bool,
}

/// How long Tidegate may take to catch up when the load has ended.
const CATCH_UP_MAX: Duration = Duration::from_secs(120);

fn main() -> Result<()> {
    let own = std::env::current_exe()?;
    run(&Arguments::parse(), &own.parent().context("the demo has no folder")?.join("tidegate"))
}

/// Brings up servers, lets `program` replicate a live load between them, and compares them.
fn run(arguments: &Arguments, program: &Path) -> Result<()> {
    let (source, target) = servers(arguments.into_mysql)?;
    source.client().execute(shop::SCHEMA)?;
    target.client().execute(shop::TARGET)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("pipeline.yaml");
    let yaml = include_str!("../pipeline.yaml");
    let yaml = yaml.replace("port: 3306", &format!("port: {}", source.port()));
    fs::write(&file, yaml.replace("port: 4000", &format!("port: {}", target.port())))?;

    let mut tidegate = start(program, &file, folder.path())?;
    let followed = follow(arguments, &source, &target, &mut tidegate);
    // Whatever happened, nothing of the demo goes on.
    stop(&mut tidegate)?;
    followed?;
    compare(&source, &target)
}

/// Lets the load run and Tidegate catch up.
fn follow(arguments: &Arguments, source: &Server, target: &Server, tidegate: &mut Child) -> Result<()> {
    let statements = shop::load(source, Duration::from_secs(arguments.seconds))?;
    tell(format_args!("The load has ended after {statements} transactions."))?;
    catch_up(source, target, tidegate)
}

fn servers(into_mysql: bool) -> Result<(Server, Server)> {
    tell(format_args!("Bringing up private servers (the first time they are fetched and built) …"))?;
    let source = MySql::builder().start()?;
    let kind = if into_mysql { Kind::MySql } else { Kind::TiDb };
    let target = match Builder::new(kind).start() {
        Err(error) if error.is_unavailable() => {
            tell(format_args!("{error}: replicating into MySQL instead."))?;
            MySql::builder().start()?
        }
        started => started?,
    };
    tell(format_args!(
        "MySQL at {} is followed into {} at {}.",
        source.address(),
        target.kind(),
        target.address()
    ))?;
    Ok((source, target))
}

/// Starts `tidegate run`, which draws its progress on this terminal.
fn start(program: &Path, file: &Path, folder: &Path) -> Result<Child> {
    let mut command = Command::new(program);
    command.arg("run").arg(file).arg("--state").arg(folder.join("state")).env("DEMO_PASSWORD", PASSWORD);
    command.spawn().context("starting tidegate, which examples/demo/run builds")
}

/// Waits until the last change of the load has arrived.
fn catch_up(source: &Server, target: &Server, tidegate: &mut Child) -> Result<()> {
    source.client().execute(shop::LAST)?;
    let end = Instant::now() + CATCH_UP_MAX;
    while target.client().execute(shop::HAS_LAST).unwrap_or_default().trim() != "1" {
        if let Some(status) = tidegate.try_wait()? {
            bail!("tidegate ended before it had caught up: {status}");
        }
        ensure!(Instant::now() < end, "tidegate has not caught up within {} s", CATCH_UP_MAX.as_secs());
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Asks tidegate to stop, as Ctrl-C does.
fn stop(tidegate: &mut Child) -> Result<()> {
    Command::new("kill").args(["-INT", &tidegate.id().to_string()]).status()?;
    tidegate.wait()?;
    Ok(())
}

fn compare(source: &Server, target: &Server) -> Result<()> {
    let found = differences(source, target, &shop::TABLES)?;
    ensure!(found.is_empty(), "{} rows differ, the first: {:?}", found.len(), found.first());
    for (question, expected) in shop::QUESTIONS {
        let (left, right) = (source.client().execute(expected)?, target.client().execute(question)?);
        ensure!(left == right, "`{question}` answers {} and not {}", right.trim(), left.trim());
    }
    for pair in shop::TABLES {
        let (table, _) = pair.split_once(" => ").unwrap_or((pair, pair));
        let rows = source.client().execute(&format!("SELECT COUNT(*) FROM {table}"))?;
        tell(format_args!("{pair}: equal, {} rows", rows.trim()))?;
    }
    tell(format_args!("Both sides are equal."))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Arguments, run};

    #[test]
    fn the_demo_ends_with_both_sides_equal() {
        run(&Arguments { seconds: 1, into_mysql: true }, tidegate_e2e::binary()).unwrap();
    }
}

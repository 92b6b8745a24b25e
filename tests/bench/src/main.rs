//! The end-to-end benchmark: Tidegate beside MySQL's own tools and replica, on real servers, in one run.
//!
//! It generates one log, then runs every measurement over it, and prints the figures and the ratios that the design
//! promises. Nothing here judges: a ratio is printed beside its bound.

mod calls;
mod filters;
mod instructions;
mod load;
mod measure;
mod native;
mod pipeline;
mod record;
mod replay;
mod report;
mod runs;
mod start;

use anyhow::Result;
use clap::{Parser, Subcommand};
use report::Report;

/// What to measure.
#[derive(Debug, Parser)]
#[command(name = "tidegate-bench")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Rows that the tables are filled with, in thousands.
    #[arg(long, default_value_t = 1000)]
    rows: u32,
    /// Mixed transactions after that, in thousands; each changes four rows.
    #[arg(long, default_value_t = 300)]
    transactions: u32,
    /// How many times each measurement runs; the median is reported.
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// Leave out what applies to TiDB.
    #[arg(long)]
    no_tidb: bool,
    /// Only these measurements (start, read, filters, json, mysql, tidb, calls, instructions).
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Valgrind is some fifty times slower than the machine: a small log must do. In thousands.
const INSTRUCTION_ROWS: u32 = 40;

/// What the benchmark runs itself as.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run a pipeline with one filter into nothing.
    #[command(hide = true)]
    Pipeline(pipeline::PipelineArguments),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Pipeline(arguments)) = &arguments.command {
        return pipeline::run(arguments);
    }
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    if wanted("instructions") {
        instructions::count(&load::generate(INSTRUCTION_ROWS, INSTRUCTION_ROWS / 4)?)?;
    }
    if wanted("calls") {
        calls::measure()?;
    }
    let without_log = ["instructions", "calls"];
    if !arguments.only.is_empty() && arguments.only.iter().all(|only| without_log.contains(&only.as_str())) {
        return Ok(());
    }
    let source = load::generate(arguments.rows, arguments.transactions)?;
    if wanted("start") {
        start::measure(&source)?;
    }
    let mut report = Report::new(&source);
    for _ in 0..arguments.repeat {
        if wanted("read") {
            runs::read(&source, &mut report)?;
        }
        if wanted("filters") {
            filters::measure(&source, &mut report)?;
        }
        if wanted("json") {
            runs::json(&source, &mut report)?;
        }
        if wanted("mysql") {
            runs::replica(&source, &mut report)?;
            runs::apply_to_mysql(&source, &mut report)?;
        }
        if wanted("tidb") && !arguments.no_tidb {
            runs::apply_to_tidb(&source, &mut report)?;
        }
    }
    report.print()
}

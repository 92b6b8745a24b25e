//! What is too long for every change: a pipeline that is killed a thousand times under load, and random histories
//! without end.
//!
//! ```text
//! cargo run -p tidegate-soak -- kills                    # 1,000 kills, into MySQL
//! cargo run -p tidegate-soak -- kills --into tidb --consistency transaction
//! cargo run -p tidegate-soak -- histories --minutes 60
//! ```
//!
//! A run ends with a summary, and with an error if source and target ever differ.

mod histories;
mod kills;
mod load;
mod recovery;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::process::ExitCode;
use tidegate_test_servers::{Kind, say};

#[derive(Debug, Parser)]
#[command(name = "tidegate-soak")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Kills the pipeline at random progress again and again, while the source is written.
    Kills(Kills),
    /// Runs random histories, each to equality.
    Histories(Histories),
}

/// How the pipeline is killed.
#[derive(Debug, Args)]
struct Kills {
    /// How many times it is killed.
    #[arg(long, default_value_t = 1000)]
    kills: u32,
    /// The target.
    #[arg(long, value_enum, default_value_t = Target::Mysql)]
    into: Target,
    /// The consistency; `both` changes it half-way.
    #[arg(long, value_enum, default_value_t = Consistency::Both)]
    consistency: Consistency,
    /// How many connections write at the source.
    #[arg(long, default_value_t = 2)]
    writers: u64,
    /// After how many kills both sides are compared in full, with the load paused.
    #[arg(long, default_value_t = 100)]
    compare_every: u32,
    /// What the random numbers begin with.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Which histories run.
#[derive(Debug, Args)]
struct Histories {
    /// How long to go on.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// The target.
    #[arg(long, value_enum, default_value_t = Target::Mysql)]
    into: Target,
    /// The first seed; each history takes the next one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many steps a history has.
    #[arg(long, default_value_t = 600)]
    steps: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Target {
    Mysql,
    Mariadb,
    Tidb,
}

impl Target {
    const fn kind(self) -> Kind {
        match self {
            Self::Mysql => Kind::MySql,
            Self::Mariadb => Kind::MariaDb,
            Self::Tidb => Kind::TiDb,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Consistency {
    Row,
    Transaction,
    Both,
}

fn main() -> ExitCode {
    let outcome: Result<()> = match Arguments::parse().command {
        Command::Kills(kills) => kills::run(&kills),
        Command::Histories(histories) => histories::run(&histories),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

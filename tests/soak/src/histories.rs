//! Random histories, one after the other, each to equality.

use crate::Histories;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tidegate_e2e::{History, Pipeline, Random, clean, compare_worlds};
use tidegate_test_servers::{Builder, Kind, Server, tell};

/// How many steps lie between two runs of the pipeline.
const ROUND: usize = 150;

pub(crate) fn run(arguments: &Histories) -> Result<()> {
    let source = Builder::new(Kind::MySql).start()?;
    let target = Builder::new(arguments.into.kind()).start()?;
    let end = Instant::now() + Duration::from_secs(arguments.minutes * 60);
    let mut seed = arguments.seed;
    while Instant::now() < end {
        one(&source, &target, seed, arguments.steps)
            .map_err(|error| error.context(format!("seed {seed}")))?;
        tell(format_args!("seed {seed}: equal"))?;
        seed += 1;
    }
    tell(format_args!("{} histories of {} steps, all equal", seed - arguments.seed, arguments.steps))?;
    Ok(())
}

fn one(source: &Server, target: &Server, seed: u64, steps: usize) -> Result<()> {
    clean(source)?;
    clean(target)?;
    let (history, mut random) = (History::new(seed), Random::new(seed));
    let mut history = if target.kind() == Kind::TiDb { history.without_swaps_across() } else { history };
    let metadata = if seed.is_multiple_of(2) { "FULL" } else { "MINIMAL" };
    let client = source.client().option("--force");
    client.execute(&format!("SET GLOBAL binlog_row_metadata = {metadata}; {}", history.begin()))?;
    let consistency = if random.one_in(3) { "transaction" } else { "row" };
    let mut left = steps;
    while left > 0 {
        let round = left.min(ROUND);
        left -= round;
        // The client's exit code tells of refused statements, which are a part of a history.
        drop(client.execute(&history.steps(round)));
        let lanes = if consistency == "row" { random.below(8) + 1 } else { 1 };
        let outcome = Pipeline::new("soak", source, target)
            .sink_setting(&format!("lanes: {lanes}"))
            .sink_setting(&format!("window-rows: {}", random.below(3000) + 1))
            .sink_setting(&format!("consistency: {consistency}"))
            .run();
        ensure!(outcome.code == Some(0), "exit code {:?}:\n{}", outcome.code, outcome.stderr);
        let different = compare_worlds(source, target)?;
        ensure!(different.is_empty(), "{} differences:\n{}", different.len(), different.join("\n"));
    }
    Ok(())
}

//! A pipeline that is killed at random progress, as a power cut would, while the source is written.

use crate::{
    Consistency, Kills,
    load::{self, EndOf, Switch},
    recovery::Recoveries,
};
use anyhow::{Result, ensure};
use std::{
    thread,
    time::{Duration, Instant},
};
use tidegate_e2e::{History, Pipeline, Random, compare_worlds};
use tidegate_test_servers::{Builder, Kind, Server, tell};

/// The longest that a run lives before it is killed.
const LIFE_MAX_MS: u64 = 1500;

struct Soak<'a> {
    arguments: &'a Kills,
    source: &'a Server,
    target: &'a Server,
    random: Random,
    recoveries: Recoveries,
    comparisons: u32,
    kills: u32,
}

pub(crate) fn run(arguments: &Kills) -> Result<()> {
    let begun = Instant::now();
    let source = Builder::new(Kind::MySql).option("--max-binlog-size=16M").start()?;
    let target = Builder::new(arguments.into.kind()).start()?;
    let mut first = History::new(arguments.seed);
    if target.kind() == Kind::TiDb {
        first = first.without_swaps_across();
    }
    load::begin(&source, &mut first)?;
    let switch = Switch::default();
    let mut soak = Soak {
        arguments,
        source: &source,
        target: &target,
        random: Random::new(arguments.seed ^ 0x5eed),
        recoveries: Recoveries::default(),
        comparisons: 0,
        kills: 0,
    };
    let outcome = thread::scope(|scope| {
        let _end = EndOf(&switch);
        for number in 1..arguments.writers {
            // The same beginning, so that they meet on the same tables.
            let mut history = History::new(arguments.seed);
            drop(history.begin());
            load::start(scope, &source, &switch, history.without_ddl().continued(number));
        }
        load::start(scope, &source, &switch, first);
        load::start_bulk(scope, &source, &switch);
        soak.kill_again_and_again(&switch)
    });
    tell(format_args!(
        "{} kills, {} comparisons, {} steps at the source in {} s; recoveries: {}",
        soak.kills,
        soak.comparisons,
        switch.steps(),
        begun.elapsed().as_secs(),
        soak.recoveries
    ))?;
    outcome?;
    tell(format_args!("Both sides are equal."))?;
    Ok(())
}

impl Soak<'_> {
    fn kill_again_and_again(&mut self, switch: &Switch) -> Result<()> {
        while self.kills < self.arguments.kills {
            self.kill_once()?;
            if self.kills.is_multiple_of(self.arguments.compare_every) {
                switch.pause();
                self.compare()?;
                switch.resume();
            }
        }
        switch.pause();
        self.compare()
    }

    fn kill_once(&mut self) -> Result<()> {
        let lanes = self.random.below(8) + 1;
        let pipeline = self.pipeline(lanes);
        let mut running = pipeline.spawn(&[]);
        let life = Duration::from_millis(self.random.below(LIFE_MAX_MS) + 20);
        thread::sleep(life);
        let ended = running.has_ended();
        let outcome = running.kill();
        self.recoveries.read(&outcome.stderr);
        ensure!(ended.is_none(), "a run ended by itself ({ended:?}):\n{}", outcome.stderr);
        self.kills += 1;
        if self.kills.is_multiple_of(20) {
            tell(format_args!("{} kills; recoveries: {}", self.kills, self.recoveries))?;
        }
        Ok(())
    }

    fn compare(&mut self) -> Result<()> {
        let outcome = self.pipeline(4).run();
        self.recoveries.read(&outcome.stderr);
        ensure!(outcome.code == Some(0), "the run to the end failed:\n{}", outcome.stderr);
        let different = compare_worlds(self.source, self.target)?;
        ensure!(
            different.is_empty(),
            "after {} kills {} differences:\n{}",
            self.kills,
            different.len(),
            different.join("\n")
        );
        self.comparisons += 1;
        Ok(())
    }

    fn pipeline(&self, lanes: u64) -> Pipeline {
        let half = self.kills >= self.arguments.kills / 2;
        let transaction = match self.arguments.consistency {
            Consistency::Row => false,
            Consistency::Transaction => true,
            Consistency::Both => half,
        };
        let consistency = if transaction { "transaction" } else { "row" };
        let lanes = if transaction { 1 } else { lanes };
        Pipeline::new("soak", self.source, self.target)
            .sink_setting(&format!("lanes: {lanes}"))
            .sink_setting(&format!("consistency: {consistency}"))
            .sink_setting("window-rows: 1500")
    }
}

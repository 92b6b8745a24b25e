//! Random histories: whatever happens at the source, the target becomes equal to it.

use tidegate_e2e::{History, Pair, Pipeline, clean, compare_worlds, pair};
use tidegate_test_servers::{Kind, server_or_skip};

/// A seed to run instead of the usual ones, as a failure prints it.
const SEED: &str = "TIDEGATE_E2E_SEED";

/// How many steps lie between two runs of the pipeline, and how many such rounds a history has.
const STEPS: usize = 120;
const ROUNDS: usize = 3;

fn seeds(usual: std::ops::Range<u64>) -> Vec<u64> {
    let given = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
    given.map_or_else(|| usual.collect(), |seed| vec![seed])
}

#[test]
fn histories_arrive_at_mysql() {
    all(Kind::MySql, seeds(1..7), &["lanes: 4", "window-rows: 400"]);
}

#[test]
fn histories_arrive_at_mysql_in_transactions() {
    all(Kind::MySql, seeds(11..14), &["consistency: transaction", "window-rows: 50"]);
}

#[test]
fn histories_arrive_at_tidb() {
    all(Kind::TiDb, seeds(21..24), &["lanes: 4", "window-rows: 400"]);
}

#[test]
fn histories_arrive_at_mariadb() {
    all(Kind::MariaDb, seeds(31..33), &["lanes: 2", "window-rows: 400"]);
}

fn all(target: Kind, seeds: Vec<u64>, settings: &[&str]) {
    let pair = server_or_skip!(pair(target));
    let wrong: Vec<String> = seeds
        .into_iter()
        .filter_map(|seed| {
            let error = one(&pair, seed, settings).err()?;
            Some(format!("== seed {seed} ({SEED}={seed} repeats it): {error}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn one(pair: &Pair, seed: u64, settings: &[&str]) -> Result<(), String> {
    clean(&pair.source).unwrap();
    clean(&pair.target).unwrap();
    let history = History::new(seed);
    let mut history = if pair.target.kind() == Kind::TiDb { history.without_swaps_across() } else { history };
    let base = Pipeline::new("histories", &pair.source, &pair.target);
    let pipeline = settings.iter().fold(base, |pipeline, setting| pipeline.sink_setting(setting));
    // Statements that the source refuses are a part of it.
    let source = pair.source.client().option("--force");
    let metadata = if seed.is_multiple_of(2) { "FULL" } else { "MINIMAL" };
    source.execute(&format!("SET GLOBAL binlog_row_metadata = {metadata}")).unwrap();
    source.execute(&history.begin()).unwrap();
    for round in 0..ROUNDS {
        // The client's exit code tells of refused statements.
        drop(source.execute(&history.steps(STEPS)));
        let outcome = pipeline.run();
        if outcome.code != Some(0) {
            return Err(format!("round {round}, exit code {:?}\n{}", outcome.code, outcome.stderr));
        }
        let different = compare_worlds(&pair.source, &pair.target).map_err(|error| format!("{error:#}"))?;
        if !different.is_empty() {
            return Err(format!("round {round}: {} differences:\n{}", different.len(), different.join("\n")));
        }
    }
    Ok(())
}

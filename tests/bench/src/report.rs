//! The figures and the ratios.

use crate::{load::Source, measure::Cost};
use anyhow::Result;
use std::collections::BTreeMap;
use tidegate_test_servers::tell;

/// What was measured, by name.
pub(crate) struct Report {
    costs: BTreeMap<&'static str, Vec<Cost>>,
    order: Vec<&'static str>,
    changes: u64,
    bytes: u64,
}

/// A ratio that the design promises: the run, its yardstick, and the bound.
const PROMISES: [(&str, &str, f64); 7] = [
    ("drop, Rust", "drop, built in", 1.15),
    ("mask, Rust", "mask, built in", 1.25),
    ("mask, Go", "mask, built in", 1.5),
    ("tidegate to discard", "mysqlbinlog --raw", 0.7),
    ("tidegate to JSON lines", "mysqlbinlog -v", 0.7),
    ("tidegate to MySQL, 4 lanes", "MySQL's replica, 4 workers", 0.5),
    ("tidegate to TiDB, 4 lanes", "the same statements to TiDB", 1.15),
];

/// The most memory that a run of Tidegate may take, in MiB.
const PEAK_MAX: f64 = 256.0;

impl Report {
    pub(crate) fn new(source: &Source) -> Self {
        Self { costs: BTreeMap::new(), order: Vec::new(), changes: source.changes, bytes: source.bytes }
    }

    /// Adds a measurement.
    pub(crate) fn add(&mut self, name: &'static str, cost: Cost) {
        if !self.order.contains(&name) {
            self.order.push(name);
        }
        self.costs.entry(name).or_default().push(cost);
        tidegate_test_servers::say(format_args!(
            "{name}: {:.2} s, {:.2} s CPU, {:.0} MiB",
            cost.wall, cost.cpu, cost.peak
        ));
    }

    /// Writes the figures to stdout.
    pub(crate) fn print(&self) -> Result<()> {
        if self.order.is_empty() {
            return Ok(());
        }
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (changes, bytes) = (self.changes as f64, self.bytes as f64);
        tell(format_args!("log: {} row changes, {:.0} MB", self.changes, bytes / 1e6))?;
        tell(format_args!(
            "{:<30} {:>8} {:>8} {:>9} {:>10} {:>9}",
            "run", "wall s", "CPU s", "peak MiB", "rows/s", "µs/row"
        ))?;
        for name in &self.order {
            let cost = self.median(name);
            tell(format_args!(
                "{name:<30} {:>8.2} {:>8.2} {:>9.0} {:>10.0} {:>9.2}",
                cost.wall,
                cost.cpu,
                cost.peak,
                changes / cost.wall,
                cost.cpu * 1e6 / changes
            ))?;
        }
        for (run, yardstick, bound) in PROMISES {
            let (one, other) = (self.median(run), self.median(yardstick));
            if one.wall > 0.0 && other.wall > 0.0 {
                tell(format_args!("{run} / {yardstick}: {:.2} (must reach {bound})", one.wall / other.wall))?;
            }
        }
        let peak =
            self.order.iter().filter(|name| name.starts_with("tidegate")).map(|name| self.median(name).peak);
        tell(format_args!(
            "peak memory of tidegate: {:.0} MiB (must stay below {PEAK_MAX})",
            peak.fold(0.0, f64::max)
        ))?;
        Ok(())
    }

    fn median(&self, name: &str) -> Cost {
        let mut costs = self.costs.get(name).cloned().unwrap_or_default();
        costs.sort_by(|one, other| one.wall.total_cmp(&other.wall));
        costs.get(costs.len() / 2).copied().unwrap_or_default()
    }
}

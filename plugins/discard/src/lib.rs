//! The `discard` sink: counts what arrives, and keeps nothing.
//!
//! Everything is durable at once, since there is nothing to lose; the engine keeps the checkpoint. It is for measuring a
//! source and filters by themselves, and for looking at a pipeline's metrics before it has a target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use tidegate_model::{Checkpoint, Operation};
use tidegate_plugin::{BoxFuture, Change, Entry, Finding, Opening, Result, RoutedTable, Sink, SinkContext};

/// The settings of the `discard` sink: there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscardConfig {}

/// Returns the sink's entry for the registry.
pub fn entry() -> Entry<dyn Sink> {
    Entry::new::<DiscardConfig>(|settings, _| {
        let DiscardConfig {} = settings.parse()?;
        Ok(Box::new(Discard::default()) as Box<dyn Sink>)
    })
}

/// What arrived at a `discard` sink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Inserted rows.
    pub inserts: u64,
    /// Updated rows.
    pub updates: u64,
    /// Deleted rows.
    pub deletes: u64,
    /// Rows of an initial copy.
    pub snapshots: u64,
    /// Schema changes that the filters let pass.
    pub ddls: u64,
    /// Memory of the row changes, in bytes.
    pub bytes: u64,
}

/// Counts what arrives, and keeps nothing.
#[derive(Debug, Default)]
pub struct Discard {
    counts: Counts,
    durable: Option<Checkpoint>,
}

impl Discard {
    /// Returns what arrived.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    fn count(&mut self, change: &Change) {
        match change {
            Change::Batch(batch) => {
                for rows in &batch.row_sets {
                    let count = match rows.operation {
                        Operation::Insert => &mut self.counts.inserts,
                        Operation::Update => &mut self.counts.updates,
                        Operation::Delete => &mut self.counts.deletes,
                        Operation::Snapshot => &mut self.counts.snapshots,
                    };
                    *count += rows.rows() as u64;
                }
                self.counts.bytes += batch.bytes() as u64;
            }
            Change::Ddl(ddl) => self.counts.ddls += u64::from(!ddl.targets.is_empty()),
        }
    }
}

impl Sink for Discard {
    fn open(&mut self, _: SinkContext) -> BoxFuture<'_, Result<Opening>> {
        Box::pin(async { Ok(Opening::NotKept { place: "discard".to_owned() }) })
    }

    fn write(&mut self, change: Change) -> BoxFuture<'_, Result<()>> {
        self.count(&change);
        self.durable = Some(change.end().clone());
        Box::pin(async { Ok(()) })
    }

    fn idle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::pending())
    }

    fn flush(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn durable(&self) -> Option<Checkpoint> {
        self.durable.clone()
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        tracing::info!(counts = %self.counts, "discarded");
        Box::pin(async { Ok(()) })
    }

    fn check<'a>(&'a mut self, _: &'a str, _: &'a [RoutedTable]) -> BoxFuture<'a, Result<Vec<Finding>>> {
        let finding = Finding::warning("target", "the `discard` sink counts changes and keeps none of them");
        Box::pin(async { Ok(vec![finding]) })
    }

    fn explain<'a>(&'a mut self, _: &'a RoutedTable) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async { Ok(vec!["rows are counted and dropped".to_owned()]) })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inserts, updates, deletes, snapshots, ddls, bytes } = self;
        write!(f, "{inserts} inserts, {updates} updates, {deletes} deletes")?;
        if *snapshots > 0 {
            write!(f, ", {snapshots} snapshot rows")?;
        }
        write!(f, ", {ddls} schema changes, {bytes} bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::{Batch, Position};

    #[tokio::test]
    async fn everything_is_durable_at_once() {
        let mut sink = Discard::default();
        assert!(sink.durable().is_none());
        let position = Position { gtids: Some("".parse().unwrap()), log: None, inside: None };
        let end = Checkpoint { applied: position.clone(), resume: position, source: "s".into() };
        let batch = Batch {
            row_sets: Vec::new(),
            transactions: Vec::new(),
            rows_read: 0,
            schemas: Vec::new(),
            end: end.clone(),
        };
        sink.write(Change::Batch(Box::new(batch))).await.unwrap();
        assert_eq!(sink.durable(), Some(end));
        assert_eq!(sink.counts(), Counts::default());
    }
}

//! What a sink lets know while it works, also in the middle of a write.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

/// How a sink is, as it says itself; clones share it. The engine shows it in the metrics.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    retries: AtomicU64,
    outages: AtomicUsize,
}

/// Some connection of a sink is away, for as long as this value lives.
#[derive(Debug)]
pub struct Outage(Arc<State>);

impl Health {
    /// Says that the sink tries something once more by itself.
    pub fn retried(&self) {
        self.0.retries.fetch_add(1, Relaxed);
    }

    /// Says that a connection is away.
    pub fn outage(&self) -> Outage {
        self.0.outages.fetch_add(1, Relaxed);
        Outage(self.0.clone())
    }

    /// Returns how often the sink tried something once more.
    pub fn retries(&self) -> u64 {
        self.0.retries.load(Relaxed)
    }

    /// Tells whether no connection is known to be away.
    pub fn is_connected(&self) -> bool {
        self.0.outages.load(Relaxed) == 0
    }
}

impl Drop for Outage {
    fn drop(&mut self) {
        self.0.outages.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_is_connected_when_no_outage_is_left() {
        let health = Health::default();
        let outages = [health.outage(), health.outage()];
        for outage in outages {
            assert!(!health.is_connected());
            drop(outage);
        }
        assert!(health.is_connected());
    }
}

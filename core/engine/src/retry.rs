//! How long the engine waits between attempts.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// The back-off after transient errors: twice as long each time, with jitter, from the beginning after progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The longest wait after the first error.
    pub first: Duration,
    /// The longest wait at all.
    pub longest: Duration,
    /// How many attempts may fail before source and sink were open together once. Afterwards the engine never gives up.
    pub attempts_at_start: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self { first: Duration::from_millis(200), longest: Duration::from_secs(30), attempts_at_start: 8 }
    }
}

impl Retry {
    /// Returns how long to wait after the `attempt`th error in a row, from 1: between a half and the whole of the
    /// step, so that many pipelines do not come back at once.
    pub(crate) fn wait(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(20);
        let step = self.first.saturating_mul(1 << doublings).min(self.longest);
        // A hasher with random keys is the standard library's source of randomness.
        let random = RandomState::new().hash_one(attempt) % 1_024;
        let random = u32::try_from(random).unwrap_or_default();
        step / 2 + step / 2 * random / 1_024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry::default();
        for (attempt, step) in [(1, 200), (2, 400), (5, 3_200), (9, 30_000), (4_000_000, 30_000)] {
            let wait = retry.wait(attempt).as_millis();
            assert!((step / 2..=step).contains(&wait), "attempt {attempt} waits {wait} ms");
        }
    }
}

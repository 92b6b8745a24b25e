//! How far behind the reading is: it grows with the clock unless the source says that there is nothing more.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source says this often at least how far it is; an older word is not taken for the present.
const FRESH: Duration = Duration::from_secs(1);

/// Up to when everything is known to be read.
pub(super) struct Reach {
    /// What is committed before this time is read; the start of the run until something is known.
    until: SystemTime,
    known: bool,
    /// When the source last said that it has everything.
    caught_up: Option<SystemTime>,
}

impl Default for Reach {
    fn default() -> Self {
        Self { until: SystemTime::now(), known: false, caught_up: None }
    }
}

impl Reach {
    /// Notes what the source says: the commit time of a transaction that it has read since it was asked last, and
    /// whether it has everything.
    pub(super) fn observe(&mut self, now: SystemTime, read: Option<i64>, caught_up: bool) {
        if let Some(micros) = read {
            self.until = UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or_default());
            self.known = true;
        }
        self.caught_up = caught_up.then_some(now);
        if caught_up {
            self.until = now;
            self.known = true;
        }
    }

    /// Tells whether anything was read, or there is nothing to read.
    pub(super) const fn is_known(&self) -> bool {
        self.known
    }

    /// Tells whether the source has everything, as far as it has said just now.
    pub(super) fn is_caught_up(&self, now: SystemTime) -> bool {
        // A clock that was set back makes nothing old.
        self.caught_up.is_some_and(|said| now.duration_since(said).unwrap_or_default() < FRESH)
    }

    /// Returns the age of the newest commit before which everything is read.
    pub(super) fn lag(&self, now: SystemTime) -> Duration {
        if self.is_caught_up(now) {
            Duration::ZERO
        } else {
            now.duration_since(self.until).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_grows_unless_the_source_has_everything() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let lag = |reach: &Reach, seconds| reach.lag(at(seconds)).as_secs();
        let mut reach = Reach { until: at(100), known: false, caught_up: None };
        assert_eq!((lag(&reach, 105), reach.is_known()), (5, false), "since the start of the run");
        reach.observe(at(110), Some(90_000_000), false);
        assert_eq!((lag(&reach, 110), lag(&reach, 120)), (20, 30));
        reach.observe(at(200), None, true);
        assert_eq!(lag(&reach, 200), 0, "however long ago the last transaction was");
        reach.observe(at(201), None, false);
        assert_eq!((lag(&reach, 201), lag(&reach, 260)), (1, 60), "not connected: since it had everything");
        reach.observe(at(300), None, true);
        assert_eq!(lag(&reach, 310), 10, "a source that says nothing has not everything");
    }
}

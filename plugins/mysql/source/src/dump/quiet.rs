//! Whether the log is read to its end. The server does not say so; but it is silent there, and sends heartbeats.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tidegate_mysql_binlog::EventType;

/// How long a server is silent before that is taken for the end of its log.
const SETTLED: Duration = Duration::from_millis(500);

/// What a file begins with, and so what comes over every connection first: behind it the server may still be looking
/// for the transactions that are wanted.
const OPENING: [EventType; 6] = [
    EventType::ROTATE,
    EventType::FORMAT_DESCRIPTION,
    EventType::PREVIOUS_GTIDS,
    EventType::MARIADB_GTID_LIST,
    // MariaDB's BINLOG_CHECKPOINT and START_ENCRYPTION.
    EventType(161),
    EventType(164),
];

/// How long nothing has come over a connection.
#[derive(Debug)]
pub(super) struct Quiet {
    /// After this long even a heartbeat is overdue, so that silence means nothing.
    overdue: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    heard: Heard,
    /// Since when everything that came was handed over and nothing follows.
    since: Option<Instant>,
}

/// What came last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Heard {
    /// Nothing that tells where the server is in its log: it may still be looking for where to begin.
    #[default]
    Nothing,
    /// A part of the log.
    Log,
    /// A heartbeat, which the server sends when it has nothing else.
    Heartbeat,
}

impl Quiet {
    pub(super) fn new(overdue: Duration) -> Self {
        Self { overdue, state: Mutex::default() }
    }

    /// Notes an event; the type is not known of one that came in parts.
    pub(super) fn heard(&self, event_type: Option<u8>) {
        let event_type = event_type.map(EventType);
        let mut state = self.lock();
        state.heard = match event_type {
            Some(EventType::HEARTBEAT | EventType::HEARTBEAT_V2) => Heard::Heartbeat,
            Some(event_type) if OPENING.contains(&event_type) && state.heard == Heard::Nothing => return,
            _ => Heard::Log,
        };
    }

    /// Tells whether the server may still be looking for where to begin.
    pub(super) fn is_seeking(&self) -> bool {
        self.lock().heard == Heard::Nothing
    }

    /// Everything that came is handed over.
    pub(super) fn begins(&self) {
        self.lock().since = Some(Instant::now());
    }

    /// Something comes.
    pub(super) fn ends(&self) {
        self.lock().since = None;
    }

    /// Tells whether the server has nothing more, as far as it lets know.
    pub(super) fn is_at_end(&self) -> bool {
        let state = self.lock();
        let Some(silent) = state.since.map(|since| since.elapsed()) else { return false };
        let least = match state.heard {
            Heard::Nothing => return false,
            Heard::Log => SETTLED,
            Heard::Heartbeat => Duration::ZERO,
        };
        (least..self.overdue).contains(&silent)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[EventType], silent: Duration) -> bool {
        let quiet = Quiet::new(Duration::from_secs(3));
        events.iter().for_each(|event_type| quiet.heard(Some(event_type.0)));
        quiet.begins();
        quiet.lock().since = Instant::now().checked_sub(silent);
        quiet.is_at_end()
    }

    #[test]
    fn silence_is_the_end_only_where_a_server_would_be_silent() {
        let (soon, later, overdue) = (Duration::ZERO, Duration::from_secs(1), Duration::from_secs(4));
        let opening = [EventType::ROTATE, EventType::FORMAT_DESCRIPTION];
        assert!(!after(&opening, later), "the server may look for where to begin");
        let log = [opening[0], opening[1], EventType::XID];
        assert_eq!([soon, later, overdue].map(|silent| after(&log, silent)), [false, true, false]);
        let heartbeat = [opening[0], opening[1], EventType::HEARTBEAT_V2];
        assert_eq!([soon, later, overdue].map(|silent| after(&heartbeat, silent)), [true, true, false]);
        let quiet = Quiet::new(Duration::from_secs(3));
        quiet.heard(Some(EventType::HEARTBEAT.0));
        assert!(!quiet.is_at_end(), "something is being handed over");
    }
}

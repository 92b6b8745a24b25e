//! Which statement breaks a connection, and how.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What happens to the connection that sends the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The server executes the statement and the connection is cut before the client hears so.
    LoseAnswer,
    /// The connection is cut and the server never sees the statement.
    CutBefore,
    /// The client is told of an error and the server never sees the statement; the connection
    /// lives on.
    Error {
        /// The error code, such as 1213.
        code: u16,
        /// The five letters of the SQL state, such as `40001`.
        state: [u8; 5],
        /// The message.
        message: String,
    },
    /// The server executes the statement, whose answer is one packet, and the client is told of an error instead; the
    /// connection lives on.
    ErrorAfter {
        /// The error code.
        code: u16,
        /// The five letters of the SQL state.
        state: [u8; 5],
        /// The message.
        message: String,
    },
    /// From this statement on nothing is forwarded on this connection, and it stays open.
    BlackHole,
}

impl Fault {
    /// Returns a fault that answers with an error, such as `Fault::error(1213, b"40001", "…")`.
    pub fn error(code: u16, state: &[u8; 5], message: impl Into<String>) -> Self {
        Self::Error { code, state: *state, message: message.into() }
    }

    /// Returns a fault that answers with an error although the statement was executed.
    pub fn error_after(code: u16, state: &[u8; 5], message: impl Into<String>) -> Self {
        Self::ErrorAfter { code, state: *state, message: message.into() }
    }
}

/// Describes the statement at which a fault happens.
pub struct When {
    matches: Box<dyn Fn(&str) -> bool + Send>,
    left: usize,
}

impl When {
    /// Describes the first statement that `predicate` accepts.
    pub fn matches(predicate: impl Fn(&str) -> bool + Send + 'static) -> Self {
        Self { matches: Box::new(predicate), left: 1 }
    }

    /// Describes the first statement that starts with `prefix`, in capitals or not.
    pub fn starts_with(prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self::matches(move |statement| {
            let start = statement.trim_start().get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(&prefix))
        })
    }

    /// Describes the first statement that contains `part`, in capitals or not.
    pub fn contains(part: impl Into<String>) -> Self {
        let part = part.into().to_lowercase();
        Self::matches(move |statement| statement.to_lowercase().contains(&part))
    }

    /// Describes the `nth` such statement from when the trap is laid, counted from one.
    #[must_use]
    pub fn nth(self, nth: usize) -> Self {
        Self { left: nth.max(1), ..self }
    }

    /// Counts a statement; true when it is the one.
    pub(super) fn counts_down(&mut self, statement: &str) -> bool {
        if self.left > 0 && (self.matches)(statement) {
            self.left -= 1;
            return self.left == 0;
        }
        false
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("When").field("left", &self.left).finish_non_exhaustive()
    }
}

/// A fault that waits for its statement.
#[derive(Debug)]
pub(super) struct Armed {
    pub(super) when: When,
    pub(super) fault: Fault,
    pub(super) trap: Trap,
}

/// Tells whether a fault has happened.
#[derive(Debug, Clone, Default)]
pub struct Trap {
    sprung: Arc<(Mutex<bool>, Condvar)>,
}

impl Trap {
    /// Returns whether the fault has happened.
    pub fn has_sprung(&self) -> bool {
        *self.sprung.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the fault has happened, for `limit` at most; false when it has not.
    pub fn wait(&self, limit: Duration) -> bool {
        let (sprung, told) = &*self.sprung;
        let sprung = sprung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = told.wait_timeout_while(sprung, limit, |sprung| !*sprung);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    pub(super) fn spring(&self) {
        *self.sprung.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.sprung.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the third COMMIT is meant, and only once.
    #[test]
    fn the_nth_match_counts_once() {
        let mut when = When::starts_with("commit").nth(3);
        let statements = ["COMMIT", "SELECT 'commit'", " commit", "Commit /* 3 */", "COMMIT"];
        let hits: Vec<_> = statements.map(|statement| when.counts_down(statement)).to_vec();
        assert_eq!(hits, [false, false, false, true, false]);
    }

    #[test]
    fn a_prefix_that_ends_inside_of_a_letter_is_no_match() {
        assert!(!When::starts_with("CO").counts_down("Cö"));
        assert!(When::contains("INTO shop").counts_down("insert into Shop.orders"));
    }
}

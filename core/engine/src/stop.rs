//! How a run is asked to end.

use std::sync::Arc;
use tokio::sync::watch;

/// A request to end a run; clones share it.
///
/// The first request is graceful: the source ends at a transaction boundary, everything read becomes durable. The second
/// one drops whatever is under way; the next start goes on at the checkpoint.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<Urgency>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Never,
    Graceful,
    Hard,
}

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Urgency::Never)))
    }
}

impl Stop {
    /// Asks for a graceful end; asked again, for a hard one.
    pub fn request(&self) {
        self.0.send_modify(|urgency| {
            *urgency = match *urgency {
                Urgency::Never => Urgency::Graceful,
                Urgency::Graceful | Urgency::Hard => Urgency::Hard,
            }
        });
    }

    /// Tells whether an end was asked for.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() > Urgency::Never
    }

    /// Resolves when an end was asked for. Cancel-safe.
    pub async fn requested(&self) {
        self.at_least(Urgency::Graceful).await;
    }

    /// Resolves when a hard end was asked for. Cancel-safe.
    pub async fn hard(&self) {
        self.at_least(Urgency::Hard).await;
    }

    async fn at_least(&self, urgency: Urgency) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = receiver.wait_for(|current| *current >= urgency).await;
    }
}

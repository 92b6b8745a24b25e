//! How a source learns that the next stage waits.

use tokio::sync::watch;

/// Tells a source whether the next stage waits for something to do.
///
/// A source closes a batch early only if it has nothing at hand *and* somebody waits: so a quiet source has the latency
/// of one read, and a busy one has full batches although decoding outruns the network.
#[derive(Clone, Debug)]
pub struct Demand(watch::Receiver<bool>);

/// The engine's end of a [`Demand`].
#[derive(Debug)]
pub struct DemandSignal(watch::Sender<bool>);

impl Demand {
    /// Returns a demand and its signal; nobody waits at first.
    pub fn new() -> (DemandSignal, Self) {
        let (sender, receiver) = watch::channel(false);
        (DemandSignal(sender), Self(receiver))
    }

    /// Resolves as soon as the next stage waits. Cancel-safe. Never resolves once the engine is gone.
    pub async fn waiting(&mut self) {
        if self.0.wait_for(|waiting| *waiting).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl DemandSignal {
    /// Says whether the next stage waits.
    pub fn set(&self, waiting: bool) {
        self.0.send_replace(waiting);
    }
}

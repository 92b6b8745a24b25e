//! How changes move from stage to stage: in order, bounded by bytes, with a signal when nothing is on its way.

use std::sync::{Arc, Mutex, PoisonError};
use tidegate_plugin::{Change, DemandSignal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a stage hands to the next one.
pub(crate) enum Item {
    /// A change and its share of the budget.
    Change(Change, Share),
    /// The stream ends here, in order. A channel that closes without it was cut off.
    End,
}

/// The budget of bytes for everything between source and sink.
pub(crate) struct Flow {
    budget: Arc<Semaphore>,
    capacity: u32,
    under_way: Mutex<UnderWay>,
}

struct UnderWay {
    changes: usize,
    signal: DemandSignal,
}

/// A change's share of the budget. Dropping it gives the share back and, if it was the last one, tells the source that
/// the next stage waits.
pub(crate) struct Share {
    permit: OwnedSemaphorePermit,
    flow: Arc<Flow>,
}

impl Flow {
    /// Returns a budget of `bytes`. The source hears at once that the next stage waits.
    pub(crate) fn new(bytes: usize, signal: DemandSignal) -> Arc<Self> {
        let capacity = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
        signal.set(true);
        Arc::new(Self {
            budget: Arc::new(Semaphore::new(capacity as usize)),
            capacity,
            under_way: Mutex::new(UnderWay { changes: 0, signal }),
        })
    }

    /// Waits until `bytes` fit; what is larger than the whole budget waits until it is alone. Cancel-safe.
    pub(crate) async fn admit(self: &Arc<Self>, bytes: usize) -> Option<Share> {
        let permits = self.permits(bytes);
        // The semaphore is never closed.
        let permit = self.budget.clone().acquire_many_owned(permits).await.ok()?;
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.changes += 1;
        under_way.signal.set(false);
        drop(under_way);
        let flow = self.clone();
        Some(Share { permit, flow })
    }

    /// Returns how many bytes are under way.
    pub(crate) fn bytes(&self) -> usize {
        (self.capacity as usize).saturating_sub(self.budget.available_permits())
    }

    fn permits(&self, bytes: usize) -> u32 {
        u32::try_from(bytes).unwrap_or(u32::MAX).clamp(1, self.capacity)
    }
}

impl Share {
    /// Gives back what a change of `bytes` does not need.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let needed = self.flow.permits(bytes) as usize;
        let surplus = self.permit.num_permits().saturating_sub(needed);
        drop(self.permit.split(surplus));
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut under_way = self.flow.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.changes = under_way.changes.saturating_sub(1);
        if under_way.changes == 0 {
            under_way.signal.set(true);
        }
    }
}

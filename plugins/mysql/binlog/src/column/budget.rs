//! How much memory a batch may take.

use super::Fault;

/// The memory of a batch's columns, in bytes of allocated capacity.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: usize,
    /// Whether the limit does not hold: for the first row of a batch, however large.
    unlimited: bool,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, used: 0, unlimited: true }
    }

    pub(crate) fn used(&self) -> usize {
        self.used
    }

    pub(crate) fn set_unlimited(&mut self, unlimited: bool) {
        self.unlimited = unlimited;
    }

    pub(crate) fn reset(&mut self) {
        self.used = 0;
        self.unlimited = true;
    }

    /// Tells whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.used >= self.limit
    }

    /// Takes `bytes`, whether they are left or not.
    pub(crate) fn charge(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes);
    }

    /// Takes `bytes`.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        if self.used.saturating_add(bytes) > self.limit && !self.unlimited {
            return Err(Fault::Full);
        }
        self.used = self.used.saturating_add(bytes);
        Ok(())
    }

    /// Returns the capacity to which an allocation of `capacity` grows so that it holds at least `needed` (all in
    /// units of `unit` bits), and takes what that costs: twice as much as before, or as much as there is. While it
    /// grows, the old and the new allocation are both there; the budget is enough for that too.
    pub(crate) fn grow(
        &mut self,
        capacity: usize,
        needed: usize,
        least: usize,
        unit: usize,
    ) -> Result<usize, Fault> {
        let wanted = needed.max(least).max(capacity.saturating_mul(2));
        let free = self.limit.saturating_sub(self.used).saturating_mul(8) / unit.max(1);
        let grown = if wanted <= free {
            wanted
        } else if needed <= free {
            free
        } else if self.unlimited {
            needed
        } else {
            return Err(Fault::Full);
        };
        self.used = self.used.saturating_add((grown - capacity).saturating_mul(unit) / 8);
        Ok(grown)
    }
}

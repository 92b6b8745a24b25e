//! Gathers batches until they make a window.

use crate::{
    plan::{Size, Window},
    settings::{Consistency, Oversize},
};
use std::time::{Duration, Instant};
use tidegate_model::{Batch, Checkpoint, Ddl, Position};
use tidegate_mysql_connection::Flavor;
use tidegate_plugin::{PluginError, Result};
use tracing::warn;

/// A window that holds anything is applied at the latest after this long, as soon as the lanes are idle.
const AGE_MAX: Duration = Duration::from_secs(1);

const OTHER_LOG: &str =
    "the source's log differs from what was read before; compare the tables, then start with --reset";

/// When a window is full.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Rows.
    pub(crate) rows: usize,
    /// Bytes.
    pub(crate) bytes: usize,
    /// Whether a window is made of whole transactions.
    pub(crate) consistency: Consistency,
    /// What happens to a transaction that is larger.
    pub(crate) oversize: Oversize,
    /// The target's family.
    pub(crate) flavor: Flavor,
}

/// The window that is being gathered.
#[derive(Debug)]
pub(crate) struct Gather {
    bounds: Bounds,
    window: Option<Window>,
    since: Instant,
    /// Where the next window begins.
    from: Option<Checkpoint>,
    /// Where the window that a crash left uneven ends; nothing else ends it.
    cut: Option<Position>,
    /// Whether a part of an oversized transaction has gone out already.
    open: bool,
}

/// A window that is to be applied.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// The window.
    pub(crate) window: Window,
    /// Whether the parts of a larger transaction begin, go on or end with it.
    pub(crate) continues: bool,
    /// Whether more of the transaction follows.
    pub(crate) continued: bool,
}

impl Gather {
    /// Returns a gatherer behind `from`; `cut` is where an uneven window ends.
    pub(crate) fn new(bounds: Bounds, from: Option<Checkpoint>, cut: Option<Position>) -> Self {
        Self { bounds, window: None, since: Instant::now(), from, cut, open: false }
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// If it passes the end of the window that is to be finished.
    pub(crate) fn push(&mut self, batch: Batch) -> Result<()> {
        if let Some(cut) = &self.cut
            && !batch.end.applied.is_same_place(cut)
            && batch.end.applied.reaches(cut)
        {
            return Err(PluginError::definite(format!(
                "a window that a crash left unfinished ends at {cut}, and the source read past it"
            ))
            .hint(OTHER_LOG));
        }
        match &mut self.window {
            Some(window) => window.push(batch),
            None => {
                self.since = Instant::now();
                self.window = Some(Window::new(self.from.clone(), batch));
            }
        }
        Ok(())
    }

    /// Tells whether a window that a crash left uneven is still to be finished.
    pub(crate) fn is_recovering(&self) -> bool {
        self.cut.is_some()
    }

    /// Tells whether what is gathered has waited long enough to be applied as soon as the lanes are idle.
    pub(crate) fn is_old(&self) -> bool {
        self.window.is_some() && self.since.elapsed() >= AGE_MAX
    }

    /// Tells when what is gathered may go although the stream has not paused: at once if it has rows, else when it is
    /// old.
    pub(crate) fn due(&self) -> Option<Instant> {
        let window = self.window.as_ref()?;
        Some(if window.rows > 0 || !window.schemas.is_empty() { self.since } else { self.since + AGE_MAX })
    }

    /// Returns the window if it is full.
    ///
    /// # Errors
    /// If a transaction is larger than the target can hold.
    pub(crate) fn take_full(&mut self) -> Result<Option<Gathered>> {
        let Some(window) = &self.window else { return Ok(None) };
        if let Some(cut) = &self.cut {
            return Ok(if window.to.applied.is_same_place(cut) { self.take() } else { None });
        }
        let Bounds { rows, bytes, .. } = self.bounds;
        let is_full = |size: Size| size.rows >= rows || size.bytes >= bytes;
        if !is_full(window.size()) {
            return Ok(None);
        }
        if self.bounds.consistency == Consistency::Row || window.is_closed() {
            return Ok(self.take());
        }
        let (open, at) = (window.open(), window.to.applied.clone());
        // The transaction that is still open begins the next window, and is too large only if it fills one by itself.
        if let Some(gathered) = self.take_whole()? {
            return Ok(Some(gathered));
        }
        if !is_full(open) {
            return Ok(None);
        }
        match (self.bounds.oversize, self.bounds.flavor) {
            (Oversize::Row, _) => {
                warn!(
                    position = %at, rows = open.rows,
                    "a source transaction is larger than a window and is applied in several target transactions"
                );
                Ok(self.take())
            }
            (Oversize::Stop, Flavor::TiDb) => Err(PluginError::definite(format!(
                "a source transaction is larger than a window ({} rows so far), and TiDB cannot hold one transaction open \
                 for it",
                open.rows
            ))
            .at(&at)
            .hint("raise `window-rows` and `window-bytes`, or set `oversize: row`")),
            (Oversize::Stop, Flavor::MySql | Flavor::MariaDb) => Ok(self.take_part()),
        }
    }

    /// Returns what is gathered as far as it may be applied by itself.
    ///
    /// # Errors
    /// If the window cannot be cut between two transactions.
    pub(crate) fn take_ready(&mut self) -> Result<Option<Gathered>> {
        let Some(window) = &self.window else { return Ok(None) };
        match &self.cut {
            Some(cut) => Ok(if window.to.applied.is_same_place(cut) { self.take() } else { None }),
            None if self.bounds.consistency == Consistency::Row || window.is_closed() => Ok(self.take()),
            None => self.take_whole(),
        }
    }

    /// Returns the transactions that have ended, if any has; the rest stays.
    fn take_whole(&mut self) -> Result<Option<Gathered>> {
        let Some(window) = &mut self.window else { return Ok(None) };
        let Some(rest) = window.cut()? else { return Ok(None) };
        let gathered = self.take();
        self.window = Some(rest);
        self.since = Instant::now();
        Ok(gathered)
    }

    /// Says that a DDL is taken care of: the next window begins behind it.
    ///
    /// # Errors
    /// If a window that a crash left uneven is still to be finished: there is no DDL inside of a window.
    pub(crate) fn pass(&mut self, ddl: &Ddl) -> Result<()> {
        if let Some(cut) = &self.cut {
            return Err(PluginError::definite(format!(
                "a window that a crash left unfinished ends at {cut}, and the source has a DDL before its end"
            ))
            .at(&ddl.begin.applied)
            .hint(OTHER_LOG));
        }
        self.from = Some(ddl.end.clone());
        Ok(())
    }

    fn take(&mut self) -> Option<Gathered> {
        let window = self.window.take()?;
        self.from = Some(window.to.clone());
        self.cut = None;
        let continues = std::mem::take(&mut self.open);
        Some(Gathered { window, continues, continued: false })
    }

    fn take_part(&mut self) -> Option<Gathered> {
        let window = self.window.take()?;
        // The next part belongs to the same target transaction, so the window's beginning stays.
        let continues = std::mem::replace(&mut self.open, true);
        Some(Gathered { window, continues, continued: true })
    }
}

#[cfg(test)]
mod tests;

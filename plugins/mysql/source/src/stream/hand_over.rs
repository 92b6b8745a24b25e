//! Closing batches.

use super::Stream;
use arrow_array::BooleanArray;
use tidegate_model::{Batch, Checkpoint, LogPosition, Position};
use tidegate_plugin::{Change, PluginError, Result};

impl Stream {
    /// Returns where the reader stands, and from where it would go on.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        if let Some(catch_up) = &self.catch_up {
            return catch_up.from.clone();
        }
        let applied = match &self.transaction {
            None => self.cursor.boundary(),
            Some(transaction) => self.cursor.within(&transaction.start.log, self.inside()),
        };
        let resume = self.unresolved.resume(&applied);
        // Reading begins at a transaction's beginning anyway; how far it was read is the applied position's matter.
        Checkpoint { applied, resume, source: self.identity.clone() }
    }

    /// Does what is to be done between two transactions.
    pub(super) fn pass_boundary(&mut self) {
        if self.transaction.is_some() {
            return;
        }
        self.catch_up();
        if self.catch_up.is_some() || self.cursor.is_settling() {
            return;
        }
        if self.builder.is_full() || self.untold >= self.untold_max {
            self.close();
        }
        if let Some(cut) = &self.cut
            && self.cursor.boundary().reaches(cut)
        {
            self.close_if_any();
            self.cut = None;
        }
        let reached = |goal: &Position| self.cursor.boundary().reaches(goal);
        if self.stopping || self.goal.as_ref().is_some_and(reached) {
            self.close_if_any();
            self.ended = true;
        }
    }

    /// Tells whether there is something to tell to a stage that waits.
    pub(crate) fn has_news(&self) -> bool {
        if self.catch_up.is_some() || self.cursor.is_settling() {
            return false;
        }
        if !self.builder.is_empty() || self.schemas.has_learnt() || self.told.is_none() {
            return true;
        }
        // Within a transaction of which nothing was read the position has not moved.
        self.transaction.is_none() && self.untold > 0 && self.has_moved()
    }

    /// Tells whether the reader stands elsewhere than where the last change ended. Another file alone is no news.
    fn has_moved(&self) -> bool {
        match (&self.told, self.cursor.gtids()) {
            (Some(Position { gtids: Some(told), .. }), Some(own)) => told != own,
            (Some(told), _) => told.log != self.cursor.here(),
            (None, _) => true,
        }
    }

    /// Closes the batch if there is something to tell.
    pub(crate) fn close_if_any(&mut self) {
        if self.has_news() {
            self.close();
        }
    }

    /// Closes the batch, also an empty one.
    pub(super) fn close(&mut self) {
        let batch = self.finish();
        self.ready.push_back(Change::Batch(Box::new(batch)));
    }

    fn finish(&mut self) -> Batch {
        let end = self.checkpoint();
        self.told = Some(end.applied.clone());
        self.untold = 0;
        if let Some(transaction) = &mut self.transaction {
            transaction.handed_over |= transaction.begun;
        }
        let learnt = self.schemas.take_learnt();
        self.builder.finish(end, learnt)
    }

    /// The log ends here, perhaps within a transaction, of which nothing is kept unless some of it was handed on: it may
    /// have been rolled back. Returns where that transaction begins.
    pub(crate) fn end_of_log(&mut self) -> Result<Option<LogPosition>> {
        self.ended = true;
        let Some(transaction) = &self.transaction else {
            self.close_if_any();
            return Ok(None);
        };
        let start = transaction.start.log.clone();
        if transaction.handed_over || transaction.statements > 0 {
            self.close_if_any();
            return Ok(Some(start));
        }
        let begun = transaction.begun;
        let read = begun && self.builder.inside().is_some_and(|inside| inside.rows > 0);
        if begun {
            self.builder.end();
        }
        self.transaction = None;
        self.cursor.back_to(start.offset);
        if read && self.catch_up.is_none() {
            self.close_without_last_transaction()?;
        } else {
            self.close_if_any();
        }
        Ok(Some(start))
    }

    /// Tells whether what the checkpoint holds is still being read again.
    pub(crate) fn is_catching_up(&self) -> bool {
        self.catch_up.is_some()
    }

    /// Closes the batch without the rows of its last transaction, which was rolled back.
    pub(super) fn close_without_last_transaction(&mut self) -> Result<()> {
        let mut batch = self.finish();
        let Some(last) = batch.transactions.pop() else { return Ok(()) };
        let rolled_back = batch.transactions.len();
        batch.rows_read = u64::from(last.first_ordinal);
        let mut kept = Vec::with_capacity(batch.row_sets.len());
        for set in batch.row_sets {
            let stays = set.transactions.iter().map(|index| *index as usize != rolled_back);
            let selection = BooleanArray::from(stays.collect::<Vec<_>>());
            let set = set
                .filter(&selection)
                .map_err(|error| PluginError::definite(format!("rows cannot be taken back: {error}")))?;
            if set.rows() > 0 {
                kept.push(set);
            }
        }
        batch.row_sets = kept;
        self.ready.push_back(Change::Batch(Box::new(batch)));
        Ok(())
    }
}

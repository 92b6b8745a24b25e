//! XA transactions in the stream.

use super::{
    Stream,
    event::broken,
    transaction::{Branch, outside},
};
use crate::xa::{Held, Prepared, xid};
use tidegate_mysql_binlog::{Event, XaPrepare};
use tidegate_mysql_ddl::Xid;
use tidegate_plugin::{PluginError, Result};

impl Stream {
    /// The rows that follow belong to an XA transaction.
    pub(super) fn xa_start(&mut self) -> Result<()> {
        let transaction = self.transaction.as_mut().ok_or_else(outside)?;
        transaction.explicit = true;
        transaction.xa = Some(Branch::Collecting(Held::default()));
        Ok(())
    }

    pub(super) fn xa_prepare(&mut self, prepare: &XaPrepare) -> Result<()> {
        let xid = xid(prepare);
        if prepare.one_phase { self.xa_commit_in_one(xid) } else { self.xa_hold(xid) }
    }

    /// The transaction is prepared: its rows wait.
    pub(super) fn xa_hold(&mut self, xid: Xid) -> Result<()> {
        let transaction = self.transaction.as_mut().ok_or_else(outside)?;
        let rows = match transaction.xa.take() {
            Some(Branch::Collecting(held)) => held,
            _ => Held::default(),
        };
        let prepared = Prepared {
            gtid: transaction.start.gtid.clone(),
            log: transaction.start.log.clone(),
            before: self.cursor.gtids().cloned(),
            rows,
        };
        self.unresolved.insert(xid, prepared);
        self.end()
    }

    /// The transaction commits without having been prepared: its rows are of this place.
    pub(super) fn xa_commit_in_one(&mut self, xid: Xid) -> Result<()> {
        let transaction = self.transaction.as_mut().ok_or_else(outside)?;
        if transaction.covered {
            transaction.xa = None;
            return self.end();
        }
        match transaction.xa.take() {
            Some(Branch::Collecting(rows)) => {
                let (gtid, log) = (transaction.start.gtid.clone(), transaction.start.log.clone());
                let replay = rows.replay()?;
                let prepared = Prepared { gtid, log, before: self.cursor.gtids().cloned(), rows };
                transaction.xa = Some(Branch::Committing(xid.clone()));
                self.unresolved.insert(xid, prepared);
                self.replay = Some(replay);
                Ok(())
            }
            _ => self.commit(),
        }
    }

    /// A transaction that was prepared before commits here.
    pub(super) fn xa_commit(&mut self, xid: Xid) -> Result<()> {
        let transaction = self.transaction.as_mut().ok_or_else(outside)?;
        if transaction.covered {
            self.unresolved.remove(&xid);
            return self.end();
        }
        let Some(prepared) = self.unresolved.get_mut(&xid) else {
            return Err(PluginError::definite("XA COMMIT of a transaction that was prepared before the start").hint(
                "its rows lie before the start: start before its XA PREPARE, or copy its tables anew and start behind",
            ));
        };
        self.replay = Some(prepared.rows.replay()?);
        transaction.xa = Some(Branch::Committing(xid));
        Ok(())
    }

    /// A transaction is rolled back, prepared before or not.
    pub(super) fn xa_rollback(&mut self, xid: &Xid) -> Result<()> {
        if self.unresolved.remove(xid).is_none() {
            tracing::info!(
                place = self.place(self.cursor.offset()),
                "XA ROLLBACK of a transaction that was prepared before the start"
            );
        }
        if let Some(transaction) = &mut self.transaction {
            transaction.xa = None;
        }
        self.end()
    }

    /// Takes the next held rows; `false` if none are being taken.
    pub(crate) fn replay(&mut self) -> Result<bool> {
        let Some(mut replay) = self.replay.take() else { return Ok(false) };
        let Some(Branch::Committing(xid)) = self.transaction.as_ref().and_then(|open| open.xa.as_ref())
        else {
            return Ok(false);
        };
        let xid = xid.clone();
        let Some(prepared) = self.unresolved.get_mut(&xid) else { return Ok(false) };
        let Some(event) = replay.next(&prepared.rows)? else {
            self.finish_replay(&xid)?;
            return Ok(true);
        };
        let (_, decoded) = self.decoder.decode_payload_event(event).map_err(|error| broken(&error))?;
        if let Event::Rows(mut rows) = decoded {
            let table = prepared.rows.table(rows.table_id()).cloned();
            let table = table.ok_or_else(|| PluginError::definite("held rows refer to an unknown table"))?;
            self.push(&table, &mut rows)?;
        }
        self.replay = Some(replay);
        Ok(true)
    }

    fn finish_replay(&mut self, xid: &Xid) -> Result<()> {
        self.unresolved.remove(xid);
        self.commit()
    }

    /// Puts rows aside if more are held than may be.
    pub(super) fn bound_held(&mut self) -> Result<()> {
        let others = self.unresolved.memory();
        if let Some(transaction) = &mut self.transaction
            && let Some(Branch::Collecting(held)) = &mut transaction.xa
            && others + held.memory() > self.xa_memory
        {
            held.spill(&self.state)?;
        }
        Ok(())
    }
}

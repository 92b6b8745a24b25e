//! Where transactions begin and end.

use super::Stream;
use crate::xa::Held;
use std::cmp::Ordering;
use tidegate_model::{Inside, LogPosition, Position};
use tidegate_mysql_binlog::{Gtid, GtidFlags, Header, TransactionStart};
use tidegate_mysql_ddl::Xid;
use tidegate_plugin::{PluginError, Result};

/// The transaction that is being read.
pub(super) struct Transaction {
    pub(super) start: TransactionStart,
    pub(super) flags: GtidFlags,
    /// Whether it goes on up to a COMMIT; else it is the one statement that follows.
    pub(super) explicit: bool,
    /// Whether the batch builder knows of it.
    pub(super) begun: bool,
    /// Whether the sink has all of it already.
    pub(super) covered: bool,
    /// How many DDL statements of it were handed on; they count as rows in positions.
    pub(super) statements: u64,
    /// Whether a ROLLBACK takes back DDL of it that was handed on: not a DROP TABLE, which is done.
    pub(super) undoable: bool,
    /// Whether rows of it were handed on.
    pub(super) handed_over: bool,
    /// How many rows of it, or held events with rows, were read before its first savepoint.
    pub(super) savepoint: Option<u64>,
    pub(super) xa: Option<Branch>,
}

/// What makes a transaction an XA transaction.
pub(super) enum Branch {
    /// Its rows are being collected.
    Collecting(Held),
    /// It commits the prepared one.
    Committing(Xid),
}

impl Transaction {
    fn new(start: TransactionStart, flags: GtidFlags) -> Self {
        Self {
            start,
            flags,
            explicit: false,
            begun: false,
            covered: false,
            statements: 0,
            undoable: false,
            handed_over: false,
            savepoint: None,
            xa: None,
        }
    }

    /// Tells whether its rows are of no interest.
    pub(super) fn is_passed_over(&self) -> bool {
        self.covered && self.xa.is_none()
    }

    /// Tells whether a position lies in this transaction.
    pub(super) fn is_at(&self, log: Option<&LogPosition>, inside: &Inside) -> bool {
        match (&inside.gtid, &self.start.gtid) {
            (Some(gtid), Some(own)) => gtid == own,
            _ => log == Some(&self.start.log),
        }
    }
}

impl Stream {
    /// Begins a transaction that announces itself.
    pub(super) fn begin(&mut self, header: &Header, gtid: Gtid, begin: u64) -> Result<()> {
        self.leave_empty()?;
        let mariadb = matches!(&gtid.gtid, Some(tidegate_model::Gtid::MariaDb { .. }));
        let start = TransactionStart {
            gtid: gtid.gtid,
            log: self.cursor.at(begin),
            commit_time: gtid.immediate_commit_time,
            server_id: header.server_id,
        };
        // MariaDB's GTID event is the BEGIN, or the XA START.
        let transaction = self.open(start, gtid.flags)?;
        transaction.explicit = mariadb && !gtid.flags.standalone;
        if gtid.flags.xa_prepared {
            transaction.xa = Some(Branch::Collecting(Held::default()));
        }
        Ok(())
    }

    /// Returns the open transaction; a log without GTID events begins one with its first statement.
    pub(super) fn ensure_begun(&mut self, header: &Header, begin: u64) -> Result<&mut Transaction> {
        if self.transaction.is_none() {
            let start = TransactionStart {
                gtid: None,
                log: self.cursor.at(begin),
                commit_time: i64::from(header.timestamp) * 1_000_000,
                server_id: header.server_id,
            };
            return self.open(start, GtidFlags::default());
        }
        self.transaction.as_mut().ok_or_else(outside)
    }

    fn open(&mut self, start: TransactionStart, flags: GtidFlags) -> Result<&mut Transaction> {
        let mut transaction = Transaction::new(start, flags);
        if let Some(catch_up) = &self.catch_up {
            let applied = &catch_up.from.applied;
            transaction.covered = catch_up.covered && covers(applied, &transaction.start);
            if let Some(inside) = &catch_up.inside
                && !transaction.covered
                && !transaction.is_at(applied.log.as_ref(), inside)
            {
                return Err(PluginError::definite(
                    "the checkpoint lies within a transaction, but this server goes on with another one",
                )
                .hint(
                    "servers may commit in another order: go on with the server that was followed before, or begin \
                     anew with --reset",
                ));
            }
        }
        Ok(self.transaction.insert(transaction))
    }

    /// Leaves a transaction that ends without a word: it had nothing but what is passed over.
    fn leave_empty(&mut self) -> Result<()> {
        match &self.transaction {
            None => Ok(()),
            Some(transaction) if transaction.begun || transaction.xa.is_some() => self.rollback(),
            Some(_) => self.end(),
        }
    }

    /// The transaction commits.
    pub(super) fn commit(&mut self) -> Result<()> {
        if let Some(transaction) = &self.transaction
            && let Some(catch_up) = &self.catch_up
            && catch_up.inside.is_some()
            && !transaction.covered
        {
            return Err(mismatch());
        }
        self.end()
    }

    /// Ends the transaction: the reader stands behind it.
    pub(super) fn end(&mut self) -> Result<()> {
        self.end_quietly();
        self.pass_boundary();
        Ok(())
    }

    /// Ends the transaction without looking at what is to be done between two transactions.
    pub(super) fn end_quietly(&mut self) {
        let Some(transaction) = self.transaction.take() else { return };
        if transaction.begun {
            self.builder.end();
        }
        self.cursor.finish(transaction.start.gtid.as_ref());
        self.tables.end_statement();
        self.commit_time = Some(transaction.start.commit_time);
    }

    /// Tells, between two transactions, what of the catching up is done.
    pub(super) fn catch_up(&mut self) {
        if let Some(catch_up) = &mut self.catch_up
            && catch_up.covered
            && self.cursor.boundary().reaches(&Position { inside: None, ..catch_up.from.applied.clone() })
        {
            catch_up.covered = false;
        }
        if self.catch_up.as_ref().is_some_and(|catch_up| !catch_up.covered && catch_up.inside.is_none()) {
            self.catch_up = None;
        }
    }

    /// The transaction is rolled back: what is held of it goes, and if something was handed on, the stream stops.
    pub(super) fn rollback(&mut self) -> Result<()> {
        let Some(transaction) = &self.transaction else { return Ok(()) };
        if transaction.covered {
            return self.end();
        }
        let known = self.catch_up.as_ref().is_some_and(|catch_up| catch_up.inside.is_some());
        if transaction.handed_over || transaction.undoable || known {
            let message = "a transaction is rolled back after rows of it were handed on";
            return Err(PluginError::definite(message).at(self.place(transaction.start.log.offset)).hint(
                "compare the tables that it changed, mend the target, and start behind it with --reset",
            ));
        }
        let read = transaction.begun && self.builder.inside().is_some_and(|inside| inside.rows > 0);
        self.end_quietly();
        if read {
            self.close_without_last_transaction()?;
        }
        self.pass_boundary();
        Ok(())
    }

    /// Returns how much of the transaction was read, for telling whether there was more since: rows, and held events.
    pub(super) fn read_so_far(&self) -> u64 {
        let held = self.transaction.as_ref().map_or(0, |transaction| match &transaction.xa {
            Some(Branch::Collecting(held)) => held.count(),
            _ => 0,
        });
        held + self.inside().map_or(0, |inside| inside.rows)
    }

    /// Returns how far the transaction was read, DDL counted as rows.
    pub(super) fn inside(&self) -> Option<Inside> {
        let transaction = self.transaction.as_ref()?;
        let rows = if transaction.begun { self.builder.inside() } else { None };
        match (rows, transaction.statements) {
            (None, 0) => None,
            (None, rows) => Some(Inside { gtid: transaction.start.gtid.clone(), rows, hash: 0 }),
            (Some(inside), more) => Some(Inside { rows: inside.rows + more, ..inside }),
        }
    }
}

/// Tells whether everything of a transaction lies before a position.
fn covers(applied: &Position, start: &TransactionStart) -> bool {
    match (&applied.gtids, &start.gtid, &applied.log) {
        (Some(set), Some(gtid), _) => set.contains_gtid(gtid),
        (_, _, Some(log)) => start.log.compare(log) == Some(Ordering::Less),
        _ => false,
    }
}

pub(super) fn outside() -> PluginError {
    PluginError::definite("row changes stand outside any transaction: the start lies within one")
        .hint("start where the transaction begins; `mysqlbinlog` shows it")
}

pub(super) fn mismatch() -> PluginError {
    PluginError::definite(
        "the transaction that the checkpoint lies in has other rows here than those that were read before",
    )
    .hint(
        "this server's copy of the transaction differs (it filters tables or logs other images): go on with the server \
         that was followed before, or begin anew with --reset",
    )
}

//! Statements in the log.

use super::{Stream, temporary::connection, transaction::mismatch};
use crate::schemas::is_excluded;
use std::sync::Arc;
use tidegate_model::{Ddl, Session, Transaction};
use tidegate_mysql_binlog::{Header, Problem, Query};
use tidegate_mysql_ddl::{
    Definition, Dml, OtherObject, Parsed, StatementKind, TransactionControl, noted, parse, written,
};
use tidegate_plugin::{Change, PluginError, Result};

impl Stream {
    pub(super) fn query(&mut self, header: &Header, query: &Query<'_>, begin: u64) -> Result<()> {
        match &*query.statement {
            b"BEGIN" => {
                self.ensure_begun(header, begin)?.explicit = true;
                return Ok(());
            }
            b"COMMIT" => return self.commit(),
            _ => {}
        }
        let explained = |problem: Problem| {
            PluginError::definite(format!("a statement cannot be read: {problem}"))
                .hint("run the statement at the target by hand and start behind it with --reset")
        };
        self.ensure_begun(header, begin)?;
        let (session, text) = match query.session().and_then(|session| Ok((session, query.text()?))) {
            Ok(read) => read,
            // Whatever the session was, a change of rows as a statement is one.
            Err(problem) => {
                let text = String::from_utf8_lossy(&query.statement);
                return match parse(&text, &Session::default(), self.schemas.flavor()) {
                    // Quotes and escapes depend on the session.
                    Ok(Parsed::Dml(_))
                        if !text.contains(['"', '\\']) && self.passes(&text, &Session::default()) =>
                    {
                        self.end_unless_explicit()
                    }
                    Ok(Parsed::Dml(dml)) => self.dml(dml),
                    // Which sequence it is may not be readable.
                    Ok(Parsed::Ignored(object)) if object != OtherObject::Sequence => self.ignore(object),
                    _ => Err(explained(problem)),
                };
            }
        };
        let parsed = match parse(&text, &session, self.schemas.flavor()) {
            Ok(parsed) => parsed,
            Err(error) => return self.not_understood(&text, &session, &error),
        };
        match parsed {
            Parsed::Ddl(definition) if self.is_temporary(header, query, &definition)? => {
                self.ignore(OtherObject::TemporaryTable)
            }
            Parsed::Ddl(definition) => self.ddl(*definition, session, query.error_code),
            Parsed::Ignored(object @ (OtherObject::Sequence | OtherObject::TemporaryTable)) => {
                self.note(header, query, &text, &session);
                self.ignore(object)
            }
            Parsed::Ignored(object) => self.ignore(object),
            Parsed::Transaction(control) => self.control(control),
            Parsed::Dml(dml) => {
                let table = written(&text, &session, self.schemas.flavor());
                let connection = connection(header, query);
                let temporary = table.is_some_and(|table| self.temporaries.holds(connection, &table));
                if temporary || self.passes(&text, &session) {
                    self.end_unless_explicit()
                } else {
                    self.dml(dml)
                }
            }
            Parsed::Unknown if self.is_left_out(&text, &session) => self.end_unless_explicit(),
            Parsed::Unknown => Err(PluginError::definite("QUERY event: a statement that is not known").hint(
                "if it changes nothing that is replicated, leave it out with a binlog-event rule for all schemas that \
                 has a `sql-pattern`, or start behind it with --reset; and report it",
            )),
        }
    }

    /// Tells whether a change of rows is of a table in an excluded schema, and of no other.
    fn passes(&self, text: &str, session: &Session) -> bool {
        let table = written(text, session, self.schemas.flavor());
        table.is_some_and(|table| is_excluded(&table.schema))
    }

    /// Notes the temporary tables or sequences that a statement makes or drops.
    fn note(&mut self, header: &Header, query: &Query<'_>, text: &str, session: &Session) {
        match noted(text, session, self.schemas.flavor()) {
            Some(noted) if noted.temporary => self.temporaries.note(connection(header, query), &noted),
            Some(noted) if self.transaction.as_ref().is_some_and(|transaction| !transaction.covered) => {
                self.schemas.note_sequences(&noted);
                self.tables.forget();
            }
            _ => {}
        }
    }

    fn control(&mut self, control: TransactionControl) -> Result<()> {
        match control {
            TransactionControl::Begin => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.explicit = true;
                }
                Ok(())
            }
            TransactionControl::Commit => self.commit(),
            TransactionControl::Rollback => self.rollback(),
            TransactionControl::Savepoint => {
                let rows = self.read_so_far();
                if let Some(transaction) = &mut self.transaction {
                    transaction.savepoint.get_or_insert(rows);
                }
                Ok(())
            }
            TransactionControl::RollbackTo => self.rollback_to(),
            TransactionControl::Release | TransactionControl::XaEnd(_) => Ok(()),
            TransactionControl::XaStart(_) => self.xa_start(),
            TransactionControl::XaPrepare(xid) => self.xa_hold(xid),
            TransactionControl::XaCommit { xid, one_phase: true } => self.xa_commit_in_one(xid),
            TransactionControl::XaCommit { xid, one_phase: false } => self.xa_commit(xid),
            TransactionControl::XaRollback(xid) => self.xa_rollback(&xid),
        }
    }

    /// Rows since a savepoint are taken back. Servers leave such rows out of the log, except where they cannot undo them
    /// all.
    fn rollback_to(&mut self) -> Result<()> {
        let rows = self.read_so_far();
        let since = self.transaction.as_ref().and_then(|transaction| transaction.savepoint).unwrap_or(0);
        if rows == since || self.transaction.as_ref().is_some_and(|transaction| transaction.is_passed_over())
        {
            return Ok(());
        }
        Err(PluginError::definite("ROLLBACK TO SAVEPOINT takes back rows that were read").hint(
            "the transaction mixes tables that can be rolled back with tables that cannot: compare them, mend the \
             target, and start behind the transaction with --reset",
        ))
    }

    fn dml(&mut self, dml: Dml) -> Result<()> {
        if self.transaction.as_ref().is_some_and(|transaction| transaction.covered) {
            return Ok(());
        }
        let message = format!("QUERY event: {} is logged as a statement, not row by row", dml.name());
        Err(PluginError::definite(message).hint(
            "set binlog_format = ROW at the source (globally and in its sessions), run the statement's effect at the \
             target by hand, and start behind it with --reset",
        ))
    }

    fn ignore(&mut self, object: OtherObject) -> Result<()> {
        if self.said.insert(object) && object != OtherObject::Nothing {
            tracing::info!(
                place = self.place(self.cursor.offset()),
                "statements about {object} are not replicated (said once)"
            );
        }
        self.end_unless_explicit()
    }

    /// A statement that stands alone is a whole transaction.
    pub(super) fn end_unless_explicit(&mut self) -> Result<()> {
        match &self.transaction {
            Some(transaction) if transaction.explicit => Ok(()),
            _ => self.end(),
        }
    }

    fn ddl(&mut self, definition: Definition, session: Session, error_code: u16) -> Result<()> {
        let Some(transaction) = &self.transaction else { return Ok(()) };
        let flags = transaction.flags;
        if transaction.covered || flags.start_alter || flags.rollback_alter {
            return self.end_unless_explicit();
        }
        let Some(definition) = self.as_far_as_it_ran(definition, &session, error_code)? else {
            return self.end_unless_explicit();
        };
        if let Some(transaction) = &mut self.transaction {
            transaction.undoable |= !matches!(definition.kind, StatementKind::DropTable { .. });
        }
        if self.is_known_ddl()? {
            return Ok(());
        }
        self.close_if_rows();
        let begin = self.checkpoint();
        let schemas = self.schemas.apply(&definition, &session);
        let expanded = self.schemas.expand(&definition, &session, &schemas);
        self.tables.forget();
        let excluded = definition.statement.elements.iter().all(|element| is_excluded(&element.table.schema));
        let entry = self.entry();
        if entry.closed {
            self.end_quietly();
        } else if let Some(transaction) = &mut self.transaction {
            transaction.statements += 1;
        }
        if !excluded {
            let end = self.checkpoint();
            self.told = Some(end.applied.clone());
            self.untold = 0;
            self.ready.push_back(Change::Ddl(Box::new(Ddl {
                statement: definition.statement,
                expanded,
                session: Arc::new(session),
                grammar: Arc::new(self.schemas.flavor()),
                targets: Vec::new(),
                schemas,
                transaction: entry,
                begin,
                end,
            })));
        }
        self.pass_boundary();
        Ok(())
    }

    /// Returns what is said of the open transaction beside a DDL.
    fn entry(&self) -> Transaction {
        let open = self.transaction.as_ref();
        let start = open.map(|open| open.start.clone());
        Transaction {
            gtid: start.as_ref().and_then(|start| start.gtid.clone()),
            log: start
                .as_ref()
                .map_or_else(|| self.cursor.at(self.cursor.offset()), |start| start.log.clone()),
            commit_time: start.as_ref().map_or(0, |start| start.commit_time),
            server_id: start.as_ref().map_or(0, |start| start.server_id),
            rows_before: self.inside().map_or(0, |inside| inside.rows),
            first_ordinal: 0,
            closed: open.is_none_or(|open| !open.explicit),
        }
    }

    /// Tells whether the sink has this DDL already: it is the first part of the transaction that the checkpoint lies in.
    fn is_known_ddl(&mut self) -> Result<bool> {
        let Some(wanted) = self.catch_up.as_ref().and_then(|catch_up| catch_up.inside.clone()) else {
            return Ok(false);
        };
        let Some(transaction) = &mut self.transaction else { return Ok(false) };
        transaction.statements += 1;
        if transaction.statements > wanted.rows {
            return Err(mismatch());
        }
        if transaction.statements == wanted.rows {
            if wanted.hash != 0 {
                return Err(mismatch());
            }
            self.catch_up = None;
        }
        Ok(true)
    }

    /// Closes the batch before a DDL: a batch holds none.
    fn close_if_rows(&mut self) {
        if !self.builder.is_empty() || self.schemas.has_learnt() {
            self.close();
        }
    }
}

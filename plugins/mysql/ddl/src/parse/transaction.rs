//! The bounds of transactions.
//!
//! Source: MySQL manual, "Transactional and Locking Statements", "XA Transaction SQL Statements".

use super::parser::{Parse, Parser};
use crate::{TransactionControl, Xid, lex::TokenKind};

impl Parser<'_> {
    /// Reads a statement that bounds a transaction, if this is one.
    pub(super) fn transaction(&mut self) -> Parse<Option<TransactionControl>> {
        if self.accept("XA") {
            return self.xa().map(Some);
        }
        Ok(Some(if self.accept("BEGIN") || self.accept_words(&["START", "TRANSACTION"]) {
            TransactionControl::Begin
        } else if self.accept("COMMIT") {
            TransactionControl::Commit
        } else if self.accept("SAVEPOINT") {
            TransactionControl::Savepoint
        } else if self.accept_words(&["RELEASE", "SAVEPOINT"]) {
            TransactionControl::Release
        } else if self.accept("ROLLBACK") {
            self.accept("WORK");
            if self.accept("TO") { TransactionControl::RollbackTo } else { TransactionControl::Rollback }
        } else {
            return Ok(None);
        }))
    }

    fn xa(&mut self) -> Parse<TransactionControl> {
        if self.accept_any(&["START", "BEGIN"]).is_some() {
            return self.xid().map(TransactionControl::XaStart);
        }
        if self.accept("END") {
            return self.xid().map(TransactionControl::XaEnd);
        }
        if self.accept("PREPARE") {
            return self.xid().map(TransactionControl::XaPrepare);
        }
        if self.accept("ROLLBACK") {
            return self.xid().map(TransactionControl::XaRollback);
        }
        if self.accept("COMMIT") {
            let xid = self.xid()?;
            let one_phase = self.accept_words(&["ONE", "PHASE"]);
            return Ok(TransactionControl::XaCommit { xid, one_phase });
        }
        Err(self.error("START, END, PREPARE, COMMIT or ROLLBACK expected"))
    }

    fn xid(&mut self) -> Parse<Xid> {
        let global = self.xid_part()?;
        let branch = if self.accept_symbol(',') { self.xid_part()? } else { Vec::new() };
        let format = if self.accept_symbol(',') { self.xid_format()? } else { 1 };
        Ok(Xid { format, global, branch })
    }

    fn xid_part(&mut self) -> Parse<Vec<u8>> {
        let coded = self.peek(0).filter(|token| matches!(token.kind, TokenKind::Hex | TokenKind::Bit));
        let Some(token) = coded.cloned() else {
            return Ok(self.string()?.as_bytes().to_vec());
        };
        self.advance();
        Ok(self.coded_bytes(&token))
    }

    fn xid_format(&mut self) -> Parse<u64> {
        let Some(token) = self.peek(0).filter(|token| token.kind == TokenKind::Hex).cloned() else {
            return self.integer();
        };
        self.advance();
        let bytes = self.coded_bytes(&token);
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }
}

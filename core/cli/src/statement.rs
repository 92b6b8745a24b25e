//! Statements that the user gives, as if they came from a log, at no place of it.

use std::sync::Arc;
use tidegate_model::{Checkpoint, Ddl, LogPosition, Position, Session, Statement, Transaction};
use tidegate_mysql_ddl::{Definition, Flavor, ParseError, Parsed};

/// The server whose dialect a statement is read in: MySQL 8.4, which also knows the older forms.
pub(crate) fn flavor() -> Flavor {
    Flavor::mysql(80_400)
}

/// Reads a statement; what is no DDL is told by a sentence.
pub(crate) fn parse(
    sql: &str,
    session: &Session,
) -> Result<Result<Box<Definition>, &'static str>, ParseError> {
    Ok(match tidegate_mysql_ddl::parse(sql, session, flavor())? {
        Parsed::Ddl(definition) => Ok(definition),
        Parsed::Ignored(_) => Err("the statement is about something that is not replicated"),
        Parsed::Transaction(_) => {
            Err("the statement bounds a transaction; rows are replicated by themselves")
        }
        Parsed::Dml(_) => Err("the statement changes rows: logged as a statement it stops the pipeline"),
        Parsed::Unknown => Err("the statement is none that is known: it stops the pipeline"),
    })
}

/// Returns the statement as it would come from the log; `file` names what it comes from.
pub(crate) fn ddl(statement: Statement, session: Session, file: &str) -> Ddl {
    let checkpoint = checkpoint(file);
    Ddl {
        statement,
        session: Arc::new(session),
        grammar: Arc::new(flavor()),
        expanded: None,
        targets: Vec::new(),
        schemas: Vec::new(),
        transaction: Transaction {
            gtid: None,
            log: LogPosition { file: file.into(), offset: 0 },
            commit_time: 0,
            server_id: 0,
            rows_before: 0,
            first_ordinal: 0,
            closed: true,
        },
        begin: checkpoint.clone(),
        end: checkpoint,
    }
}

/// Returns the position of what is in no log.
pub(crate) fn checkpoint(file: &str) -> Checkpoint {
    let log = LogPosition { file: file.into(), offset: 0 };
    let position = Position { gtids: None, log: Some(log), inside: None };
    Checkpoint { applied: position.clone(), resume: position, source: "".into() }
}

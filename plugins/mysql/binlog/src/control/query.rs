//! Statements: DDL, BEGIN and COMMIT, and what a source logs by statement.

use super::status::Status;
use crate::{
    Header, Problem,
    fields::{Fields, text},
};
use std::borrow::Cow;
use tidegate_model::{Session, charset::Charset};

/// A statement, and the session that it ran under. Reading one does nothing but find the parts, as most are a `BEGIN`.
///
/// Source: `mysql::binlog::event::Query_event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    /// The id of the connection, which temporary tables depend on.
    pub connection_id: u32,
    /// The error that the statement ended with, 0 for none.
    pub error_code: u16,
    /// The default schema, empty for none.
    pub schema: &'a str,
    /// The statement's text, in the character set of the session.
    pub statement: Cow<'a, [u8]>,
    timestamp: u32,
    status: &'a [u8],
}

impl<'a> Query<'a> {
    pub(crate) fn read(header: &Header, mut body: Fields<'a>) -> Result<Self, Problem> {
        let connection_id = body.u32("the connection")?;
        body.u32("the duration")?;
        let schema_length = body.u8("the length of the schema")?;
        let error_code = body.u16("the error")?;
        let status_length = body.u16("the length of the status variables")?;
        let status = body.take(usize::from(status_length), "the status variables")?;
        let schema = text(body.take(usize::from(schema_length), "the schema")?, "the schema")?;
        body.u8("the end of the schema")?;
        let statement = Cow::Borrowed(body.0);
        Ok(Self { connection_id, error_code, schema, statement, timestamp: header.timestamp, status })
    }

    /// Reads MariaDB's QUERY_COMPRESSED events.
    pub(crate) fn read_compressed(header: &Header, body: Fields<'a>) -> Result<Self, Problem> {
        let mut query = Self::read(header, body)?;
        query.statement = Cow::Owned(crate::rows::decompress(&query.statement)?);
        Ok(query)
    }

    /// Returns the session that the statement ran under.
    ///
    /// # Errors
    /// If a status variable is not known (it may change what the statement means), or cut off.
    pub fn session(&self) -> Result<Session, Problem> {
        let status = Status::read(self.status)?;
        let mut session = status.session;
        session.default_schema = Some(self.schema).filter(|schema| !schema.is_empty()).map(Into::into);
        session.timestamp = i64::from(self.timestamp) * 1_000_000 + i64::from(status.microseconds);
        Ok(session)
    }

    /// Returns the number of the transaction that a DDL statement is, if the event says so (MySQL 8.0: DDL that is
    /// atomic).
    ///
    /// # Errors
    /// As [`Self::session`].
    pub fn xid(&self) -> Result<Option<u64>, Problem> {
        Status::read(self.status).map(|status| status.xid)
    }

    /// Returns the statement as text.
    ///
    /// # Errors
    /// If it is not text in the character set of its session's client, or that is not known; and as
    /// [`Self::session`].
    pub fn text(&self) -> Result<Cow<'_, str>, Problem> {
        let charset = match Status::read(self.status)?.session.client_collation {
            None => Charset::Utf8mb4,
            Some(id) => Charset::of_collation(id).ok_or_else(|| {
                Problem::stop(
                    format!("its text is in a character set that is not known (collation {id})"),
                    "use a version that knows it",
                )
            })?,
        };
        charset
            .decode(&self.statement)
            .map_err(|error| Problem::invalid(format!("its text is broken: {error}")))
    }
}

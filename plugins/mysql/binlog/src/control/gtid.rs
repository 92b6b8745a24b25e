//! The event that begins each transaction.

use super::{XaId, tagged};
use crate::{Header, Problem, fields::Fields};
use std::sync::Arc;
use tidegate_model as model;
use tidegate_model::Uuid;

/// The beginning of a transaction, and what it is.
///
/// Sources: `mysql::binlog::event::Gtid_event`; MariaDB source, `Gtid_log_event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gtid {
    /// Its GTID, `None` if it is anonymous.
    pub gtid: Option<model::Gtid>,
    /// What is known of it besides.
    pub flags: GtidFlags,
    /// The sequence number within the file of the last transaction that must be committed before this one, and its own
    /// (MySQL's logical clock); 0 if not said.
    pub logical_clock: (i64, i64),
    /// When the server that the transaction comes from committed it, in microseconds since 1970 UTC. Without a time of
    /// its own in the event (before MySQL 8.0, MariaDB), the second of the header.
    pub original_commit_time: i64,
    /// When the server that wrote this log committed it; as above.
    pub immediate_commit_time: i64,
    /// The length of the transaction in the log, from this event on, in bytes; uncompressed size is not known. 0 if not
    /// said (before MySQL 8.0.2, MariaDB).
    pub transaction_length: u64,
    /// The version of the server that wrote this log (80036), 0 if not said.
    pub immediate_server_version: u32,
    /// MariaDB: the XA transaction that is prepared or completed here.
    pub xa: Option<XaId>,
    /// MariaDB: the sequence number of the GTID of the START ALTER that this COMMIT ALTER or ROLLBACK ALTER completes.
    pub started_alter: Option<u64>,
}

/// What a GTID event says of its transaction. MySQL says only `may_have_statements`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GtidFlags {
    /// MySQL: the transaction may hold changes logged as statements.
    pub may_have_statements: bool,
    /// MariaDB: no COMMIT or ROLLBACK ends the transaction: it is the one statement that follows (DDL).
    pub standalone: bool,
    /// MariaDB: the transaction can be rolled back as a whole.
    pub transactional: bool,
    /// MariaDB: the statement is DDL.
    pub ddl: bool,
    /// MariaDB: the transaction ends with XA PREPARE.
    pub xa_prepared: bool,
    /// MariaDB: it is an XA COMMIT or XA ROLLBACK.
    pub xa_completed: bool,
    /// MariaDB (`binlog_alter_two_phase`): a START ALTER: nothing is changed before the COMMIT ALTER.
    pub start_alter: bool,
    /// MariaDB: a COMMIT ALTER.
    pub commit_alter: bool,
    /// MariaDB: a ROLLBACK ALTER: the START ALTER came to nothing.
    pub rollback_alter: bool,
}

/// What every event has, to be filled in.
pub(super) fn plain(header: &Header, gtid: Option<model::Gtid>) -> Gtid {
    let second = i64::from(header.timestamp) * 1_000_000;
    Gtid {
        gtid,
        flags: GtidFlags::default(),
        logical_clock: (0, 0),
        original_commit_time: second,
        immediate_commit_time: second,
        transaction_length: 0,
        immediate_server_version: 0,
        xa: None,
        started_alter: None,
    }
}

impl Gtid {
    /// Reads GTID and ANONYMOUS_GTID events of MySQL.
    pub(crate) fn read(header: &Header, anonymous: bool, mut body: Fields<'_>) -> Result<Self, Problem> {
        const LOGICAL_CLOCK: u8 = 2;
        const HAS_ORIGINAL_TIME: u64 = 1 << 55;
        let flags = body.u8("the flags")?;
        let uuid = Uuid(body.array("the UUID")?);
        let number = body.u64("the number")?;
        let gtid = (!anonymous).then(|| model::Gtid::MySql { uuid, tag: no_tag(), number });
        let mut event = plain(header, gtid);
        event.flags.may_have_statements = flags & 1 != 0;
        // Every further part came with a later version: 5.7.5, 8.0.1, 8.0.2, 8.0.14.
        if body.0.first() != Some(&LOGICAL_CLOCK) {
            return Ok(event);
        }
        body.u8("the kind of clock")?;
        event.logical_clock =
            (body.u64("last_committed")?.cast_signed(), body.u64("sequence_number")?.cast_signed());
        if body.0.len() >= 7 {
            let time = body.uint(7, "the commit time")?;
            event.immediate_commit_time = (time & !HAS_ORIGINAL_TIME).cast_signed();
            event.original_commit_time = if time & HAS_ORIGINAL_TIME == 0 {
                event.immediate_commit_time
            } else {
                body.uint(7, "the original commit time")?.cast_signed()
            };
        }
        if !body.is_empty() {
            event.transaction_length = body.length_encoded("the length of the transaction")?;
        }
        if body.0.len() >= 4 {
            event.immediate_server_version = body.u32("the server's version")? & 0x7fff_ffff;
        }
        Ok(event)
    }

    /// Reads GTID_TAGGED events (MySQL 8.4 and later).
    pub(crate) fn read_tagged(header: &Header, body: Fields<'_>) -> Result<Self, Problem> {
        tagged::read(header, body)
    }

    /// Reads MariaDB's GTID events.
    pub(crate) fn read_mariadb(header: &Header, mut body: Fields<'_>) -> Result<Self, Problem> {
        let sequence = body.u64("the sequence number")?;
        let domain = body.u32("the domain")?;
        let bits = body.u8("the flags")?;
        let gtid = model::Gtid::MariaDb { domain, server: header.server_id, sequence };
        let mut event = plain(header, Some(gtid));
        event.flags.standalone = bits & 1 != 0;
        event.flags.transactional = bits & 4 != 0;
        event.flags.ddl = bits & 32 != 0;
        event.flags.xa_prepared = bits & 64 != 0;
        event.flags.xa_completed = bits & 128 != 0;
        if bits & 2 != 0 {
            body.u64("the id of the group commit")?;
        }
        if event.flags.xa_prepared || event.flags.xa_completed {
            const WHAT: &str = "the XID";
            let format = i32::from_le_bytes(body.array(WHAT)?);
            let (global, branch) = (body.u8(WHAT)?, body.u8(WHAT)?);
            let global = body.take(usize::from(global), WHAT)?.into();
            event.xa = Some(XaId { format, global, branch: body.take(usize::from(branch), WHAT)?.into() });
        }
        // Older versions write zero bytes here, or nothing.
        let extra = if body.is_empty() { 0 } else { body.u8("the further flags")? };
        event.flags.start_alter = extra & 2 != 0;
        event.flags.commit_alter = extra & 4 != 0;
        event.flags.rollback_alter = extra & 8 != 0;
        if extra & 1 != 0 {
            body.u8("the number of engines")?;
        }
        if event.flags.commit_alter || event.flags.rollback_alter {
            event.started_alter = Some(body.u64("the START ALTER")?);
        }
        Ok(event)
    }
}

fn no_tag() -> Arc<str> {
    static NONE: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| "".into());
    NONE.clone()
}

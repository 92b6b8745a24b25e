//! The status variables of a query event: the session that a statement ran under.

use crate::{
    Problem,
    fields::{Fields, text},
};
use tidegate_model::Session;

const NO_FOREIGN_KEY_CHECKS: u32 = 1 << 26;
const RELAXED_UNIQUE_CHECKS: u32 = 1 << 27;
/// The number of schemas of a statement when there are too many to list.
const TOO_MANY_SCHEMAS: u8 = 254;

/// What the status variables say.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) session: Session,
    /// The part of the statement's time below a second.
    pub(super) microseconds: u32,
    /// The number of the transaction that a DDL statement is.
    pub(super) xid: Option<u64>,
}

impl Status {
    pub(super) fn read(variables: &[u8]) -> Result<Self, Problem> {
        let session = Session { foreign_key_checks: true, unique_checks: true, ..Session::default() };
        let mut status = Self { session, microseconds: 0, xid: None };
        let mut fields = Fields(variables);
        while !fields.is_empty() {
            let code = fields.u8("the code of a status variable")?;
            status.variable(code, &mut fields)?;
        }
        Ok(status)
    }

    /// Reads one variable. Sources: MySQL source, `libs/mysql/binlog/event/statement_events.h`,
    /// `Query_event_status_vars` (0 to 20); the log of a MySQL 9.7, whose `mysqlbinlog` calls it
    /// `enable_cascade_triggers` (21); MariaDB source, `sql/log_event.h`, `Q_…` (128 to 131).
    fn variable(&mut self, code: u8, fields: &mut Fields<'_>) -> Result<(), Problem> {
        let session = &mut self.session;
        match code {
            0 => {
                let flags = fields.u32("Q_FLAGS2_CODE")?;
                session.foreign_key_checks = flags & NO_FOREIGN_KEY_CHECKS == 0;
                session.unique_checks = flags & RELAXED_UNIQUE_CHECKS == 0;
            }
            1 => session.sql_mode = Some(fields.u64("Q_SQL_MODE_CODE")?),
            2 => {
                fields.short_bytes("Q_CATALOG_CODE")?;
                fields.u8("Q_CATALOG_CODE")?;
            }
            3 => {
                let step = fields.u16("Q_AUTO_INCREMENT")?;
                session.auto_increment = Some((step, fields.u16("Q_AUTO_INCREMENT")?));
            }
            4 => {
                session.client_collation = Some(fields.u16("Q_CHARSET_CODE")?);
                session.connection_collation = Some(fields.u16("Q_CHARSET_CODE")?);
                session.server_collation = Some(fields.u16("Q_CHARSET_CODE")?);
            }
            5 => {
                let zone = fields.short_bytes("Q_TIME_ZONE_CODE")?;
                session.time_zone = Some(text(zone, "the time zone")?.into());
            }
            6 => drop(fields.short_bytes("Q_CATALOG_NZ_CODE")?),
            7 => drop(fields.u16("Q_LC_TIME_NAMES_CODE")?),
            8 => session.database_collation = Some(fields.u16("Q_CHARSET_DATABASE_CODE")?),
            9 => drop(fields.u64("Q_TABLE_MAP_FOR_UPDATE_CODE")?),
            10 => drop(fields.u32("Q_MASTER_DATA_WRITTEN_CODE")?),
            11 => {
                fields.short_bytes("Q_INVOKER")?;
                fields.short_bytes("Q_INVOKER")?;
            }
            12 => updated_schemas(fields)?,
            13 => self.microseconds = fields.uint(3, "Q_MICROSECONDS")? as u32,
            16 => {
                let explicit = fields.u8("Q_EXPLICIT_DEFAULTS_FOR_TIMESTAMP")?;
                session.explicit_defaults_for_timestamp = Some(explicit != 0);
            }
            17 => self.xid = Some(fields.u64("Q_DDL_LOGGED_WITH_XID")?),
            18 => session.utf8mb4_collation = Some(fields.u16("Q_DEFAULT_COLLATION_FOR_UTF8MB4")?),
            19 => drop(fields.u8("Q_SQL_REQUIRE_PRIMARY_KEY")?),
            20 => drop(fields.u8("Q_DEFAULT_TABLE_ENCRYPTION")?),
            // Of statements that change rows only, and the rows that a trigger changed are in the log of rows too.
            21 => drop(fields.u8("enable_cascade_triggers")?),
            128 => self.microseconds = fields.uint(3, "Q_HRNOW")? as u32,
            129 => self.xid = Some(fields.u64("Q_XID")?),
            130 => two_phase_alter(fields)?,
            131 => {
                let count = fields.u8("Q_CHARACTER_SET_COLLATIONS")?;
                fields.take(4 * usize::from(count), "Q_CHARACTER_SET_COLLATIONS")?;
            }
            unknown => {
                return Err(Problem::stop(
                    format!(
                        "its status variable {unknown} is not known and may change what the statement means"
                    ),
                    "use a version that knows it",
                ));
            }
        }
        Ok(())
    }
}

fn updated_schemas(fields: &mut Fields<'_>) -> Result<(), Problem> {
    const WHAT: &str = "Q_UPDATED_DB_NAMES";
    let count = fields.u8(WHAT)?;
    if count == TOO_MANY_SCHEMAS {
        return Ok(());
    }
    for _ in 0..count {
        while fields.u8(WHAT)? != 0 {}
    }
    Ok(())
}

/// Passes over what the GTID event of the statement says too.
fn two_phase_alter(fields: &mut Fields<'_>) -> Result<(), Problem> {
    const COMMIT_OR_ROLLBACK: u8 = 4 | 8;
    if fields.u8("Q_GTID_FLAGS3")? & COMMIT_OR_ROLLBACK != 0 {
        fields.u64("Q_GTID_FLAGS3")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_behind_the_cascades_triggers_is_read() {
        // As a MySQL 9.7.4 wrote it behind `SET SESSION enable_cascade_triggers = ON`, and a time zone.
        let status = Status::read(&[0x12, 0xff, 0, 0x15, 1, 5, 3, b'U', b'T', b'C']).unwrap();
        assert_eq!(status.session.time_zone.as_deref(), Some("UTC"));
        assert!(Status::read(&[0x63, 1]).unwrap_err().to_string().contains("variable 99"));
    }
}

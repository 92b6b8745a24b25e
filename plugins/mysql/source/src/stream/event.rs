//! What each event does.

use super::Stream;
use crate::{
    dump::Frame,
    schemas::{Bound, is_excluded},
};
use tidegate_model::TableName;
use tidegate_mysql_binlog::{
    Error, Event, EventType, FormatDescription, Header, Problem, Table, TableMapEvent,
};
use tidegate_mysql_ddl::OtherObject;
use tidegate_plugin::{PluginError, Result};

/// Where an event lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// In the log.
    Log,
    /// In a compressed transaction, that begins at this offset.
    Payload(u64),
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done.
    Done,
    /// It must be put in again when this table's schema is known.
    Unknown(TableName),
}

/// Why a table map could not be bound.
enum Unbound {
    Broken(Error),
    Refused(PluginError),
    Unknown(TableName),
}

impl From<Error> for Unbound {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl Stream {
    /// Puts an event in.
    pub(crate) fn put(&mut self, event: &[u8], within: Within) -> Result<Outcome> {
        let Some(frame) = Frame::of(event) else {
            return Err(PluginError::definite("an event is shorter than its header")
                .at(self.place(self.cursor.offset())));
        };
        let before = self.cursor.offset();
        let begin = match within {
            Within::Log => self.cursor.pass(&frame),
            Within::Payload(begin) => begin,
        };
        let tells_layout = [EventType::ROTATE, EventType::FORMAT_DESCRIPTION].contains(&frame.event_type);
        if !tells_layout && self.cursor.is_before_beginning(begin) {
            return Ok(Outcome::Done);
        }
        self.untold += event.len();
        match self.dispatch(event, within, begin) {
            Ok(Outcome::Unknown(table)) => {
                self.cursor.back_to(before);
                Ok(Outcome::Unknown(table))
            }
            Ok(done) => Ok(done),
            Err(error) if error.place.is_none() => Err(error.at(self.place(begin))),
            Err(error) => Err(error),
        }
    }

    /// Passes a compressed transaction's own event, and returns where it begins.
    pub(crate) fn pass_payload(&mut self, frame: &Frame) -> u64 {
        self.cursor.pass(frame)
    }

    fn dispatch(&mut self, event: &[u8], within: Within, begin: u64) -> Result<Outcome> {
        let decoded = match within {
            Within::Log => self.decoder.decode(event),
            Within::Payload(_) => self.decoder.decode_payload_event(event),
        };
        let (header, decoded) = decoded.map_err(|error| broken(&error))?;
        match decoded {
            Event::Rows(rows) => self.rows(event, within, rows)?,
            Event::TableMap(map) => return self.table_map(&map),
            Event::Gtid(gtid) => self.begin(&header, gtid, begin)?,
            Event::Query(query) => self.query(&header, &query, begin)?,
            Event::Xid(_) => self.commit()?,
            Event::XaPrepare(prepare) => self.xa_prepare(&prepare)?,
            Event::Rotate(rotate) => {
                self.cursor.rotate(rotate.file, rotate.position);
                self.pass_boundary();
            }
            Event::FormatDescription(format) => self.format(&header, &format)?,
            Event::PreviousGtids(set) => {
                self.cursor.previous(set);
                self.pass_boundary();
            }
            Event::TransactionPayload(_) => {
                return Err(PluginError::definite("a compressed transaction lies within another"));
            }
            // A server that passed over what was not asked for says how far it is.
            Event::Heartbeat(heartbeat) if self.transaction.is_none() => {
                self.cursor.skip_to(heartbeat.file, heartbeat.position);
            }
            Event::Heartbeat(_) | Event::Skipped { .. } => {}
        }
        Ok(Outcome::Done)
    }

    /// A file that begins anew while a transaction is open: the server stopped before it could commit.
    fn format(&mut self, header: &Header, format: &FormatDescription) -> Result<()> {
        self.schemas.written_by(&format.server_version);
        if header.end != 0 && self.transaction.is_some() {
            self.rollback()?;
        }
        Ok(())
    }

    fn table_map(&mut self, map: &TableMapEvent<'_>) -> Result<Outcome> {
        if self.transaction.as_ref().is_some_and(|transaction| transaction.is_passed_over()) {
            return Ok(Outcome::Done);
        }
        let Self { tables, schemas, wants, said, .. } = self;
        let bound = tables.map(map, |map| {
            let wanted = !is_excluded(&map.name.schema) && wants(&map.name);
            if wanted && schemas.is_sequence(&map) && said.insert(OtherObject::Sequence) {
                tracing::info!(sequence = %map.name, "sequences are not replicated (said once)");
            }
            if !wanted || schemas.is_sequence(&map) {
                let known = schemas.known(&map.name);
                let table = Table::unwanted(map);
                return Ok(match known {
                    Some(known) => table.told_by(known),
                    None => table,
                });
            }
            match schemas.bind(map) {
                Ok(Bound::Table(table)) => Ok(table),
                Ok(Bound::Unknown(name)) => Err(Unbound::Unknown(name)),
                Err(error) => Err(Unbound::Refused(error)),
            }
        });
        match bound {
            Ok(()) => Ok(Outcome::Done),
            Err(Unbound::Unknown(name)) => Ok(Outcome::Unknown(name)),
            Err(Unbound::Refused(error)) => Err(error),
            Err(Unbound::Broken(error)) => Err(broken(&error)),
        }
    }

    /// Returns a place of the log for messages.
    pub(super) fn place(&self, offset: u64) -> String {
        let log = self.cursor.at(offset);
        let gtid = self.transaction.as_ref().and_then(|transaction| transaction.start.gtid.as_ref());
        match gtid {
            Some(gtid) => format!("{}:{} (GTID {gtid})", log.file, log.offset),
            None => format!("{}:{}", log.file, log.offset),
        }
    }
}

/// Turns an error of the decoder's into one of ours.
pub(super) fn broken(error: &Error) -> PluginError {
    let hint = match &error.problem {
        Problem::Stop { why, remedy } => {
            return PluginError::definite(format!("{} event: {why}", error.event)).hint(remedy.to_string());
        }
        Problem::Mismatch(_) => {
            "set binlog_row_metadata = FULL at the source and start behind, or give the tables as they were in \
             `schema-file` and begin with --reset"
        }
        Problem::Value { .. } => "filter the table out, or report it with the table's definition",
        _ => "look at the place with mysqlbinlog: if the log is damaged, start behind it",
    };
    PluginError::definite(error.to_string()).hint(hint)
}

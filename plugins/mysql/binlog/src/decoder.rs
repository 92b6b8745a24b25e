//! Turns the bytes of events into [`Event`]s.

use crate::{
    Checksum, Error, EventType, FormatDescription, Gtid, Header, Heartbeat, Problem, Query, Rotate, Rows,
    RowsKind, TableMapEvent, TransactionPayload, Treatment, XaPrepare,
    control::{checksum_byte, gtid_list, incident, previous_gtids},
    fields::Fields,
    frame::{CHECKSUM_LENGTH, HEADER_LENGTH, checksums, flags},
};
use tidegate_model::GtidSet;

/// An event, decoded as far as every reader needs it; what it refers to stays in the event's bytes.
#[derive(Debug)]
pub enum Event<'a> {
    /// How the events that follow are laid out; the decoder has taken note.
    FormatDescription(FormatDescription),
    /// The log goes on in another file.
    Rotate(Rotate<'a>),
    /// All transactions of earlier files (PREVIOUS_GTIDS; MariaDB: GTID_LIST).
    PreviousGtids(GtidSet),
    /// A transaction begins.
    Gtid(Gtid),
    /// A statement: BEGIN, COMMIT, ROLLBACK, XA …, DDL, or a change logged by statement.
    Query(Query<'a>),
    /// The transaction commits, with this number.
    Xid(u64),
    /// The transaction's rows end with XA PREPARE, or with XA COMMIT … ONE PHASE.
    XaPrepare(XaPrepare),
    /// A compressed transaction.
    TransactionPayload(TransactionPayload<'a>),
    /// A table that rows events will refer to.
    TableMap(TableMapEvent<'a>),
    /// Row changes.
    Rows(Rows<'a>),
    /// The source has nothing to send.
    Heartbeat(Heartbeat<'a>),
    /// Nothing is lost with this event.
    Skipped {
        /// Why.
        why: &'static str,
    },
}

/// Decodes the events of one log, in order. It keeps what the last format description said.
#[derive(Debug)]
pub struct Decoder {
    format: Option<FormatDescription>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// Returns a decoder that has seen no format description yet. Until then it takes artificial events only.
    pub const fn new() -> Self {
        Self { format: None }
    }

    /// Returns the last format description.
    pub fn format(&self) -> Option<&FormatDescription> {
        self.format.as_ref()
    }

    /// Checks the frame and the checksum of an event, and decodes it.
    ///
    /// # Errors
    /// If the event is damaged, contradicts itself, or must stop the reader (see [`EventType::treatment`]).
    pub fn decode<'a>(&mut self, event: &'a [u8]) -> Result<(Header, Event<'a>), Error> {
        let header = Header::read(event)?;
        let body = self.body(&header, event).map_err(|problem| problem.of(&header))?;
        self.event(header, body)
    }

    /// Decodes an event from inside a [`TransactionPayload`]; such events have no checksum of their own.
    ///
    /// # Errors
    /// As [`Self::decode`].
    pub fn decode_payload_event<'a>(&mut self, event: &'a [u8]) -> Result<(Header, Event<'a>), Error> {
        let header = Header::read(event)?;
        self.event(header, event.get(HEADER_LENGTH..).unwrap_or_default())
    }

    /// Cuts the header and the checksum off.
    fn body<'a>(&self, header: &Header, event: &'a [u8]) -> Result<&'a [u8], Problem> {
        let checked = |event: &'a [u8]| {
            let Some((stored, computed)) = checksums(event) else {
                return Err(Problem::Truncated("its checksum"));
            };
            if stored == computed { Ok(()) } else { Err(Problem::Checksum { stored, computed }) }
        };
        let has_checksum = if header.event_type == EventType::FORMAT_DESCRIPTION {
            // It says itself whether it is protected, and has room for a checksum either way.
            let announced = checksum_byte(event)?;
            if announced == Some(Checksum::Crc32) {
                checked(event)?;
            }
            announced.is_some()
        } else if header.has(flags::ARTIFICIAL) || header.end == 0 {
            // Made for the connection, maybe before the format is known or between two files of which one has
            // checksums: by the bytes.
            checksums(event).is_some_and(|(stored, computed)| stored == computed)
        } else {
            let format = self.format.as_ref();
            let format = format.ok_or_else(|| Problem::invalid("it stands before any format description"))?;
            if format.checksum == Checksum::Crc32 {
                checked(event)?;
            }
            format.checksum == Checksum::Crc32
        };
        let end = event.len() - if has_checksum { CHECKSUM_LENGTH } else { 0 };
        match event.get(HEADER_LENGTH..end) {
            Some(body) => Ok(body),
            None => Err(Problem::Truncated("its body")),
        }
    }

    fn event<'a>(&mut self, header: Header, body: &'a [u8]) -> Result<(Header, Event<'a>), Error> {
        match self.typed(&header, Fields(body)) {
            Ok(event) => Ok((header, event)),
            Err(problem) => Err(problem.of(&header)),
        }
    }

    fn typed<'a>(&mut self, header: &Header, body: Fields<'a>) -> Result<Event<'a>, Problem> {
        if let Some(kind) = RowsKind::of(header.event_type) {
            let fixed = self.fixed_length(header.event_type);
            return Rows::read(*header, kind, fixed, body).map(Event::Rows);
        }
        Ok(match header.event_type {
            EventType::TABLE_MAP => {
                let mariadb = self.format.as_ref().is_some_and(|format| format.mariadb);
                let fixed = self.fixed_length(header.event_type);
                Event::TableMap(TableMapEvent::read(*header, fixed, mariadb, body)?)
            }
            EventType::QUERY => Event::Query(Query::read(header, body)?),
            EventType::QUERY_COMPRESSED => Event::Query(Query::read_compressed(header, body)?),
            EventType::XID => Event::Xid({ body }.u64("the number of the transaction")?),
            EventType::GTID => Event::Gtid(Gtid::read(header, false, body)?),
            EventType::ANONYMOUS_GTID => Event::Gtid(Gtid::read(header, true, body)?),
            EventType::GTID_TAGGED => Event::Gtid(Gtid::read_tagged(header, body)?),
            EventType::MARIADB_GTID => Event::Gtid(Gtid::read_mariadb(header, body)?),
            EventType::TRANSACTION_PAYLOAD => {
                Event::TransactionPayload(TransactionPayload::read(header, body)?)
            }
            EventType::ROTATE => Event::Rotate(Rotate::read(body)?),
            EventType::FORMAT_DESCRIPTION => {
                let format = FormatDescription::read(body)?;
                self.format = Some(format.clone());
                Event::FormatDescription(format)
            }
            EventType::PREVIOUS_GTIDS => Event::PreviousGtids(previous_gtids(body)?),
            EventType::MARIADB_GTID_LIST => Event::PreviousGtids(gtid_list(body)?),
            EventType::XA_PREPARE => Event::XaPrepare(XaPrepare::read(body)?),
            EventType::HEARTBEAT => Event::Heartbeat(Heartbeat::read(header, body)?),
            EventType::HEARTBEAT_V2 => Event::Heartbeat(Heartbeat::read_v2(body)?),
            other => Event::Skipped { why: skip(header, other, body)? },
        })
    }

    /// Returns the length of the fixed part of bodies of the type.
    fn fixed_length(&self, event_type: EventType) -> u8 {
        self.format.as_ref().map_or(0, |format| format.fixed_length(event_type))
    }
}

/// Says why an event that is not decoded may be passed over, or why not.
fn skip(header: &Header, event_type: EventType, body: Fields<'_>) -> Result<&'static str, Problem> {
    match event_type.treatment() {
        Treatment::Skip { why } => Ok(why),
        Treatment::Stop { .. } if event_type.name().is_none() && header.has(flags::IGNORABLE) => {
            Ok("its header says that it may be ignored")
        }
        Treatment::Stop { why, remedy } if event_type == EventType::INCIDENT => {
            Err(Problem::stop(format!("{why} ({})", incident(body)?), remedy))
        }
        Treatment::Stop { why, remedy } => Err(Problem::stop(why, remedy)),
        Treatment::Decode => Err(Problem::invalid("it should be decoded, but is not")),
    }
}

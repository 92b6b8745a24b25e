//! All types of events, and how each is treated.

use std::fmt;

/// The type of an event, as its header says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventType(pub u8);

/// What is done with events of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// The event is decoded.
    Decode,
    /// The event is passed over.
    Skip {
        /// Why nothing is lost with it.
        why: &'static str,
    },
    /// The event means something that cannot be replicated, so reading stops.
    Stop {
        /// Why it cannot be replicated.
        why: &'static str,
        /// What to do.
        remedy: &'static str,
    },
}

const fn decode(event_type: EventType, name: &'static str) -> Row {
    Row { event_type, name, treatment: Treatment::Decode }
}

const fn skip(code: u8, name: &'static str, why: &'static str) -> Row {
    Row { event_type: EventType(code), name, treatment: Treatment::Skip { why } }
}

const fn stop(code: u8, name: &'static str, why: &'static str, remedy: &'static str) -> Row {
    Row { event_type: EventType(code), name, treatment: Treatment::Stop { why, remedy } }
}

struct Row {
    event_type: EventType,
    name: &'static str,
    treatment: Treatment,
}

const OLD: &str = "only servers older than MySQL 5.1 write it";
const UPGRADE: &str = "start behind it, at a log that a newer server wrote";
const BY_STATEMENT: &str = "it changes rows by a statement (LOAD DATA), not row by row";
const ROW_FORMAT: &str = "set binlog_format = ROW at the source and start behind this statement";
const FOR_A_STATEMENT: &str = "it prepares a logged statement, which itself stops if it changes rows";
const GROUP_REPLICATION: &str = "it concerns the members of a replication group only";

/// Every type of event. Sources: MySQL source, `libs/mysql/binlog/event/binlog_event.h`, `Log_event_type` (0 to 42);
/// MariaDB source, `sql/log_event.h`, `Log_event_type` (160 to 172).
const TYPES: &[Row] = &[
    stop(0, "UNKNOWN", "the server itself does not know its type", "ask the maker of the source server"),
    stop(1, "START_V3", OLD, UPGRADE),
    decode(EventType::QUERY, "QUERY"),
    skip(3, "STOP", "the server stopped in good order; the log goes on in the next file"),
    decode(EventType::ROTATE, "ROTATE"),
    skip(5, "INTVAR", FOR_A_STATEMENT),
    stop(6, "LOAD", OLD, UPGRADE),
    stop(7, "SLAVE", OLD, UPGRADE),
    stop(8, "CREATE_FILE", OLD, UPGRADE),
    stop(9, "APPEND_BLOCK", BY_STATEMENT, ROW_FORMAT),
    stop(10, "EXEC_LOAD", OLD, UPGRADE),
    stop(11, "DELETE_FILE", BY_STATEMENT, ROW_FORMAT),
    stop(12, "NEW_LOAD", OLD, UPGRADE),
    skip(13, "RAND", FOR_A_STATEMENT),
    skip(14, "USER_VAR", FOR_A_STATEMENT),
    decode(EventType::FORMAT_DESCRIPTION, "FORMAT_DESCRIPTION"),
    decode(EventType::XID, "XID"),
    stop(17, "BEGIN_LOAD_QUERY", BY_STATEMENT, ROW_FORMAT),
    stop(18, "EXECUTE_LOAD_QUERY", BY_STATEMENT, ROW_FORMAT),
    decode(EventType::TABLE_MAP, "TABLE_MAP"),
    stop(20, "PRE_GA_WRITE_ROWS", OLD, UPGRADE),
    stop(21, "PRE_GA_UPDATE_ROWS", OLD, UPGRADE),
    stop(22, "PRE_GA_DELETE_ROWS", OLD, UPGRADE),
    decode(EventType::WRITE_ROWS_V1, "WRITE_ROWS_V1"),
    decode(EventType::UPDATE_ROWS_V1, "UPDATE_ROWS_V1"),
    decode(EventType::DELETE_ROWS_V1, "DELETE_ROWS_V1"),
    stop(
        26,
        "INCIDENT",
        "the source says that changes are missing from its log",
        "copy the data anew, then start behind the event",
    ),
    decode(EventType::HEARTBEAT, "HEARTBEAT"),
    skip(28, "IGNORABLE", "by definition"),
    skip(29, "ROWS_QUERY", "it is the statement behind the rows that follow, as a comment"),
    decode(EventType::WRITE_ROWS, "WRITE_ROWS"),
    decode(EventType::UPDATE_ROWS, "UPDATE_ROWS"),
    decode(EventType::DELETE_ROWS, "DELETE_ROWS"),
    decode(EventType::GTID, "GTID"),
    decode(EventType::ANONYMOUS_GTID, "ANONYMOUS_GTID"),
    decode(EventType::PREVIOUS_GTIDS, "PREVIOUS_GTIDS"),
    skip(36, "TRANSACTION_CONTEXT", GROUP_REPLICATION),
    skip(37, "VIEW_CHANGE", GROUP_REPLICATION),
    decode(EventType::XA_PREPARE, "XA_PREPARE"),
    decode(EventType::PARTIAL_UPDATE_ROWS, "PARTIAL_UPDATE_ROWS"),
    decode(EventType::TRANSACTION_PAYLOAD, "TRANSACTION_PAYLOAD"),
    decode(EventType::HEARTBEAT_V2, "HEARTBEAT_V2"),
    decode(EventType::GTID_TAGGED, "GTID_TAGGED"),
    skip(160, "ANNOTATE_ROWS", "it is the statement behind the rows that follow, as a comment"),
    skip(161, "BINLOG_CHECKPOINT", "it tells the source server alone which of its logs it still needs"),
    decode(EventType::MARIADB_GTID, "GTID (MariaDB)"),
    decode(EventType::MARIADB_GTID_LIST, "GTID_LIST"),
    stop(
        164,
        "START_ENCRYPTION",
        "the log file is encrypted",
        "read it from the server, which decrypts what it sends, or with mysqlbinlog --read-from-remote-server --raw",
    ),
    decode(EventType::QUERY_COMPRESSED, "QUERY_COMPRESSED"),
    decode(EventType::WRITE_ROWS_COMPRESSED_V1, "WRITE_ROWS_COMPRESSED_V1"),
    decode(EventType::UPDATE_ROWS_COMPRESSED_V1, "UPDATE_ROWS_COMPRESSED_V1"),
    decode(EventType::DELETE_ROWS_COMPRESSED_V1, "DELETE_ROWS_COMPRESSED_V1"),
    decode(EventType::WRITE_ROWS_COMPRESSED, "WRITE_ROWS_COMPRESSED"),
    decode(EventType::UPDATE_ROWS_COMPRESSED, "UPDATE_ROWS_COMPRESSED"),
    decode(EventType::DELETE_ROWS_COMPRESSED, "DELETE_ROWS_COMPRESSED"),
    stop(
        172,
        "PARTIAL_ROW_DATA",
        "it is a fragment of a rows event, and fragments are not joined",
        "raise binlog_row_event_fragment_threshold at the source and start behind this transaction",
    ),
];

#[expect(missing_docs, reason = "each is the servers' type of the same name")]
impl EventType {
    pub const QUERY: Self = Self(2);
    pub const ROTATE: Self = Self(4);
    pub const FORMAT_DESCRIPTION: Self = Self(15);
    pub const XID: Self = Self(16);
    pub const TABLE_MAP: Self = Self(19);
    pub const WRITE_ROWS_V1: Self = Self(23);
    pub const UPDATE_ROWS_V1: Self = Self(24);
    pub const DELETE_ROWS_V1: Self = Self(25);
    pub const INCIDENT: Self = Self(26);
    pub const HEARTBEAT: Self = Self(27);
    pub const WRITE_ROWS: Self = Self(30);
    pub const UPDATE_ROWS: Self = Self(31);
    pub const DELETE_ROWS: Self = Self(32);
    pub const GTID: Self = Self(33);
    pub const ANONYMOUS_GTID: Self = Self(34);
    pub const PREVIOUS_GTIDS: Self = Self(35);
    pub const XA_PREPARE: Self = Self(38);
    pub const PARTIAL_UPDATE_ROWS: Self = Self(39);
    pub const TRANSACTION_PAYLOAD: Self = Self(40);
    pub const HEARTBEAT_V2: Self = Self(41);
    pub const GTID_TAGGED: Self = Self(42);
    pub const MARIADB_GTID: Self = Self(162);
    pub const MARIADB_GTID_LIST: Self = Self(163);
    pub const QUERY_COMPRESSED: Self = Self(165);
    pub const WRITE_ROWS_COMPRESSED_V1: Self = Self(166);
    pub const UPDATE_ROWS_COMPRESSED_V1: Self = Self(167);
    pub const DELETE_ROWS_COMPRESSED_V1: Self = Self(168);
    pub const WRITE_ROWS_COMPRESSED: Self = Self(169);
    pub const UPDATE_ROWS_COMPRESSED: Self = Self(170);
    pub const DELETE_ROWS_COMPRESSED: Self = Self(171);
}

impl EventType {
    /// Returns the type's name in the servers' documentation, without `_EVENT`; `None` for a type that is not known.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// Returns what is done with events of the type. One that is not known stops, unless its header says that it may
    /// be ignored: that is up to [`Decoder`](crate::Decoder), which sees the header.
    pub fn treatment(self) -> Treatment {
        self.row().map_or(
            Treatment::Stop {
                why: "its type is not known, so it may mean anything",
                remedy: "use a version that knows it, or turn off at the source what writes it",
            },
            |row| row.treatment,
        )
    }

    fn row(self) -> Option<&'static Row> {
        TYPES.iter().find(|row| row.event_type == self)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "type {}", self.0),
        }
    }
}

impl fmt::Debug for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_both_servers_has_one_row() {
        let codes: Vec<u8> = TYPES.iter().map(|row| row.event_type.0).collect();
        let known: Vec<u8> = (0..=42).chain(160..=172).collect();
        assert_eq!(codes, known);
    }

    #[test]
    fn an_unknown_type_stops() {
        assert!(matches!(EventType(43).treatment(), Treatment::Stop { .. }));
        assert_eq!(EventType(43).to_string(), "type 43");
    }
}

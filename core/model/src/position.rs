//! Positions in a source's log, and checkpoints.

use crate::{Gtid, GtidSet};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, sync::Arc};

/// A byte offset in a log file. Offsets have 64 bits: a log file may pass 4 GiB.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogPosition {
    /// The file's name, without its folder.
    pub file: Arc<str>,
    /// The offset in bytes.
    pub offset: u64,
}

impl LogPosition {
    /// Compares by the file's sequence number (`binlog.000012`), then by offset; `None` where a name has no number.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.file == other.file {
            return Some(self.offset.cmp(&other.offset));
        }
        let number = |file: &str| file.rsplit_once('.').and_then(|(_, digits)| digits.parse::<u64>().ok());
        Some(number(&self.file)?.cmp(&number(&other.file)?))
    }
}

/// Where a reader of a source's log stands: after everything in `gtids`, at the beginning of the transaction at `log`,
/// or behind the first rows of it.
///
/// Rows are counted before any filter, so a position means the same in every reading of one server's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The transactions that lie before this position, where the source has GTIDs.
    pub gtids: Option<GtidSet>,
    /// Where the next transaction (or the one that `inside` is about) begins, if known: a start by GTID set alone has
    /// no file until the first event arrives.
    pub log: Option<LogPosition>,
    /// How far the reader is inside that transaction; `None` on its boundary.
    pub inside: Option<Inside>,
}

/// How far a reader is inside a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Inside {
    /// The transaction's GTID, where it has one.
    pub gtid: Option<Gtid>,
    /// How many of its row changes lie before the position.
    pub rows: u64,
    /// A hash over those row changes, so that another server's copy of the transaction is not mistaken for it.
    pub hash: u64,
}

impl Position {
    /// Tells whether the position lies between two transactions.
    pub fn is_boundary(&self) -> bool {
        self.inside.is_none()
    }

    /// Tells whether two positions mean the same place in the stream: a reader of either has read the same.
    ///
    /// GTID sets decide where both have one: the same transactions lie elsewhere in another server's log, and between two
    /// transactions there may be the end of a file. Otherwise file and offset decide.
    pub fn is_same_place(&self, other: &Self) -> bool {
        let same_boundary = match (&self.gtids, &other.gtids) {
            (Some(own), Some(other)) => own == other,
            _ => self.log.is_some() && self.log == other.log,
        };
        same_boundary && self.inside == other.inside
    }

    /// Tells whether a reader that stands here has everything that lies before `goal`.
    ///
    /// GTID sets decide by containment where both have one, file and offset otherwise; `false` where the two cannot be
    /// compared.
    pub fn reaches(&self, goal: &Self) -> bool {
        let rows = |position: &Self| position.inside.as_ref().map_or(0, |inside| inside.rows);
        match (&self.gtids, &goal.gtids, &self.log, &goal.log) {
            (Some(own), Some(other), _, _) => match &goal.inside {
                Some(Inside { gtid: Some(gtid), .. }) if !own.contains_gtid(gtid) => {
                    own.contains(other)
                        && self.inside.as_ref().is_some_and(|inside| inside.gtid.as_ref() == Some(gtid))
                        && rows(self) >= rows(goal)
                }
                _ => own.contains(other),
            },
            (_, _, Some(own), Some(other)) => match own.compare(other) {
                Some(Ordering::Greater) => true,
                Some(Ordering::Equal) => rows(self) >= rows(goal),
                _ => false,
            },
            _ => false,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.log, &self.gtids) {
            (Some(log), _) => write!(f, "{}:{}", log.file, log.offset)?,
            (None, Some(gtids)) => write!(f, "GTID set `{gtids}`")?,
            (None, None) => f.write_str("the beginning")?,
        }
        let Some(inside) = &self.inside else { return Ok(()) };
        match &inside.gtid {
            Some(gtid) => write!(f, " (GTID {gtid}, row {})", inside.rows),
            None => write!(f, " (row {} of the transaction)", inside.rows),
        }
    }
}

/// Up to where everything is durable at a sink, and from where a restart reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Everything before this is durable.
    pub applied: Position,
    /// From where the log must be read to go on: before the earliest XA transaction that is prepared and unresolved,
    /// else equal to `applied`. What lies between the two is read again and, where `applied` covers it, skipped.
    pub resume: Position,
    /// The source's identity in its own words; the source refuses a checkpoint of another one.
    pub source: Arc<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(gtids: Option<&str>, file: &str, offset: u64, rows: Option<u64>) -> Position {
        let gtids = gtids.map(|set| format!("3e11fa47-71ca-11e1-9e33-c80aa9429562:{set}").parse().unwrap());
        let inside = rows.map(|rows| Inside { gtid: None, rows, hash: rows });
        Position { gtids, log: Some(LogPosition { file: file.into(), offset }), inside }
    }

    #[test]
    fn with_gtids_a_place_is_the_same_in_every_file_of_every_server() {
        let here = position(Some("1-5"), "binlog.000001", 900, None);
        assert!(here.is_same_place(&position(Some("1-5"), "binlog.000002", 4, None)));
        assert!(here.is_same_place(&position(Some("1-5"), "other.000009", 77, None)));
        assert!(!here.is_same_place(&position(Some("1-6"), "binlog.000001", 900, None)));
        assert!(!here.is_same_place(&position(Some("1-5"), "binlog.000001", 900, Some(1))));
        let inside = position(Some("1-5"), "binlog.000001", 900, Some(3));
        assert!(inside.is_same_place(&position(Some("1-5"), "other.000009", 77, Some(3))));
    }

    #[test]
    fn without_gtids_a_place_is_file_and_offset() {
        let here = position(None, "binlog.000001", 900, None);
        assert!(here.is_same_place(&here.clone()));
        assert!(!here.is_same_place(&position(None, "binlog.000002", 4, None)));
        assert!(here.is_same_place(&position(Some("1-5"), "binlog.000001", 900, None)));
        let nowhere = Position { gtids: None, log: None, inside: None };
        assert!(!nowhere.is_same_place(&nowhere.clone()));
    }
}

//! Which row change it is: its place in the log, the same in every reading, and what happened to the row.

use serde::Deserialize;
use std::cmp::Ordering;
use tidegate_model::{Gtid, LogPosition, Operation, Position, Transaction};

/// A transaction: by its GTID, which it has on every server, else by where it begins in the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum TransactionKey {
    Gtid(Gtid),
    Log(LogPosition),
}

/// A row change of a transaction: its place among them, and what it is by now. Filters may make a delete and an insert of
/// an update, so the place alone is not enough.
pub(super) type RowKey = (u64, Operation);

/// What a line says of its row's place.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    op: String,
    gtid: Option<Gtid>,
    file: String,
    offset: u64,
    row: u64,
}

impl TransactionKey {
    pub(super) fn of(transaction: &Transaction) -> Self {
        match &transaction.gtid {
            Some(gtid) => Self::Gtid(gtid.clone()),
            None => Self::Log(transaction.log.clone()),
        }
    }
}

impl Line {
    /// Returns which row change it is about; none if it is not about one.
    pub(super) fn key(self) -> Option<(TransactionKey, RowKey)> {
        use Operation::{Delete, Insert, Snapshot, Update};
        let operation =
            [Insert, Update, Delete, Snapshot].into_iter().find(|operation| operation.name() == self.op)?;
        let log = LogPosition { file: self.file.into(), offset: self.offset };
        let transaction = self.gtid.map_or(TransactionKey::Log(log), TransactionKey::Gtid);
        Some((transaction, (self.row, operation)))
    }

    /// Tells whether everything before `position` includes the row.
    pub(super) fn is_before(&self, position: &Position) -> bool {
        let rows = position.inside.as_ref().map_or(0, |inside| inside.rows);
        if let (Some(gtids), Some(gtid)) = (&position.gtids, &self.gtid) {
            let inside = position.inside.as_ref().and_then(|inside| inside.gtid.as_ref());
            return gtids.contains_gtid(gtid) || (inside == Some(gtid) && self.row < rows);
        }
        let Some(log) = &position.log else { return false };
        let own = LogPosition { file: self.file.as_str().into(), offset: self.offset };
        match own.compare(log) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => self.row < rows,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::Inside;

    fn line(gtid: Option<&str>, offset: u64, row: u64) -> Line {
        let gtid =
            gtid.map(|number| format!("3e11fa47-71ca-11e1-9e33-c80aa9429562:{number}").parse().unwrap());
        Line { op: "insert".into(), gtid, file: "b.000002".into(), offset, row }
    }

    fn position(gtids: Option<&str>, file: &str, offset: u64, inside: Option<u64>) -> Position {
        let gtids = gtids.map(|set| format!("3e11fa47-71ca-11e1-9e33-c80aa9429562:{set}").parse().unwrap());
        let log = Some(LogPosition { file: file.into(), offset });
        Position { gtids, log, inside: inside.map(|rows| Inside { gtid: None, rows, hash: 0 }) }
    }

    #[test]
    fn rows_before_a_position_are_told_by_file_and_offset() {
        let row = || line(None, 100, 3);
        assert!(row().is_before(&position(None, "b.000003", 4, None)));
        assert!(row().is_before(&position(None, "b.000002", 101, None)));
        assert!(!row().is_before(&position(None, "b.000002", 100, None)));
        assert!(!row().is_before(&position(None, "b.000002", 100, Some(3))));
        assert!(row().is_before(&position(None, "b.000002", 100, Some(4))));
        assert!(!row().is_before(&position(None, "b.000001", 900, None)));
    }

    #[test]
    fn gtids_tell_on_every_server() {
        let row = || line(Some("7"), 100, 3);
        assert!(row().is_before(&position(Some("1-7"), "other.000001", 4, None)));
        assert!(!row().is_before(&position(Some("1-6"), "other.000009", 900, None)));
        let mut inside = position(Some("1-6"), "other.000001", 4, Some(4));
        assert!(!row().is_before(&inside));
        inside.inside = inside.inside.map(|own| Inside { gtid: row().gtid, ..own });
        assert!(row().is_before(&inside));
    }
}

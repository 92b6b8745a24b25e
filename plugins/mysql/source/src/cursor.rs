//! Where the reader stands in the log.

use crate::{
    begin::{Beginning, FIRST_OFFSET},
    dump::{Frame, From, requested_offset},
};
use std::sync::Arc;
use tidegate_model::{Gtid, GtidSet, Inside, LogPosition, Position};

/// Where the reader stands: behind the last event, and between which transactions.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    /// Everything that lies before the current transaction, where the source has GTIDs.
    gtids: Option<GtidSet>,
    gtids_in_log: bool,
    file: Option<Arc<str>>,
    offset: u64,
    /// Where reading begins, if the file is read from before it: the protocol has no word for the place, or the file is
    /// one of ours.
    begin: Option<u64>,
}

impl Cursor {
    /// Stands where reading begins.
    pub(crate) fn new(beginning: &Beginning) -> Self {
        let log = beginning.position.log.as_ref();
        let begin = match (&beginning.from, log) {
            (From::File(asked), Some(log)) if u64::from(requested_offset(asked)) != log.offset => {
                Some(log.offset)
            }
            _ => None,
        };
        Self {
            gtids: beginning.position.gtids.clone(),
            gtids_in_log: beginning.gtids_in_log,
            file: log.map(|log| log.file.clone()),
            offset: if begin.is_some() { FIRST_OFFSET } else { log.map_or(0, |log| log.offset) },
            begin,
        }
    }

    /// Tells whether an event that begins at `offset` lies before the place where reading begins.
    pub(crate) fn is_before_beginning(&mut self, offset: u64) -> bool {
        let before = self.begin.is_some_and(|begin| offset < begin);
        if !before {
            self.begin = None;
        }
        before
    }

    /// Goes to where the log goes on.
    pub(crate) fn rotate(&mut self, file: &str, offset: u64) {
        if self.file.as_deref() != Some(file) {
            self.file = Some(file.into());
            self.begin = None;
        }
        self.offset = offset;
    }

    /// Goes to where the server is, if that is farther in the same file.
    pub(crate) fn skip_to(&mut self, file: &str, offset: u64) {
        if self.file.as_deref() == Some(file) && self.begin.is_none() {
            self.offset = self.offset.max(offset);
        }
    }

    /// Goes behind an event and returns where it begins. Events tell the lower 32 bits of where they end; a server that
    /// passes over what was not asked for makes the reader jump.
    pub(crate) fn pass(&mut self, frame: &Frame) -> u64 {
        if !frame.is_in_file() {
            return self.offset;
        }
        let length = u64::from(frame.length);
        let expected = self.offset + length;
        let low = u64::from(frame.end);
        let mut end = expected & !0xffff_ffff | low;
        if end < expected {
            end += 1 << 32;
        }
        self.offset = end;
        end.saturating_sub(length)
    }

    /// Goes back to where an event begins, to read it again.
    pub(crate) fn back_to(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// Returns the offset behind the last event.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Tells whether the log has yet to say which transactions lie before the beginning.
    pub(crate) fn is_settling(&self) -> bool {
        self.gtids_in_log || self.begin.is_some()
    }

    /// Returns the place of an offset in the current file.
    pub(crate) fn at(&self, offset: u64) -> LogPosition {
        LogPosition { file: self.file.clone().unwrap_or_default(), offset }
    }

    /// Returns the place behind the last event.
    pub(crate) fn here(&self) -> Option<LogPosition> {
        self.file.as_ref().map(|file| LogPosition { file: file.clone(), offset: self.offset })
    }

    /// Takes what the log says of the transactions before the file, if nothing is known.
    pub(crate) fn previous(&mut self, set: GtidSet) {
        if std::mem::take(&mut self.gtids_in_log) && self.gtids.is_none() {
            self.gtids = Some(set);
        }
    }

    /// Counts a transaction as read.
    pub(crate) fn finish(&mut self, gtid: Option<&Gtid>) {
        if let (Some(set), Some(gtid)) = (&mut self.gtids, gtid) {
            set.insert(gtid);
        }
    }

    pub(crate) fn gtids(&self) -> Option<&GtidSet> {
        self.gtids.as_ref()
    }

    /// Returns the position between two transactions, behind the last event.
    pub(crate) fn boundary(&self) -> Position {
        Position { gtids: self.gtids.clone(), log: self.here(), inside: None }
    }

    /// Returns the position in the transaction that begins at `log`.
    pub(crate) fn within(&self, log: &LogPosition, inside: Option<Inside>) -> Position {
        Position { gtids: self.gtids.clone(), log: Some(log.clone()), inside }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_mysql_binlog::EventType;

    fn cursor(offset: u64) -> Cursor {
        let log = LogPosition { file: "b.000001".into(), offset };
        let position = Position { gtids: None, log: Some(log.clone()), inside: None };
        Cursor::new(&Beginning { from: From::File(log), position, gtids_in_log: true })
    }

    fn frame(length: u32, end: u32) -> Frame {
        Frame { event_type: EventType::XID, length, end }
    }

    #[test]
    fn what_the_protocol_cannot_ask_for_is_reached_from_the_beginning() {
        let mut cursor = cursor((1 << 32) + 100);
        assert_eq!(cursor.pass(&frame(200, 204)), 4);
        assert!(cursor.is_before_beginning(4) && cursor.is_settling());
        assert_eq!(cursor.pass(&frame(0xffff_fffc, 200)), 204);
        assert!(cursor.is_before_beginning(204));
        assert_eq!(cursor.here().unwrap().offset, (1 << 32) + 200);
        assert!(!cursor.is_before_beginning((1 << 32) + 200));
    }

    #[test]
    fn offsets_pass_four_gigabytes() {
        let mut cursor = cursor((1 << 32) - 50);
        assert_eq!(cursor.pass(&frame(100, 50)), (1 << 32) - 50);
        assert_eq!(cursor.here().unwrap().offset, (1 << 32) + 50);
        assert_eq!(cursor.pass(&frame(100, 150)), (1 << 32) + 50);
    }

    #[test]
    fn what_the_server_passes_over_makes_the_reader_jump() {
        let mut cursor = cursor(4);
        assert_eq!(cursor.pass(&frame(100, 5000)), 4900);
        assert_eq!(cursor.pass(&frame(30, 0)), 5000);
        assert_eq!(cursor.here().unwrap().offset, 5000);
    }

    #[test]
    fn heartbeats_take_no_room_in_the_file() {
        let mut cursor = cursor(4);
        cursor.pass(&frame(100, 104));
        for event_type in [EventType::HEARTBEAT, EventType::HEARTBEAT_V2] {
            assert_eq!(cursor.pass(&Frame { event_type, length: 40, end: 104 }), 104);
        }
        assert_eq!(cursor.here().unwrap().offset, 104);
    }

    #[test]
    fn only_the_first_list_of_gtids_counts() {
        let mut cursor = cursor(4);
        cursor.previous("0-1-5".parse().unwrap());
        cursor.finish(Some(&"0-1-6".parse().unwrap()));
        cursor.previous("0-1-5".parse().unwrap());
        assert_eq!(cursor.gtids().unwrap().to_string(), "0-1-6");
    }
}

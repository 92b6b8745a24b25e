//! The first bytes of an event, for those who do not decode it.

use tidegate_mysql_binlog::EventType;

/// What an event's header says, read from its first 19 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) event_type: EventType,
    /// The length of the whole event.
    pub(crate) length: u32,
    /// The lower 32 bits of the offset behind the event; 0 for events that lie in no file.
    pub(crate) end: u32,
}

impl Frame {
    /// Reads the beginning of an event.
    pub(crate) fn of(event: &[u8]) -> Option<Self> {
        let [_, _, _, _, kind, _, _, _, _, a, b, c, d, e, f, g, h, _, _] = event.first_chunk::<19>()?;
        Some(Self {
            event_type: EventType(*kind),
            length: u32::from_le_bytes([*a, *b, *c, *d]),
            end: u32::from_le_bytes([*e, *f, *g, *h]),
        })
    }

    /// Tells whether the event lies in the log file, and not only in the stream. A heartbeat does not, though its header
    /// has the offset of the event before.
    pub(crate) fn is_in_file(&self) -> bool {
        self.end != 0 && ![EventType::HEARTBEAT, EventType::HEARTBEAT_V2].contains(&self.event_type)
    }
}

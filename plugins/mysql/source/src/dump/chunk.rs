//! Events on their way from the network to the decoder.

use std::ops::Range;
use tokio::sync::OwnedSemaphorePermit;

/// What the reader hands over.
pub(crate) enum Piece {
    /// Whole events.
    Events(Chunk),
    /// A part of a compressed transaction that is too long to be held whole.
    Part(Part),
}

/// A run of whole events.
pub(crate) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// Where each event lies.
    pub(super) events: Vec<Range<usize>>,
    pub(super) next: usize,
    /// Room that is taken as long as the bytes are here.
    pub(super) _room: Option<OwnedSemaphorePermit>,
}

/// A part of an event.
pub(crate) struct Part {
    /// The bytes, from the event's header on.
    pub(crate) bytes: Vec<u8>,
    /// Whether the event begins here.
    pub(crate) first: bool,
    pub(super) _room: Option<OwnedSemaphorePermit>,
}

impl Chunk {
    /// Returns the events that lie in `bytes`, which take no room that is counted.
    pub(crate) fn of(bytes: Vec<u8>, events: Vec<Range<usize>>) -> Self {
        Self { bytes, events, next: 0, _room: None }
    }

    /// Returns the buffer.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Takes the next event's place.
    pub(crate) fn take(&mut self) -> Option<Range<usize>> {
        let range = self.events.get(self.next).cloned();
        self.next += usize::from(range.is_some());
        range
    }

    /// Returns the bytes at a place.
    pub(crate) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

impl Part {
    /// Returns a part that takes no room that is counted.
    pub(crate) fn of(bytes: Vec<u8>, first: bool) -> Self {
        Self { bytes, first, _room: None }
    }
}

//! Reads the packets of a log from the network, in a task of its own, so that reading and decoding overlap.

use super::{
    chunk::{Chunk, Part, Piece},
    quiet::Quiet,
};
use std::{ops::Range, sync::Arc, time::Duration};
use tidegate_mysql_connection::{
    error,
    wire::{Stream, server_error},
};
use tidegate_plugin::{PluginError, Result};
use tokio::{
    io::AsyncReadExt,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinHandle,
};

/// How much is asked of the network at once.
pub(crate) const CHUNK: usize = 256 << 10;
/// How many bytes may lie between network and decoder, in units of the semaphore.
const ROOM: usize = 4096;
const UNIT: usize = 1 << 10;
/// A compressed transaction longer than this is handed over in parts.
pub(crate) const PART_ABOVE: usize = 1 << 20;
/// The longest packet of the protocol; longer payloads go on in the next one.
const PACKET_MAX: usize = 0xff_ffff;
const PACKET_HEADER: usize = 4;
/// The byte before each event that says that the packet is one.
const MARK: usize = 1;
const EVENT_HEADER: usize = 19;
/// Where an event's type stands in it.
const EVENT_TYPE: usize = 4;
const TRANSACTION_PAYLOAD: u8 = 40;

/// How long a server may be silent before its connection is taken for dead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    /// While it looks for where to begin: a MariaDB passes over what is not wanted without a word.
    pub(super) seeking: Duration,
    /// From then on.
    pub(super) following: Duration,
}

/// The receiving end of a log.
pub(crate) struct Reader {
    pieces: mpsc::Receiver<Result<Piece>>,
    empty: mpsc::UnboundedSender<Vec<u8>>,
    quiet: Arc<Quiet>,
    task: JoinHandle<()>,
}

impl Reader {
    /// Starts the task. A connection that is silent for longer than `silence` allows is dead.
    pub(super) fn start(stream: Box<dyn Stream>, place: String, silence: Silence) -> Self {
        let (sender, pieces) = mpsc::channel(64);
        let (empty, returned) = mpsc::unbounded_channel();
        // Half of the time after which it is dead: later than any heartbeat that comes on time.
        let quiet = Arc::new(Quiet::new(silence.following / 2));
        let room = Arc::new(Semaphore::new(ROOM));
        let mut task = Task { stream, place, silence, sender, returned, room, quiet: quiet.clone() };
        let task = tokio::spawn(async move {
            if let Err(error) = task.run().await {
                // A receiver that is gone needs no error.
                drop(task.sender.send(Err(error)).await);
            }
        });
        Self { pieces, empty, quiet, task }
    }

    /// Returns the next piece, `None` where the log ends. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Result<Option<Piece>> {
        self.pieces.recv().await.transpose()
    }

    /// Returns the next piece if it is at hand.
    pub(crate) fn at_hand(&mut self) -> Option<Result<Piece>> {
        self.pieces.try_recv().ok()
    }

    /// Tells whether everything that the server has was taken from here, as far as the server lets know.
    pub(crate) fn is_at_end(&self) -> bool {
        self.pieces.is_empty() && self.quiet.is_at_end()
    }

    /// Gives a buffer back.
    pub(crate) fn recycle(&self, chunk: Chunk) {
        if chunk.bytes.capacity() == CHUNK {
            // A task that is gone needs no buffer.
            drop(self.empty.send(chunk.bytes));
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Task {
    stream: Box<dyn Stream>,
    place: String,
    silence: Silence,
    sender: mpsc::Sender<Result<Piece>>,
    returned: mpsc::UnboundedReceiver<Vec<u8>>,
    room: Arc<Semaphore>,
    quiet: Arc<Quiet>,
}

/// What stands at the beginning of the buffer.
enum Front {
    /// Too little to tell.
    Partial,
    /// A packet that is wholly there.
    Packet(usize),
    /// A packet that must become whole.
    Wanted(usize),
    /// An event that spans packets, or one that goes in parts.
    Long { event: usize, parts: bool },
}

impl Task {
    async fn run(&mut self) -> Result<()> {
        let mut buffer = self.buffer();
        let mut events: Vec<Range<usize>> = Vec::new();
        let mut parsed = 0;
        loop {
            match front(buffer.get(parsed..).unwrap_or_default())? {
                Front::Packet(length) => {
                    let payload = parsed + PACKET_HEADER..parsed + PACKET_HEADER + length;
                    parsed = payload.end;
                    let packet = buffer.get(payload.clone()).unwrap_or_default();
                    self.quiet.heard(packet.get(MARK + EVENT_TYPE).copied());
                    match self.event(packet)? {
                        true => events.push(payload.start + MARK..payload.end),
                        false => return self.hand_over(&mut buffer, parsed, &mut events).await,
                    }
                }
                Front::Long { event, parts } => {
                    self.hand_over(&mut buffer, parsed, &mut events).await?;
                    parsed = 0;
                    self.long(&mut buffer, event, parts).await?;
                    self.quiet.heard(None);
                }
                front @ (Front::Partial | Front::Wanted(_)) => {
                    self.hand_over(&mut buffer, parsed, &mut events).await?;
                    parsed = 0;
                    if let Front::Wanted(length) = front {
                        buffer.reserve((PACKET_HEADER + length).saturating_sub(buffer.len()));
                    }
                    if buffer.is_empty() {
                        self.quiet.begins();
                    }
                    self.read(&mut buffer).await?;
                    self.quiet.ends();
                }
            }
        }
    }

    /// Sends what is parsed and keeps the rest at the beginning of a buffer.
    async fn hand_over(
        &mut self,
        buffer: &mut Vec<u8>,
        parsed: usize,
        events: &mut Vec<Range<usize>>,
    ) -> Result<()> {
        if events.is_empty() {
            buffer.drain(..parsed);
            return Ok(());
        }
        let mut next = self.buffer();
        next.extend_from_slice(buffer.get(parsed..).unwrap_or_default());
        let bytes = std::mem::replace(buffer, next);
        let events = std::mem::take(events);
        let _room = self.room(bytes.capacity()).await;
        self.send(Piece::Events(Chunk { bytes, events, next: 0, _room })).await
    }

    /// Reads an event of `event` bytes that begins in `buffer`, and leaves what lies behind it there.
    async fn long(&mut self, buffer: &mut Vec<u8>, event: usize, parts: bool) -> Result<()> {
        let mut assembled = Vec::with_capacity(if parts { CHUNK } else { event.min(PACKET_MAX) });
        let (mut done, mut first, mut skip) = (0, true, MARK);
        while done < event {
            // At a packet's beginning.
            while buffer.len() < PACKET_HEADER {
                self.read(buffer).await?;
            }
            let mut left = packet_length(buffer).unwrap_or(0);
            buffer.drain(..PACKET_HEADER);
            if left == 0 && done < event {
                return Err(self.broken("an event ends before its length"));
            }
            while left > 0 {
                if buffer.is_empty() {
                    self.read(buffer).await?;
                }
                let taken = left.min(buffer.len());
                assembled.extend(buffer.drain(..taken).skip(skip));
                done += taken - skip;
                left -= taken;
                skip = 0;
                if parts && (assembled.len() >= CHUNK || done >= event) {
                    let bytes = std::mem::replace(&mut assembled, Vec::with_capacity(CHUNK));
                    let _room = self.room(bytes.capacity()).await;
                    let part = Part { bytes, first, _room };
                    first = false;
                    self.send(Piece::Part(part)).await?;
                }
            }
            // A payload that ends with a full packet is followed by an empty one.
            let total = event + MARK;
            if done >= event && total.is_multiple_of(PACKET_MAX) {
                while buffer.len() < PACKET_HEADER {
                    self.read(buffer).await?;
                }
                buffer.drain(..PACKET_HEADER);
            }
        }
        if parts {
            return Ok(());
        }
        let events = std::iter::once(0..assembled.len()).collect();
        let _room = self.room(assembled.capacity()).await;
        self.send(Piece::Events(Chunk { bytes: assembled, events, next: 0, _room })).await
    }

    async fn send(&mut self, piece: Piece) -> Result<()> {
        // Nobody reads any more: the task ends with the next attempt to read, as it is aborted.
        self.sender
            .send(Ok(piece))
            .await
            .map_err(|_| PluginError::transient("the reader of the log was dropped"))
    }

    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<()> {
        if buffer.capacity() == buffer.len() {
            buffer.reserve(CHUNK);
        }
        let limit = if self.quiet.is_seeking() { self.silence.seeking } else { self.silence.following };
        let read = tokio::time::timeout(limit, self.stream.read_buf(buffer)).await.map_err(|_| {
            PluginError::transient(format!(
                "{}: the server was silent for {limit:?}, not even a heartbeat came: the connection is dead",
                self.place
            ))
        })?;
        match read {
            Ok(0) => Err(PluginError::transient(format!("{}: the server closed the connection", self.place))),
            Ok(_) => Ok(()),
            Err(error) => {
                Err(PluginError::transient(format!("{}: the connection broke: {error}", self.place)))
            }
        }
    }

    /// Tells an event from the end of the log; an error of the server's becomes ours.
    fn event(&self, payload: &[u8]) -> Result<bool> {
        match payload.first() {
            Some(0) => Ok(true),
            Some(0xfe) if payload.len() < 9 => Ok(false),
            Some(0xff) => match server_error(payload) {
                Some(error) => Err(refusal(&self.place, error)),
                None => Err(self.broken("an error packet cannot be read")),
            },
            _ => Err(self.broken("a packet is no event")),
        }
    }

    fn broken(&self, what: &str) -> PluginError {
        PluginError::transient(format!("{}: {what}", self.place))
    }

    fn buffer(&mut self) -> Vec<u8> {
        match self.returned.try_recv() {
            Ok(mut buffer) => {
                buffer.clear();
                buffer
            }
            Err(_) => Vec::with_capacity(CHUNK),
        }
    }

    fn room(&self, bytes: usize) -> impl Future<Output = Option<OwnedSemaphorePermit>> + use<> {
        let units = u32::try_from((bytes / UNIT).clamp(1, ROOM)).unwrap_or(1);
        let room = self.room.clone();
        async move { room.acquire_many_owned(units).await.ok() }
    }
}

fn packet_length(bytes: &[u8]) -> Option<usize> {
    let [a, b, c] = bytes.first_chunk::<3>()?;
    Some(u32::from_le_bytes([*a, *b, *c, 0]) as usize)
}

fn front(bytes: &[u8]) -> Result<Front> {
    let Some(length) = packet_length(bytes).filter(|_| bytes.len() >= PACKET_HEADER) else {
        return Ok(Front::Partial);
    };
    let payload = bytes.get(PACKET_HEADER..).unwrap_or_default();
    let enough = payload.len() >= length;
    if enough && length < PACKET_MAX && length <= PART_ABOVE {
        return Ok(Front::Packet(length));
    }
    if length <= PART_ABOVE {
        return Ok(Front::Wanted(length));
    }
    let Some(header) = payload.get(MARK..MARK + EVENT_HEADER) else { return Ok(Front::Partial) };
    let event = match header {
        [_, _, _, _, _, _, _, _, _, a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]) as usize,
        _ => 0,
    };
    let parts = header.get(EVENT_TYPE) == Some(&TRANSACTION_PAYLOAD);
    if payload.first() != Some(&0) || event < EVENT_HEADER {
        return Err(PluginError::transient("a packet of the log is no event"));
    }
    Ok(match (parts, length == PACKET_MAX, enough) {
        (true, _, _) | (false, true, _) => Front::Long { event, parts },
        (false, false, true) => Front::Packet(length),
        (false, false, false) => Front::Wanted(length),
    })
}

/// What a server answers to a request for its log that it cannot fulfil.
fn refusal(place: &str, answer: mysql_async::ServerError) -> PluginError {
    let text = answer.message.to_lowercase();
    let hint = if text.contains("same server_uuid/server_id") || text.contains("same server_id") {
        "another reader of this log has the same server id: stop it, or give this pipeline another `server-id`"
    } else if text.contains("purged") || text.contains("could not find first log file") {
        "the log that is needed is gone from the server: copy the data anew and start at a position that the server has"
    } else if text.contains("diverged") || text.contains("not in the master's binlog") {
        "the server's log is not the one that was followed: follow the right server, or copy the data anew"
    } else {
        return error::explain(&mysql_async::Error::Server(answer), format_args!("{place}: reading the log"));
    };
    error::explain(&mysql_async::Error::Server(answer), format_args!("{place}: reading the log")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    fn packet(kind: u8) -> Vec<u8> {
        let mut packet = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, kind];
        packet.resize(PACKET_HEADER + 20, 0);
        packet
    }

    async fn next(reader: &mut Reader) -> Result<Option<Piece>> {
        tokio::time::timeout(Duration::from_secs(5), reader.next()).await.expect("an answer")
    }

    #[tokio::test]
    async fn a_server_that_seeks_may_be_silent_for_longer() {
        let silence = Silence { seeking: Duration::from_secs(60), following: Duration::from_millis(20) };
        let (mut server, stream) = tokio::io::duplex(1024);
        let mut reader = Reader::start(Box::new(stream), "here".to_owned(), silence);
        for kind in [4, 15, 164, 163, 161] {
            server.write_all(&packet(kind)).await.unwrap();
            assert!(next(&mut reader).await.unwrap().is_some());
        }
        let silent = tokio::time::timeout(Duration::from_millis(200), reader.next()).await;
        assert!(silent.is_err(), "silence while the server seeks ends the connection");
        server.write_all(&packet(162)).await.unwrap();
        assert!(next(&mut reader).await.unwrap().is_some());
        let dead = next(&mut reader).await.err().expect("silence ends the connection");
        assert!(dead.message.contains("silent for 20ms"), "{dead}");
    }
}

//! Reads log files in a thread of its own, and hands over the pieces that a server would send.

use super::set::Recorded;
use crate::dump::{CHUNK, Chunk, PART_ABOVE, Part, Piece};
use std::{
    fs::File,
    io::{self, BufReader},
    ops::Range,
};
use tidegate_mysql_binlog::{Decoder, Event, EventType, Header, LogFile};
use tidegate_plugin::{PluginError, Result};
use tokio::sync::mpsc;

/// How many pieces may lie between the files and the decoder: each of [`CHUNK`] bytes or one longer event.
const PIECES: usize = 8;
/// The flag of an event that lies in no file.
const ARTIFICIAL: u16 = tidegate_mysql_binlog::flags::ARTIFICIAL;

/// The receiving end of log files.
pub(super) struct Reader {
    pieces: mpsc::Receiver<Result<Piece>>,
    empty: mpsc::UnboundedSender<Vec<u8>>,
}

impl Reader {
    /// Starts reading the files, of which there is at least one. `start` is where in the first one something of interest
    /// begins: it must be the beginning of an event.
    pub(super) fn start(files: Vec<Recorded>, start: u64) -> Self {
        let (sender, pieces) = mpsc::channel(PIECES);
        let (empty, returned) = mpsc::unbounded_channel();
        let mut task = Task { start: Some(start), sender, returned, buffer: Vec::new(), events: Vec::new() };
        // It ends with the files, or as soon as nobody takes its pieces.
        drop(tokio::task::spawn_blocking(move || {
            if let Err(Stopped::Failed(error)) = task.files(&files) {
                drop(task.sender.blocking_send(Err(error)));
            }
        }));
        Self { pieces, empty }
    }

    /// Returns the next piece, `None` where the files end. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Option<Piece>> {
        self.pieces.recv().await.transpose()
    }

    /// Gives a buffer back.
    pub(super) fn recycle(&self, chunk: Chunk) {
        // A task that is done needs no buffer.
        drop(self.empty.send(chunk.into_bytes()));
    }
}

struct Task {
    /// Where something of interest begins; nothing is behind it yet.
    start: Option<u64>,
    sender: mpsc::Sender<Result<Piece>>,
    returned: mpsc::UnboundedReceiver<Vec<u8>>,
    buffer: Vec<u8>,
    events: Vec<Range<usize>>,
}

/// Why reading stops before the end.
enum Stopped {
    Failed(PluginError),
    /// Nobody takes the pieces any more.
    Unheard,
}

impl From<PluginError> for Stopped {
    fn from(error: PluginError) -> Self {
        Self::Failed(error)
    }
}

impl Task {
    fn files(&mut self, files: &[Recorded]) -> Result<(), Stopped> {
        for (index, file) in files.iter().enumerate() {
            self.file(file, files.get(index + 1))?;
        }
        self.hand_over()
    }

    fn file(&mut self, file: &Recorded, next: Option<&Recorded>) -> Result<(), Stopped> {
        let opened =
            File::open(&file.path).and_then(|opened| LogFile::new(BufReader::with_capacity(CHUNK, opened)));
        let mut log = opened.map_err(|error| unreadable(file, 0, &error))?;
        let mut decoder = Decoder::new();
        self.put(&rotate(&file.name));
        loop {
            let offset = log.offset();
            self.pass_start(file, offset)?;
            let read = match log.header() {
                Ok(None) => return Ok(self.reach_start(file)?),
                Ok(Some(header)) => self.event(&mut log, header)?,
                Err(error) => Err(error),
            };
            match read {
                Ok(None) => {}
                Ok(Some(event)) => check_successor(&mut decoder, &event, file, next)?,
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && next.is_none() => {
                    let place = format!("{}:{offset}", file.name);
                    tracing::warn!(place, "the last log file is cut off within the event that begins here");
                    return Ok(self.reach_start(file)?);
                }
                Err(error) => return Err(unreadable(file, offset, &error).into()),
            }
        }
    }

    /// Reads an event, and returns it if it is one that tells how the log goes on.
    fn event(
        &mut self,
        log: &mut LogFile<BufReader<File>>,
        header: Header,
    ) -> Result<io::Result<Option<Vec<u8>>>, Stopped> {
        if header.event_type == EventType::ROTATE {
            // The next file is told where it begins, as a server does.
            let mut event = Vec::new();
            return Ok(log.append(usize::MAX, &mut event).map(|_| Some(event)));
        }
        if header.event_type == EventType::TRANSACTION_PAYLOAD && header.length as usize > PART_ABOVE {
            return self.parts(log).map(|read| read.map(|()| None));
        }
        let begin = self.buffer.len();
        if let Err(error) = log.append(usize::MAX, &mut self.buffer) {
            self.buffer.truncate(begin);
            return Ok(Err(error));
        }
        self.events.push(begin..self.buffer.len());
        let format = header.event_type == EventType::FORMAT_DESCRIPTION;
        let event = format.then(|| self.buffer.get(begin..).unwrap_or_default().to_vec());
        if self.buffer.len() >= CHUNK {
            self.hand_over()?;
        }
        Ok(Ok(event))
    }

    /// Hands a long compressed transaction over in parts.
    fn parts(&mut self, log: &mut LogFile<BufReader<File>>) -> Result<io::Result<()>, Stopped> {
        self.hand_over()?;
        let mut first = true;
        loop {
            let mut bytes = Vec::with_capacity(CHUNK);
            let last = match log.append(CHUNK, &mut bytes) {
                Ok(last) => last,
                Err(error) => return Ok(Err(error)),
            };
            self.send(Piece::Part(Part::of(bytes, first)))?;
            first = false;
            if last {
                return Ok(Ok(()));
            }
        }
    }

    /// Notices when the place is reached where something of interest begins.
    fn pass_start(&mut self, file: &Recorded, offset: u64) -> Result<()> {
        match self.start {
            Some(start) if offset > start => Err(within(file, start)),
            Some(start) if offset == start => {
                self.start = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// At the end of a file that place must have been reached.
    fn reach_start(&self, file: &Recorded) -> Result<()> {
        self.start.map_or(Ok(()), |start| Err(within(file, start)))
    }

    fn put(&mut self, event: &[u8]) {
        let begin = self.buffer.len();
        self.buffer.extend_from_slice(event);
        self.events.push(begin..self.buffer.len());
    }

    /// Sends what was read.
    fn hand_over(&mut self) -> Result<(), Stopped> {
        if self.events.is_empty() {
            return Ok(());
        }
        let mut next = self.returned.try_recv().unwrap_or_default();
        next.clear();
        // One long event must not make all buffers as long.
        next.shrink_to(2 * CHUNK);
        let bytes = std::mem::replace(&mut self.buffer, next);
        let events = std::mem::take(&mut self.events);
        self.send(Piece::Events(Chunk::of(bytes, events)))
    }

    fn send(&self, piece: Piece) -> Result<(), Stopped> {
        self.sender.blocking_send(Ok(piece)).map_err(|_| Stopped::Unheard)
    }
}

/// Refuses a file that says that the log goes on in another one than the next.
fn check_successor(
    decoder: &mut Decoder,
    event: &[u8],
    file: &Recorded,
    next: Option<&Recorded>,
) -> Result<()> {
    let decoded = decoder.decode(event);
    let (_, event) =
        decoded.map_err(|error| PluginError::definite(format!("{}: {error}", file.name)).hint(DAMAGED))?;
    match (event, next) {
        (Event::Rotate(rotate), Some(next)) if *rotate.file != *next.name => Err(PluginError::definite(format!(
            "the log files are not consecutive: {} goes on in {}, but the next one is {}",
            file.name, rotate.file, next.name
        ))
        .hint("give all files from the first to the last, in order and under the names that the server gave them")),
        _ => Ok(()),
    }
}

const DAMAGED: &str = "copy the file from the server again; if it is damaged there, begin behind that place";

fn unreadable(file: &Recorded, offset: u64, error: &io::Error) -> PluginError {
    let message = format!("log file {} is damaged or cannot be read: {error}", file.path.display());
    PluginError::definite(message).at(format_args!("{}:{offset}", file.name)).hint(DAMAGED)
}

fn within(file: &Recorded, start: u64) -> PluginError {
    PluginError::world(format!("position {}:{start} lies within an event", file.name))
        .hint("begin where a transaction begins; `mysqlbinlog` shows it")
}

/// Returns the event by which a server tells that a file begins.
fn rotate(name: &str) -> Vec<u8> {
    const FIRST_OFFSET: u64 = crate::begin::FIRST_OFFSET;
    const HEADER: usize = 19;
    const CHECKSUM: usize = 4;
    let length = HEADER + size_of::<u64>() + name.len() + CHECKSUM;
    let mut event = Vec::with_capacity(length);
    event.extend_from_slice(&[0; 4]);
    event.push(EventType::ROTATE.0);
    event.extend_from_slice(&[0; 4]);
    event.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    event.extend_from_slice(&[0; 4]);
    event.extend_from_slice(&ARTIFICIAL.to_le_bytes());
    event.extend_from_slice(&FIRST_OFFSET.to_le_bytes());
    event.extend_from_slice(name.as_bytes());
    event.extend_from_slice(&crc32fast::hash(&event).to_le_bytes());
    event
}

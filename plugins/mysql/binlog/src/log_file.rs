//! Reads the events of a recorded log.

use crate::{Header, Problem, fields::Fields, frame::HEADER_LENGTH, gather::gather};
use std::io::{self, BufRead};

const MAGIC: [u8; 4] = *b"\xfebin";
const ENCRYPTED: [u8; 4] = *b"\xfdbin";

/// The events of a binary log file, one by one. A checksum is the [`Decoder`](crate::Decoder)'s matter.
#[derive(Debug)]
pub struct LogFile<R> {
    input: R,
    offset: u64,
    /// The event that [`Self::read`] returned.
    event: Vec<u8>,
    /// The bytes of the next event's header.
    head: Vec<u8>,
    next: Option<Next>,
}

/// The event whose header was read.
#[derive(Debug)]
struct Next {
    header: Header,
    /// How many bytes of it were handed over.
    taken: usize,
}

impl<R: BufRead> LogFile<R> {
    /// Starts at the beginning of a log file.
    ///
    /// # Errors
    /// If it cannot be read or is no (plain) log file.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut magic = Vec::new();
        gather(&mut input, MAGIC.len(), &mut magic)?;
        if magic == MAGIC {
            Ok(Self { input, offset: MAGIC.len() as u64, event: Vec::new(), head: magic, next: None })
        } else if magic == ENCRYPTED {
            Err(invalid("the log file is encrypted (binlog_encryption): read it through the server"))
        } else {
            Err(invalid("it is no binary log file: it does not begin with 0xfe 'bin'"))
        }
    }

    /// Returns the offset of the next event in the file, of one that was begun too.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the header of the next event, or `None` at the end of the file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn header(&mut self) -> io::Result<Option<Header>> {
        if let Some(next) = &self.next {
            return Ok(Some(next.header));
        }
        self.head.clear();
        match gather(&mut self.input, HEADER_LENGTH, &mut self.head)? {
            0 => return Ok(None),
            HEADER_LENGTH => {}
            _ => return Err(self.cut()),
        }
        let header = Header::fields(&mut Fields(&self.head))
            .map_err(|problem: Problem| invalid(problem.to_string()))?;
        if (header.length as usize) < HEADER_LENGTH {
            return Err(invalid(format!("the event at offset {} is shorter than its header", self.offset)));
        }
        self.next = Some(Next { header, taken: 0 });
        Ok(Some(header))
    }

    /// Appends the next event, or up to `at_most` bytes that are left of it, to `bytes`. Returns whether that was its end;
    /// at the end of the file it is, without a byte.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn append(&mut self, at_most: usize, bytes: &mut Vec<u8>) -> io::Result<bool> {
        self.header()?;
        let Some(mut next) = self.next.take() else { return Ok(true) };
        let wanted = (next.header.length as usize - next.taken).min(at_most);
        let head = self.head.get(next.taken..).unwrap_or_default();
        let head = head.get(..wanted).unwrap_or(head);
        bytes.extend_from_slice(head);
        let rest = wanted - head.len();
        if gather(&mut self.input, rest, bytes)? != rest {
            // The length may be what is damaged: the header says twice where the event ends.
            let end = self.offset.wrapping_add(u64::from(next.header.length)) as u32;
            return Err(if next.header.end == end { self.cut() } else { self.contradiction() });
        }
        next.taken += wanted;
        if next.taken < next.header.length as usize {
            self.next = Some(next);
            return Ok(false);
        }
        self.offset += u64::from(next.header.length);
        Ok(true)
    }

    /// Returns the bytes of the next event, or `None` at the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read, if it ends within an event ([`io::ErrorKind::UnexpectedEof`]), or if a header cannot be
    /// true ([`io::ErrorKind::InvalidData`]).
    pub fn read(&mut self) -> io::Result<Option<&[u8]>> {
        if self.header()?.is_none() {
            return Ok(None);
        }
        let mut event = std::mem::take(&mut self.event);
        event.clear();
        self.append(usize::MAX, &mut event)?;
        self.event = event;
        Ok(Some(&self.event))
    }

    fn cut(&self) -> io::Error {
        let what = format!("the file ends within the event at offset {}", self.offset);
        io::Error::new(io::ErrorKind::UnexpectedEof, what)
    }

    fn contradiction(&self) -> io::Error {
        invalid(format!("the header of the event at offset {} contradicts itself", self.offset))
    }
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

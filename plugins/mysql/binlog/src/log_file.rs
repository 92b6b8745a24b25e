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
    event: Vec<u8>,
}

impl<R: BufRead> LogFile<R> {
    /// Starts at the beginning of a log file.
    ///
    /// # Errors
    /// If it cannot be read or is no (plain) log file.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut magic = [0; 4];
        input.read_exact(&mut magic)?;
        match magic {
            MAGIC => Ok(Self { input, offset: MAGIC.len() as u64, event: Vec::new() }),
            ENCRYPTED => {
                Err(invalid("the log file is encrypted (binlog_encryption): read it through the server"))
            }
            _ => Err(invalid("it is no binary log file: it does not begin with 0xfe 'bin'")),
        }
    }

    /// Returns the offset of the next event in the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the bytes of the next event, or `None` at the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read or ends within an event.
    pub fn read(&mut self) -> io::Result<Option<&[u8]>> {
        self.event.clear();
        match gather(&mut self.input, HEADER_LENGTH, &mut self.event)? {
            0 => return Ok(None),
            HEADER_LENGTH => {}
            _ => return Err(self.cut()),
        }
        let header = Header::fields(&mut Fields(&self.event))
            .map_err(|problem: Problem| invalid(problem.to_string()))?;
        let Some(rest) = (header.length as usize).checked_sub(HEADER_LENGTH) else {
            return Err(invalid(format!("the event at offset {} is shorter than its header", self.offset)));
        };
        if gather(&mut self.input, rest, &mut self.event)? != rest {
            return Err(self.cut());
        }
        self.offset += u64::from(header.length);
        Ok(Some(&self.event))
    }

    fn cut(&self) -> io::Error {
        let what = format!("the file ends within the event at offset {}", self.offset);
        io::Error::new(io::ErrorKind::UnexpectedEof, what)
    }
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

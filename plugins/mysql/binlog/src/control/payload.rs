//! Compressed transactions: one event that holds the others.

use crate::{Error, EventType, Header, Problem, fields::Fields, frame::HEADER_LENGTH, gather::gather};
use std::io::BufReader;

/// A transaction's events in one, compressed.
///
/// Source: `mysql::binlog::event::Transaction_payload_event`.
#[derive(Clone, Copy, Debug)]
pub struct TransactionPayload<'a> {
    /// The size of the events that it holds, in bytes, by its own words.
    pub uncompressed_size: u64,
    header: Header,
    compression: Compression,
    payload: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
enum Compression {
    Zstd,
    None,
}

impl<'a> TransactionPayload<'a> {
    pub(crate) fn read(header: &Header, mut body: Fields<'a>) -> Result<Self, Problem> {
        const END: u64 = 0;
        const SIZE: u64 = 1;
        const COMPRESSION: u64 = 2;
        const UNCOMPRESSED_SIZE: u64 = 3;
        let (mut size, mut compression, mut uncompressed_size) = (None, Compression::None, 0);
        loop {
            let field = body.length_encoded("the type of a field")?;
            if field == END {
                break;
            }
            let mut value = Fields(body.length_encoded_bytes("a field")?);
            let number = value.length_encoded("a field")?;
            match (field, number) {
                (SIZE, number) => size = usize::try_from(number).ok(),
                (COMPRESSION, 0) => compression = Compression::Zstd,
                (COMPRESSION, 255) => compression = Compression::None,
                (COMPRESSION, other) => {
                    return Err(Problem::stop(
                        format!("it is compressed in the unknown way {other}"),
                        "set binlog_transaction_compression = OFF at the source and start behind it",
                    ));
                }
                (UNCOMPRESSED_SIZE, number) => uncompressed_size = number,
                // Later versions may add fields; each has its length.
                _ => {}
            }
        }
        let payload = body.take(size.unwrap_or(body.0.len()), "the payload")?;
        Ok(Self { uncompressed_size, header: *header, compression, payload })
    }

    /// Returns a reader of the events inside. They are decompressed one by one.
    ///
    /// # Errors
    /// If no decompressor can be had.
    pub fn events(&self) -> Result<PayloadEvents<'a>, Error> {
        let inner = match self.compression {
            Compression::None => Inner::Plain(self.payload),
            Compression::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(self.payload);
                Inner::Zstd(BufReader::new(
                    decoder.map_err(|error| Problem::invalid(error.to_string()).of(&self.header))?,
                ))
            }
        };
        Ok(PayloadEvents { header: self.header, inner, event: Vec::new() })
    }
}

/// Reads the events inside a compressed transaction; holds one of them at a time.
pub struct PayloadEvents<'a> {
    header: Header,
    inner: Inner<'a>,
    event: Vec<u8>,
}

enum Inner<'a> {
    Plain(&'a [u8]),
    Zstd(BufReader<zstd::stream::read::Decoder<'a, &'a [u8]>>),
}

impl PayloadEvents<'_> {
    /// Returns the next event, framed but without a checksum, or `None` behind the last. The bytes are for
    /// [`Decoder::decode_payload_event`](crate::Decoder::decode_payload_event).
    ///
    /// # Errors
    /// If the payload is damaged or cut off.
    pub fn read(&mut self) -> Result<Option<&[u8]>, Error> {
        self.event.clear();
        match self.fill() {
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(&self.event)),
            Err(problem) => Err(problem.of(&self.header)),
        }
    }

    fn fill(&mut self) -> Result<bool, Problem> {
        match self.append(HEADER_LENGTH)? {
            0 => return Ok(false),
            HEADER_LENGTH => {}
            _ => return Err(Problem::Truncated("the header of an event in its payload")),
        }
        let header = Header::fields(&mut Fields(&self.event))?;
        let Some(rest) = (header.length as usize).checked_sub(HEADER_LENGTH) else {
            return Err(Problem::invalid("an event in its payload is shorter than its header"));
        };
        if header.event_type == EventType::TRANSACTION_PAYLOAD {
            return Err(Problem::invalid("its payload holds a payload"));
        }
        if self.append(rest)? == rest { Ok(true) } else { Err(Problem::Truncated("an event in its payload")) }
    }

    fn append(&mut self, length: usize) -> Result<usize, Problem> {
        let read = match &mut self.inner {
            Inner::Plain(bytes) => gather(bytes, length, &mut self.event),
            Inner::Zstd(decoder) => gather(decoder, length, &mut self.event),
        };
        read.map_err(|error| Problem::invalid(format!("its payload cannot be decompressed: {error}")))
    }
}

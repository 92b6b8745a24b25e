//! Walks over the events of a log up to its end, without a thought for transactions.

use super::{Chunk, From, Piece, Reader, follow};
use tidegate_mysql_connection::{ConnectionConfig, Version};
use tidegate_plugin::Result;

/// The events from somewhere to where the log ends now; of compressed transactions that are too long to be held only the
/// beginning.
pub(crate) struct Walk {
    reader: Reader,
    chunk: Option<Chunk>,
    beginning: Vec<u8>,
}

impl Walk {
    /// Begins to walk.
    pub(crate) async fn begin(config: &ConnectionConfig, version: &Version, from: &From) -> Result<Self> {
        Ok(Self { reader: follow(config, version, None, from).await?, chunk: None, beginning: Vec::new() })
    }

    /// Returns the next event.
    pub(crate) async fn next(&mut self) -> Result<Option<&[u8]>> {
        let range = loop {
            if let Some(chunk) = &mut self.chunk
                && let Some(range) = chunk.take()
            {
                break range;
            }
            if let Some(chunk) = self.chunk.take() {
                self.reader.recycle(chunk);
            }
            match self.reader.next().await? {
                Some(Piece::Events(chunk)) => self.chunk = Some(chunk),
                Some(Piece::Part(part)) if part.first => {
                    self.beginning = part.bytes;
                    return Ok(Some(&self.beginning));
                }
                Some(Piece::Part(_)) => {}
                None => return Ok(None),
            }
        };
        Ok(self.chunk.as_ref().map(|chunk| chunk.get(range)))
    }
}

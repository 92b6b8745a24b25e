//! MariaDB's compression of rows and statements (`log_bin_compress`).

use crate::Problem;
use std::io::Read;

/// Decompresses what MariaDB wrote: a byte with the algorithm (bits 4 to 6, 0 is zlib) and the number of bytes (bits 0
/// to 2) of the length that follows, big-endian; then the compressed bytes.
pub(crate) fn decompress(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    const WHAT: &str = "its compressed part";
    let (first, rest) = bytes.split_first().ok_or(Problem::Truncated(WHAT))?;
    if first & 0xf0 != 0x80 {
        return Err(Problem::invalid(format!("it is compressed in the unknown way {first:#04x}")));
    }
    let (length, rest) = rest.split_at_checked(usize::from(first & 7)).ok_or(Problem::Truncated(WHAT))?;
    let length = length.iter().fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    let mut plain = Vec::new();
    // Memory grows with what is there, not with what is announced.
    let read = flate2::read::ZlibDecoder::new(rest).take(length).read_to_end(&mut plain);
    match read {
        Ok(read) if read as u64 == length => Ok(plain),
        Ok(_) => Err(Problem::Truncated(WHAT)),
        Err(error) => Err(Problem::invalid(format!("it cannot be decompressed: {error}"))),
    }
}

//! The digest of a window: whether a window that is read again holds the very same rows.

use super::Window;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A count of rows and an order-independent sum of their hashes.
///
/// Each row counts with its hash as it was read, its transaction (the GTID, or the place in the log where there is none)
/// and its place in that transaction: how the rows were cut into batches does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Digest {
    /// How many rows.
    pub(crate) rows: u64,
    /// The sum.
    pub(crate) sum: u64,
}

impl Digest {
    /// Returns the digest of a window's rows.
    pub(crate) fn of(window: &Window) -> Self {
        let mut digest = Self::default();
        let identities: Vec<Vec<u64>> = window
            .transactions
            .iter()
            .map(|transactions| transactions.iter().map(identity).collect())
            .collect();
        for set in &window.sets {
            let (Some(identities), Some(transactions)) =
                (identities.get(set.batch as usize), window.transactions.get(set.batch as usize))
            else {
                continue;
            };
            let rows = &set.rows;
            for ((ordinal, index), hash) in rows.ordinals.iter().zip(&rows.transactions).zip(&rows.hashes) {
                let index = *index as usize;
                let (Some(identity), Some(transaction)) = (identities.get(index), transactions.get(index))
                else {
                    continue;
                };
                digest.rows += 1;
                let number = transaction.row_number(*ordinal);
                let seed = identity.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                digest.sum = digest.sum.wrapping_add(xxh3_64_with_seed(&hash.to_le_bytes(), seed));
            }
        }
        digest
    }
}

fn identity(transaction: &tidegate_model::Transaction) -> u64 {
    match &transaction.gtid {
        Some(gtid) => xxh3_64_with_seed(gtid.to_string().as_bytes(), 1),
        None => xxh3_64_with_seed(transaction.log.file.as_bytes(), transaction.log.offset),
    }
}

//! The Merkle tree of RFC 6962 section 2.1, kept as tiles.
//!
//! * [`Frontier`]: the root at every size, from O(log n) hashes; for who only reads along.
//! * [`TileWriter`] and [`integrate`]: append leaves and get the tiles to store, O(1) each.
//! * [`TreeReader`]: roots, inclusion and consistency proofs of a stored tree, through a [`HashReader`].
//! * [`verify_inclusion`], [`verify_consistency`]: for who holds a proof and nothing else.

mod frontier;
mod prove;
mod reader;
mod verify;
mod writer;

pub use frontier::Frontier;
pub use prove::{consistency_tiles, inclusion_tiles, root_tiles};
pub use reader::{HashReader, ReadError, TreeReader};
pub use verify::{ProofError, root_of_inclusion, verify_consistency, verify_inclusion};
pub use writer::{Integration, TileWriter, integrate};

use crate::hash::{HASH_BYTES, Hash};

/// Hashes that do not make up the tree that they are said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A compact range with another number of hashes than its size has set bits.
    #[error("a tree of {size} entries has {expected} peaks, not {found}")]
    Peaks {
        /// Entries of the tree.
        size: u64,
        /// Peaks it has: the set bits of its size.
        expected: usize,
        /// Peaks given.
        found: usize,
    },
    /// The partial tiles are not those of the tree's right edge.
    #[error("the right edge of a tree of {size} entries needs {expected}: load it from the store")]
    Edge {
        /// Entries of the tree.
        size: u64,
        /// The tile that is missing, too many, or not of its width.
        expected: String,
    },
}

/// The hashes of a tile, which has a whole number of them.
pub(crate) fn hashes(bytes: &[u8]) -> impl DoubleEndedIterator<Item = Hash> + ExactSizeIterator + '_ {
    bytes.chunks_exact(HASH_BYTES).map(|chunk| {
        let mut hash = [0; HASH_BYTES];
        hash.copy_from_slice(chunk);
        Hash(hash)
    })
}

/// The root over the hashes of one perfect subtree: 1, 2, 4, … 256 of them.
pub(crate) fn perfect_root(bytes: &[u8]) -> Hash {
    debug_assert!((bytes.len() / HASH_BYTES).is_power_of_two());
    let mut row: Vec<Hash> = hashes(bytes).collect();
    let mut width = row.len();
    while width > 1 {
        width /= 2;
        for at in 0..width {
            row[at] = Hash::node(&row[2 * at], &row[2 * at + 1]);
        }
    }
    row.first().copied().unwrap_or(Hash::EMPTY)
}

/// Joins perfect subtrees, given from right (smallest) to left, into the root over all of them.
pub(crate) fn join_from_right(peaks: impl Iterator<Item = Hash>) -> Option<Hash> {
    peaks.reduce(|right, left| Hash::node(&left, &right))
}

//! Reading a stored tree tile by tile.

use std::collections::BTreeMap;
use std::error::Error;

use crate::hash::{HASH_BYTES, Hash};
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, TileCoord};

use super::perfect_root;
use super::prove::{Node, consistency_ranges, inclusion_ranges, peaks_from_right};

/// A tile could not be had, or the question has no answer in this tree.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store's own failure.
    #[error("{tile} could not be read: {source}")]
    Source {
        /// Which tile.
        tile: TileCoord,
        /// What the store said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no such tile, though the tree's size calls for it.
    #[error("{0} is missing: restore it, or rebuild the tiles from the entries")]
    Missing(TileCoord),
    /// A tile of another length.
    #[error("{tile} has {found} bytes, not {expected}: restore it, or rebuild the tiles from the entries")]
    Length {
        /// Which tile.
        tile: TileCoord,
        /// Bytes found.
        found: usize,
        /// Bytes expected: 32 for each hash.
        expected: usize,
    },
    /// An entry or older tree that is not within the tree.
    #[error("{asked} is not within a tree of {size} entries")]
    Outside {
        /// The entry's index or the older size.
        asked: u64,
        /// Entries of the tree.
        size: u64,
    },
}

/// Where tiles are kept.
pub trait HashReader {
    /// The bytes of the tile at `level` and `index`, at least its first `width` hashes: a store that
    /// keeps only the full tile may return that.
    ///
    /// # Errors
    /// [`ReadError::Missing`] where there is no such tile, [`ReadError::Source`] where it cannot be read.
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, ReadError>;
}

impl<R: HashReader + ?Sized> HashReader for &R {
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, ReadError> {
        (**self).tile(level, index, width)
    }
}

/// Tiles that were fetched beforehand, as named by [`super::inclusion_tiles`] and its siblings.
impl HashReader for BTreeMap<TileCoord, Vec<u8>> {
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, ReadError> {
        let coord = TileCoord { level, index, width };
        self.get(&coord)
            .or_else(|| self.get(&coord.full()))
            .cloned()
            .ok_or(ReadError::Missing(coord))
    }
}

/// Computes roots and proofs of a stored tree. Each tile is read once and kept for the reader's life.
///
/// The hashes are believed: check the root against a signed checkpoint before handing out a proof.
pub struct TreeReader<R> {
    reader: R,
    size: u64,
    tiles: BTreeMap<TileCoord, Vec<u8>>,
}

impl<R: HashReader> TreeReader<R> {
    /// A tree of `size` entries, whose tiles `reader` holds.
    pub const fn new(reader: R, size: u64) -> Self {
        Self {
            reader,
            size,
            tiles: BTreeMap::new(),
        }
    }

    /// The root of the tree as it was with its first `size` entries.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn root(&mut self, size: u64) -> Result<Hash, ReadError> {
        if size > self.size {
            return Err(ReadError::Outside {
                asked: size,
                size: self.size,
            });
        }
        if size == 0 {
            Ok(Hash::EMPTY)
        } else {
            self.range(0, size)
        }
    }

    /// The inclusion proof (RFC 6962 section 2.1.1) of entry `index`: at most 63 hashes, from the leaf's
    /// sibling up.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, ReadError> {
        if index >= self.size {
            return Err(ReadError::Outside {
                asked: index,
                size: self.size,
            });
        }
        inclusion_ranges(index, self.size)
            .into_iter()
            .map(|(lo, hi)| self.range(lo, hi))
            .collect()
    }

    /// The consistency proof (RFC 6962 section 2.1.2) from the tree of the first `old` entries to this
    /// one; empty where `old` is 0 or the whole tree.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, ReadError> {
        if old > self.size {
            return Err(ReadError::Outside {
                asked: old,
                size: self.size,
            });
        }
        consistency_ranges(old, self.size)
            .into_iter()
            .map(|(lo, hi)| self.range(lo, hi))
            .collect()
    }

    /// The root over entries `lo..hi`, where `lo` is a multiple of the next power of two past their number.
    fn range(&mut self, lo: u64, hi: u64) -> Result<Hash, ReadError> {
        let mut root = None;
        for node in peaks_from_right(lo, hi) {
            let left = self.node(node)?;
            root = Some(root.map_or(left, |right| Hash::node(&left, &right)));
        }
        Ok(root.unwrap_or(Hash::EMPTY))
    }

    /// The root of one perfect subtree.
    fn node(&mut self, node: Node) -> Result<Hash, ReadError> {
        let outside = ReadError::Outside {
            asked: node.first_leaf(),
            size: self.size,
        };
        let (coord, first) = node.in_tile(self.size).ok_or(outside)?;
        let within = node.height % TILE_HEIGHT;
        let start = first * HASH_BYTES;
        let end = start + (HASH_BYTES << within);
        Ok(perfect_root(&self.load(coord)?[start..end]))
    }

    fn load(&mut self, coord: TileCoord) -> Result<&[u8], ReadError> {
        use std::collections::btree_map::Entry;
        let expected = usize::from(coord.width) * HASH_BYTES;
        let bytes = match self.tiles.entry(coord) {
            Entry::Occupied(tile) => tile.into_mut(),
            Entry::Vacant(place) => {
                let mut bytes = self.reader.tile(coord.level, coord.index, coord.width)?;
                let found = bytes.len();
                if found != expected && found != TILE_WIDTH as usize * HASH_BYTES {
                    return Err(ReadError::Length {
                        tile: coord,
                        found,
                        expected,
                    });
                }
                bytes.truncate(expected);
                place.insert(bytes)
            }
        };
        Ok(bytes)
    }
}

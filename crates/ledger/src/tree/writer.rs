//! Appending: leaf hashes in, tiles out.

use crate::hash::{HASH_BYTES, Hash};
use crate::tile::{TILE_LEVELS, TILE_WIDTH, Tile, TileCoord, hashes_at};

use super::{TreeError, join_from_right, perfect_root};

const TILE_BYTES: usize = TILE_WIDTH as usize * HASH_BYTES;

/// A tree under construction: its size and the partial tiles of its right edge, at most 8 × 8 KiB.
#[derive(Debug, Clone, Default)]
pub struct TileWriter {
    size: u64,
    /// The hashes of the partial tile of each level, from level 0 up; empty where there is none.
    levels: [Vec<u8>; TILE_LEVELS as usize],
}

impl TileWriter {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a stored tree of `size` entries by its partial tiles, [`TileCoord::edges`], in any order.
    ///
    /// # Errors
    /// [`TreeError::Edge`] where `edge` is not exactly those tiles. Whether they hold the right hashes
    /// only the root tells: compare [`TileWriter::root`] with the last checkpoint's.
    pub fn resume(size: u64, edge: &[Tile]) -> Result<Self, TreeError> {
        let mut writer = Self {
            size,
            ..Self::default()
        };
        let wrong = |coord: TileCoord| TreeError::Edge {
            size,
            expected: coord.to_string(),
        };
        for coord in TileCoord::edges(size) {
            let tile = edge
                .iter()
                .find(|tile| tile.coord == coord)
                .ok_or_else(|| wrong(coord))?;
            if tile.bytes.len() != usize::from(coord.width) * HASH_BYTES {
                return Err(wrong(coord));
            }
            writer.levels[usize::from(coord.level)].clone_from(&tile.bytes);
        }
        if edge.len() != TileCoord::edges(size).count() {
            let expected = format!("{} tiles, not {}", TileCoord::edges(size).count(), edge.len());
            return Err(TreeError::Edge { size, expected });
        }
        Ok(writer)
    }

    /// Appends the leaf hash of the next entry, and hands every tile that became full to `full`.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(Tile)) {
        self.size += 1;
        let mut hash = leaf;
        for (level, bytes) in (0u8..).zip(&mut self.levels) {
            bytes.extend_from_slice(&hash.0);
            if bytes.len() < TILE_BYTES {
                return;
            }
            hash = perfect_root(bytes);
            let index = hashes_at(level + 1, self.size).saturating_sub(1);
            let coord = TileCoord {
                level,
                index,
                width: TILE_WIDTH as u16,
            };
            full(Tile {
                coord,
                bytes: std::mem::take(bytes),
            });
        }
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The partial tiles as they are now, from level 0 up.
    pub fn edge(&self) -> impl Iterator<Item = Tile> + '_ {
        TileCoord::edges(self.size).map(|coord| Tile {
            coord,
            bytes: self.levels[usize::from(coord.level)].clone(),
        })
    }

    /// The root over its leaves. Costs up to 255 node hashes per level.
    #[must_use]
    pub fn root(&self) -> Hash {
        let peaks = self.levels.iter().flat_map(|bytes| peaks_from_right(bytes));
        join_from_right(peaks).unwrap_or(Hash::EMPTY)
    }
}

/// The perfect subtrees within a partial tile, the smallest (rightmost) first.
fn peaks_from_right(bytes: &[u8]) -> impl Iterator<Item = Hash> + '_ {
    let width = bytes.len() / HASH_BYTES;
    let mut end = bytes.len();
    (0..usize::BITS)
        .filter(move |bit| width >> bit & 1 == 1)
        .map(move |bit| {
            let start = end - (HASH_BYTES << bit);
            let root = perfect_root(&bytes[start..end]);
            end = start;
            root
        })
}

/// What integrating entries changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// The tiles to store, every one new or wider than before. Storing all of them, then the checkpoint,
    /// makes the larger tree readable; partial tiles of older sizes may stay.
    pub tiles: Vec<Tile>,
    /// Entries of the tree now.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// Appends `leaves` to a stored tree of `size` entries, given its partial tiles ([`TileCoord::edges`]).
///
/// Costs about one node hash per leaf, and reads nothing else of the old tree.
///
/// # Errors
/// [`TreeError::Edge`] where `edge` is not the right edge of that tree.
pub fn integrate(
    size: u64,
    edge: &[Tile],
    leaves: impl IntoIterator<Item = Hash>,
) -> Result<Integration, TreeError> {
    let mut writer = TileWriter::resume(size, edge)?;
    let mut tiles = Vec::new();
    for leaf in leaves {
        writer.push(leaf, |tile| tiles.push(tile));
    }
    tiles.extend(
        writer
            .edge()
            .filter(|tile| edge.iter().all(|old| old.coord != tile.coord)),
    );
    Ok(Integration {
        tiles,
        size: writer.size(),
        root: writer.root(),
    })
}

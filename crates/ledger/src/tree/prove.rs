//! Which subtrees a proof consists of, and which tiles they are in. No hash is computed here.

use std::collections::BTreeSet;

use crate::tile::{TILE_HEIGHT, TILE_WIDTH, TileCoord};

/// A perfect subtree: 2^height leaves, the `index`-th such from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) height: u32,
    pub(super) index: u64,
}

impl Node {
    pub(super) const fn first_leaf(self) -> u64 {
        self.index << self.height
    }

    /// The tile whose hashes span it in a tree of `size`, and the first of them within the tile.
    pub(super) fn in_tile(self, size: u64) -> Option<(TileCoord, usize)> {
        let level = u8::try_from(self.height / TILE_HEIGHT).ok()?;
        let first = self.index << (self.height % TILE_HEIGHT);
        let coord = TileCoord::in_tree(level, first / TILE_WIDTH, size)?;
        Some((coord, (first % TILE_WIDTH) as usize))
    }
}

/// The perfect subtrees that make up leaves `lo..hi`, the smallest (rightmost) first.
pub(super) fn peaks_from_right(lo: u64, hi: u64) -> impl Iterator<Item = Node> {
    let mut end = hi;
    (0..u64::BITS)
        .filter(move |bit| (hi - lo) >> bit & 1 == 1)
        .map(move |height| {
            end -= 1 << height;
            Node {
                height,
                index: end >> height,
            }
        })
}

/// The largest power of two below `width`, which is at least 2.
const fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// The ranges of leaves whose roots prove entry `index` of a tree of `size`, from the leaf up.
pub(super) fn inclusion_ranges(index: u64, size: u64) -> Vec<(u64, u64)> {
    let (mut lo, mut hi) = (0, size);
    let mut ranges = Vec::new();
    while hi - lo > 1 {
        let middle = lo + split(hi - lo);
        if index < middle {
            ranges.push((middle, hi));
            hi = middle;
        } else {
            ranges.push((lo, middle));
            lo = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// The ranges of leaves whose roots prove a tree of `size` consistent with its first `old` leaves.
pub(super) fn consistency_ranges(old: u64, size: u64) -> Vec<(u64, u64)> {
    let mut ranges = Vec::new();
    if old == 0 {
        return ranges;
    }
    let (mut lo, mut hi) = (0, size);
    while hi > old {
        let middle = lo + split(hi - lo);
        if old <= middle {
            ranges.push((middle, hi));
            hi = middle;
        } else {
            ranges.push((lo, middle));
            lo = middle;
        }
    }
    // The verifier knows the root over all old leaves already.
    if lo > 0 {
        ranges.push((lo, hi));
    }
    ranges.reverse();
    ranges
}

/// The tiles to fetch before computing the root of the first `size` entries of a tree of `tree_size`.
#[must_use]
pub fn root_tiles(size: u64, tree_size: u64) -> Vec<TileCoord> {
    if size > tree_size {
        Vec::new()
    } else {
        tiles(&[(0, size)], tree_size)
    }
}

/// The tiles to fetch before computing the inclusion proof of entry `index` in a tree of `size`.
#[must_use]
pub fn inclusion_tiles(index: u64, size: u64) -> Vec<TileCoord> {
    if index >= size {
        Vec::new()
    } else {
        tiles(&inclusion_ranges(index, size), size)
    }
}

/// The tiles to fetch before computing the consistency proof from `old` to `size`.
#[must_use]
pub fn consistency_tiles(old: u64, size: u64) -> Vec<TileCoord> {
    if old > size {
        Vec::new()
    } else {
        tiles(&consistency_ranges(old, size), size)
    }
}

fn tiles(ranges: &[(u64, u64)], size: u64) -> Vec<TileCoord> {
    let nodes = ranges.iter().flat_map(|&(lo, hi)| peaks_from_right(lo, hi));
    let tiles: BTreeSet<TileCoord> = nodes
        .filter_map(|node| node.in_tile(size))
        .map(|(tile, _)| tile)
        .collect();
    tiles.into_iter().collect()
}

//! tlog-tiles: where the hashes and the entries of a log lie, and how a bundle of entries is encoded.
//!
//! Format: <https://c2sp.org/tlog-tiles>. A tile holds up to 256 consecutive hashes of one level; the
//! hashes of level *l* each cover 256^*l* entries. Only the rightmost tile of a level may be partial.

mod bundle;
mod path;

pub use bundle::{BundleError, append_entry, split_bundle};
pub(crate) use path::hashes_at;
pub use path::{BadPath, BundleCoord, TileCoord};

/// How many hashes a full tile, and entries a full bundle, holds.
pub const TILE_WIDTH: u64 = 256;

/// Levels of the tree that one tile spans: 2^8 = [`TILE_WIDTH`].
pub(crate) const TILE_HEIGHT: u32 = 8;

/// Tile levels that a tree of fewer than 2^64 entries can have.
pub(crate) const TILE_LEVELS: u8 = 8;

/// A tile with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Where it lies.
    pub coord: TileCoord,
    /// `coord.width` hashes of 32 bytes each, left to right.
    pub bytes: Vec<u8>,
}

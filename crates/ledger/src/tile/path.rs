//! Coordinates of tiles and bundles, and their paths.

use std::fmt;
use std::str::FromStr;

use super::{TILE_HEIGHT, TILE_LEVELS, TILE_WIDTH};
use crate::note::beginning;

/// A path that is not of a tile or a bundle, or not in its one form: its beginning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no path of a tile or bundle: expected tile/<level>/<index>[.p/<width>] as in c2sp.org/tlog-tiles"
)]
pub struct BadPath(pub String);

/// Where a tile of hashes lies. `Display` and `FromStr` use its path, `tile/0/x001/067.p/12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileCoord {
    /// Each hash covers 256^level entries; 0 to 7, since a tree has fewer than 2^64 entries.
    pub level: u8,
    /// Counted from the left, from 0.
    pub index: u64,
    /// Hashes in it, 1 to 256; a tile of fewer than 256 is partial.
    pub width: u16,
}

/// Where a bundle of entries lies. `Display` and `FromStr` use its path, `tile/entries/x001/067.p/12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleCoord {
    /// Counted from 0: the bundle holds entries from `index * 256`.
    pub index: u64,
    /// Entries in it, 1 to 256.
    pub width: u16,
}

/// How many hashes, 0 to 256, tile `index` of a level has when the level has `hashes`.
fn width_of(hashes: u64, index: u64) -> u16 {
    let first = index.saturating_mul(TILE_WIDTH);
    hashes.saturating_sub(first).min(TILE_WIDTH) as u16
}

/// How many whole hashes `level` has in a tree of `size` entries.
pub(crate) fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
}

impl TileCoord {
    /// The tile as it is in a tree of `size` entries; `None` where that tree has no hash there.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let width = width_of(hashes_at(level, size), index);
        (width > 0).then_some(Self { level, index, width })
    }

    /// The partial tile of `level` in a tree of `size` entries, if it has one.
    #[must_use]
    pub fn edge(level: u8, size: u64) -> Option<Self> {
        Self::in_tree(level, hashes_at(level, size) / TILE_WIDTH, size)
    }

    /// Every partial tile of a tree of `size` entries, from level 0 up: at most 8.
    pub fn edges(size: u64) -> impl Iterator<Item = Self> {
        (0..TILE_LEVELS).filter_map(move |level| Self::edge(level, size))
    }

    /// The same tile when it is full.
    #[must_use]
    pub const fn full(self) -> Self {
        Self {
            width: TILE_WIDTH as u16,
            ..self
        }
    }

    /// The entries that the tile's hash at `slot` covers, as first and past-the-last index.
    #[must_use]
    pub fn covers(self, slot: u16) -> (u64, u64) {
        let shift = u32::from(self.level) * TILE_HEIGHT;
        let at = self.index * TILE_WIDTH + u64::from(slot);
        (at << shift, at.saturating_add(1) << shift)
    }
}

impl BundleCoord {
    /// The bundle as it is in a log of `size` entries; `None` where that log has no entry there.
    #[must_use]
    pub fn in_log(index: u64, size: u64) -> Option<Self> {
        let width = width_of(size, index);
        (width > 0).then_some(Self { index, width })
    }

    /// The index of its first entry.
    #[must_use]
    pub const fn first_entry(self) -> u64 {
        self.index * TILE_WIDTH
    }

    /// The tile with the hashes of its entries.
    #[must_use]
    pub const fn leaf_tile(self) -> TileCoord {
        TileCoord {
            level: 0,
            index: self.index,
            width: self.width,
        }
    }
}

impl fmt::Display for TileCoord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}", self.level)?;
        write_index(f, self.index, self.width)
    }
}

impl fmt::Display for BundleCoord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries")?;
        write_index(f, self.index, self.width)
    }
}

/// Writes `/x001/x234/067.p/12`.
fn write_index(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut divisor = 1;
    while index / divisor >= 1000 {
        divisor *= 1000;
    }
    while divisor > 1 {
        write!(f, "/x{:03}", index / divisor % 1000)?;
        divisor /= 1000;
    }
    write!(f, "/{:03}", index % 1000)?;
    if u64::from(width) < TILE_WIDTH {
        write!(f, ".p/{width}")
    } else {
        Ok(())
    }
}

impl FromStr for TileCoord {
    type Err = BadPath;

    fn from_str(path: &str) -> Result<Self, BadPath> {
        let bad = || BadPath(beginning(path));
        let (level, rest) = path
            .strip_prefix("tile/")
            .and_then(|p| p.split_once('/'))
            .ok_or_else(bad)?;
        let level = level
            .parse()
            .ok()
            .filter(|&level| level < TILE_LEVELS)
            .ok_or_else(bad)?;
        let (index, width) = parse_index(rest).ok_or_else(bad)?;
        in_one_form(path, Self { level, index, width })
    }
}

impl FromStr for BundleCoord {
    type Err = BadPath;

    fn from_str(path: &str) -> Result<Self, BadPath> {
        let bad = || BadPath(beginning(path));
        let rest = path.strip_prefix("tile/entries/").ok_or_else(bad)?;
        let (index, width) = parse_index(rest).ok_or_else(bad)?;
        in_one_form(path, Self { index, width })
    }
}

/// Accepts `coord` if `path` is what it is written as: no leading zeroes, signs or needless elements.
fn in_one_form<C: fmt::Display>(path: &str, coord: C) -> Result<C, BadPath> {
    if coord.to_string() == path {
        Ok(coord)
    } else {
        Err(BadPath(beginning(path)))
    }
}

/// Reads `x001/067.p/12` loosely; [`in_one_form`] makes it strict.
fn parse_index(text: &str) -> Option<(u64, u16)> {
    let (digits, width) = match text.split_once(".p/") {
        Some((digits, width)) => (
            digits,
            width
                .parse()
                .ok()
                .filter(|w| (1..TILE_WIDTH as u16).contains(w))?,
        ),
        None => (text, TILE_WIDTH as u16),
    };
    let mut index: u64 = 0;
    for element in digits.split('/') {
        let thousand: u16 = element
            .strip_prefix('x')
            .unwrap_or(element)
            .parse()
            .ok()
            .filter(|&n| n < 1000)?;
        index = index.checked_mul(1000)?.checked_add(u64::from(thousand))?;
    }
    // No entry of a tree of fewer than 2^64 lies past this.
    (index <= u64::MAX / TILE_WIDTH).then_some((index, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of c2sp.org/tlog-tiles, "Partial Tiles": a tree of size 70,000.
    #[test]
    fn a_tree_of_seventy_thousand_has_the_edges_of_the_specification() {
        let edges: Vec<_> = TileCoord::edges(70_000).map(|t| t.to_string()).collect();
        assert_eq!(edges, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        let edges: Vec<_> = TileCoord::edges(256).map(|t| t.to_string()).collect();
        assert_eq!(edges, ["tile/1/000.p/1"]);
        assert_eq!(TileCoord::edges(0).count(), 0);
        assert_eq!(TileCoord::edges(u64::MAX).count(), 8);
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = TileCoord {
            level: 3,
            index: 1_234_067,
            width: 256,
        };
        assert_eq!(tile.to_string(), "tile/3/x001/x234/067");
        let bundle = BundleCoord { index: 0, width: 255 };
        assert_eq!(bundle.to_string(), "tile/entries/000.p/255");
        assert_eq!("tile/entries/000.p/255".parse(), Ok(bundle));
    }

    #[test]
    fn a_path_has_one_form() {
        for path in [
            "tile/0/1",
            "tile/0/0001",
            "tile/00/001",
            "tile/+1/001",
            "tile/8/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/01",
            "tile/0/x001",
            "tile/entries/001",
            "0/001",
            "",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/001.p/1/",
            "tile/0/../001",
        ] {
            assert_eq!(path.parse::<TileCoord>(), Err(BadPath(path.to_owned())));
        }
    }

    #[test]
    fn a_hash_covers_a_power_of_256_entries() {
        let tile = TileCoord {
            level: 1,
            index: 2,
            width: 256,
        };
        assert_eq!(tile.covers(3), (131_840, 132_096));
    }
}

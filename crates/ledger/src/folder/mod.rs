//! A whole log in a folder: written, taken up again, and verified with nothing else at hand.
//!
//! The layout is that of c2sp.org/tlog-tiles, so any file server makes the folder a readable log:
//!
//! | path | holds |
//! |---|---|
//! | `vkey` | the log's verifier key and a newline (ours; the specification leaves it to the reader) |
//! | `checkpoint` | the signed checkpoint, written last |
//! | `tile/<level>/<index>` | hashes |
//! | `tile/entries/<index>` | entries, each as [`crate::entry`] describes |

mod export;
mod fs;
mod problem;
mod report;
mod verify;

use std::io;

use crate::canonical::MAX_ENTRY_BYTES;
use crate::hash::HASH_BYTES;
use crate::tile::{TILE_WIDTH, TileCoord};
use crate::tree::{HashReader, ReadError};

pub use export::{ExportError, Exporter};
pub use fs::FsFolder;
pub use problem::Problem;
pub use report::{Report, Witnessed};
pub use verify::{Expect, verify, verify_folder};

/// The path of the log's verifier key.
pub const VKEY_PATH: &str = "vkey";
/// The path of the signed checkpoint.
pub const CHECKPOINT_PATH: &str = "checkpoint";

/// The most that a `vkey` file holds, in bytes.
const MAX_VKEY_BYTES: usize = 1024;
/// The most that a bundle holds, in bytes.
const MAX_BUNDLE_BYTES: usize = TILE_WIDTH as usize * (2 + MAX_ENTRY_BYTES);
/// What a full tile holds, in bytes.
const MAX_TILE_BYTES: usize = TILE_WIDTH as usize * HASH_BYTES;

/// Files by relative path, with `/` between its elements.
pub trait Folder {
    /// Puts the content of a file into `out`, in place of what was there. False if there is no such file.
    ///
    /// # Errors
    /// Where it cannot be read, or is longer than `limit` bytes.
    fn read(&self, path: &str, limit: usize, out: &mut Vec<u8>) -> io::Result<bool>;

    /// Creates or replaces a file, and the folders that it is in. A reader sees the old content or the
    /// new, never a part.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// The names of the files and folders directly within `path`; none where there is no such folder.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn names(&self, path: &str) -> io::Result<Vec<String>>;
}

/// The tiles of a folder, for proofs.
#[derive(Debug, Clone, Copy)]
pub struct FolderTiles<'f, F>(pub &'f F);

impl<F: Folder> HashReader for FolderTiles<'_, F> {
    /// Falls back to the full tile where the partial one was cleaned away, as the specification allows.
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, ReadError> {
        let coord = TileCoord { level, index, width };
        let mut bytes = Vec::new();
        for candidate in [coord, coord.full()] {
            let found = self.0.read(&candidate.to_string(), MAX_TILE_BYTES, &mut bytes);
            if found.map_err(|e| ReadError::Source {
                tile: candidate,
                source: e.into(),
            })? {
                return Ok(bytes);
            }
        }
        Err(ReadError::Missing(coord))
    }
}

//! Writing a log into a folder, entry by entry.

use std::io;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{EntryError, EntryHead, read_head};
use crate::hash::Hash;
use crate::note::{MAX_NOTE_BYTES, Note, VerifyingKey};
use crate::tile::{BundleCoord, BundleError, TILE_WIDTH, Tile, TileCoord, append_entry, split_bundle};
use crate::tree::{HashReader as _, ReadError, TileWriter, TreeError};

use super::{CHECKPOINT_PATH, Folder, FolderTiles, MAX_BUNDLE_BYTES, VKEY_PATH};

/// Why a folder cannot be written or taken up again.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file that cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// What the folder said.
        source: io::Error,
    },
    /// [`Exporter::create`] on a folder with a log in it.
    #[error("the folder holds a log already: resume that export, or choose an empty folder")]
    NotEmpty,
    /// [`Exporter::resume`] on a folder without a whole log in it.
    #[error("the export cannot be resumed: {0} is missing or not of its length; export into an empty folder")]
    Incomplete(String),
    /// A tile that cannot be read.
    #[error("the export cannot be resumed: {0}")]
    Read(#[from] ReadError),
    /// Tiles that are not the right edge of the log.
    #[error("the export cannot be resumed: {0}")]
    Tree(#[from] TreeError),
    /// An entry that the folder's own verifier would refuse.
    #[error("entry {index} is not an entry: {source}")]
    Entry {
        /// Which entry.
        index: u64,
        /// Why it is none.
        source: EntryError,
    },
    /// An entry out of its order.
    #[error(
        "entry {index} says n={n} and t={t}, but the entry before it was of t={before}: give the entries in order"
    )]
    Order {
        /// The place.
        index: u64,
        /// The entry's `n`.
        n: u64,
        /// The entry's `t`.
        t: i64,
        /// The `t` of the entry before.
        before: i64,
    },
    /// An entry that does not fit into a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The checkpoint is not signed by the log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is of another tree.
    #[error(
        "the checkpoint is of {size} entries under {root}, but the folder has {found_size} under {found_root}"
    )]
    Head {
        /// Entries by the checkpoint.
        size: u64,
        /// Root by the checkpoint.
        root: Hash,
        /// Entries written.
        found_size: u64,
        /// Their root.
        found_root: Hash,
    },
}

/// A log being written. Only [`Exporter::finish`] makes the folder valid; what was left unfinished can be
/// resumed from its last checkpoint.
#[derive(Debug)]
pub struct Exporter<'f, F> {
    folder: &'f F,
    key: VerifyingKey,
    tree: TileWriter,
    /// The entries of the last bundle, which is not full.
    bundle: Vec<u8>,
    last_time: i64,
}

impl<'f, F: Folder> Exporter<'f, F> {
    /// Begins a log with the key `key` in an empty folder.
    ///
    /// # Errors
    /// [`ExportError::NotEmpty`] or [`ExportError::Io`].
    pub fn create(folder: &'f F, key: &VerifyingKey) -> Result<Self, ExportError> {
        let found = folder.read(CHECKPOINT_PATH, MAX_NOTE_BYTES, &mut Vec::new());
        if found.map_err(at(CHECKPOINT_PATH))? {
            return Err(ExportError::NotEmpty);
        }
        folder
            .write(VKEY_PATH, format!("{key}\n").as_bytes())
            .map_err(at(VKEY_PATH))?;
        Ok(Self {
            folder,
            key: key.clone(),
            tree: TileWriter::new(),
            bundle: Vec::new(),
            last_time: i64::MIN,
        })
    }

    /// Takes up the log of `key` that was finished in this folder, to append to it.
    ///
    /// Reads its right edge only, and checks that against its checkpoint.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn resume(folder: &'f F, key: &VerifyingKey) -> Result<Self, ExportError> {
        let mut note = Vec::new();
        if !folder
            .read(CHECKPOINT_PATH, MAX_NOTE_BYTES, &mut note)
            .map_err(at(CHECKPOINT_PATH))?
        {
            return Err(ExportError::Incomplete(CHECKPOINT_PATH.to_owned()));
        }
        let head = Checkpoint::open(&note, key, &[])?.checkpoint;
        let tiles = FolderTiles(folder);
        let edge: Result<Vec<Tile>, ReadError> = TileCoord::edges(head.size())
            .map(|coord| {
                Ok(Tile {
                    coord,
                    bytes: tiles.tile(coord.level, coord.index, coord.width)?,
                })
            })
            .collect();
        let tree = TileWriter::resume(head.size(), &edge?)?;
        let mut exporter = Self {
            folder,
            key: key.clone(),
            tree,
            bundle: Vec::new(),
            last_time: i64::MIN,
        };
        exporter.expect(&head)?;
        exporter.load_last_bundle()?;
        Ok(exporter)
    }

    fn load_last_bundle(&mut self) -> Result<(), ExportError> {
        let Some(last) = self.tree.size().checked_sub(1) else {
            return Ok(());
        };
        let Some(coord) = BundleCoord::in_log(last / TILE_WIDTH, self.tree.size()) else {
            return Ok(());
        };
        let path = coord.to_string();
        let found = self
            .folder
            .read(&path, MAX_BUNDLE_BYTES, &mut self.bundle)
            .map_err(at(&path))?;
        let entries: Vec<&[u8]> = split_bundle(&self.bundle).collect::<Result<_, _>>()?;
        let entry = match entries.last() {
            Some(entry) if found && entries.len() == usize::from(coord.width) => entry,
            _ => return Err(ExportError::Incomplete(path)),
        };
        self.last_time = read_head(entry)
            .map_err(|source| ExportError::Entry { index: last, source })?
            .time;
        if u64::from(coord.width) == TILE_WIDTH {
            self.bundle.clear();
        }
        Ok(())
    }

    /// Appends the bytes of the next entry.
    ///
    /// # Errors
    /// [`ExportError::Entry`] or [`ExportError::Order`] for what the verifier would refuse; nothing is
    /// appended then. [`ExportError::Io`] leaves the export to be resumed.
    pub fn push(&mut self, entry: &[u8]) -> Result<(), ExportError> {
        let index = self.tree.size();
        let head = read_head(entry).map_err(|source| ExportError::Entry { index, source })?;
        let EntryHead { index: n, time: t } = head;
        if n != index || t < self.last_time {
            return Err(ExportError::Order {
                index,
                n,
                t,
                before: self.last_time,
            });
        }
        append_entry(entry, &mut self.bundle)?;
        self.last_time = t;
        let mut full = Vec::new();
        self.tree.push(Hash::leaf(entry), |tile| full.push(tile));
        if self.tree.size().is_multiple_of(TILE_WIDTH) {
            self.write_bundle()?;
            self.bundle.clear();
        }
        full.iter().try_for_each(|tile| self.write_tile(tile))
    }

    /// How many entries the log has so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root over the entries so far: what a checkpoint is to be signed of.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Writes the right edge and, last, the signed checkpoint of the log as it is now.
    ///
    /// # Errors
    /// [`ExportError::Checkpoint`] or [`ExportError::Head`] for a checkpoint of another log or tree.
    pub fn finish(self, checkpoint: &Note) -> Result<(), ExportError> {
        let signed = checkpoint.to_string();
        self.expect(&Checkpoint::open(signed.as_bytes(), &self.key, &[])?.checkpoint)?;
        if !self.bundle.is_empty() {
            self.write_bundle()?;
        }
        self.tree.edge().try_for_each(|tile| self.write_tile(&tile))?;
        self.folder
            .write(CHECKPOINT_PATH, signed.as_bytes())
            .map_err(at(CHECKPOINT_PATH))
    }

    fn expect(&self, head: &Checkpoint) -> Result<(), ExportError> {
        let (size, root, found_size, found_root) = (head.size(), head.root(), self.size(), self.root());
        if (size, root) == (found_size, found_root) {
            return Ok(());
        }
        Err(ExportError::Head {
            size,
            root,
            found_size,
            found_root,
        })
    }

    fn write_bundle(&self) -> Result<(), ExportError> {
        let size = self.tree.size();
        let Some(coord) = BundleCoord::in_log(size.saturating_sub(1) / TILE_WIDTH, size) else {
            return Ok(());
        };
        let path = coord.to_string();
        self.folder.write(&path, &self.bundle).map_err(at(&path))
    }

    fn write_tile(&self, tile: &Tile) -> Result<(), ExportError> {
        let path = tile.coord.to_string();
        self.folder.write(&path, &tile.bytes).map_err(at(&path))
    }
}

fn at(path: &str) -> impl FnOnce(io::Error) -> ExportError + '_ {
    move |source| ExportError::Io {
        path: path.to_owned(),
        source,
    }
}

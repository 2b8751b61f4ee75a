//! What can be wrong with a log in a folder: where, what, and what to do.

use serde::{Serialize, Serializer};

use crate::checkpoint::CheckpointError;
use crate::entry::EntryError;
use crate::hash::Hash;
use crate::note::KeyError;

/// The first thing found wrong. Serde writes its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A file exists and cannot be read.
    #[error("{path} cannot be read: {why}; check the disk and the rights, then verify again")]
    Unreadable {
        /// Which file.
        path: String,
        /// What the folder said.
        why: String,
    },
    /// Nothing of a log is there.
    #[error(
        "there is no exported log here, neither vkey nor checkpoint; name the folder that an export wrote"
    )]
    NoLog,
    /// A file that the log's size calls for does not exist.
    #[error("{path} is missing: the folder is not the whole log; fetch this file from another copy")]
    Missing {
        /// Which file.
        path: String,
    },
    /// The log's key is none.
    #[error("vkey: {0}; ask whoever runs the log for its key")]
    Key(#[from] KeyError),
    /// The log's key is not the one expected.
    #[error(
        "vkey: the folder has the key {found}, but {expected} is the key of this log; someone else made this folder: do not believe it, export the ledger anew"
    )]
    OtherKey {
        /// The key that the caller trusts.
        expected: String,
        /// The key in the folder.
        found: String,
    },
    /// The checkpoint is none, or not signed by the log's key.
    #[error("checkpoint: {0}; do not believe this folder, ask whoever runs the log for its checkpoint")]
    Checkpoint(#[from] CheckpointError),
    /// Too few of the trusted witnesses cosigned.
    #[error(
        "checkpoint: {found} of the trusted witnesses cosigned it, but {needed} are asked for; ask them what they saw"
    )]
    Witnesses {
        /// Those that did.
        found: usize,
        /// Those asked for.
        needed: usize,
    },
    /// The folder is of an older log than the caller has seen.
    #[error(
        "checkpoint: it is of {size} entries, but the log had {known} before; entries were taken back, or the copy is old: export the ledger anew, and keep both if it stays so"
    )]
    Older {
        /// Entries of the log as the caller knows it.
        known: u64,
        /// Entries by the folder's checkpoint.
        size: u64,
    },
    /// The log's past is not the one that the caller has seen.
    #[error(
        "the first {size} entries have the root {found}, but had {known} before: the log's past was changed; keep both copies as evidence"
    )]
    Forked {
        /// Entries of the log as the caller knows it.
        size: u64,
        /// Their root as the caller knows it.
        known: Hash,
        /// Their root by the folder.
        found: Hash,
    },
    /// A tile of another length than its width calls for.
    #[error("{path} has {found} bytes, not {expected}: it was cut or padded; fetch it from another copy")]
    TileLength {
        /// Which tile.
        path: String,
        /// Its length, in bytes.
        found: usize,
        /// The length of its hashes, in bytes.
        expected: usize,
    },
    /// A bundle ends early.
    #[error("entry {index} is missing: {path} ends before it; fetch it from another copy")]
    NoEntry {
        /// The first entry that is not there.
        index: u64,
        /// Its bundle.
        path: String,
    },
    /// A bundle goes on after its last entry.
    #[error(
        "{path} goes on after entry {last}, its last: something was inserted; fetch it from another copy"
    )]
    TooManyEntries {
        /// The bundle.
        path: String,
        /// The last entry that belongs into it.
        last: u64,
    },
    /// An entry that is none.
    #[error(
        "entry {index} (in {path}) is not an entry: {error}; it was altered, fetch the file from another copy"
    )]
    Entry {
        /// Which entry.
        index: u64,
        /// Its bundle.
        path: String,
        /// Why it is none.
        error: EntryError,
    },
    /// An entry in the place of another.
    #[error(
        "entry {index} (in {path}) says that it is entry {found}: entries were dropped, inserted or swapped; fetch the file from another copy"
    )]
    Place {
        /// The place.
        index: u64,
        /// The bundle.
        path: String,
        /// The entry's `n`.
        found: u64,
    },
    /// Time went back.
    #[error(
        "entry {index} (in {path}) is of {time}, before {before} of the entry before it (microseconds since 1970): its writer broke its own rule; report it to whoever runs the log"
    )]
    Time {
        /// Which entry.
        index: u64,
        /// Its bundle.
        path: String,
        /// Its `t`.
        time: i64,
        /// The `t` of the entry before it.
        before: i64,
    },
    /// An entry that does not hash to its leaf.
    #[error(
        "entry {index} (in {path}) is not the one that {tile} has the hash of: one of the two was altered, fetch both from another copy"
    )]
    Leaf {
        /// Which entry.
        index: u64,
        /// Its bundle.
        path: String,
        /// The tile with its hash.
        tile: String,
    },
    /// A hash of a tile does not follow from the tiles below.
    #[error(
        "{path}: its hash of entries {first} to {last} does not follow from them: it or they were altered, fetch the tiles and bundles of that range from another copy"
    )]
    Tile {
        /// The tile.
        path: String,
        /// The first entry under the hash.
        first: u64,
        /// The last entry under the hash.
        last: u64,
    },
    /// The entries have another root than the one that was signed.
    #[error(
        "the entries have the root {found}, but the log signed {signed}: entries and tiles were altered together; this folder is not the log, export it anew"
    )]
    Root {
        /// The root in the checkpoint.
        signed: Hash,
        /// The root of the entries.
        found: Hash,
    },
    /// Entries after the last one that the checkpoint counts.
    #[error(
        "{path} lies past the {size} entries of the checkpoint: an export was not finished, or an older checkpoint was put in its place; export it anew"
    )]
    Beyond {
        /// The file that should not be there.
        path: String,
        /// Entries by the checkpoint.
        size: u64,
    },
    /// Whoever was given the entries did not take one.
    #[error("entry {index} was not taken: {why}")]
    Refused {
        /// Which entry.
        index: u64,
        /// Why.
        why: String,
    },
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

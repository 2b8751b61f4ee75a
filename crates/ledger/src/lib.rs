//! An append-only Merkle log in C2SP formats: tree, tiles, signed notes, proofs, and a verifier.
//!
//! Each compartment has one such log. An entry is a canonical JSON object; its hash is a leaf of the Merkle
//! tree of RFC 6962; the tree is stored as tiles; its head is signed as a checkpoint, which witnesses
//! cosign. Whoever holds a copy of the log can check all of it with this crate and nothing else.
//!
//! | module | subject | format |
//! |---|---|---|
//! | [`canonical`] | one byte string per JSON value | RFC 8785, integers only |
//! | [`entry`] | what every entry has: its place `n` and time `t` | ours |
//! | [`hash`] | leaves, nodes, roots | RFC 6962 section 2.1 |
//! | [`tile`] | where hashes and entries lie; bundles | <https://c2sp.org/tlog-tiles> |
//! | [`tree`] | appending, roots, inclusion and consistency proofs | RFC 6962, RFC 9162 |
//! | [`note`] | keys, signatures, cosignatures | <https://c2sp.org/signed-note>, <https://c2sp.org/tlog-cosignature> |
//! | [`checkpoint`] | a log's signed head | <https://c2sp.org/tlog-checkpoint> |
//! | [`proof`] | one text that proves one entry | <https://c2sp.org/tlog-proof> |
//! | [`folder`] | a whole log in a folder: export, import, verification | tlog-tiles |
//!
//! # What never happens here
//!
//! * No clock, no network, no database. Time comes in as a number; tiles come and go through
//!   [`tree::HashReader`] and [`folder::Folder`]. Only [`folder::FsFolder`] touches a disk, and only
//!   [`note::SigningKey::generate`] and [`note::CosigningKey::generate`] draw randomness.
//! * No entry is changed or removed. Nothing here shortens a tree.
//! * No two byte strings for one value: what is read is refused unless it is what would be written. That
//!   holds for canonical JSON, paths, decimal numbers, hashes and keys.
//! * No float, and no integer that a JSON reader would round.
//! * No reading without a bound: entries, bundles, tiles, notes, proofs, nesting and key names all have one,
//!   and verifying a log takes the same memory whatever its size.
//! * No signature is counted that is not of a key that the caller named; none that is and does not verify is
//!   passed over; and a note's text is given out by [`checkpoint::Checkpoint::open`] only once it was checked.
//! * No checkpoint is written into a folder before everything it counts.
//! * No private key appears in `Debug`.
//! * No panic on any input, and no `unsafe`.

pub mod canonical;
pub mod checkpoint;
pub mod entry;
pub mod folder;
pub mod hash;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

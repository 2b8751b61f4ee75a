//! An append-only Merkle log in C2SP formats: tree, tiles, signed notes, proofs, and a verifier.

pub mod canonical;
pub mod hash;
pub mod tile;
pub mod tree;

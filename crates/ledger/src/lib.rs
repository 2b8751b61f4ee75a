//! An append-only Merkle log in C2SP formats: tree, tiles, signed notes, proofs, and a verifier.

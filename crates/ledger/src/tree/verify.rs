//! Checking proofs: RFC 9162 sections 2.1.3.2 and 2.1.4.2, which accept what RFC 6962 defines.

use crate::hash::Hash;

/// A proof that proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The entry, or the older tree, does not lie within the tree.
    #[error("{asked} is not within a tree of {size} entries")]
    Outside {
        /// The entry's index or the older size.
        asked: u64,
        /// Entries of the tree.
        size: u64,
    },
    /// More or fewer hashes than the sizes call for.
    #[error("the proof has {found} hashes, which is not the number that these sizes call for")]
    Length {
        /// Hashes found.
        found: usize,
    },
    /// The hashes lead to another root than the tree's.
    #[error(
        "the proof leads to root {found}, not {expected}: the entry, the proof or the checkpoint is another one"
    )]
    Root {
        /// The root of the tree.
        expected: Hash,
        /// The root that the proof leads to.
        found: Hash,
    },
}

/// The root that an inclusion proof leads to.
///
/// # Errors
/// [`ProofError::Outside`] or [`ProofError::Length`].
pub fn root_of_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::Outside { asked: index, size });
    }
    let (mut node, mut last, mut root) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length { found: proof.len() });
        }
        if node & 1 == 1 || node == last {
            root = Hash::node(sibling, &root);
            // On the right edge, a left child is passed up unhashed: it has no sibling.
            let up = node.trailing_zeros();
            (node, last) = (node >> up, last >> up);
        } else {
            root = Hash::node(&root, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 {
        Ok(root)
    } else {
        Err(ProofError::Length { found: proof.len() })
    }
}

/// Checks that the entry with hash `leaf` is entry `index` of the tree of `size` entries under `root`.
///
/// # Errors
/// [`ProofError`].
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    expect(root, root_of_inclusion(leaf, index, size, proof)?)
}

/// Checks that the tree of `size` entries under `root` begins with the tree of `old_size` under `old_root`.
///
/// # Errors
/// [`ProofError`]. An empty older tree must have the empty root and an empty proof.
pub fn verify_consistency(
    old_size: u64,
    old_root: Hash,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > size {
        return Err(ProofError::Outside {
            asked: old_size,
            size,
        });
    }
    if old_size == 0 || old_size == size {
        if !proof.is_empty() {
            return Err(ProofError::Length { found: proof.len() });
        }
        return expect(if old_size == 0 { Hash::EMPTY } else { root }, old_root);
    }
    // The old tree, where it is perfect, is itself the first node of the proof.
    let (first, rest) = match proof.split_first() {
        _ if old_size.is_power_of_two() => (&old_root, proof),
        Some(split) => split,
        None => return Err(ProofError::Length { found: 0 }),
    };
    let up = (old_size - 1).trailing_ones();
    let (old, new) = replay((old_size - 1) >> up, (size - 1) >> up, *first, rest)?;
    expect(old_root, old)?;
    expect(root, new)
}

/// Climbs from `node` (on the old tree's right edge) to the roots of both trees.
fn replay(mut node: u64, mut last: u64, first: Hash, proof: &[Hash]) -> Result<(Hash, Hash), ProofError> {
    let (mut old, mut new) = (first, first);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length { found: proof.len() });
        }
        if node & 1 == 1 || node == last {
            old = Hash::node(sibling, &old);
            new = Hash::node(sibling, &new);
            // On the right edge, a left child is passed up unhashed: it has no sibling.
            let up = node.trailing_zeros();
            (node, last) = (node >> up, last >> up);
        } else {
            new = Hash::node(&new, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 {
        Ok((old, new))
    } else {
        Err(ProofError::Length { found: proof.len() })
    }
}

fn expect(expected: Hash, found: Hash) -> Result<(), ProofError> {
    if expected == found {
        Ok(())
    } else {
        Err(ProofError::Root { expected, found })
    }
}

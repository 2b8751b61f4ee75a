//! The compact range of a whole tree: the roots of its perfect subtrees.

use crate::hash::Hash;

use super::{TreeError, join_from_right};

/// A tree reduced to what appending needs: one hash per set bit of its size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// Left to right, so from the largest subtree to the smallest.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// Takes up a tree that was put down as its [`Frontier::size`] and [`Frontier::peaks`].
    ///
    /// # Errors
    /// [`TreeError::Peaks`] where the numbers do not fit; whether the hashes are right only a root tells.
    pub fn from_parts(size: u64, peaks: Vec<Hash>) -> Result<Self, TreeError> {
        let expected = size.count_ones() as usize;
        if peaks.len() != expected {
            return Err(TreeError::Peaks {
                size,
                expected,
                found: peaks.len(),
            });
        }
        Ok(Self { size, peaks })
    }

    /// Appends the leaf hash of the next entry.
    pub fn push(&mut self, leaf: Hash) {
        let mut right = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                right = Hash::node(&left, &right);
            }
        }
        self.peaks.push(right);
        self.size += 1;
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its perfect subtrees, left to right.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The root over its leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        join_from_right(self.peaks.iter().rev().copied()).unwrap_or(Hash::EMPTY)
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

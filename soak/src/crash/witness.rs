//! What the client was told, written down as it came.

use std::collections::{HashMap, HashSet};

/// A plaintext that came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Release {
    pub(super) engagement: String,
    pub(super) assignment: String,
    pub(super) task: String,
}

/// A submission that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Submitted {
    pub(super) engagement: String,
    pub(super) assignment: String,
    pub(super) submission: String,
}

/// Everything that was told.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// How often each plaintext came.
    pub(super) released: HashMap<Release, u64>,
    pub(super) submitted: HashSet<Submitted>,
    /// Timers that stopped, under which engagement.
    pub(super) stopped: HashSet<(String, String)>,
}

impl Witness {
    pub(super) fn take(&mut self, other: Self) {
        for (release, times) in other.released {
            *self.released.entry(release).or_default() += times;
        }
        self.submitted.extend(other.submitted);
        self.stopped.extend(other.stopped);
    }

    pub(super) fn submissions(&self) -> usize {
        self.submitted.len()
    }

    pub(super) fn times(&self) -> usize {
        self.stopped.len()
    }

    pub(super) fn releases(&self) -> usize {
        self.released.len()
    }
}

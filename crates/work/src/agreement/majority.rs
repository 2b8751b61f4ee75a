//! The label that more than half of the raters gave.

use std::collections::BTreeMap;

/// The outcome of a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Majority {
    /// More than half of the votes are for one label.
    Label {
        /// The label.
        label: String,
        /// Votes for it.
        votes: usize,
        /// All votes.
        of: usize,
    },
    /// No label has more than half of the votes.
    None,
    /// There are no votes.
    NoVotes,
}

/// Counts the votes: an absolute majority, so that the result does not depend on any order.
pub fn majority<'a>(labels: impl IntoIterator<Item = &'a str>) -> Majority {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let of = counts.values().sum();
    if of == 0 {
        return Majority::NoVotes;
    }
    counts
        .into_iter()
        .find(|(_, votes)| votes * 2 > of)
        .map_or(Majority::None, |(label, votes)| Majority::Label {
            label: label.to_owned(),
            votes,
            of,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_half_decides() {
        let label = |label: &str, votes, of| Majority::Label {
            label: label.to_owned(),
            votes,
            of,
        };
        assert_eq!(majority(["a", "b", "a"]), label("a", 2, 3));
        assert_eq!(majority(["tie", "tie", "tie"]), label("tie", 3, 3));
        assert_eq!(majority(["a"]), label("a", 1, 1));
        assert_eq!(majority(["a", "b"]), Majority::None);
        assert_eq!(majority(["a", "a", "b", "b", "tie"]), Majority::None);
        assert_eq!(majority([]), Majority::NoVotes);
    }
}

//! Ratings as they come: who gave which category to which item.

use std::collections::{BTreeMap, HashMap};

/// A rater's second rating of one item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{rater}` has rated `{item}` already")]
pub struct RatedTwice {
    /// The item.
    pub item: String,
    /// The rater.
    pub rater: String,
}

/// Sparse ratings: any rater may have rated any items, each at most once.
#[derive(Clone, Debug, Default)]
pub struct Ratings {
    items: Names,
    raters: Names,
    categories: Names,
    /// For each item, the category that each of its raters gave.
    cells: Vec<BTreeMap<usize, usize>>,
}

/// Names and their numbers, in the order of first appearance.
#[derive(Clone, Debug, Default)]
struct Names {
    by_number: Vec<String>,
    by_name: HashMap<String, usize>,
}

impl Names {
    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.by_name.get(name) {
            return number;
        }
        let number = self.by_number.len();
        self.by_number.push(name.to_owned());
        self.by_name.insert(name.to_owned(), number);
        number
    }
}

impl Ratings {
    /// No ratings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one rating.
    ///
    /// # Errors
    /// When this rater has rated this item already; the first rating stays.
    pub fn add(&mut self, item: &str, rater: &str, category: &str) -> Result<(), RatedTwice> {
        let (item_number, rater_number) = (self.items.number(item), self.raters.number(rater));
        self.cells.resize_with(self.items.by_number.len(), BTreeMap::new);
        let row = &mut self.cells[item_number];
        if row.contains_key(&rater_number) {
            return Err(RatedTwice {
                item: item.to_owned(),
                rater: rater.to_owned(),
            });
        }
        row.insert(rater_number, self.categories.number(category));
        Ok(())
    }

    /// The raters, in the order in which they appeared.
    #[must_use]
    pub fn raters(&self) -> &[String] {
        &self.raters.by_number
    }

    /// Items with at least one rating.
    #[must_use]
    pub const fn items(&self) -> usize {
        self.cells.len()
    }

    /// All ratings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.iter().map(BTreeMap::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(super) fn rater(&self, name: &str) -> Option<usize> {
        self.raters.by_name.get(name).copied()
    }

    pub(super) fn categories(&self) -> &[String] {
        &self.categories.by_number
    }

    pub(super) fn rows(&self) -> &[BTreeMap<usize, usize>] {
        &self.cells
    }
}

/// A ratio of counts. Counts stay far below 2⁵³, where `f64` is exact.
#[expect(clippy::cast_precision_loss, reason = "counts of ratings are far below 2^53")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rater_rates_an_item_once() {
        let mut ratings = Ratings::new();
        ratings.add("1", "Ana", "x").unwrap();
        ratings.add("1", "Ben", "y").unwrap();
        assert_eq!(
            ratings.add("1", "Ana", "y").unwrap_err().to_string(),
            "`Ana` has rated `1` already"
        );
        assert_eq!(
            (ratings.items(), ratings.len(), ratings.raters().len()),
            (1, 2, 2)
        );
    }
}

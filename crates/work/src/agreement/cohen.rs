//! Cohen's kappa.

use std::collections::BTreeMap;

use super::ratings::float;
use super::{Ratings, Undefined};

/// Agreement of two raters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CohenKappa {
    /// κ.
    pub kappa: f64,
    /// The share of items on which the two agree.
    pub observed: f64,
    /// The share on which chance would have them agree.
    pub expected: f64,
    /// Items that both have rated.
    pub items: u64,
}

/// One pair of raters and their agreement.
#[derive(Clone, Debug, PartialEq)]
pub struct PairKappa {
    /// The rater who appeared first.
    pub first: String,
    /// The other.
    pub second: String,
    /// Items that both have rated, also where there is no value.
    pub items: u64,
    /// Their agreement, or why there is no value.
    pub result: Result<CohenKappa, Undefined>,
}

/// Cohen's kappa of two raters over the items that both have rated:
///
/// κ = (pₒ − pₑ) / (1 − pₑ), with pₒ the share of items in one category for both, and pₑ = Σₖ pₖ₁·pₖ₂ over the
/// categories k, from each rater's own shares.
///
/// Source: J. Cohen, *A coefficient of agreement for nominal scales*, Educational and Psychological Measurement
/// 20 (1960), 37–46.
///
/// # Errors
/// [`Undefined`] when a rater is unknown, no item is common, or both used one and the same category throughout.
pub fn cohen_kappa(ratings: &Ratings, first: &str, second: &str) -> Result<CohenKappa, Undefined> {
    let number = |name: &str| {
        ratings
            .rater(name)
            .ok_or_else(|| Undefined::UnknownRater(name.to_owned()))
    };
    between(ratings, number(first)?, number(second)?)
}

/// Cohen's kappa of every pair of raters: (1, 2), (1, 3), (2, 3), … in the order in which raters appeared.
#[must_use]
pub fn cohen_pairs(ratings: &Ratings) -> Vec<PairKappa> {
    let raters = ratings.raters();
    let mut pairs = Vec::new();
    for (a, first) in raters.iter().enumerate() {
        for (b, second) in raters.iter().enumerate().skip(a + 1) {
            let result = between(ratings, a, b);
            pairs.push(PairKappa {
                first: first.clone(),
                second: second.clone(),
                items: shared(ratings, a, b),
                result,
            });
        }
    }
    pairs
}

fn shared(ratings: &Ratings, first: usize, second: usize) -> u64 {
    let both = |row: &&_| BTreeMap::contains_key(row, &first) && BTreeMap::contains_key(row, &second);
    ratings.rows().iter().filter(both).count() as u64
}

fn between(ratings: &Ratings, first: usize, second: usize) -> Result<CohenKappa, Undefined> {
    let categories = ratings.categories();
    let mut shares = vec![(0_u64, 0_u64); categories.len()];
    let (mut items, mut agreed) = (0, 0);
    for row in ratings.rows() {
        let (Some(&one), Some(&other)) = (row.get(&first), row.get(&second)) else {
            continue;
        };
        items += 1;
        agreed += u64::from(one == other);
        shares[one].0 += 1;
        shares[other].1 += 1;
    }
    if items == 0 {
        return Err(Undefined::NothingShared);
    }
    if let Some(only) = shares.iter().position(|&share| share == (items, items)) {
        return Err(Undefined::OneCategory(categories[only].clone()));
    }
    // In whole numbers, of n × n each: what is exactly 0 comes out as that.
    let by_chance: u64 = shares.iter().map(|&(one, other)| one * other).sum();
    let (both, all) = (agreed * items, items * items);
    let beyond = float(both) - float(by_chance);
    Ok(CohenKappa {
        kappa: beyond / float(all - by_chance),
        observed: float(agreed) / float(items),
        expected: float(by_chance) / float(all),
        items,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of counts: rows the first rater's category, columns the second's.
    fn table(counts: &[&[u32]]) -> Ratings {
        let mut ratings = Ratings::new();
        let mut item = 0;
        for (row, line) in counts.iter().enumerate() {
            for (column, &count) in line.iter().enumerate() {
                for _ in 0..count {
                    item += 1;
                    ratings.add(&item.to_string(), "first", &row.to_string()).unwrap();
                    ratings
                        .add(&item.to_string(), "second", &column.to_string())
                        .unwrap();
                }
            }
        }
        ratings
    }

    /// Cohen 1960, table 2: 200 patients, three diagnoses, κ = .492.
    #[test]
    fn the_example_of_1960() {
        let kappa = cohen_kappa(
            &table(&[&[88, 14, 18], &[10, 40, 10], &[2, 6, 12]]),
            "first",
            "second",
        )
        .unwrap();
        assert_eq!(kappa.items, 200);
        assert!((kappa.observed - 0.70).abs() < 1e-12);
        assert!((kappa.expected - 0.41).abs() < 1e-12);
        assert!((kappa.kappa - 0.492).abs() < 5e-4, "{kappa:?}");
    }

    #[test]
    fn perfect_chance_and_opposite() {
        let kappa = |counts: &[&[u32]]| cohen_kappa(&table(counts), "first", "second").unwrap().kappa;
        assert!((kappa(&[&[3, 0], &[0, 5]]) - 1.0).abs() < 1e-12);
        assert!(kappa(&[&[1, 1], &[1, 1]]).abs() < 1e-12);
        assert!((kappa(&[&[0, 2], &[2, 0]]) + 1.0).abs() < 1e-12);
    }

    #[test]
    fn undefined_says_why() {
        let kappa = |ratings: &Ratings| cohen_kappa(ratings, "first", "second").unwrap_err().to_string();
        assert_eq!(
            kappa(&table(&[&[4]])),
            "all ratings are `0`: with one category, agreement beyond chance cannot be told"
        );
        let mut apart = Ratings::new();
        apart.add("1", "first", "x").unwrap();
        assert_eq!(kappa(&apart), "there are no ratings by `second`");
        apart.add("2", "second", "x").unwrap();
        assert_eq!(kappa(&apart), "no item was rated by two of the raters");
    }

    /// Two who only ever said the same share what they rated, though there is no kappa.
    #[test]
    fn what_is_shared_is_counted_without_a_kappa_too() {
        let pairs = cohen_pairs(&table(&[&[4]]));
        assert!(pairs[0].result.is_err());
        assert_eq!(pairs[0].items, 4);
        let mut apart = Ratings::new();
        apart.add("1", "first", "x").unwrap();
        apart.add("2", "second", "x").unwrap();
        assert_eq!(cohen_pairs(&apart)[0].items, 0);
    }

    #[test]
    fn pairs_come_in_order_and_only_over_common_items() {
        let mut ratings = table(&[&[2, 1], &[0, 2]]);
        ratings.add("1", "third", "1").unwrap();
        ratings.add("2", "third", "0").unwrap();
        let pairs = cohen_pairs(&ratings);
        let names: Vec<(&str, &str)> = pairs
            .iter()
            .map(|pair| (pair.first.as_str(), pair.second.as_str()))
            .collect();
        assert_eq!(
            names,
            [("first", "second"), ("first", "third"), ("second", "third")]
        );
        assert_eq!(pairs[1].result.as_ref().unwrap().items, 2);
    }
}

//! Fleiss' kappa.

use super::ratings::float;
use super::{Ratings, Undefined};

/// Agreement of many raters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FleissKappa {
    /// κ.
    pub kappa: f64,
    /// The mean share of agreeing pairs of ratings.
    pub observed: f64,
    /// The share of agreeing pairs that chance would give.
    pub expected: f64,
    /// Items.
    pub items: u64,
    /// Ratings of each item.
    pub raters: u64,
}

/// Fleiss' kappa. Every item has n ratings; they need not be by the same raters.
///
/// κ = (P̄ − P̄ₑ) / (1 − P̄ₑ), with P̄ the mean over items of Pᵢ = (Σⱼ nᵢⱼ² − n) / (n (n − 1)), nᵢⱼ being the ratings
/// of item i in category j, and P̄ₑ = Σⱼ pⱼ², pⱼ being the share of all ratings in category j.
///
/// Source: J. L. Fleiss, *Measuring nominal scale agreement among many raters*, Psychological Bulletin 76 (1971),
/// 378–382, equations 1 to 7.
///
/// # Errors
/// [`Undefined`] when items have unequal numbers of ratings or fewer than two, or only one category occurs.
pub fn fleiss_kappa(ratings: &Ratings) -> Result<FleissKappa, Undefined> {
    let sizes = || ratings.rows().iter().map(std::collections::BTreeMap::len);
    let (Some(fewest), Some(most)) = (sizes().min(), sizes().max()) else {
        return Err(Undefined::NothingShared);
    };
    if fewest != most {
        return Err(Undefined::Uneven { fewest, most });
    }
    if most < 2 {
        return Err(Undefined::NothingShared);
    }
    let categories = ratings.categories();
    let mut totals = vec![0_u64; categories.len()];
    let mut agreeing_pairs = 0_u64;
    for row in ratings.rows() {
        let mut counts = vec![0_u64; categories.len()];
        row.values().for_each(|&category| counts[category] += 1);
        agreeing_pairs += counts
            .iter()
            .map(|count| count * count.saturating_sub(1))
            .sum::<u64>();
        totals
            .iter_mut()
            .zip(&counts)
            .for_each(|(total, count)| *total += count);
    }
    let (items, raters) = (ratings.items() as u64, most as u64);
    let all = items * raters;
    if let Some(only) = totals.iter().position(|&total| total == all) {
        return Err(Undefined::OneCategory(categories[only].clone()));
    }
    let observed = float(agreeing_pairs) / float(all * (raters - 1));
    let expected: f64 = totals
        .iter()
        .map(|&total| (float(total) / float(all)).powi(2))
        .sum();
    Ok(FleissKappa {
        kappa: (observed - expected) / (1.0 - expected),
        observed,
        expected,
        items,
        raters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fleiss 1971, table 1: 30 patients, 6 raters each, 5 diagnoses; counts by diagnosis.
    const PATIENTS: [[u32; 5]; 30] = [
        [0, 0, 0, 6, 0],
        [0, 3, 0, 0, 3],
        [0, 1, 4, 0, 1],
        [0, 0, 0, 0, 6],
        [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0],
        [0, 0, 4, 0, 2],
        [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0],
        [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0],
        [1, 1, 0, 4, 0],
        [0, 3, 3, 0, 0],
        [1, 0, 0, 5, 0],
        [0, 2, 0, 3, 1],
        [0, 0, 5, 0, 1],
        [3, 0, 0, 1, 2],
        [5, 1, 0, 0, 0],
        [0, 2, 0, 4, 0],
        [1, 0, 2, 0, 3],
        [0, 0, 0, 0, 6],
        [0, 1, 0, 5, 0],
        [0, 2, 0, 1, 3],
        [2, 0, 0, 4, 0],
        [1, 0, 0, 4, 1],
        [0, 5, 0, 1, 0],
        [4, 0, 0, 0, 2],
        [0, 2, 0, 4, 0],
        [1, 0, 5, 0, 0],
        [0, 0, 0, 0, 6],
    ];

    fn of_counts(items: &[[u32; 5]]) -> Ratings {
        let mut ratings = Ratings::new();
        for (item, counts) in items.iter().enumerate() {
            let mut rater = 0;
            for (category, &count) in counts.iter().enumerate() {
                for _ in 0..count {
                    rater += 1;
                    ratings
                        .add(&item.to_string(), &rater.to_string(), &category.to_string())
                        .unwrap();
                }
            }
        }
        ratings
    }

    #[test]
    fn the_example_of_1971() {
        let kappa = fleiss_kappa(&of_counts(&PATIENTS)).unwrap();
        assert_eq!((kappa.items, kappa.raters), (30, 6));
        assert!((kappa.observed - 0.5556).abs() < 5e-5);
        assert!((kappa.expected - 0.220).abs() < 5e-4);
        assert!((kappa.kappa - 0.430).abs() < 5e-4, "{kappa:?}");
    }

    #[test]
    fn undefined_says_why() {
        let refusal = |items: &[[u32; 5]]| fleiss_kappa(&of_counts(items)).unwrap_err().to_string();
        assert_eq!(
            refusal(&[[3, 0, 0, 0, 0], [1, 1, 0, 0, 0]]),
            "items have between 2 and 3 ratings, and Fleiss' kappa needs as many for each; take Krippendorff's alpha"
        );
        assert_eq!(
            refusal(&[[3, 0, 0, 0, 0]]),
            "all ratings are `0`: with one category, agreement beyond chance cannot be told"
        );
        assert_eq!(
            refusal(&[[1, 0, 0, 0, 0]]),
            "no item was rated by two of the raters"
        );
        assert_eq!(refusal(&[]), "no item was rated by two of the raters");
    }
}

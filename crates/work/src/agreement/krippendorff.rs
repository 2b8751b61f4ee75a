//! Krippendorff's alpha.

use super::ratings::float;
use super::{Ratings, Undefined};

/// How categories compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale<'a> {
    /// Names: equal or not.
    Nominal,
    /// Names in this order, lowest first.
    Ordinal(&'a [String]),
    /// Decimal numbers.
    Interval,
}

/// Agreement of any number of raters, some ratings missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KrippendorffAlpha {
    /// α.
    pub alpha: f64,
    /// Items with at least two ratings; the others say nothing of agreement.
    pub items: u64,
    /// Their ratings.
    pub ratings: u64,
}

/// Krippendorff's alpha:
///
/// α = 1 − Dₒ/Dₑ = 1 − (n − 1) · Σ oₖₗ δ²ₖₗ / Σ nₖ nₗ δ²ₖₗ over the pairs of categories k < l, with the coincidences
/// oₖₗ (each pair of ratings of an item that has m ratings counts 1/(m − 1)), nₖ = Σₗ oₖₗ and n = Σ nₖ. The difference
/// δ² is 1 for unequal names; (k − l)² for numbers; and for an order (Σ of n_g from k to l − (nₖ + nₗ)/2)².
///
/// Source: K. Krippendorff, *Computing Krippendorff's Alpha-Reliability*, University of Pennsylvania, 2011
/// (<https://repository.upenn.edu/asc_papers/43>), sections C and D.
///
/// # Errors
/// [`Undefined`] when no item has two ratings, only one category occurs among those that have, or a category is not
/// on the scale.
pub fn krippendorff_alpha(ratings: &Ratings, scale: Scale<'_>) -> Result<KrippendorffAlpha, Undefined> {
    let categories = ratings.categories();
    let positions = positions(categories, scale)?;
    let mut coincidences = Coincidences::new(categories.len());
    ratings
        .rows()
        .iter()
        .filter(|row| row.len() > 1)
        .for_each(|row| coincidences.add(row.values().copied()));
    if coincidences.items == 0 {
        return Err(Undefined::NothingShared);
    }
    let totals = coincidences.totals();
    if let Some(only) = one_of(&totals) {
        return Err(Undefined::OneCategory(categories[only].clone()));
    }
    let distance = |k: usize, l: usize| match scale {
        Scale::Nominal => 1.0,
        Scale::Interval => (positions[k] - positions[l]).powi(2),
        Scale::Ordinal(_) => ordinal(&totals, &positions, k, l),
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for k in 0..categories.len() {
        for l in k + 1..categories.len() {
            let distance = distance(k, l);
            observed += coincidences.at(k, l) * distance;
            expected += totals[k] * totals[l] * distance;
        }
    }
    let all = float(coincidences.ratings);
    let alpha = 1.0 - (all - 1.0) * observed / expected;
    Ok(KrippendorffAlpha {
        alpha,
        items: coincidences.items,
        ratings: coincidences.ratings,
    })
}

/// Where each category stands: its number, or its place in the order.
fn positions(categories: &[String], scale: Scale<'_>) -> Result<Vec<f64>, Undefined> {
    let place = |category: &String| match scale {
        Scale::Nominal => Some(0.0),
        Scale::Interval => category
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite()),
        Scale::Ordinal(order) => order
            .iter()
            .position(|name| name == category)
            .map(|place| float(place as u64)),
    };
    categories
        .iter()
        .map(|category| place(category).ok_or_else(|| Undefined::OffScale(category.clone())))
        .collect()
}

fn ordinal(totals: &[f64], positions: &[f64], k: usize, l: usize) -> f64 {
    let (low, high) = (positions[k].min(positions[l]), positions[k].max(positions[l]));
    let between = totals
        .iter()
        .zip(positions)
        .filter(|&(_, place)| (low..=high).contains(place));
    let sum: f64 = between.map(|(total, _)| total).sum();
    (sum - f64::midpoint(totals[k], totals[l])).powi(2)
}

fn one_of(totals: &[f64]) -> Option<usize> {
    let mut used = totals.iter().enumerate().filter(|(_, total)| **total > 0.0);
    match (used.next(), used.next()) {
        (Some((only, _)), None) => Some(only),
        _ => None,
    }
}

/// The symmetric matrix of coincidences.
struct Coincidences {
    size: usize,
    cells: Vec<f64>,
    items: u64,
    ratings: u64,
}

impl Coincidences {
    fn new(size: usize) -> Self {
        Self {
            size,
            cells: vec![0.0; size * size],
            items: 0,
            ratings: 0,
        }
    }

    fn at(&self, k: usize, l: usize) -> f64 {
        self.cells[k * self.size + l]
    }

    /// Adds the ratings of one item: every ordered pair of them, weighted.
    fn add(&mut self, item: impl ExactSizeIterator<Item = usize> + Clone) {
        let ratings = item.len() as u64;
        let weight = 1.0 / float(ratings - 1);
        for (first, k) in item.clone().enumerate() {
            for (second, l) in item.clone().enumerate() {
                if first != second {
                    self.cells[k * self.size + l] += weight;
                }
            }
        }
        self.items += 1;
        self.ratings += ratings;
    }

    fn totals(&self) -> Vec<f64> {
        self.cells
            .chunks(self.size.max(1))
            .map(|row| row.iter().sum())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Krippendorff 2011, section C: four observers, twelve units, missing values.
    const OBSERVERS: [(&str, &str); 4] = [
        ("A", "123321412..."),
        ("B", "1233224125.3"),
        ("C", ".3332342251."),
        ("D", "12332441251."),
    ];

    fn example() -> Ratings {
        let mut ratings = Ratings::new();
        for (observer, values) in OBSERVERS {
            for (unit, value) in values.chars().enumerate() {
                if value != '.' {
                    ratings
                        .add(&unit.to_string(), observer, &value.to_string())
                        .unwrap();
                }
            }
        }
        ratings
    }

    #[test]
    fn the_example_of_2011() {
        let order: Vec<String> = (1..=5).map(|n| n.to_string()).collect();
        for (scale, expected) in [
            (Scale::Nominal, 0.743),
            (Scale::Ordinal(&order), 0.815),
            (Scale::Interval, 0.849),
        ] {
            let alpha = krippendorff_alpha(&example(), scale).unwrap();
            assert_eq!(
                (alpha.items, alpha.ratings),
                (11, 40),
                "unit 12 has one value, which pairs with none"
            );
            assert!((alpha.alpha - expected).abs() < 5e-4, "{scale:?}: {alpha:?}");
        }
    }

    #[test]
    fn perfect_agreement_is_one() {
        let mut ratings = Ratings::new();
        for (item, value) in [("1", "x"), ("2", "y"), ("3", "x")] {
            ratings.add(item, "Ana", value).unwrap();
            ratings.add(item, "Ben", value).unwrap();
        }
        let alpha = krippendorff_alpha(&ratings, Scale::Nominal).unwrap().alpha;
        assert!((alpha - 1.0).abs() < 1e-12);
    }

    #[test]
    fn undefined_says_why() {
        let refusal = |ratings: &Ratings, scale| krippendorff_alpha(ratings, scale).unwrap_err().to_string();
        let elsewhere = ["y".to_owned()];
        let mut ratings = Ratings::new();
        assert_eq!(
            refusal(&ratings, Scale::Nominal),
            "no item was rated by two of the raters"
        );
        ratings.add("1", "Ana", "x").unwrap();
        assert_eq!(
            refusal(&ratings, Scale::Nominal),
            "no item was rated by two of the raters"
        );
        assert_eq!(refusal(&ratings, Scale::Interval), "`x` is not on the scale");
        assert_eq!(
            refusal(&ratings, Scale::Ordinal(&elsewhere)),
            "`x` is not on the scale"
        );
        ratings.add("1", "Ben", "x").unwrap();
        assert_eq!(
            refusal(&ratings, Scale::Nominal),
            "all ratings are `x`: with one category, agreement beyond chance cannot be told"
        );
    }
}

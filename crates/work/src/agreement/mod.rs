//! Agreement between raters: how far their labels go beyond what chance would give.
//!
//! | Measure | Raters | Missing ratings | Level | Source |
//! |---|---|---|---|---|
//! | [`cohen_kappa`] | two | their common items | nominal | Cohen 1960 |
//! | [`fleiss_kappa`] | as many for each item, not the same ones | not allowed | nominal | Fleiss 1971 |
//! | [`krippendorff_alpha`] | any | allowed | nominal, ordinal, interval | Krippendorff 2011 |
//!
//! All are 1 for perfect agreement and 0 for what chance gives; below 0 raters disagree systematically. Where a
//! measure is undefined it says why ([`Undefined`]) rather than give a number.

mod cohen;
mod fleiss;
mod krippendorff;
mod majority;
mod ratings;

pub use cohen::{CohenKappa, PairKappa, cohen_kappa, cohen_pairs};
pub use fleiss::{FleissKappa, fleiss_kappa};
pub use krippendorff::{KrippendorffAlpha, Scale, krippendorff_alpha};
pub use majority::{Majority, majority};
pub use ratings::{RatedTwice, Ratings};

/// Why a measure has no value for these ratings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// No item has two ratings to compare.
    #[error("no item was rated by two of the raters")]
    NothingShared,
    /// A rater is not among the ratings.
    #[error("there are no ratings by `{0}`")]
    UnknownRater(String),
    /// Only one category occurs, so that chance alone explains the agreement: the formula divides by zero.
    #[error("all ratings are `{0}`: with one category, agreement beyond chance cannot be told")]
    OneCategory(String),
    /// Fleiss' kappa needs as many ratings for every item.
    #[error(
        "items have between {fewest} and {most} ratings, and Fleiss' kappa needs as many for each; take Krippendorff's alpha"
    )]
    Uneven {
        /// Ratings of the item with the fewest.
        fewest: usize,
        /// Ratings of the item with the most.
        most: usize,
    },
    /// A category has no place on the scale.
    #[error("`{0}` is not on the scale")]
    OffScale(String),
}

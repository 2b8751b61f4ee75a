//! Whether a version lies in a range, by the evaluation algorithm of the OSV schema
//! (<https://ossf.github.io/osv-schema/#evaluation>).

use std::cmp::Ordering;

use super::order::{Ordered, Scheme};
use super::osv::Bound;

/// What cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotComparable {
    /// The version that is asked for.
    Version,
    /// A bound of the range, as it was written.
    Bound(String),
}

/// Where a bound stands among versions.
#[derive(Debug)]
enum Point {
    /// Before every version.
    First,
    At(Ordered),
}

impl Point {
    fn new(text: &str, scheme: Scheme) -> Result<Self, NotComparable> {
        if text == "0" {
            return Ok(Self::First);
        }
        let read = scheme.parse(text).map(Self::At);
        read.ok_or_else(|| NotComparable::Bound(crate::text::short(text)))
    }

    /// How a version stands to this point.
    fn order_of(&self, version: &Ordered) -> Ordering {
        match self {
            Self::First => Ordering::Greater,
            // All points of a range are of one scheme, and so is the version.
            Self::At(own) => version.compare(own).unwrap_or(Ordering::Less),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::First, Self::First) => Ordering::Equal,
            (Self::First, Self::At(_)) => Ordering::Less,
            (Self::At(own), other) => other.order_of(own),
        }
    }
}

/// Whether `version` lies in the range.
///
/// The schema leaves open how events of one version follow each other; here they do as written, so that a range which
/// ends where the next begins goes on.
pub fn contains(version: &str, bounds: &[Bound], scheme: Scheme) -> Result<bool, NotComparable> {
    let version = public(version, bounds, scheme);
    let version = scheme.parse(version).ok_or(NotComparable::Version)?;
    let mut events = Vec::new();
    let mut limits = Vec::new();
    for bound in bounds {
        match bound {
            Bound::Limit(text) if text == "*" => limits.push(true),
            Bound::Limit(text) => {
                let limit = Point::new(text, scheme)?;
                limits.push(limit.order_of(&version) == Ordering::Less);
            }
            other => events.push((Point::new(other.version(), scheme)?, other)),
        }
    }
    if !limits.is_empty() && !limits.contains(&true) {
        return Ok(false);
    }
    events.sort_by(|(one, _), (other, _)| one.order(other));
    let mut inside = false;
    for (point, bound) in &events {
        match (bound, point.order_of(&version)) {
            (Bound::Introduced(_), Ordering::Equal | Ordering::Greater) => inside = true,
            (Bound::Fixed(_), Ordering::Equal | Ordering::Greater) => inside = false,
            (Bound::LastAffected(_), Ordering::Greater) => inside = false,
            _ => {}
        }
    }
    Ok(inside)
}

/// A local version of Python (`2.0+cpu`) is a build of the public one, and is judged as that, unless a bound is local
/// too: by the order of PEP 440 alone it would stand after a range that ends with `2.0`.
fn public<'v>(version: &'v str, bounds: &[Bound], scheme: Scheme) -> &'v str {
    let local = bounds.iter().any(|bound| bound.version().contains('+'));
    match version.split_once('+') {
        Some((public, _)) if scheme == Scheme::Pep440 && !local => public,
        _ => version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(text: &str) -> Vec<Bound> {
        let read = |word: &str| {
            let version = word[1..].to_owned();
            match &word[..1] {
                "i" => Bound::Introduced(version),
                "f" => Bound::Fixed(version),
                "l" => Bound::LastAffected(version),
                _ => Bound::Limit(version),
            }
        };
        text.split(' ').map(read).collect()
    }

    fn inside(range: &str, versions: &[&str]) -> Vec<bool> {
        let read = |version: &&str| contains(version, &bounds(range), Scheme::Pep440).unwrap();
        versions.iter().map(read).collect()
    }

    #[test]
    fn examples_of_the_schema() {
        assert_eq!(inside("i0", &["0", "0.dev1", "99"]), [true, true, true]);
        assert_eq!(
            inside("i0 f1.0.2", &["1.0.1", "1.0.2", "1.1"]),
            [true, false, false]
        );
        let two = "i1.0.0 f1.0.2 i3.0.0 f3.2.5";
        assert_eq!(
            inside(two, &["0.9", "1.0.1", "2", "3.2.4", "3.2.5"]),
            [false, true, false, true, false]
        );
        let unsorted = "f3.2.5 i3.0.0 f1.0.2 i1.0.0";
        assert_eq!(
            inside(unsorted, &["0.9", "1.0.1", "2", "3.2.4", "3.2.5"]),
            [false, true, false, true, false]
        );
        assert_eq!(inside("i0 l2.1.214", &["2.1.214", "2.1.215"]), [true, false]);
    }

    #[test]
    fn limits_and_edges() {
        assert_eq!(inside("i1 m2", &["1", "2", "3"]), [true, false, false]);
        assert_eq!(inside("i1 m2 m*", &["1", "2", "3"]), [true, true, true]);
        assert_eq!(inside("i1 m2 m3", &["2.5"]), [true]);
        // One range that ends where the next begins; one that holds nothing.
        assert_eq!(inside("i1 f2 i2 f3", &["1.5", "2", "3"]), [true, true, false]);
        assert_eq!(inside("i1 f1", &["1", "2"]), [false, false]);
        assert_eq!(inside("i1 l1", &["1", "1.0.1"]), [true, false]);
    }

    #[test]
    fn builds_of_a_version_are_that_version() {
        assert_eq!(inside("i1 l2.0", &["2.0+cpu", "2.0.1+cpu"]), [true, false]);
        assert_eq!(inside("i1 f2.0+fix1", &["2.0", "2.0+fix1"]), [true, false]);
    }

    #[test]
    fn what_cannot_be_compared_is_told() {
        let read = |version, range| contains(version, &bounds(range), Scheme::SemVer);
        assert_eq!(read("1.0.0", "ix.y"), Err(NotComparable::Bound("x.y".into())));
        assert_eq!(read("nightly", "i0"), Err(NotComparable::Version));
        assert_eq!(read("1.0.0", "i0 mx"), Err(NotComparable::Bound("x".into())));
    }
}

//! Whether an advisory concerns a package.
//!
//! *Not affected* is said only of a version that is known, can be compared, and lies outside of all that the record
//! names. Everything else is unknown, with the reason.

use std::fmt;

use super::order::{Ordered, Scheme};
use super::osv::{Advisory, Affected, Bound, Range};
use super::range::{NotComparable, contains};
use crate::digest::Sha256;
use crate::package::{Package, Version};

/// What a record says of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This version is affected.
    Affected(Grounds),
    /// The record names the package, and not this version.
    NotAffected,
    /// It cannot be said.
    Unknown(Doubt),
}

/// Why something is affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grounds {
    /// The record lists the version.
    Listed {
        /// As the record writes it.
        version: String,
    },
    /// The version lies in a range.
    InRange {
        /// Which of the record's `affected`, from 0 (of those that name a package).
        affected: usize,
        /// Which of its `ranges`, from 0.
        range: usize,
    },
    /// A file's hash is one that the record names.
    Hash(Sha256),
}

impl fmt::Display for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed { version } => write!(f, "lists version {}", crate::text::short(version)),
            Self::InRange { affected, range } => write!(f, "has it in affected[{affected}].ranges[{range}]"),
            Self::Hash(hash) => write!(f, "names the file {hash}"),
        }
    }
}

/// Why it cannot be said whether something is affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The inventory does not know the version.
    VersionNotKnown(String),
    /// The version is none that its ecosystem knows.
    VersionNotParsed(String),
    /// The record's range has a bound that cannot be compared.
    BoundNotParsed(String),
    /// How this ecosystem orders versions is not known here, and the record does not list this one.
    NoOrdering(String),
    /// The record speaks of commits alone.
    CommitsOnly,
    /// The record's range is not as the schema has it.
    RangeMalformed(String),
    /// The record names the package and no version.
    NoVersions,
    /// The record speaks of one release of a distribution, and the inventory does not know the machine's.
    ReleaseNotKnown,
    /// The inventory read nothing that could name a package of this ecosystem, or this part of one.
    NotCovered(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VersionNotKnown(why) => write!(f, "its version is not known: {why}"),
            Self::VersionNotParsed(text) => write!(f, "its version `{text}` cannot be compared"),
            Self::BoundNotParsed(text) => write!(f, "the record's bound `{text}` cannot be compared"),
            Self::NoOrdering(family) => {
                write!(
                    f,
                    "how {family} orders versions is not known here, and the record does not list this one"
                )
            }
            Self::CommitsOnly => f.write_str("the record names commits, not versions"),
            Self::RangeMalformed(why) => write!(f, "the record's range cannot be used: {why}"),
            Self::NoVersions => f.write_str("the record names no version"),
            Self::ReleaseNotKnown => f.write_str("which release of the distribution this is, is not known"),
            Self::NotCovered(family) => write!(f, "nothing was read that could name it: {family}"),
        }
    }
}

/// What a record says of a package; nothing, where it does not name it. A record that was withdrawn is judged like any
/// other: whoever asks knows.
#[must_use]
pub fn judge(package: &Package, advisory: &Advisory) -> Option<Verdict> {
    let entries = advisory.affected.iter().enumerate();
    let verdicts = entries.filter_map(|(index, affected)| judge_entry(package, index, affected));
    verdicts.reduce(worse)
}

/// Affected before unknown before not affected.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Affected(_) => 2,
        Verdict::Unknown(_) => 1,
        Verdict::NotAffected => 0,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

fn judge_entry(package: &Package, index: usize, affected: &Affected) -> Option<Verdict> {
    let same =
        affected.ecosystem.family() == package.ecosystem.family() && affected.name == package.known_as();
    if !same {
        return None;
    }
    let release_known = match (affected.ecosystem.release(), package.ecosystem.release()) {
        (None, _) => true,
        (Some(theirs), Some(ours)) if theirs == ours => true,
        (Some(_), Some(_)) => return None,
        (Some(_), None) => false,
    };
    let verdict = match version_of(package) {
        Ok(version) => judge_version(version, index, affected),
        Err(why) => judge_unknown(why, index, affected),
    };
    Some(match verdict {
        Verdict::Affected(_) | Verdict::Unknown(_) if !release_known => {
            Verdict::Unknown(Doubt::ReleaseNotKnown)
        }
        verdict => verdict,
    })
}

/// The version that advisories go by.
fn version_of(package: &Package) -> Result<&str, &str> {
    match (&package.source, &package.version) {
        (Some(source), _) => Ok(&source.version),
        (None, Version::Known(version)) => Ok(version),
        (None, Version::Unknown(why)) => Err(why),
    }
}

/// Of a package whose version is not known, only that is certain which holds of every version.
fn judge_unknown(why: &str, index: usize, affected: &Affected) -> Verdict {
    let everything = affected.ranges.iter().position(|range| match range {
        Range::Ecosystem(bounds) | Range::SemVer(bounds) => {
            let unbounded = bounds.iter().all(|bound| matches!(bound, Bound::Introduced(_)));
            unbounded && bounds.iter().any(|bound| bound.version() == "0")
        }
        Range::Git | Range::Malformed(_) => false,
    });
    match everything {
        Some(range) => Verdict::Affected(Grounds::InRange {
            affected: index,
            range,
        }),
        None => Verdict::Unknown(Doubt::VersionNotKnown(why.to_owned())),
    }
}

fn judge_version(version: &str, index: usize, affected: &Affected) -> Verdict {
    let scheme = Scheme::of(&affected.ecosystem);
    let ordered = scheme.and_then(|scheme| scheme.parse(version));
    let listed = affected
        .versions
        .iter()
        .find(|listed| is_listed(version, ordered.as_ref(), listed, scheme));
    if let Some(listed) = listed {
        return Verdict::Affected(Grounds::Listed {
            version: listed.clone(),
        });
    }
    let mut verdict = match (&ordered, scheme) {
        (None, None) => Verdict::Unknown(Doubt::NoOrdering(affected.ecosystem.family().to_owned())),
        (None, Some(_)) => Verdict::Unknown(Doubt::VersionNotParsed(crate::text::short(version))),
        (Some(_), _) => Verdict::NotAffected,
    };
    let speaks = |range: &&Range| !matches!(range, Range::Git);
    if affected.versions.is_empty() && !affected.ranges.iter().any(|range| speaks(&range)) {
        let doubt = if affected.ranges.is_empty() {
            Doubt::NoVersions
        } else {
            Doubt::CommitsOnly
        };
        verdict = worse(verdict, Verdict::Unknown(doubt));
    }
    let ranges = affected
        .ranges
        .iter()
        .enumerate()
        .filter(|(_, range)| speaks(range));
    for (at, range) in ranges {
        let held = match range {
            Range::Ecosystem(bounds) => scheme.map(|scheme| contains(version, bounds, scheme)),
            Range::SemVer(bounds) => Some(contains(version, bounds, Scheme::SemVer)),
            Range::Git => None,
            Range::Malformed(why) => {
                verdict = worse(verdict, Verdict::Unknown(Doubt::RangeMalformed(why.clone())));
                None
            }
        };
        verdict = worse(verdict, of_range(held, version, index, at));
    }
    verdict
}

fn of_range(held: Option<Result<bool, NotComparable>>, version: &str, index: usize, at: usize) -> Verdict {
    match held {
        Some(Ok(true)) => Verdict::Affected(Grounds::InRange {
            affected: index,
            range: at,
        }),
        Some(Ok(false)) | None => Verdict::NotAffected,
        Some(Err(NotComparable::Version)) => {
            Verdict::Unknown(Doubt::VersionNotParsed(crate::text::short(version)))
        }
        Some(Err(NotComparable::Bound(text))) => Verdict::Unknown(Doubt::BoundNotParsed(text)),
    }
}

/// Whether a version is the listed one, by its letters or by its ecosystem's order. A local version of Python is a
/// build of the public one.
fn is_listed(version: &str, ordered: Option<&Ordered>, listed: &str, scheme: Option<Scheme>) -> bool {
    if version == listed {
        return true;
    }
    let (Some(ordered), Some(scheme)) = (ordered, scheme) else {
        return false;
    };
    let Some(theirs) = scheme.parse(listed) else {
        return false;
    };
    let public = || match version.split_once('+') {
        Some((public, _)) if scheme == Scheme::Pep440 => scheme.parse(public),
        _ => None,
    };
    ordered.is_same(&theirs) || public().is_some_and(|public| public.is_same(&theirs))
}

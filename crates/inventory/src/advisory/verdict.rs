//! Whether an advisory concerns a package, and whether an event concerns an inventory.
//!
//! *Not affected* is said only of a version that is known, can be compared, and lies outside of all that the record
//! names; and of an inventory only when nothing that was not read could hide an affected package. Everything else is
//! unknown, with the reason.

use std::collections::BTreeMap;
use std::fmt;

use super::event::Event;
use super::order::{Ordered, Scheme};
use super::osv::{Advisory, Affected, Bound, Range};
use super::range::{NotComparable, contains};
use crate::digest::Sha256;
use crate::gap::Gap;
use crate::inventory::{Inventory, Item, RootKind, StartupFile};
use crate::package::{Ecosystem, Package, Version};

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

/// An inventory whose packages can be looked up by the names that advisories use.
#[derive(Debug)]
pub struct Index<'i> {
    inventory: &'i Inventory,
    names: BTreeMap<(&'i str, &'i str), Vec<&'i Item>>,
}

/// What was found of one event.
#[derive(Debug, PartialEq, Eq)]
pub struct Assessment<'i> {
    /// The event's id.
    pub event: String,
    /// What it means for the inventory.
    pub outcome: Outcome<'i>,
}

/// What an event means for an inventory.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<'i> {
    /// Something is affected. More may be, where there are doubts or gaps.
    Affected {
        /// What is, by which record.
        hits: Vec<Hit<'i>>,
        /// What may be.
        doubts: Vec<Doubted<'i>>,
        /// What was not read.
        gaps: Vec<&'i Gap>,
    },
    /// Nothing that was read is affected, and something could not be judged or was not read.
    Unknown {
        /// What may be.
        doubts: Vec<Doubted<'i>>,
        /// What was not read.
        gaps: Vec<&'i Gap>,
    },
    /// All was read that could hold an affected package, and none was found.
    NotAffected {
        /// How many packages the event's records name by other versions.
        cleared: usize,
    },
    /// Every record of the event was withdrawn.
    Withdrawn,
}

/// Something that is affected.
#[derive(Debug, PartialEq, Eq)]
pub struct Hit<'i> {
    /// What.
    pub subject: Subject<'i>,
    /// The record that says so.
    pub record: String,
    /// By what.
    pub grounds: Grounds,
}

/// What a hit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'i> {
    /// A package.
    Package(&'i Item),
    /// A file that runs at every start.
    Startup(&'i StartupFile),
}

/// Something of which it could not be said whether it is affected.
#[derive(Debug, PartialEq, Eq)]
pub struct Doubted<'i> {
    /// The package; none, where the doubt is about the inventory as a whole.
    pub item: Option<&'i Item>,
    /// The record in question.
    pub record: String,
    /// Why.
    pub doubt: Doubt,
}

/// Whether an event concerns what an inventory holds. For many events, make one [`Index`].
#[must_use]
pub fn assess<'i>(inventory: &'i Inventory, event: &Event) -> Assessment<'i> {
    Index::new(inventory).assess(event)
}

impl<'i> Index<'i> {
    /// Looks at every package once.
    #[must_use]
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for item in &inventory.packages {
            let package = &item.package;
            names
                .entry((package.ecosystem.family(), package.known_as()))
                .or_default()
                .push(item);
        }
        Self { inventory, names }
    }

    /// Whether a record names a package of the inventory, or one of its files by hash. Of a dump of a whole ecosystem,
    /// few do, and only those need be kept.
    #[must_use]
    pub fn names(&self, advisory: &Advisory) -> bool {
        let named = |affected: &Affected| {
            self.names
                .contains_key(&(affected.ecosystem.family(), affected.name.as_str()))
        };
        advisory.affected.iter().any(named) || !self.hashes(advisory).is_empty()
    }

    /// Whether an event concerns the inventory.
    #[must_use]
    pub fn assess(&self, event: &Event) -> Assessment<'i> {
        let in_force: Vec<_> = event.in_force().collect();
        let assessment = |outcome| Assessment {
            event: event.id().to_owned(),
            outcome,
        };
        if in_force.is_empty() {
            return assessment(Outcome::Withdrawn);
        }
        let (mut hits, mut doubts, mut cleared) = (Vec::new(), Vec::new(), 0);
        for advisory in &in_force {
            hits.extend(self.hashes(advisory));
            for item in self.items(advisory) {
                let record = advisory.id.clone();
                match judge(&item.package, advisory) {
                    Some(Verdict::Affected(grounds)) => hits.push(Hit {
                        subject: Subject::Package(item),
                        record,
                        grounds,
                    }),
                    Some(Verdict::Unknown(doubt)) => doubts.push(Doubted {
                        item: Some(item),
                        record,
                        doubt,
                    }),
                    Some(Verdict::NotAffected) => cleared += 1,
                    None => {}
                }
            }
        }
        // What one record finds affected is no longer in doubt for another.
        doubts.retain(|doubted| {
            !hits.iter().any(|hit| {
                doubted
                    .item
                    .is_some_and(|item| hit.subject == Subject::Package(item))
            })
        });
        let families = families(&in_force);
        let uncovered = families.iter().filter(|family| !self.covers(family));
        let uncovered = uncovered
            .map(|family| (*family).to_owned())
            .chain(self.toolchains(&in_force));
        doubts.extend(uncovered.map(|what| Doubted {
            item: None,
            record: event.id().to_owned(),
            doubt: Doubt::NotCovered(what),
        }));
        let gaps = self.gaps(&families);
        assessment(if !hits.is_empty() {
            Outcome::Affected { hits, doubts, gaps }
        } else if !doubts.is_empty() || !gaps.is_empty() {
            Outcome::Unknown { doubts, gaps }
        } else {
            Outcome::NotAffected { cleared }
        })
    }

    /// The packages that a record names, each once.
    fn items(&self, advisory: &Advisory) -> Vec<&'i Item> {
        let mut names: Vec<_> = advisory
            .affected
            .iter()
            .map(|a| (a.ecosystem.family(), a.name.as_str()))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
            .iter()
            .filter_map(|name| self.names.get(name))
            .flatten()
            .copied()
            .collect()
    }

    /// Files and archives whose hash a record names.
    fn hashes(&self, advisory: &Advisory) -> Vec<Hit<'i>> {
        if advisory.indicators.is_empty() {
            return Vec::new();
        }
        let hit = |subject, hash: Sha256| Hit {
            subject,
            record: advisory.id.clone(),
            grounds: Grounds::Hash(hash),
        };
        let known = |hash: &Sha256| advisory.indicators.contains(hash);
        let startup = self.inventory.startup.iter().filter(|file| known(&file.sha256));
        let mut hits: Vec<_> = startup
            .map(|file| hit(Subject::Startup(file), file.sha256))
            .collect();
        for item in &self.inventory.packages {
            let mut archives = item.evidence.iter().flat_map(|evidence| &evidence.archives);
            hits.extend(
                archives
                    .find(|hash| known(hash))
                    .map(|hash| hit(Subject::Package(item), *hash)),
            );
        }
        hits
    }

    /// Whether the inventory could have found a package of this family: it walked through folders and found what names
    /// packages, or it read a file that speaks of this family.
    fn covers(&self, family: &str) -> bool {
        let inventory = self.inventory;
        let walked = inventory.roots.iter().any(|root| root.kind == RootKind::Folder);
        let found_anything = !inventory.sources.is_empty();
        let speaks = inventory
            .sources
            .keys()
            .any(|source| source.family() == Some(family));
        (walked && found_anything) || speaks || self.names.keys().any(|(own, _)| *own == family)
    }

    /// Go's own library and tools, where records name them and the inventory does not: every Go program has them, and
    /// `go.sum` never says in which version.
    fn toolchains(&self, records: &[&Advisory]) -> Option<String> {
        let named = records.iter().flat_map(|record| &record.affected);
        let mut own = named
            .filter(|a| a.ecosystem == Ecosystem::Go && matches!(a.name.as_str(), "stdlib" | "toolchain"));
        let missing = own.find(|affected| !self.names.contains_key(&("Go", affected.name.as_str())))?;
        Some(format!("Go's own {}", missing.name))
    }

    fn gaps(&self, families: &[&str]) -> Vec<&'i Gap> {
        let gaps = self.inventory.gaps.iter();
        gaps.filter(|gap| families.iter().any(|family| gap.may_hide(family)))
            .collect()
    }
}

/// The families of ecosystems that records speak of.
fn families<'a>(records: &[&'a Advisory]) -> Vec<&'a str> {
    let all = records.iter().flat_map(|record| &record.affected);
    let mut families: Vec<_> = all.map(|affected| affected.ecosystem.family()).collect();
    families.sort_unstable();
    families.dedup();
    families
}

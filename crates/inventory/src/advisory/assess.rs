//! Whether an event concerns what an inventory holds.
//!
//! An inventory is *not affected* only when every package that a record names is in versions that are not, and nothing
//! that was not read could hide another.

use std::collections::BTreeMap;

use super::event::Event;
use super::osv::{Advisory, Affected};
use super::verdict::{Doubt, Grounds, Verdict, judge};
use crate::digest::Sha256;
use crate::gap::Gap;
use crate::inventory::{Inventory, Item, RootKind, StartupFile};
use crate::package::{Ecosystem, Standing};

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
        let uncovered = families.iter().filter(|family| !self.covers(family, &in_force));
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

    /// Whether the inventory could have found what records of this family name: it walked through folders, found what has everything
    /// that is there, and what walks knows how this family's are named; or it read a file that has everything of this family; or a
    /// bill names some of it; or it names each of them. What is only asked for says nothing of what came with it.
    fn covers(&self, family: &str, records: &[&Advisory]) -> bool {
        let inventory = self.inventory;
        let walked =
            WALKED.contains(&family) && inventory.roots.iter().any(|root| root.kind == RootKind::Folder);
        let mut whole = inventory.sources.keys().filter(|source| source.is_whole());
        let found_anything = whole.clone().next().is_some();
        let speaks = whole.any(|source| source.family() == Some(family));
        let some = || {
            let mut own = self.names.iter().filter(|((of, _), _)| *of == family);
            own.any(|(_, items)| {
                items
                    .iter()
                    .any(|item| item.standing() != Some(Standing::Declared))
            })
        };
        let each = || {
            let mut named = records.iter().flat_map(|record| &record.affected);
            named.all(|affected| {
                let of = affected.ecosystem.family();
                of != family || self.names.contains_key(&(of, affected.name.as_str()))
            })
        };
        (walked && found_anything) || speaks || some() || each()
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

/// The families whose packages are recognised in folders. Of any other that nothing is found says nothing.
const WALKED: [&str; 6] = ["PyPI", "npm", "crates.io", "Go", "Debian", "Ubuntu"];

/// The families of ecosystems that records speak of.
fn families<'a>(records: &[&'a Advisory]) -> Vec<&'a str> {
    let all = records.iter().flat_map(|record| &record.affected);
    let mut families: Vec<_> = all.map(|affected| affected.ecosystem.family()).collect();
    families.sort_unstable();
    families.dedup();
    families
}

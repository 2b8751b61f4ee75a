//! Records of one event.
//!
//! Several databases write of one event, each in its shape. Records belong together
//!
//! 1. when they name each other, or a third, as `aliases`, which the schema calls symmetric and transitive;
//! 2. when one has no alias, and is named by none, but says the same of the same packages: over all versions that
//!    either of the two names, both call the same ones affected. `GHSA-5mg7-485q-xm76` is such a record.
//!
//! The second rule could join too much: two faults of one package that came with one release and went with another
//! look alike. So it holds only where
//! - what is affected is closed on both sides (with `introduced: 0`, or with no end, every old fault would be alike),
//! - neither record was withdrawn, and every verdict is certain,
//! - what is known of their publication lies within 30 days,
//! - the record agrees with all records of an event, and of one event only.
//!
//! What is joined can be told apart: each [`Member`] says how it came in. Two faults of one release that were published
//! in one month by databases that set no alias are still joined; their affected versions being the same, what follows
//! from them is the same too.

use std::collections::{BTreeMap, BTreeSet};

use super::order::Scheme;
use super::osv::{Advisory, Affected, Bound, Range};
use super::verdict::{Verdict, judge};
use crate::package::{Ecosystem, Package, Version};

/// Two records of one event are published within this time, in microseconds.
const MAX_APART: i64 = 30 * 86_400 * 1_000_000;
/// Records that name more versions than this are not compared with others.
const MAX_NAMED: usize = 512;
/// Where more records than this are about one package, those without aliases are not compared with each other.
const MAX_COMPARED: usize = 256;

/// One event, by one or more records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Sorted by id: at least one.
    members: Vec<Member>,
}

/// A record of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What it says.
    pub advisory: Advisory,
    /// Why it belongs here.
    pub joined: Joined,
}

/// Why a record belongs to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// By its id or an alias; also where it is the only one.
    ByName,
    /// It has no alias, and says the same of the same packages.
    ByVersions,
}

impl Event {
    /// The smallest of its records' ids. It is another when other records are read, so it identifies nothing for ever.
    #[must_use]
    pub fn id(&self) -> &str {
        self.members.first().map_or("", |member| &member.advisory.id)
    }

    /// Its records, sorted by id.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Those that were not withdrawn.
    pub fn in_force(&self) -> impl Iterator<Item = &Advisory> {
        self.members
            .iter()
            .map(|member| &member.advisory)
            .filter(|advisory| !advisory.is_withdrawn())
    }

    /// Whether one of its records that were not withdrawn is about code that was put there to do harm.
    #[must_use]
    pub fn is_malicious(&self) -> bool {
        self.in_force().any(|advisory| advisory.malicious)
    }

    /// What its records together say of a package: affected, if one says so.
    #[must_use]
    pub fn judge(&self, package: &Package) -> Option<Verdict> {
        let verdicts: Vec<_> = self
            .in_force()
            .filter_map(|advisory| judge(package, advisory))
            .collect();
        let of = |wanted: fn(&Verdict) -> bool| verdicts.iter().find(|verdict| wanted(verdict));
        of(|verdict| matches!(verdict, Verdict::Affected(_)))
            .or(of(|verdict| matches!(verdict, Verdict::Unknown(_))))
            .or(verdicts.first())
            .cloned()
    }
}

/// Groups records by event. Of two copies of one record, the one that was modified later counts.
#[must_use]
pub fn group(records: Vec<Advisory>) -> Vec<Event> {
    let records = newest(records);
    let groups = by_name(&records);
    let (alone, mut events): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| match &group[..] {
        [only] => records.get(*only).is_some_and(|record| record.aliases.is_empty()),
        _ => false,
    });
    let mut joined = BTreeSet::new();
    let mut busy = BTreeMap::new();
    for record in &records {
        *busy.entry(packages(record)).or_insert(0_usize) += 1;
    }
    // Which events are about the same packages, so that not every record is held against every event.
    let mut about: BTreeMap<Packages<'_>, Vec<usize>> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        if let Some(record) = event.first().and_then(|first| records.get(*first)) {
            about.entry(packages(record)).or_default().push(at);
        }
    }
    for only in alone.into_iter().flatten() {
        let Some(record) = records.get(only) else { continue };
        let key = packages(record);
        let few = busy.get(&key).is_some_and(|count| *count <= MAX_COMPARED);
        let near = about.entry(key).or_default();
        let agreeing: Vec<_> = near
            .iter()
            .filter(|at| few && agrees(record, events.get(**at), &records))
            .copied()
            .collect();
        match &agreeing[..] {
            [one] => {
                joined.insert(only);
                if let Some(event) = events.get_mut(*one) {
                    event.push(only);
                }
            }
            _ => {
                near.push(events.len());
                events.push(vec![only]);
            }
        }
    }
    finished(records, events, &joined)
}

fn finished(records: Vec<Advisory>, events: Vec<Vec<usize>>, joined: &BTreeSet<usize>) -> Vec<Event> {
    let mut event_of = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        event_of.extend(event.iter().map(|record| (*record, at)));
    }
    let mut out: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for (index, advisory) in records.into_iter().enumerate() {
        let how = if joined.contains(&index) {
            Joined::ByVersions
        } else {
            Joined::ByName
        };
        let Some(at) = event_of.get(&index) else { continue };
        out.entry(*at).or_default().push(Member {
            advisory,
            joined: how,
        });
    }
    let mut events: Vec<_> = out.into_values().map(|members| Event { members }).collect();
    events.sort_by(|one, other| one.id().cmp(other.id()));
    events
}

/// One copy of each record, sorted by id.
fn newest(records: Vec<Advisory>) -> Vec<Advisory> {
    let mut by_id: BTreeMap<String, Advisory> = BTreeMap::new();
    for record in records {
        let age = |record: &Advisory| (record.modified.time, record.modified.text.clone());
        match by_id.get(&record.id) {
            Some(known) if age(known) >= age(&record) => {}
            _ => {
                by_id.insert(record.id.clone(), record);
            }
        }
    }
    by_id.into_values().collect()
}

/// Records that are connected by ids and aliases, those that were not read included.
fn by_name(records: &[Advisory]) -> Vec<Vec<usize>> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut parents: Vec<usize> = Vec::new();
    for record in records {
        let own = number(&record.id, &mut numbers, &mut parents);
        for alias in &record.aliases {
            let other = number(alias, &mut numbers, &mut parents);
            let (one, other) = (top(own, &mut parents), top(other, &mut parents));
            if let Some(parent) = parents.get_mut(other) {
                *parent = one;
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        let own = number(&record.id, &mut numbers, &mut parents);
        groups.entry(top(own, &mut parents)).or_default().push(index);
    }
    groups.into_values().collect()
}

fn number<'r>(id: &'r str, numbers: &mut BTreeMap<&'r str, usize>, parents: &mut Vec<usize>) -> usize {
    let next = parents.len();
    let number = *numbers.entry(id).or_insert(next);
    if number == next {
        parents.push(next);
    }
    number
}

/// The one that stands for all that are connected with it; the way there is shortened.
fn top(mut at: usize, parents: &mut [usize]) -> usize {
    loop {
        let parent = parents.get(at).copied().unwrap_or(at);
        if parent == at {
            return at;
        }
        let beyond = parents.get(parent).copied().unwrap_or(parent);
        if let Some(own) = parents.get_mut(at) {
            *own = beyond;
        }
        at = parent;
    }
}

type Packages<'r> = BTreeSet<(&'r Ecosystem, &'r str)>;

fn packages(record: &Advisory) -> Packages<'_> {
    record
        .affected
        .iter()
        .map(|affected| (&affected.ecosystem, affected.name.as_str()))
        .collect()
}

/// Whether a record without aliases says the same as every record of an event.
fn agrees(record: &Advisory, event: Option<&Vec<usize>>, records: &[Advisory]) -> bool {
    let mut others = event
        .into_iter()
        .flatten()
        .filter_map(|at| records.get(*at))
        .peekable();
    others.peek().is_some()
        && is_closed(record)
        && others.all(|other| is_closed(other) && same(record, other))
}

fn same(one: &Advisory, other: &Advisory) -> bool {
    let published = |record: &Advisory| record.published.as_ref().and_then(|claimed| claimed.time);
    let near = match (published(one), published(other)) {
        (Some(one), Some(other)) => one.micros_since(other).saturating_abs() <= MAX_APART,
        _ => true,
    };
    let both = packages(one);
    if !near || both != packages(other) {
        return false;
    }
    both.into_iter().all(|(ecosystem, name)| {
        let named: BTreeSet<_> = named(one, ecosystem, name)
            .chain(named(other, ecosystem, name))
            .collect();
        let judged = |record: &Advisory, version: &str| {
            let version = Version::Known(version.to_owned());
            let package = Package::new(ecosystem.clone(), name, version).ok()?;
            match judge(&package, record)? {
                Verdict::Affected(_) => Some(true),
                Verdict::NotAffected => Some(false),
                Verdict::Unknown(_) => None,
            }
        };
        let verdicts = named
            .iter()
            .map(|version| (judged(one, version), judged(other, version)));
        let verdicts: Vec<_> = verdicts.take(MAX_NAMED + 1).collect();
        verdicts.len() <= MAX_NAMED
            && verdicts.iter().all(|(one, other)| one.is_some() && one == other)
            && verdicts.iter().any(|(one, _)| *one == Some(true))
    })
}

/// The versions that a record names for a package, those of bounds too.
fn named<'r>(record: &'r Advisory, ecosystem: &'r Ecosystem, name: &'r str) -> impl Iterator<Item = &'r str> {
    let entries = record
        .affected
        .iter()
        .filter(move |a| a.ecosystem == *ecosystem && a.name == name);
    entries.flat_map(|affected| {
        let bounds = affected.ranges.iter().flat_map(|range| match range {
            Range::Ecosystem(bounds) | Range::SemVer(bounds) => bounds.as_slice(),
            Range::Git | Range::Malformed(_) => &[],
        });
        let bounds = bounds
            .map(Bound::version)
            .filter(|version| !matches!(*version, "0" | "*"));
        affected.versions.iter().map(String::as_str).chain(bounds)
    })
}

/// Whether what is affected has a beginning and an end that can be compared.
fn is_closed(record: &Advisory) -> bool {
    let range_closed = |affected: &Affected, range: &Range| match range {
        Range::Ecosystem(bounds) => {
            Scheme::of(&affected.ecosystem).is_some_and(|scheme| ends(bounds, scheme))
        }
        Range::SemVer(bounds) => ends(bounds, Scheme::SemVer),
        Range::Git => true,
        Range::Malformed(_) => false,
    };
    let closed = |affected: &Affected| affected.ranges.iter().all(|range| range_closed(affected, range));
    !record.is_withdrawn() && !record.affected.is_empty() && record.affected.iter().all(closed)
}

/// Whether a range begins with a version and something ends it after its last beginning.
fn ends(bounds: &[Bound], scheme: Scheme) -> bool {
    let mut last = None;
    let mut open = true;
    for bound in bounds {
        let Some(version) = scheme.parse(bound.version()).filter(|_| bound.version() != "0") else {
            return false;
        };
        let order = last.as_ref().and_then(|last| version.compare(last));
        if order.is_none_or(std::cmp::Ordering::is_ge) {
            open = matches!(bound, Bound::Introduced(_));
            last = Some(version);
        }
    }
    !open
}

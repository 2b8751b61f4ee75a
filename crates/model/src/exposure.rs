//! What befell each object version of one owner, in a window of an incident.
//!
//! For every object version alive in a window a *set* of facts is kept ([`Facts`]), and its [`Class`] is the first that
//! holds (DESIGN, 'Incident'). Each input adds facts and none takes any away, so that the order in which they come does
//! not matter, and no further release, gap, lease or grant makes a class more favourable.
//!
//! What is not considered: budgets. They bound how much was read and not what, so they clear no object version.
//!
//! # Cost
//!
//! A [`Case`] holds what is known of the subject, and is small. An [`Exposure`] is fed in one pass, in any order, and
//! keeps 32 bytes for each object version that was fed, whatever the number of its releases; while it is fed, up to
//! twice that. Releases and writes that lie after every window leave no trace, so a scan of a ledger can end where the
//! widest window does. Feeding costs a few comparisons per entry, and sorting in all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::budget::Draw;
use crate::entry::ObjectRef;
use crate::id::{EpochId, ObjectId, ProjectId};
use crate::window::{Bounds, Place, Times, Window};

/// What befell an object version: the first of these that holds.
///
/// Each but the last is also the name of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The subject wrote it in the window.
    Altered,
    /// It was released to the subject in the window.
    Touched,
    /// A compromised node held its epoch in the window.
    Leased,
    /// It was released to the subject earlier, and is perhaps still on its machine. So is what the subject wrote earlier:
    /// it had it.
    Held,
    /// No inventory, a gap in the ledger, a keyholder that cannot be reached, an entry of a time that is not known and
    /// may lie in the window. Never counted as clean.
    Unknown,
    /// Engagements, walls and halts of some instant of the window would have allowed it.
    Reachable,
    /// None of these.
    Untouched,
}

impl Class {
    /// Every class, the first to hold first.
    pub const ALL: [Self; 7] = [
        Self::Altered,
        Self::Touched,
        Self::Leased,
        Self::Held,
        Self::Unknown,
        Self::Reachable,
        Self::Untouched,
    ];

    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Touched => "touched",
            Self::Leased => "leased",
            Self::Held => "held",
            Self::Unknown => "unknown",
            Self::Reachable => "reachable",
            Self::Untouched => "untouched",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Altered => 1,
            Self::Touched => 1 << 1,
            Self::Leased => 1 << 2,
            Self::Held => 1 << 3,
            Self::Unknown => 1 << 4,
            Self::Reachable => 1 << 5,
            Self::Untouched => 0,
        }
    }
}

/// The facts about one object version and one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Facts(u8);

impl Facts {
    /// One fact; of [`Class::Untouched`], none.
    pub const fn of(fact: Class) -> Self {
        Self(fact.bit())
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a fact is among them; [`Class::Untouched`] is none.
    pub const fn contains(self, fact: Class) -> bool {
        self.0 & fact.bit() != 0
    }

    /// The first class that holds.
    pub fn class(self) -> Class {
        let first = Class::ALL.into_iter().find(|class| self.contains(*class));
        first.unwrap_or(Class::Untouched)
    }

    fn when(holds: bool, fact: Class) -> Self {
        if holds { Self::of(fact) } else { Self::default() }
    }
}

/// Whose compromise is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A component, a person, or a credential of theirs: confined by engagements, and recorded by a platform that is not
    /// compromised itself.
    Principal,
    /// The platform or a node of it: it can read under a live lease without recording. What it did not record is unknown,
    /// and nothing is untouched.
    Platform,
}

/// The windows that are answered for in one pass. One that is none has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Windows {
    /// After what all sources agree on; none, where they exclude each other.
    pub narrowest: Option<Window>,
    /// After all that any source says.
    pub widest: Option<Window>,
    /// Whichever the reader asks for.
    pub chosen: Option<Window>,
}

/// One of [`Windows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are the members of `Windows`")]
pub enum Which {
    Narrowest,
    Widest,
    Chosen,
}

impl Windows {
    fn each(&self, mark: impl Fn(Window) -> Mark) -> Marks {
        [self.narrowest, self.widest, self.chosen].map(|window| window.map_or(Mark::default(), &mark))
    }

    fn get(&self, which: Which) -> Option<Window> {
        match which {
            Which::Narrowest => self.narrowest,
            Which::Widest => self.widest,
            Which::Chosen => self.chosen,
        }
    }
}

/// A time in which one of the subject's engagements was active and reached a project, and no wall and no halt stood in
/// the way. Where its ends are not certain, the longest that it may have lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reachable {
    /// The project.
    pub project: ProjectId,
    /// When.
    pub during: Window,
}

/// A time in which a compromised node held an epoch's key. Where its ends are not certain, the longest that it may have
/// lasted. A key that is held opens the epoch's later objects too, until it is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The epoch.
    pub epoch: EpochId,
    /// When.
    pub during: Window,
}

/// Something that is not known for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// What is missing.
    pub missing: Missing,
    /// When. Where its ends are not certain, the longest that it may have lasted.
    pub during: Window,
    /// Of which object versions it makes the class unknown.
    pub concerns: Concerns,
}

/// What is missing for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// What the subject ran. It concerns every window that it overlaps.
    Inventory,
    /// Entries of the ledger. Grants and releases may be among them, which last, so it concerns every window that does
    /// not end before it.
    Ledger,
    /// The keyholder's word on its leases. It concerns every window that it overlaps.
    Keyholder,
}

/// Which object versions a gap concerns. Whoever names fewer than everything must know why the others are not concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concerns {
    /// All of the owner.
    Everything,
    /// Those of a project: of the others it is known otherwise that the subject could not reach them.
    Project(ProjectId),
    /// Those of an epoch.
    Epoch(EpochId),
}

/// What is known of a subject before the ledger is gone through.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// When it could reach which project.
    pub reachable: &'k [Reachable],
    /// What compromised nodes held.
    pub leases: &'k [Lease],
    /// What is not known.
    pub gaps: &'k [Gap],
}

/// One version of an object, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Which, and its plaintext bytes.
    pub object: ObjectRef,
    /// Of which project.
    pub project: ProjectId,
    /// Under which epoch's key.
    pub epoch: EpochId,
    /// From when it was written until it was shredded. Where these are not certain, the longest that it may have been.
    pub alive: Window,
}

/// One case, for one owner: what is known of the subject, in the form that questions are asked of.
#[derive(Debug, Clone)]
pub struct Case {
    subject: Subject,
    windows: Windows,
    reachable: BTreeMap<ProjectId, Times>,
    leased: BTreeMap<EpochId, Times>,
    unknown: Times,
    unknown_projects: BTreeMap<ProjectId, Times>,
    unknown_epochs: BTreeMap<EpochId, Times>,
}

impl Case {
    /// Takes in what is known, in whatever order.
    pub fn new(subject: Subject, windows: Windows, known: Known<'_>) -> Self {
        let gaps = known.gaps.iter().map(|gap| (gap.concerns, gap.spoils()));
        let of_project = gaps.clone().filter_map(|(concerns, spoils)| match concerns {
            Concerns::Project(project) => Some((project, spoils)),
            _ => None,
        });
        let of_epoch = gaps.clone().filter_map(|(concerns, spoils)| match concerns {
            Concerns::Epoch(epoch) => Some((epoch, spoils)),
            _ => None,
        });
        let everything = gaps
            .clone()
            .filter(|(concerns, _)| *concerns == Concerns::Everything);
        Self {
            subject,
            windows,
            reachable: times(known.reachable.iter().map(|own| (own.project, own.during))),
            leased: times(known.leases.iter().map(|lease| (lease.epoch, lease.during))),
            unknown: everything.map(|(_, spoils)| spoils).collect(),
            unknown_projects: times(of_project),
            unknown_epochs: times(of_epoch),
        }
    }

    /// What holds of a version before anything that was done to it is known.
    fn of_version(&self, version: &Version) -> Marks {
        self.windows.each(|window| {
            let Some(lived) = window.overlap(version.alive) else {
                return Mark::default();
            };
            let unknown = self.subject == Subject::Platform
                || self.unknown.meet(window)
                || meet(&self.unknown_projects, version.project, window)
                || meet(&self.unknown_epochs, version.epoch, window);
            let facts = Facts::when(unknown, Class::Unknown)
                .and(Facts::when(
                    meet(&self.leased, version.epoch, window),
                    Class::Leased,
                ))
                .and(Facts::when(
                    meet(&self.reachable, version.project, lived),
                    Class::Reachable,
                ));
            Mark::alive(facts)
        })
    }

    /// What follows from something that was done once: `within` if that was in the window.
    fn of_deed(&self, when: Bounds, within: Class) -> Marks {
        self.windows.each(|window| {
            let facts = match when.place(window) {
                Place::Within => Facts::of(within),
                Place::Before => Facts::of(Class::Held),
                // It was at the latest in the window, so the subject has had it either way.
                Place::BeforeOrWithin => Facts::of(Class::Held).and(Facts::of(Class::Unknown)),
                Place::MayBeWithin => Facts::of(Class::Unknown),
                Place::After => Facts::default(),
            };
            if facts.contains(within) {
                Mark::alive(facts)
            } else {
                Mark(facts.0)
            }
        })
    }
}

impl Gap {
    /// The windows that overlap this are concerned.
    fn spoils(&self) -> Window {
        match self.missing {
            Missing::Inventory | Missing::Keyholder => self.during,
            Missing::Ledger => Window::since(self.during.from()),
        }
    }
}

fn times<K: Ord>(all: impl Iterator<Item = (K, Window)>) -> BTreeMap<K, Times> {
    let mut by_key: BTreeMap<K, Vec<Window>> = BTreeMap::new();
    for (key, window) in all {
        by_key.entry(key).or_default().push(window);
    }
    let collected = by_key
        .into_iter()
        .map(|(key, windows)| (key, windows.into_iter().collect()));
    collected.collect()
}

fn meet<K: Ord>(times: &BTreeMap<K, Times>, key: K, window: Window) -> bool {
    times.get(&key).is_some_and(|times| times.meet(window))
}

/// What is known of one object version and one window: its facts, and whether it was alive in it.
#[derive(Debug, Clone, Copy, Default)]
struct Mark(u8);

/// One for each of [`Windows`].
type Marks = [Mark; 3];

impl Mark {
    const ALIVE: u8 = 1 << 7;

    const fn alive(facts: Facts) -> Self {
        Self(facts.0 | Self::ALIVE)
    }

    const fn is_alive(self) -> bool {
        self.0 & Self::ALIVE != 0
    }

    const fn facts(self) -> Facts {
        Facts(self.0 & !Self::ALIVE)
    }
}

/// What is known of one object version so far.
#[derive(Debug, Clone, Copy)]
struct Row {
    object: ObjectId,
    version: u32,
    marks: Marks,
    described: bool,
    bytes: u64,
}

const _: () = assert!(
    size_of::<Row>() == 32,
    "the cost that the module's documentation states"
);

impl Row {
    fn new(object: ObjectRef, marks: Marks, described: bool) -> Self {
        Self {
            object: object.object,
            version: object.version,
            marks,
            described,
            bytes: object.bytes,
        }
    }

    fn key(&self) -> (ObjectId, u32) {
        (self.object, self.version)
    }

    fn join(&mut self, other: &Self) {
        for (own, other) in self.marks.iter_mut().zip(other.marks) {
            own.0 |= other.0;
        }
        // Its own description says how large it is, whatever was said of a release.
        (self.described, self.bytes) = (self.described, self.bytes).max((other.described, other.bytes));
    }
}

/// Gathers what befell the object versions of one owner.
#[derive(Debug, Clone)]
pub struct Exposure {
    case: Case,
    rows: Vec<Row>,
    /// How many of the rows are in order, each version once.
    sorted: usize,
}

impl Exposure {
    /// Nothing was fed yet.
    pub const fn new(case: Case) -> Self {
        Self {
            case,
            rows: Vec::new(),
            sorted: 0,
        }
    }

    /// Takes in that a version exists. A version of which this is never said, and something else is, was lost from the
    /// ledger, and is unknown.
    pub fn version(&mut self, version: &Version) {
        let marks = self.case.of_version(version);
        self.push(Row::new(version.object, marks, true));
    }

    /// Takes in that a version was released to the subject: of a stream whose completion is missing, all that it intended.
    pub fn release(&mut self, object: ObjectRef, when: Bounds) {
        self.deed(object, self.case.of_deed(when, Class::Touched));
    }

    /// Takes in that the subject wrote a version.
    pub fn write(&mut self, object: ObjectRef, when: Bounds) {
        self.deed(object, self.case.of_deed(when, Class::Altered));
    }

    fn deed(&mut self, object: ObjectRef, marks: Marks) {
        if marks.iter().any(|mark| mark.facts() != Facts::default()) {
            self.push(Row::new(object, marks, false));
        }
    }

    /// Many releases of one version become one row before there are twice as many rows as versions.
    fn push(&mut self, row: Row) {
        const FEW: usize = 1 << 12;
        self.rows.push(row);
        if self.rows.len() > FEW.max(self.sorted.saturating_mul(2)) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.rows.sort_unstable_by_key(Row::key);
        self.rows.dedup_by(|later, kept| {
            let same = later.key() == kept.key();
            if same {
                kept.join(later);
            }
            same
        });
        self.sorted = self.rows.len();
    }

    /// How many rows of 32 bytes it keeps: as many as versions were fed, or up to twice that.
    pub fn kept(&self) -> usize {
        self.rows.len()
    }

    /// What it comes to.
    #[must_use]
    pub fn assess(mut self) -> Assessed {
        self.sort();
        Assessed {
            windows: self.case.windows,
            rows: self.rows,
        }
    }
}

/// What befell the object versions of one owner.
#[derive(Debug, Clone)]
pub struct Assessed {
    windows: Windows,
    rows: Vec<Row>,
}

/// What befell one object version in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposed {
    /// Which, and its plaintext bytes.
    pub object: ObjectRef,
    /// All that holds of it; [`Facts::class`] is the first.
    pub facts: Facts,
}

impl Assessed {
    /// Every version alive in a window, by object and version; none where there is no such window.
    pub fn versions(&self, which: Which) -> impl Iterator<Item = Exposed> {
        let asked = self.windows.get(which).is_some();
        let rows = self.rows.iter().filter(move |_| asked);
        rows.filter_map(move |row| {
            let [narrowest, widest, chosen] = row.marks;
            let mark = match which {
                Which::Narrowest => narrowest,
                Which::Widest => widest,
                Which::Chosen => chosen,
            };
            let lost = Facts::when(!row.described, Class::Unknown);
            let counts = mark.is_alive() || (!row.described && mark.facts() != Facts::default());
            counts.then_some(Exposed {
                object: ObjectRef {
                    bytes: row.bytes,
                    object: row.object,
                    version: row.version,
                },
                facts: mark.facts().and(lost),
            })
        })
    }

    /// Counts and bytes for a window; nothing where there is no such window.
    pub fn totals(&self, which: Which) -> Option<Totals> {
        self.windows.get(which)?;
        let mut totals = Totals::default();
        for exposed in self.versions(which) {
            let sum = totals.0.entry(exposed.facts).or_default();
            *sum = sum.plus(Draw {
                objects: 1,
                bytes: exposed.object.bytes,
            });
        }
        Some(totals)
    }
}

/// Object versions and their plaintext bytes, by the set of facts that hold of them. Each version counts once, however
/// often it was released.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals(BTreeMap<Facts, Draw>);

impl Totals {
    /// Those of a class. Over all classes this adds up to [`Self::all`].
    pub fn class(&self, class: Class) -> Draw {
        self.sum(|facts| facts.class() == class)
    }

    /// Those of which a fact holds, whatever else does.
    pub fn fact(&self, fact: Class) -> Draw {
        self.sum(|facts| facts.contains(fact))
    }

    /// All that were alive in the window.
    pub fn all(&self) -> Draw {
        self.sum(|_| true)
    }

    fn sum(&self, wanted: impl Fn(Facts) -> bool) -> Draw {
        let sets = self.0.iter().filter(|(facts, _)| wanted(**facts));
        sets.fold(Draw::default(), |sum, (_, draw)| sum.plus(*draw))
    }
}

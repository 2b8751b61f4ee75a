//! What a component ran, over time, as far as its inventories tell.
//!
//! A scan says what was there at one moment. What was so between two of them is inferred from both ends, and said to be
//! no better than they allow:
//!
//! | earlier scan | later scan | between them |
//! |---|---|---|
//! | found | found | ran |
//! | found | not there, or the other way round | may have run: it came or went |
//! | in doubt | anything, or the other way round | may have run |
//! | not there | not there | not seen: an inference |
//!
//! Where more time lies between them than [`Rules::longest_silence`], nothing is inferred: *ran* becomes *may have run*,
//! *not seen* becomes *unknown*. Before the first scan everything is unknown. After the last one, what was found may be
//! running still, and anything else is unknown.
//!
//! A component's clock may be slow: what a scan found, or left in doubt, counts when it says and when it was received. So
//! nothing that came in after some time is dated before it altogether.
//!
//! A scan with gaps that could hide an affected package, and none found, tells nothing. It is as if there were no such
//! scan: it breaks no inference between those before and after it, and supports none. So another gap, and one report
//! less in which nothing was found, leave no span *not seen* that was not before.
//!
//! Of a package that was found, `Evidence` could one day say more: files installed before the *earlier* scan, and unchanged
//! since, were there at that scan too, and their times of installation would narrow when it came. That belongs into
//! `between`, and needs times in the inventory, which it has not.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use cofferdam_model::{Timestamp, Window};
use serde::{Deserialize, Serialize};

use crate::advisory::{Event, Hit, Outcome, Subject, assess};
use crate::inventory::Inventory;
use crate::package::Standing;

/// One inventory of a component.
#[derive(Debug, Clone, Copy)]
pub struct Report<'i> {
    /// When it was scanned, by the component's clock. That is believed, but for a time after the receipt.
    pub scanned_at: Timestamp,
    /// When it was received, by ours.
    pub received: Timestamp,
    /// What was found.
    pub inventory: &'i Inventory,
}

/// One scan of a component, and what it says of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// When it was, by the component's clock.
    pub scanned: Timestamp,
    /// When it was received, by ours.
    pub received: Timestamp,
    /// What it says.
    pub finding: Finding,
}

impl Scan {
    /// No scan is later than its receipt, whatever its clock said.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.scanned.min(self.received)
    }

    /// Whether it found something, or left it in doubt.
    #[must_use]
    pub fn saw(&self) -> bool {
        matches!(self.finding, Finding::Found | Finding::Doubted)
    }

    /// When it counts. Of a slow clock it is only known that the scan was by the time of its receipt: what it saw may have
    /// been there then.
    fn instants(&self) -> impl Iterator<Item = Timestamp> + use<> {
        let received = self.saw().then_some(self.received);
        std::iter::once(self.at()).chain(received)
    }
}

/// What may be inferred.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The longest time between two scans from which what was so between them is inferred, in microseconds.
    pub longest_silence: i64,
    /// The names of the roots that make up the component. A scan without one of them does not tell that something is not
    /// there: it may be in the one that was left out.
    pub roots: BTreeSet<String>,
}

impl Rules {
    /// What a scan of these roots says, as far as it says that nothing is there: only one of all that makes up the component does.
    #[must_use]
    pub fn of_roots(&self, found: Finding, scanned: &BTreeSet<String>) -> Finding {
        match found {
            Finding::Absent if !self.roots.is_subset(scanned) => Finding::Blind,
            found => found,
        }
    }
}

/// Whether a component ran what an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// An affected package was installed, at this scan or at those before and after. It counts as run: one of the
    /// records says *at the start of every interpreter*, another *when imported*.
    Ran,
    /// It was found at one end only, or is wanted by a lock file, or of a version that cannot be judged.
    MayHaveRun,
    /// Neither the scan before nor the one after has it. It is inferred, not known, that it was not there between them.
    NotSeen,
    /// Nothing can be said.
    Unknown(Why),
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was not scanned before.
    NoScanYet,
    /// It was not scanned since.
    NoScanSince,
    /// Too much time lies between the scans.
    Silence,
    /// There were scans, and what they could not read could hide it.
    Gaps,
    /// Every record of the event was withdrawn.
    Withdrawn,
}

/// A span of time, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When.
    pub during: Window,
    /// What is known.
    pub known: Known,
}

/// What a component ran, over all of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    spans: Vec<Span>,
    last_seen: Option<Timestamp>,
}

/// What a scan says of an event; the strongest comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It could not see.
    Blind,
    /// Nothing affected is there.
    Absent,
    /// Something may be affected.
    Doubted,
    /// Something affected is there.
    Found,
}

impl History {
    /// What reports of one component, in whatever order, tell of an event.
    #[must_use]
    pub fn of(reports: &[Report<'_>], event: &Event, rules: &Rules) -> Self {
        if event.in_force().next().is_none() {
            let mut withdrawn = Self::empty();
            withdrawn.push(Window::EVER.from(), None, Known::Unknown(Why::Withdrawn));
            return withdrawn;
        }
        let scans = reports.iter().map(|report| Scan {
            scanned: report.scanned_at,
            received: report.received,
            finding: finding(report.inventory, event, rules),
        });
        Self::of_scans(scans, rules.longest_silence)
    }

    const fn empty() -> Self {
        Self {
            spans: Vec::new(),
            last_seen: None,
        }
    }

    /// What scans, in whatever order, tell of an event that is in force.
    #[must_use]
    pub fn of_scans(scans: impl IntoIterator<Item = Scan>, longest_silence: i64) -> Self {
        let mut seeing: BTreeMap<Timestamp, Finding> = BTreeMap::new();
        let mut blind = BTreeSet::new();
        let mut history = Self::empty();
        for scan in scans {
            if scan.finding == Finding::Blind {
                blind.insert(scan.at());
                continue;
            }
            for at in scan.instants() {
                let known = seeing.entry(at).or_insert(scan.finding);
                *known = scan.finding.max(*known);
            }
            let seen = Some(scan.received).filter(|_| scan.saw());
            history.last_seen = history.last_seen.max(seen);
        }
        history.fill(&seeing, &blind, longest_silence);
        history
    }

    fn fill(
        &mut self,
        scans: &BTreeMap<Timestamp, Finding>,
        blind: &BTreeSet<Timestamp>,
        longest_silence: i64,
    ) {
        let unless_blind = |why, range| match blind.range::<Timestamp, _>(range).next() {
            Some(_) => Known::Unknown(Why::Gaps),
            None => Known::Unknown(why),
        };
        let first = scans.keys().next().copied();
        let before = unless_blind(Why::NoScanYet, (Unbounded, first.map_or(Unbounded, Excluded)));
        self.push(Window::EVER.from(), first, before);
        let later = scans.iter().skip(1).map(Some).chain([None]);
        for ((&at, &finding), next) in scans.iter().zip(later) {
            let mut from = at;
            if finding == Finding::Found {
                from = Timestamp::from_micros(at.as_micros().saturating_add(1));
                self.push(at, Some(from), Known::Ran);
            }
            let known = match next {
                Some((&next, &then)) => {
                    let near = next.micros_since(at) <= longest_silence;
                    between(finding, then, near)
                        .unwrap_or_else(|| unless_blind(Why::Silence, (Excluded(at), Excluded(next))))
                }
                None if finding == Finding::Absent => {
                    unless_blind(Why::NoScanSince, (Excluded(at), Unbounded))
                }
                None => Known::MayHaveRun,
            };
            self.push(from, next.map(|(next, _)| *next), known);
        }
    }

    /// Adds a span, unless it is empty, to the one before it where the same is known of both.
    fn push(&mut self, from: Timestamp, to: Option<Timestamp>, known: Known) {
        let Ok(during) = Window::new(from, to) else {
            return;
        };
        match self.spans.last_mut().filter(|last| last.known == known) {
            Some(last) => last.during = last.during.hull(during),
            None => self.spans.push(Span { during, known }),
        }
    }

    /// All of time, in order and without overlap; neighbours differ in what is known.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// What is known of a window: the spans within it, cut to it.
    pub fn within(&self, window: Window) -> impl Iterator<Item = Span> {
        self.spans.iter().filter_map(move |span| {
            let during = span.during.overlap(window)?;
            Some(Span { during, ..*span })
        })
    }

    /// From the first to the last instant of a window at which it could have run: all but what was inferred not to be.
    /// What is unknown counts. Nothing, where the scans leave no such instant.
    ///
    /// A window in which a release could be had bounds when it came, not for how long it ran: its end is that of
    /// [`cofferdam_model::window::exposed`].
    #[must_use]
    pub fn possible(&self, window: Window) -> Option<Window> {
        self.hull(window, |known| known != Known::NotSeen)
    }

    /// Whether a scan that was received at some time or later found something, or left it in doubt.
    #[must_use]
    pub fn seen_since(&self, time: Timestamp) -> bool {
        self.last_seen.is_some_and(|last| time <= last)
    }

    /// From the first to the last instant of a window at which it is known to have run; it need not have between them.
    #[must_use]
    pub fn certain(&self, window: Window) -> Option<Window> {
        self.hull(window, |known| known == Known::Ran)
    }

    /// From the first to the last instant of a window at which it ran or may have run. What is unknown does not count.
    #[must_use]
    pub fn suspected(&self, window: Window) -> Option<Window> {
        self.hull(window, |known| matches!(known, Known::Ran | Known::MayHaveRun))
    }

    fn hull(&self, window: Window, wanted: impl Fn(Known) -> bool) -> Option<Window> {
        let spans = self.within(window).filter(|span| wanted(span.known));
        spans.map(|span| span.during).reduce(Window::hull)
    }
}

/// What is so between two scans; nothing, where that cannot be inferred.
fn between(earlier: Finding, later: Finding, near: bool) -> Option<Known> {
    match (earlier, later) {
        (Finding::Absent, Finding::Absent) => near.then_some(Known::NotSeen),
        (Finding::Found, Finding::Found) if near => Some(Known::Ran),
        _ => Some(Known::MayHaveRun),
    }
}

/// What a scan says of an event.
#[must_use]
pub fn finding(inventory: &Inventory, event: &Event, rules: &Rules) -> Finding {
    let scanned = inventory.roots.iter().map(|root| root.name.clone()).collect();
    rules.of_roots(of_its_roots(inventory, event), &scanned)
}

/// What a scan says of an event, as far as its own roots go.
#[must_use]
pub fn of_its_roots(inventory: &Inventory, event: &Event) -> Finding {
    of_outcome(&assess(inventory, event).outcome)
}

/// The same, of what was assessed.
#[must_use]
pub fn of_outcome(outcome: &Outcome<'_>) -> Finding {
    match outcome {
        Outcome::Affected { hits, .. } if hits.iter().any(is_there) => Finding::Found,
        Outcome::Affected { .. } => Finding::Doubted,
        Outcome::Unknown { doubts, .. } if doubts.iter().any(|doubted| doubted.item.is_some()) => {
            Finding::Doubted
        }
        Outcome::NotAffected { .. } => Finding::Absent,
        Outcome::Unknown { .. } | Outcome::Withdrawn => Finding::Blind,
    }
}

/// Whether a hit is of files that are there, and not of a wish for them.
fn is_there(hit: &Hit<'_>) -> bool {
    match hit.subject {
        Subject::Package(item) => item.standing() == Some(Standing::Installed),
        Subject::Startup(_) => true,
    }
}
